"""A village's week on one sheet: what is due on which day, what was seen, and a filled-in sheet as rounds.

On paper and on the page a mark is one figure: 1 normal, 2 a problem, from 3 on the ready words for why something could
not be checked. An empty box says nothing, and what it stands for stays due.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock, ids
from ..core.errors import N_, Conflict, Refused
from ..grid.models import Grid
from . import service
from .models import Patrol, Visit
from .queries import NOT_SEEN, SEEN, ObjectRow
from .service import PatrolEntry, Receipt, VisitEntry

DAYS = 7
BACK, AHEAD = 2, 1  # weeks that the sheet leads to from this one; older paper is typed in as rounds of their days


class Line(NamedTuple):
    """An object of the sheet; ``due_on`` is the day of this week from which it is due, None where that comes later."""

    row: ObjectRow
    due_on: date | None


class Seen(NamedTuple):
    """What stands there already of an object on a day."""

    patrol_id: uuid.UUID
    result: str
    reason: str | None


@dataclass(frozen=True)
class WeekEntry:
    """A filled-in sheet: by day, what was found. ``person_id`` is who walked, where somebody else types it in."""

    id: uuid.UUID
    grid_id: int
    person_id: int | None
    days: Mapping[date, tuple[VisitEntry, ...]]


def monday(on: date) -> date:
    """The first day of a day's week."""
    return on - timedelta(days=on.weekday())


def days(first: date) -> tuple[date, ...]:
    """The days of the week that begins on ``first``."""
    return tuple(first + timedelta(days=number) for number in range(DAYS))


def beside(first: date, today: date) -> tuple[date | None, date | None]:
    """The first days of the week before and of the week after, where the sheet leads there."""
    this, step = monday(today), timedelta(days=DAYS)
    before, after = first - step, first + step
    return (before if before >= this - BACK * step else None, after if after <= this + AHEAD * step else None)


def marks(reasons: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Result and reason by the figure that stands for them; ``reasons`` are the ready words in their order."""
    found = [*((result, None) for result in SEEN), *((NOT_SEEN, reason) for reason in reasons)]
    return {str(number): each for number, each in enumerate(found, start=1)}


def lines(rows: Sequence[ObjectRow], first: date, today: date) -> list[Line]:
    """What falls due in the week, by its day, before all else of the list. Of a week that is over nothing is said to be
    due: what was, follows from visits that may have come since. Nor of what was taken off in the week."""
    last = first + timedelta(days=DAYS - 1)

    def due_on(row: ObjectRow) -> date | None:
        is_due = row.due_on and row.due_on <= last and today <= last and row.object.valid_to is None
        return max(row.due_on, first) if row.due_on and is_due else None

    found = [Line(row, due_on(row)) for row in rows]
    return sorted(found, key=lambda line: line.due_on or date.max)


_SEEN = (
    select(Visit.object_id, Visit.at, Visit.patrol_id, Visit.result, Visit.reason)
    .where(
        Visit.object_id.in_(bindparam("objects", expanding=True)),
        Visit.at >= bindparam("since"),
        Visit.at < bindparam("until"),
        Visit.above.is_(None),
    )
    .order_by(Visit.at, Visit.id)
)


def seen(db: Connection, objects: Iterable[int], first: date) -> dict[tuple[int, date], Seen]:
    """The last visit of each day of the week to each of the objects, on rounds of their village."""
    given = {
        "objects": list(objects),
        "since": clock.start(first),
        "until": clock.start(first + timedelta(days=DAYS)),
    }
    return {(row.object_id, clock.day(row.at)): Seen(*row[2:]) for row in db.execute(_SEEN, given)}


_KNOWN = select(Patrol.id, Patrol.entered_by).where(Patrol.id.in_(bindparam("ids", expanding=True)))


def known(db: Connection, entry_id: uuid.UUID, first: date) -> dict[date, int]:
    """The days of the week of which a sheet's rounds are there, each with who sent them."""
    ids_ = {round_id(entry_id, day): day for day in days(first)}
    return {ids_[row.id]: row.entered_by for row in db.execute(_KNOWN, {"ids": list(ids_)})}


def round_id(entry_id: uuid.UUID, day: date) -> uuid.UUID:
    """The id of a day's round follows from its sheet's, so a resend meets itself."""
    return uuid.uuid5(entry_id, f"week:{day.isoformat()}")


def rounds(entry: WeekEntry) -> list[PatrolEntry]:
    """A round for each day on which something was marked."""
    return [
        PatrolEntry(
            id=round_id(entry.id, day),
            grid_id=entry.grid_id,
            occurred_at=_moment(entry.id, day),
            visits=visits,
            person_id=entry.person_id,
        )
        for day, visits in sorted(entry.days.items())
        if visits
    ]


def _moment(entry_id: uuid.UUID, day: date) -> datetime:
    """Noon of a day that was over when the sheet was begun, of that day the moment itself. Of a later day its first
    moment: noon may be still to come, and what follows from the id alone is the same when the sheet is sent again."""
    begun = ids.made_at(entry_id)
    if begun and clock.day(begun) == day:
        return begun
    return clock.at_hour(day, time(12)) if begun and clock.day(begun) > day else clock.start(day)


#: Two who type in the same sheet: the second waits, and sees what the first has filled. Phones' rounds do not wait.
_IN_TURN = select(Grid.id).where(Grid.id == bindparam("grid_id")).with_for_update(key_share=True)
FILLED = N_(
    "%(num)d of these boxes were filled meanwhile, and show what came in. Check the others and send the sheet again."
)


def record(session: Session, actor: Actor, entry: WeekEntry) -> list[Receipt]:
    """Store all rounds of a sheet, or none; sent again it gives the first receipts, of other days it is a Conflict.
    Refused as a round is, with the day as ``on``, and where somebody else has filled a box meanwhile."""
    db, first = session.connection(), monday(min(entry.days))
    db.execute(_IN_TURN, {"grid_id": entry.grid_id})
    there = known(db, entry.id, first)
    if there and there.keys() != entry.days.keys():
        raise Conflict
    filled = set() if there else _filled(db, entry, first)
    receipts = [_one(session, actor, each) for each in rounds(entry)]
    if filled:  # said only now: the rounds have shown that the objects are his to know of
        raise Refused(FILLED, num=len(filled))
    return receipts


def _filled(db: Connection, entry: WeekEntry, first: date) -> set[tuple[int, date]]:
    boxes = {(visit.object_id, day) for day, visits in entry.days.items() for visit in visits}
    return boxes & seen(db, {object_id for object_id, _day in boxes}, first).keys()


def _one(session: Session, actor: Actor, entry: PatrolEntry) -> Receipt:
    try:
        return service.record(session, actor, entry)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        on = clock.day(entry.at)
        raise Refused(refusal.message, field=refusal.field, **{**refusal.params, "on": on}) from refusal
