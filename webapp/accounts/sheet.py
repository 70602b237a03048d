"""The columns of a sheet of people, bodies and postings."""

from dataclasses import replace

from ..core.errors import N_
from ..core.sheet import Sheet, declared

LABELS = {
    "zh": N_("Name"),
    "en": N_("Name in Latin letters"),
    "login": N_("Log-in name"),
    "phone": N_("Telephone"),
    "role": N_("Role"),
    "town": N_("Township"),
    "grid": N_("Grid"),
    "body": N_("Body"),
    "body_en": N_("Body in English"),
    "canonical": N_("Department of the duty lists"),
    "first": N_("First day"),
    "last": N_("Last day"),
    "proposed": N_("Proposed log-in name"),
}
ABOUT = {
    "zh": N_("Leave empty in a row that only sets up a body."),
    "en": N_("Optional."),
    "login": N_("Optional: one is proposed and shown to you before anything is saved."),
    "phone": N_("Optional."),
    "role": N_("As people usually call it; the page lists the names it knows."),
    "town": N_("Only where two villages share a name, or for township office staff. Optional."),
    "grid": N_("Code or name of the village, the township or the county."),
    "body": N_("Department, station or committee; a new one is set up if there is none with this name."),
    "body_en": N_("Optional."),
    "canonical": N_("Links a department to its duties. Optional."),
    "first": N_("Empty means today."),
    "last": N_("Empty means no end date."),
}
PEOPLE = Sheet(
    N_("People"),
    declared(
        """
column     reader  required  example           headings
zh         name    -         王小明             姓名,name,人员姓名,网格员姓名,联系人
phone      code    -         13800000001        手机号,电话,手机,手机号码,联系电话,联系方式,电话号码,phone,telephone
role       text    -         网格员             角色,岗位,职务,人员类别,role
town       code    -         城关镇             乡镇,所属乡镇,乡镇街道,街道,镇,township
grid       code    -         东关村             网格,网格代码,网格编码,网格名称,所属网格,村,行政村,grid,gridcode
body       text    -         县水利局           单位,部门,站所,body,department,station
login      text    -         -                  登录名,账号,用户名,login,log-in,log-inname,loginname
en         text    -         Wang_Xiaoming      拼音,英文名,romanisedname,romanizedname,pinyin
first      day     -         2026-09-01         起,开始日期,任职日期,任职时间,上岗日期,上岗时间,from,firstday
last       day     -         -                  止,截止日期,结束日期,离任日期,to,until,lastday
body_en    text    -         Water_Bureau       单位英文名,bodyinenglish,bodyenglish
canonical  text    -         水利（水务）部门    职能部门,清单部门,dutydepartment,canonical
proposed   text    -         -                  -    # "yes": the log-in name is ours, and nobody else's yet
""",
        LABELS,
        ABOUT,
    ),
    frozenset({"zh", "login", "body"}),
    N_(
        "No row near the top has headings we recognise. At least 姓名 (name) and 角色 (role), or 单位 (body), are "
        "needed."
    ),
)
#: The same sheet for those who set up bodies alone; what it holds is brought in as any sheet of people.
BODIES = replace(
    PEOPLE,
    title=N_("Departments, stations, committees"),
    columns={key: PEOPLE.columns[key] for key in ("body", "town", "grid", "body_en", "canonical")},
)
