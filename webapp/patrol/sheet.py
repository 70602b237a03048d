"""The columns of a sheet of objects: what there is to look at, village by village."""

from ..core.errors import N_
from ..core.sheet import Sheet, declared

LABELS = {
    "town": N_("Township"),
    "grid": N_("Village"),
    "type": N_("Type"),
    "zh": N_("Object name"),
    "x": N_("Longitude"),
    "y": N_("Latitude"),
    "crs": N_("Coordinate system"),
    "en": N_("Romanised name"),
}
ABOUT = {
    "town": N_("Only where two villages share a name."),
    "grid": N_("Code or name of the village."),
    "type": N_("One of the types that the page lists."),
    "zh": N_("Two objects of one type in a village need different names."),
    "x": N_("Degrees, or the easting in metres. Leave both empty if there is no position."),
    "y": N_("Degrees, or the northing in metres."),
    "crs": N_("Only if it differs from the one chosen on the page."),
    "en": N_("Optional."),
}
OBJECTS = Sheet(
    N_("Objects"),
    declared(
        """
column  reader  required  example       headings
town    code    -         城关镇         乡镇,所属乡镇,乡镇街道,街道,镇,township
grid    code    yes       东关村         村,村代码,村名,村名称,行政村,所属村,网格,网格代码,网格编码,village,grid
type    text    yes       排污企业       类型,点位类型,对象类型,类别,type
zh      name    yes       顺发砖厂       名称,点位名称,对象名称,点位,企业名称,单位名称,name
x       number  -         115.78766     经度,东坐标,横坐标,x,x坐标,lon,lng,longitude
y       number  -         37.69649      纬度,北坐标,纵坐标,y,y坐标,lat,latitude
crs     text    -         -             坐标系,坐标系统,坐标系名称,crs
en      text    -         -             英文名,拼音,romanisedname,romanizedname,englishname
""",
        LABELS,
        ABOUT,
    ),
    frozenset({"grid", "type", "zh"}),
    N_("No row near the top has headings we recognise. At least 村 (village), 类型 (type) and 名称 (name) are needed."),
    needs_all=True,
)
