"""The columns of a list of unit grids: compounds, community by community."""

from ..core.errors import N_
from ..core.sheet import Sheet, declared

LABELS = {
    "town": N_("Subdistrict"),
    "grid": N_("Community"),
    "zh": N_("Name of the unit grid"),
    "code": N_("Code of the grid"),
    "en": N_("Name in English"),
}
ABOUT = {
    "town": N_("Only where two communities share a name."),
    "grid": N_("Code or name of the community."),
    "zh": N_("Two unit grids of a community need different names."),
    "code": N_("Only if it has one."),
    "en": N_("Optional."),
}
UNITS = Sheet(
    N_("Unit grids"),
    declared(
        """
column  reader  required  example       headings
town    code    -         城东街道      街道,所属街道,街道名称,subdistrict
grid    code    yes       和安社区      社区,所属社区,社区名称,社区代码,村社区,community
zh      name    yes       锦园小区      小区,小区名称,单元网格,单元网格名称,网格名称,名称,name
code    code    -         -             网格编码,网格代码,单元网格编码,小区编码,代码,编码,code
en      text    -         -             英文名称,英文名,nameen,englishname
""",
        LABELS,
        ABOUT,
    ),
    frozenset({"grid", "zh"}),
    N_("No row near the top has headings we recognise. At least 社区 (community) and 名称 (name) are needed."),
    needs_all=True,
)
