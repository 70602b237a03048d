"""What the map announces: its main page and its settings."""

from ..core.announce import About, MenuEntry, setting_rules
from ..core.errors import N_

STANDS_ON = ("report",)
ABOUT = About(
    menu=(MenuEntry(30, "outline.read", N_("Map"), "maps.show"),),
    settings=setting_rules("""
key                   right         least
tile_url              system.edit   -
tile_crs              system.edit   -
tile_attribution      system.edit   -
map_review_number     setting.edit  -
"""),
)
