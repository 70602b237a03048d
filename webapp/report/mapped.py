"""Open reports for the map: those with a point, and how many there are in each grid. Each starts from what the actor
may see (``queries.readable``)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func
from sqlalchemy.orm import Session

from ..access import Actor, kept
from ..core import clock
from ..grid import queries as grid_queries
from .models import Report
from .queries import readable


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
    found: dict[int, Open] = {}
    for found_in, *counts in rows:
        grid_id = at(found_in)
        found[grid_id] = Open(*map(sum, zip(found.get(grid_id, Open()), counts, strict=True)))
    return found


@kept
def _open_counts(actor: Actor, is_by_finding: bool) -> Select[Any]:
    late = func.count().filter(Report.due_at < bindparam("now"))
    grid_id = Report.grid_id if is_by_finding else grid_queries.today()
    counted: Any = readable(actor).where(Report.is_open).with_only_columns(grid_id, func.count(), late)
    return counted.group_by(grid_id)
