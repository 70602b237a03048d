"""Who leads a matter on a border: the nearest grid above all its villages decides, before it is handed over."""

import uuid
from collections.abc import Iterable

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from ..access import Actor, holders
from ..core import clock
from ..core.errors import N_, NotFound, Refused
from ..core.history import Author
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from . import details, queries
from .history import HISTORY
from .models import Report, ReportJoint

UNDECIDED = frozenset({"township", "county"})  # states in which nobody works on it yet


def nearest_above(session: Session, cells: Iterable[Cell]) -> Cell | None:
    """The nearest grid above all of some villages: their township, else the county. None where it is one village."""
    cells = list(cells)
    if len({grid_queries.standing(session, cell.id) for cell in cells}) < 2:
        return None
    shared = set.intersection(*(set(grid_queries.on_path(cell.path)) for cell in cells))
    above = [cell for cell in grid_queries.named(session, shared).values() if cell.tier < cells[0].tier]
    return max(above, key=lambda cell: cell.tier, default=None)


def may_decide(session: Session, actor: Actor, above: Cell) -> str:
    """The role in which somebody moves reports of all that is below a grid; empty for none."""
    roles = [role for role in holders("report.move", "tree") if role in actor.roles()]
    reach = (role for role in roles if grid_queries.cells_reached(session, actor.only(role), "report.move", above.id))
    return next(reach, "")


def choose_lead(session: Session, actor: Actor, report_id: uuid.UUID, event_id: uuid.UUID, grid_id: int) -> None:
    """Let one of the villages lead, the others join: it goes on where that village belongs. Sent twice it is done once;
    NotFound for who is not at the nearest grid above, Refused once it was handed over."""
    found = queries.one(session, actor, report_id, lock=True)
    report, entry = found.report, {"lead": grid_id}
    if HISTORY.sent_before(session, report_id, event_id, entry, actor.person_id):
        return
    cells = grid_queries.named(session, {report.grid_id, *details.joint_grids(session, report_id)})
    above = nearest_above(session, cells.values())
    role = may_decide(session, actor, above) if above else ""
    if not role:
        raise NotFound
    if report.state not in UNDECIDED:
        raise Refused(N_("This was handed over already. Which village leads is decided before that."), field="lead")
    if grid_id not in cells or grid_id == report.grid_id:
        raise Refused(N_("Choose the other village."), field="lead")
    given = {"grid_before": report.grid_id, "grid_after": grid_id}
    _lead(session, report, cells[grid_id])
    by = Author(actor.person_id, role, None)
    HISTORY.append(session, report, "choose_lead", by, given, event_id=event_id, entry=entry)


def _lead(session: Session, report: Report, cell: Cell) -> None:
    """Put one in the other's place, with its border of the day on which it was found."""
    was, on = report.grid_id, clock.day(report.occurred_at)
    session.execute(delete(ReportJoint).where(ReportJoint.report_id == report.id, ReportJoint.grid_id == cell.id))
    session.execute(insert(ReportJoint), [{"report_id": report.id, "grid_id": was}])
    report.grid_id = cell.id
    report.grid_version_id = grid_queries.version_on(session, cell.id, on) or cell.version_id
    session.flush()
