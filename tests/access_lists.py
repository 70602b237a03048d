"""What is typed into the forms about lists of objects and of duties, right for those who may."""

import uuid
from typing import Any

#: Whose addresses carry the id of their entry.
FORMS = ("/grids/<grid_id>/patrol", "/grids/<grid_id>/objects/propose", "/objects/<object_id>/stop")
GONE = 999999
THING = {"type": "livestock_farm", "zh": "new"}


def typed(grids: dict[str, Any], name: str | None) -> dict[str, dict[str, Any]]:
    """The forms by their addresses, for what stands on the list of the grid of this short name."""
    return {
        "/grids/<grid_id>/objects": THING,
        "/grids/<grid_id>/objects/propose": {"id": uuid.uuid4(), **THING},
        "/objects/<object_id>/retire": {"why": "gone"},
        "/objects/<object_id>/stop": {"id": uuid.uuid4(), "grid": grids.get(name or "", GONE), "why": "empty"},
        "/problems/<problem>/add": {"duty": "004-13-dept02-05", "rank": "9", "role": "tell"},
        "/problems/<problem>/<link_id>": {"r1-rank": "2", "r1-role": "tell"},
        "/proposals/<proposal_id>/decline": {"why": "known"},
    }
