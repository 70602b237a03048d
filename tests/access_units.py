"""What is typed into the forms about cards and unit grids, right for those who may."""

from typing import Any

from tests.access_county import GONE, County
from webapp.core import clock


def typed(county: County, name: str | None) -> dict[str, dict[str, Any]]:
    """The forms by their addresses, for the grid of this short name or the unit grid below it."""
    kind, card = county.ids["card"].get(name, ("", ""))
    seen, first = county.ids["seen"].get(name, GONE), clock.today().isoformat()
    return {
        "/grids/<grid_id>/card": {"duties_zh": "new", "valid_from": first, "kind": kind, "seen": card},
        "/grids/<grid_id>/units/new": {"zh": "new"},
        "/units/<unit_id>/change": {"zh": "new", "seen": seen, "parent": county.ids["grid"].get(name, GONE)},
        "/units/<unit_id>/people": {"zh": "new", "from_on": first},
    }
