"""What is typed into the forms about lists of objects, right for those who may."""

import uuid
from typing import Any

#: Whose addresses carry the id of their entry.
FORMS = ("/grids/<grid_id>/patrol", "/grids/<grid_id>/objects/propose", "/objects/<object_id>/stop")
THING = {"type": "livestock_farm", "zh": "new"}


def typed() -> dict[str, dict[str, Any]]:
    """The forms by their addresses."""
    return {
        "/grids/<grid_id>/objects": THING,
        "/grids/<grid_id>/objects/propose": {"id": uuid.uuid4(), **THING},
        "/objects/<object_id>/retire": {"why": "gone"},
        "/objects/<object_id>/stop": {"id": uuid.uuid4(), "why": "empty"},
        "/proposals/<proposal_id>/decline": {"why": "known"},
    }
