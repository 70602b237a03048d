"""What waits for somebody at a grid that ended waits at its heir, and an open report of a village that was split goes
to the part in which it lies. All other reports stand below the heir by their path: they keep the grid in which they
were found, and so does their history."""

import uuid
from collections.abc import Iterator

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from ..access import holders
from ..core.happened import GridsChanged
from ..core.history import Author
from ..grid import locate
from ..grid import queries as grid_queries
from ..grid.models import Grid
from .history import HISTORY
from .models import Report, ReportJoint, SiteLook

ROLE = holders("border.edit")[0]  # in which changes of borders are approved


def follow(session: Session, changed: GridsChanged) -> None:
    """Looks that wait for their answer are asked of the heir; open reports of what was split go to a part of it."""
    waiting = select(SiteLook).where(SiteLook.answer.is_(None), SiteLook.grid_id.in_(list(changed.heirs)))
    for look in session.scalars(waiting.order_by(SiteLook.id)):
        look.grid_id = changed.heirs[look.grid_id]
    for report, part in _moving(session, changed):
        given = {"grid_before": report.grid_id, "grid_after": part, "set": changed.set_id}
        session.execute(delete(ReportJoint).where(ReportJoint.report_id == report.id, ReportJoint.grid_id == part))
        report.grid_id = part  # its version stays: where it was found
        by, event_id = Author(changed.by, ROLE, None), uuid.uuid5(report.id, f"border:{changed.set_id}")
        HISTORY.append(session, report, "follow_border", by, given, event_id=event_id)
    session.flush()


def _moving(session: Session, changed: GridsChanged) -> Iterator[tuple[Report, int]]:
    """The open reports of what was split that go to another part: as it was chosen, else by their position."""
    parts: dict[int, set[int]] = {}  # by the grid that has the records of what was split
    for grid_id, ids in changed.parts.items():
        parts.setdefault(changed.heirs.get(grid_id, grid_id), set()).update(ids)
    mine = or_(Grid.id.in_(list(changed.parts)), Grid.heir_id.in_(list(parts)))
    reports = select(Report, grid_queries.today()).join(Grid, Grid.id == Report.grid_id).where(Report.is_open, mine)
    rows = session.execute(reports.order_by(Report.id)).all() if parts else []
    holding = locate.holding(session, [(report.lon, report.lat) for report, _ in rows]) if rows else []
    for (report, standing), villages in zip(rows, holding, strict=True):
        inside = villages & parts[standing]
        wanted = changed.chosen.get(report.id.hex)  # one of its own village: who leads may be another one by now
        held = next(iter(inside)) if len(inside) == 1 else standing
        part = wanted if wanted is not None and wanted in {*parts[standing], standing} else held
        if part not in (report.grid_id, standing):
            yield report, part
