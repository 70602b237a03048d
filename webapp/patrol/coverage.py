"""Reads of how the objects stand: what was due and done in a period, and what is due and unseen now, by grid.

The period goes by windows (windows.py): visits that were due, which no later visit moves. Now goes by the day each
object was last seen, as the officer's list and the desk do.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, String, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import Session

from ..access import Actor, Condition, below, end, kept, where
from ..core import audit, clock
from ..core.db import Moment, day_number
from ..core.models import AuditEntry
from ..grid import queries as grid_queries
from ..grid.models import Grid
from . import windows
from .models import ObjectType, PatrolObject, Visit
from .queries import NOT_SEEN_HERE, TODAY, in_list, last_seen
from .windows import Windows


class Now(NamedTuple):
    """How the objects of a grid stand today: how many are due, those of them that were due before today, how many there
    are, how many days the one was not seen that was not seen longest, and how many were never seen at all.

    What was never seen counts from the day on which it came on the list.
    """

    due: int = 0
    before: int = 0
    listed: int = 0
    unseen: int = 0
    never: int = 0

    def __add__(self, other: "Now") -> "Now":  # type: ignore[override]
        """Two grids together."""
        due, before, listed = (a + b for a, b in zip(self[:3], other[:3], strict=True))
        return Now(due, before, listed, max(self.unseen, other.unseen), self.never + other.never)


#: Where an object counts, by its id and the grid on whose list it stands.
Placing = Callable[[int, int], int]

_STANDING = (
    select(
        PatrolObject.id,
        PatrolObject.grid_id,
        PatrolObject.valid_from,
        ObjectType.interval_days,
        last_seen(day_number(Visit.at)),
    )
    .join(ObjectType, ObjectType.code == PatrolObject.type)
    .join(Grid, Grid.id == PatrolObject.grid_id)
    .where(in_list(TODAY))
)


# Put together once for all with the same rights: that takes longer than an officer's few rows.


@kept
def _standing(actor: Actor, is_part: bool) -> Select[*tuple[Any, ...]]:
    return _STANDING.where(*_reached(actor, is_part))


def _reached(actor: Actor, is_part: bool) -> tuple[Condition, ...]:
    """What may be read, or a part of it: conditions whose values are ``_within``."""
    readable = where(actor, "patrol.read", grid_path=Grid.path)
    inside = below(Grid.path, bindparam("part"))
    return (readable, inside) if is_part else (readable,)


def _within(actor: Actor, below_path: str) -> dict[str, Any]:
    part = {"part": below_path, "part_end": end(below_path)} if below_path else {}
    return {**actor.reach(), **part}


def standing(session: Session, actor: Actor, below_path: str = "", at: Placing | None = None) -> dict[int, Now]:
    """How the objects stand today in each grid that has some and that the actor may read; only below a path, if any.
    ``at``: counted for other grids than those on whose lists they stand."""
    statement = _standing(actor, bool(below_path))
    rows = session.execute(statement, {"today": clock.today(), **_within(actor, below_path)})
    today = clock.today().toordinal()
    found: dict[int, Now] = {}
    for object_id, of_list, since, days, seen in rows:
        grid_id = at(object_id, of_list) if at else of_list
        began = since.toordinal()
        on = windows.due_from(began, seen, days)
        one = (on <= today, on < today, 1, today - (began if seen is None else seen), seen is None)
        found[grid_id] = found.get(grid_id, Now()) + Now(*one)
    return found


class Placed(NamedTuple):
    """An object for the map: where it is (WGS84 degrees or None), days since it was seen, and whether it is due."""

    id: int
    zh: str
    en: str
    lon: float | None
    lat: float | None
    unseen: int | None
    is_due: bool


def placed(session: Session, actor: Actor, below_path: str) -> list[Placed]:
    """The objects on the list today below a path that the actor may look up, with and without a place."""
    rows = session.execute(_placed(actor), {"today": clock.today(), **_within(actor, below_path)})
    today = clock.today().toordinal()
    return [
        Placed(id_, zh, en, lon, lat, seen and today - seen, windows.due_from(since.toordinal(), seen, days) <= today)
        for id_, _grid_id, since, days, seen, zh, en, lon, lat in rows
    ]


@kept
def _placed(actor: Actor) -> Select[*tuple[Any, ...]]:
    facts = (PatrolObject.zh, PatrolObject.en, PatrolObject.lon, PatrolObject.lat)
    reached = where(actor, "grid.read", grid_path=Grid.path)
    inside = below(Grid.path, bindparam("part"))
    return _STANDING.add_columns(*facts).where(reached, inside).order_by(PatrolObject.id)


@dataclass(frozen=True)
class Tally:
    """Visits due in a period, and of these the made and the tried in vain, per grid id."""

    due: Counter[int]
    seen: Counter[int]
    could_not_see: Counter[int]


NOTHING_DUE = Tally(Counter(), Counter(), Counter())


def due_and_seen(
    session: Session, actor: Actor, first: date, last: date, below_path: str = "", at: Placing | None = None
) -> Tally:
    """Coverage of the grids the actor may read, from ``first`` to ``last`` inclusive; only below a path, if given.

    What is due are windows, as windows.py says: of each object, those of its interval that end in the period and
    within its life. An object counts for the grid on whose list it stands, or for the heir of that one; ``at``: for
    another.
    """
    tally = Tally(Counter(), Counter(), Counter())
    known: dict[tuple[Any, ...], Windows] = {}
    for object_id, of_list, since, until, days, visits in _visited(session, actor, first, last, below_path, bool(at)):
        life = (since, until, days)
        if life not in known:
            known[life] = _windows(since, until, days, first, last)
        if known[life]:
            grid_id = at(object_id, of_list) if at else of_list
            due_, seen, missed = windows.outcome(known[life], *_days(visits))
            tally.due[grid_id] += due_
            tally.seen[grid_id] += seen
            tally.could_not_see[grid_id] += missed
    return tally


def _windows(since: date, until: date | None, days: int, first: date, last: date) -> Windows:
    """The rule of the interval; another rule may put other windows in their place."""
    end = None if until is None else until.toordinal()
    return Windows(windows.regular(since.toordinal(), days, first.toordinal(), last.toordinal(), end))


def _visited(
    session: Session, actor: Actor, first: date, last: date, below_path: str, is_of_list: bool
) -> Iterable[Any]:
    """For each object that was on the list in the period its id, grid, life and interval, and its visits in one text:
    for each twice the day's number, and one more where it was seen. From the first day of its earliest window on.

    The grid is that on whose list it stands, or the one of today that has its records.
    """
    intervals = tuple(session.scalars(_INTERVALS))
    began = {f"began{days}": clock.start(first - timedelta(days=days - 1)) for days in intervals}
    period = {"first": first, "last": last, "over": clock.start(last + timedelta(days=1)), **began}
    statement = _visits(actor, bool(below_path), intervals, is_of_list)
    return session.execute(statement, {**period, **_within(actor, below_path)}) if intervals else ()


_INTERVALS = select(ObjectType.interval_days).distinct().order_by(ObjectType.interval_days)


@kept
def _visits(actor: Actor, is_part: bool, intervals: tuple[int, ...], is_of_list: bool) -> Select[*tuple[Any, ...]]:
    began = {days: bindparam(f"began{days}", type_=Moment) for days in intervals}
    mark = day_number(Visit.at) * 2 + case((Visit.result == NOT_SEEN_HERE, 0), else_=1)
    visits = (
        select(func.aggregate_strings(cast(mark, String), ","))
        .where(
            Visit.object_id == PatrolObject.id,
            Visit.at >= case(began, value=ObjectType.interval_days),
            Visit.at < bindparam("over", type_=Moment),
        )
        .correlate(PatrolObject, ObjectType)
        .scalar_subquery()
    )
    return (
        select(
            *(PatrolObject.id, PatrolObject.grid_id if is_of_list else grid_queries.today()),
            *(PatrolObject.valid_from, PatrolObject.valid_to, ObjectType.interval_days, visits),
        )
        .join(ObjectType, ObjectType.code == PatrolObject.type)
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(
            *_reached(actor, is_part),
            PatrolObject.valid_from <= bindparam("last", type_=Date),
            or_(PatrolObject.valid_to.is_(None), PatrolObject.valid_to > bindparam("first", type_=Date)),
        )
    )


def _days(visits: str | None) -> tuple[list[int], list[int]]:
    """The days of a text of visits: seen, and tried in vain."""
    marks = [int(mark) for mark in visits.split(",")] if visits else []
    return [mark >> 1 for mark in marks if mark & 1], [mark >> 1 for mark in marks if not mark & 1]


def moved_since(session: Session, day: date) -> dict[int, int]:
    """The objects that followed the borders after a day, each with the grid on whose list it had stood until then."""
    rows = session.execute(_FOLLOWED, {"over": clock.start(day + timedelta(days=1))})
    found: dict[int, int] = {}
    for thing, detail in rows:
        before = audit.said(detail).get("before")
        if isinstance(before, int):
            found.setdefault(int(thing.removeprefix("object:")), before)
    return found


_FOLLOWED = (
    select(AuditEntry.thing, AuditEntry.detail)
    .where(AuditEntry.action == "object.follow", AuditEntry.at >= bindparam("over", type_=Moment))
    .order_by(AuditEntry.id)
)
