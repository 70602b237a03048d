"""What is typed into the forms about lists of objects and of duties, right for those who may."""

import io
import json
import uuid
from datetime import timedelta
from typing import Any

from PIL import Image

from webapp.core import clock
from webapp.register.queries import seen

#: Whose addresses carry the id of their entry.
FORMS = (
    "/grids/<grid_id>/patrol",
    "/grids/<grid_id>/week/enter",
    "/grids/<grid_id>/objects/propose",
    "/objects/<object_id>/stop",
)
GONE = 999999


def _picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "JPEG")
    return data.getvalue()


PICTURE = _picture()
THING = {"type": "livestock_farm", "zh": "new"}


def typed(grids: dict[str, Any], name: str | None, thing: int) -> dict[str, dict[str, Any]]:
    """The forms by their addresses, for what stands on the list of the grid of this short name, and of it one thing."""
    return {
        "/objects/<object_id>/edit": {"f_papers": "all", "seen": seen(False, {})},
        "/objects/<object_id>/persons": {"part": "leader", "name": "new", "from_on": clock.today().isoformat()},
        "/objects/<object_id>/stages": {"stage": "small_polluter.found", "on": clock.today().isoformat()},
        "/objects/<object_id>/papers": {"about": "permit", "photos": (io.BytesIO(PICTURE), "permit.jpg")},
        "/registers/<kind>/fields": {"zh": "new", "kind": "text"},
        "/registers/<kind>/fields/end": {"code": "small_polluter.own_1"},
        "/registers/<kind>/fields/again": {"code": "small_polluter.own_2"},
        "/registers/<kind>/import": {"sheet": f"点位序号,缺的手续\n{thing},all\n"},
        "/registers/<kind>/import/confirm": {
            "rows": json.dumps([[2, {"id": str(thing), "small_polluter.papers": "all"}]])
        },
        "/grids/<grid_id>/objects": THING,
        "/grids/<grid_id>/objects/propose": {"id": uuid.uuid4(), **THING},
        "/objects/<object_id>/retire": {"why": "gone"},
        "/objects/<object_id>/stop": {"id": uuid.uuid4(), "grid": grids.get(name or "", GONE), "why": "empty"},
        "/problems/<problem>/add": {"duty": "004-13-dept02-05", "rank": "9", "role": "tell"},
        "/problems/<problem>/<link_id>": {"r1-rank": "2", "r1-role": "tell"},
        "/proposals/<proposal_id>/decline": {"why": "known"},
        "/frequency": {"type": "enterprise", "every": "3", "unit": "day", "source": "so"},
        "/frequency/template": {"template": "keep"},
        "/topics": {"drawn-ecology-village": "", "ecology-village": "regular"},
    }


def box(thing: int) -> dict[str, str]:
    """A box of last week's sheet: today's are filled by the county's own rounds."""
    on = (clock.today() - timedelta(days=7)).isoformat()
    return {"first": on, f"w{thing}-{on}": "1"}
