"""Reads of how the objects stand: what was due and done in a period, and what is due and unseen now, by grid.

The period goes by windows (windows.py): visits that were due, which no later visit moves. Now goes by the day each
object was last seen, as the officer's list and the desk do.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, String, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import Session

from ..access import Actor, Condition, below, end, kept, where
from ..core import clock
from ..core.db import Moment, day_number
from ..grid import queries as grid_queries
from ..grid.models import Grid
from . import frequencies, windows
from .frequency import OfDay
from .models import ObjectStay, PatrolObject, Visit
from .queries import NOT_SEEN_HERE, TODAY, last_seen, walked
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


def _listed(grid_id: Any, seen: Any) -> Select[*tuple[Any, ...]]:
    """The objects on the list on a day: each with a grid, its type, whether it is a key one, its first day, and when it
    was seen."""
    return (
        select(PatrolObject.id, grid_id, PatrolObject.type, PatrolObject.is_key, PatrolObject.valid_from, seen)
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(walked(TODAY))
    )


_STANDING = _listed(PatrolObject.grid_id, last_seen(day_number(Visit.at)))
#: The same on a day that has passed: what came off its list since stands there by its grid of now.
_STOOD_THEN = {
    is_of_list: _listed(
        PatrolObject.grid_id if is_of_list else grid_queries.today(),
        last_seen(day_number(Visit.at), Visit.at < bindparam("over", type_=Moment)),
    )
    for is_of_list in (False, True)
}


# Put together once for all with the same rights: that takes longer than an officer's few rows.


@kept
def _standing(actor: Actor, is_part: bool) -> Select[*tuple[Any, ...]]:
    return _STANDING.where(*_reached(actor, is_part))


@kept
def _stood_then(actor: Actor, is_of_list: bool) -> Select[*tuple[Any, ...]]:
    return _STOOD_THEN[is_of_list].where(*_reached(actor, is_part=False))


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
    return _by_grid(frequencies.rules(session).of(clock.today()), rows, at)


def stood_then(session: Session, actor: Actor, day: date, at: Placing | None = None) -> dict[int, Now]:
    """How the objects stood when a day ended, by the rules of that day. ``at``: counted for other grids than those of
    today that have them."""
    given = {"today": day, "over": clock.start(day + timedelta(days=1)), **actor.reach()}
    rows = session.execute(_stood_then(actor, at is not None), given)
    return _by_grid(frequencies.rules(session).of(day), rows, at)


def _by_grid(rules: OfDay, rows: Iterable[Any], at: Placing | None = None) -> dict[int, Now]:
    day, never = rules.day, date.max
    today = day.toordinal()
    found: dict[int, Now] = {}
    for object_id, of_list, type_, is_key, since, seen in rows:
        grid_id = at(object_id, of_list) if at else of_list
        began = since.toordinal()
        on = rules.due_on(type_, is_key, since, seen) or never
        one = (on <= day, on < day, 1, today - (began if seen is None else seen), seen is None)
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
    day, never = clock.today(), date.max
    today, rules = day.toordinal(), frequencies.rules(session).of(day)
    return [
        Placed(
            *(id_, zh, en, lon, lat, seen and today - seen),
            (rules.due_on(type_, is_key, since, seen) or never) <= day,
        )
        for id_, _grid_id, type_, is_key, since, seen, zh, en, lon, lat in rows
    ]


@kept
def _placed(actor: Actor) -> Select[*tuple[Any, ...]]:
    facts = (PatrolObject.zh, PatrolObject.en, PatrolObject.lon, PatrolObject.lat)
    reached = where(actor, "grid.read", grid_path=Grid.path)
    inside = below(Grid.path, bindparam("part"))
    return _STANDING.add_columns(*facts).where(reached, inside).order_by(PatrolObject.id)


@dataclass(frozen=True)
class Tally:
    """Visits due in a period, and of these the made and the tried in vain, per grid id: by rounds of the villages' own.
    ``above``: those in whose time somebody of a level above saw the object, whether or not the village did."""

    due: Counter[int]
    seen: Counter[int]
    could_not_see: Counter[int]
    above: Counter[int]


NOTHING_DUE = Tally(Counter(), Counter(), Counter(), Counter())


def due_and_seen(
    session: Session, actor: Actor, first: date, last: date, below_path: str = "", at: Placing | None = None
) -> Tally:
    """Coverage of the grids the actor may read, from ``first`` to ``last`` inclusive; only below a path, if given.

    What is due are windows, as windows.py says: of each object, those of the rules that held for it that end in the
    period and within its life. An object counts for the grid on whose list it stands, or for the heir of that one;
    ``at``: for another.
    """
    tally = Tally(Counter(), Counter(), Counter(), Counter())
    for each in visited(session, actor, first, last, below_path, bool(at)):
        grid_id = at(each.id, each.grid_id) if at else each.grid_id
        due_, seen, missed = windows.outcome(each.due, each.days.seen, each.days.tried)
        tally.due[grid_id] += due_
        tally.seen[grid_id] += seen
        tally.could_not_see[grid_id] += missed
        if each.days.above:
            tally.above[grid_id] += len(each.due.hit(each.days.above))
    return tally


class Days(NamedTuple):
    """The days on which an object was tried in vain, seen, and seen from above."""

    tried: list[int]
    seen: list[int]
    above: list[int]


class Visited(NamedTuple):
    """An object of which visits were due: its grid (that on whose list it stands, or the one of today that has its
    records), its type, the day on which it left the list, its windows, the days of its visits, and what else was asked.
    """

    id: int
    grid_id: int
    type: str
    until: date | None
    due: Windows
    days: Days
    more: Sequence[Any]


#: Types of objects, each with the days of its longest window; of others nothing is ever due.
Longest = tuple[tuple[str, int], ...]


def visited(
    session: Session, actor: Actor, first: date, last: date, below_path: str, is_of_list: bool, more: Any = None
) -> Iterator[Visited]:
    """Each object that was on the list from ``first`` to ``last`` and of which a visit was due. ``more``: a statement
    that asks more columns than ``visits`` does, made of the same facts."""
    rules = frequencies.rules(session)
    longest: Longest = tuple(sorted(rules.longest(first, last).items()))
    if not longest:
        return
    began = {f"began{days}": clock.start(first - timedelta(days=days - 1)) for _type, days in longest}
    given = {"first": first, "last": last, "over": clock.start(last + timedelta(days=1)), **began}
    statement = (more or visits)(actor, bool(below_path), longest, is_of_list)
    known: dict[tuple[Any, ...], Windows] = {}
    for id_, grid_id, type_, is_key, since, until, marks, *rest in session.execute(
        statement, {**given, **_within(actor, below_path)}
    ):
        life = (type_, is_key, since, until)
        if life not in known:
            known[life] = Windows(rules.windows(*life, first, last))
        if known[life]:
            yield Visited(id_, grid_id, type_, until, known[life], _days(marks), rest)


def in_time(longest: Longest) -> tuple[Condition, ...]:
    """That a visit is one of an object's, from the first day of its earliest window on."""
    began = {type_: bindparam(f"began{days}", type_=Moment) for type_, days in longest}
    return (
        Visit.object_id == PatrolObject.id,
        Visit.at >= case(began, value=PatrolObject.type),
        Visit.at < bindparam("over", type_=Moment),
    )


@kept
def visits(actor: Actor, is_part: bool, longest: Longest, is_of_list: bool) -> Select[*tuple[Any, ...]]:
    """For each object that was on the list in the period its id, grid, type, whether it is a key one, its life, and its
    visits in one text: for each three times the day's number, and one more where it was seen, two where it was seen
    from above."""
    mark = day_number(Visit.at) * 3 + case((Visit.result == NOT_SEEN_HERE, 0), (Visit.above.is_(None), 1), else_=2)
    marks = (
        select(func.aggregate_strings(cast(mark, String), ","))
        .where(
            *in_time(longest),
            or_(Visit.above.is_(None), Visit.result != NOT_SEEN_HERE),  # who came in vain from above says nothing here
        )
        .correlate(PatrolObject)
        .scalar_subquery()
    )
    return (
        select(
            *(PatrolObject.id, PatrolObject.grid_id if is_of_list else grid_queries.today()),
            *(PatrolObject.type, PatrolObject.is_key, PatrolObject.valid_from, PatrolObject.valid_to, marks),
        )
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(
            *_reached(actor, is_part),
            ~PatrolObject.is_withheld,
            PatrolObject.type.in_([type_ for type_, _days in longest]),
            PatrolObject.valid_from <= bindparam("last", type_=Date),
            or_(PatrolObject.valid_to.is_(None), PatrolObject.valid_to > bindparam("first", type_=Date)),
        )
    )


def _days(marks: str | None) -> Days:
    """The days of a text of visits."""
    found = Days([], [], [])
    for mark in marks.split(",") if marks else ():
        day, sort = divmod(int(mark), 3)
        found[sort].append(day)
    return found


def stood(session: Session, day: date) -> dict[int, int]:
    """The objects that went to another list since a day, because borders changed, each with the grid on whose list it
    stood on that day."""
    return dict(session.execute(_STOOD, {"day": day}).all())


_STOOD = select(ObjectStay.object_id, ObjectStay.grid_id).where(
    ObjectStay.until > bindparam("day", type_=Date), ObjectStay.since <= bindparam("day", type_=Date)
)
