"""What is typed into the forms about borders and beside the state of reports, right for those who may."""

import uuid
from typing import Any

from webapp.core import clock

#: Of each grid one of its level that could take it over, and the one that it belongs to now.
HEIRS = {"A": "B", "B": "A", "A2": "A1"}
GONE = 999999


def typed(grids: dict[str, Any], name: str | None) -> dict[str, dict[str, Any]]:
    """The forms by their addresses, for a grid of this short name."""
    parent = (name or "")[:1] if len(name or "") == 2 else "county"
    return {
        "/borders": {"is_open": "y"},
        "/borders/<set_id>/heir": {"position": "0", "heir": "999901001002"},
        "/borders/<set_id>/propose": {"since": clock.today().isoformat(), "reason": "so"},
        "/grids/<grid_id>/border": {"is_open": "y"},
        "/grids/<grid_id>/below": {"zh": "new", "code": "999901888"},
        "/grids/<grid_id>/change": {
            "zh": "new",
            "code": "999901999",
            "parent": grids.get(parent, GONE),
            "heir": grids[HEIRS.get(name or "", "A2")],
        },
    }


def beside_state(part: dict[str, Any], village: int) -> dict[str, Any]:
    """What is typed into the acts beside a report's state; ``part`` to take back, ``village`` to lead."""
    return {
        "/reports/<report_id>/beside/look": {"id": uuid.uuid4(), "question": "how is it"},
        "/reports/<report_id>/beside/looks/<look_id>/withdraw": {"look-reason": "so"},
        "/reports/<report_id>/beside/part": part,
        "/reports/<report_id>/beside/lead": {"id": uuid.uuid4(), "lead": village},
        "/reports/<report_id>/beside/problems": {"id": uuid.uuid4(), "problem": "smell"},
        "/reports/<report_id>/beside/sample": {"note": "clean"},
        "/reports/<report_id>/beside/result": {"id": uuid.uuid4(), "done": "measured"},
        "/reports/<report_id>/beside/undo": {"event": uuid.uuid4()},
    }
