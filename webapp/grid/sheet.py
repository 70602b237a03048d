"""The columns of a list of grids: names and codes, for a county that has no borders yet."""

from ..core.errors import N_
from ..core.sheet import Sheet, declared

LABELS = {
    "tier": N_("Level"),
    "code": N_("Code of the grid"),
    "name": N_("Name of the grid"),
    "en": N_("Name in English"),
    "parent": N_("Code of the grid above"),
}
GRIDS = Sheet(
    N_("Grids"),
    declared(
        """
column  reader  required  example       headings
tier    text    -         3             层级,级别,网格级别,行政级别,level,tier
code    text    yes       999901101200  网格编码,网格代码,代码,编码,区划代码,行政区划代码,统计用区划代码,code
name    text    yes       东关村        网格名称,名称,单位名称,name
en      text    -         -             英文名称,英文名,nameen,englishname
parent  text    -         999901101000  上级网格编码,上级网格代码,上级代码,上级编码,上级,所属代码,parent,parentcode
""",
        LABELS,
        {
            "tier": N_("1 for the county, 2 for a township or subdistrict, 3 for a village or community."),
            "parent": N_("Not needed where the code begins with it."),
        },
    ),
    frozenset({"code", "name"}),
    N_("No row near the top has headings we recognise. At least 代码 (code) and 名称 (name) are needed."),
    needs_all=True,
)
