"""Open reports for the map: those with a point, and how many there are in each grid, now or on a day that has passed.
Each starts from what the actor may see (``queries.readable``)."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from ..access import Actor, kept
from ..core import clock
from ..core.db import Moment
from ..core.history import MOVE_LIMIT
from ..grid import queries as grid_queries
from .models import Report, ReportEvent
from .queries import readable
from .workflow import REPORT


def open_places(session: Session, actor: Actor) -> list[Any]:
    """Open reports that carry a point, for the map: what it shows of each."""
    return list(session.execute(_open_places(actor), actor.reach()))


@kept
def _open_places(actor: Actor) -> Select[*tuple[Any, ...]]:
    grids = (grid_queries.today().label("grid_id"), Report.grid_id.label("found_in"))
    shown = (Report.id, Report.number, *grids, Report.lon, Report.lat, Report.due_at, Report.is_open)
    placed = readable(actor).where(Report.is_open, Report.lon.is_not(None)).with_only_columns(*shown)
    return placed.order_by(Report.received_at, Report.id)


class Open(NamedTuple):
    """How many open reports there are in a grid, and of how many of them the clock has run out."""

    all: int = 0
    late: int = 0


def open_counts(session: Session, actor: Actor, at: Callable[[int], int] | None = None) -> dict[int, Open]:
    """The open reports that the actor may see, counted in each grid of today that has any. ``at``: counted for other
    grids, by those in which they were found."""
    rows = session.execute(_open_counts(actor, at is not None), {"now": clock.now(), **actor.reach()})
    if at is None:
        return {grid_id: Open(*counts) for grid_id, *counts in rows}
    return _added((at(found_in), Open(*counts)) for found_in, *counts in rows)


def _added(counts: Iterable[tuple[int, Open]]) -> dict[int, Open]:
    found: dict[int, Open] = {}
    for grid_id, count in counts:
        found[grid_id] = Open(*map(sum, zip(found.get(grid_id, Open()), count, strict=True)))
    return found


@kept
def _open_counts(actor: Actor, is_by_finding: bool) -> Select[Any]:
    late = func.count().filter(Report.due_at < bindparam("now"))
    grid_id = Report.grid_id if is_by_finding else grid_queries.today()
    counted: Any = readable(actor).where(Report.is_open).with_only_columns(grid_id, func.count(), late)
    return counted.group_by(grid_id)


class Then(NamedTuple):
    """A report that was open when a day ended: the grid of today that has it, that in which it was found, its point,
    and whether the clock of the state that it was in had run out."""

    id: uuid.UUID
    number: str
    grid_id: int
    found_in: int
    lon: float | None
    lat: float | None
    is_late: bool


def open_on(session: Session, actor: Actor, day: date) -> list[Then]:
    """The reports that the actor may see today and that were open when a day ended, in the order in which they came.

    State and limit are those that the last line of the history before the end of the day left: a limit that was moved
    later, as with the calendar, had its old moment then.
    """
    over = clock.start(day + timedelta(days=1))
    rows = session.execute(_open_on(actor), {"over": over, **actor.reach()})
    return [Then._make((*row, _is_late(due, over))) for *row, due in rows]


def _is_late(due: datetime | None, over: datetime) -> bool:
    return due is not None and due < over


OVER = bindparam("over", type_=Moment)


@kept
def _open_on(actor: Actor) -> Select[Any]:
    """Only what is open still, or came to an end since, can have been open then: of these the last move before the end
    of the day, and what its clock was set to."""
    ended = select(Report.id).where(~Report.is_open, Report.state_since >= OVER)
    maybe = select(Report.id).where(Report.is_open).union_all(ended)
    before = and_(ReportEvent.report_id == Report.id, ReportEvent.at < OVER)
    is_move, moves_limit = ReportEvent.to_state.is_not(None), ReportEvent.action == MOVE_LIMIT
    sets_limit = or_(is_move, and_(moves_limit, ReportEvent.due_after.is_not(None)))
    state, limit = (
        select(what).where(before, which).order_by(ReportEvent.seq.desc()).limit(1).correlate(Report).scalar_subquery()
        for what, which in ((ReportEvent.to_state, is_move), (ReportEvent.due_after, sets_limit))
    )
    shown = (Report.id, Report.number, grid_queries.today().label("grid_id"), Report.grid_id.label("found_in"))
    was_open = readable(actor).where(Report.id.in_(maybe), Report.received_at < OVER, state.not_in(sorted(REPORT.ends)))
    return was_open.with_only_columns(*shown, Report.lon, Report.lat, limit).order_by(Report.received_at, Report.id)


def counted(reports: Iterable[Then], at: Callable[[int], int] | None = None) -> dict[int, Open]:
    """How many of these there were in each grid of today; ``at`` as for ``open_counts``."""
    places = ((at(each.found_in) if at else each.grid_id, each) for each in reports)
    return _added((grid_id, Open(1, int(each.is_late))) for grid_id, each in places)
