"""What the map announces: its main page and its settings."""

from ..core.announce import About, MenuEntry, SettingRule, setting_rules
from ..core.errors import N_
from .tiles import FITTING

STANDS_ON = ("report", "card")
#: What a base map may be said to be in: what fits, and what maps are often in that does not and so is not drawn.
SYSTEMS = {
    "": N_("not said"),
    **{code: code for code in sorted(FITTING - {""})},
    "GCJ-02": N_("GCJ-02 (Gaode, Tencent): does not fit, is not shown"),
    "BD-09": N_("BD-09 (Baidu): does not fit, is not shown"),
}
ABOUT = About(
    menu=(MenuEntry(30, "outline.read", N_("Map"), "maps.show"),),
    settings=setting_rules("""
key                   right         least  unit  group
tile_url              system.edit   -      -     map
tile_attribution      system.edit   -      -     map
map_review_number     setting.edit  -      -     map
""")
    | {"tile_crs": SettingRule("system.edit", group="map", choices=SYSTEMS)},
)
