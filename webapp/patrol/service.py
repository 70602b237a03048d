"""Acts of patrols: record a round once, however often it is sent; keep the list of objects."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, cast

from sqlalchemy import Connection, Date, Table, bindparam, insert, select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock, clock_mark, happened
from ..core.entry import fingerprint_of, is_resend
from ..core.errors import N_, Conflict, NotFound, Refused
from ..core.models import Word
from ..grid import locate
from ..grid import queries as grid_queries
from ..people import queries as people_queries
from .models import ObjectProposal, ObjectType, Patrol, PatrolObject, Visit
from .queries import NOT_SEEN, SEEN, in_list, thing

# Built once: putting a statement together costs ten times as much as running it.
_KNOWN = select(Patrol.content, Patrol.entered_by, Patrol.received_at).where(Patrol.id == bindparam("id"))
_ON_LIST = select(PatrolObject.id).where(
    PatrolObject.grid_id.in_(grid_queries.with_heir(bindparam("grid_id"))), in_list(bindparam("day", type_=Date))
)
_REASONS = select(Word.code).where(Word.kind == "could_not_see")
_RESULTS = select(Visit.result).where(Visit.patrol_id == bindparam("id"))
_ROUND, _VISITS = (insert(cast(Table, model.__table__)) for model in (Patrol, Visit))

OFF_THE_LIST = N_("This is already off the list.")
SAY_WHY = N_("Say why it could not be checked.")
RESULTS = frozenset({*SEEN, NOT_SEEN})
INTERVALS = 1, 366  # days: the shortest and the longest interval of a type of object


@dataclass(frozen=True)
class VisitEntry:
    """One object of the round; ``reason`` (a ready word) only with could_not_see."""

    object_id: int
    result: str
    reason: str | None = None

    V1_FIELDS: ClassVar = "object_id result reason"  # what the first recipe of fingerprints knew; never changed


@dataclass(frozen=True)
class PatrolEntry:
    """A round as it was sent.

    ``person_id`` is who walked it, when somebody else types it in; place in WGS84 degrees.
    """

    id: uuid.UUID
    grid_id: int
    occurred_at: datetime | None
    visits: tuple[VisitEntry, ...]
    note: str | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    person_id: int | None = None

    V1_FIELDS: ClassVar = "id grid_id occurred_at visits note lon lat accuracy_m person_id"

    @property
    def at(self) -> datetime:
        """The moment it is about; of an entry that names none, now."""
        return self.occurred_at or clock.now()


@dataclass(frozen=True)
class Receipt:
    """What the server says it holds: the same for every sending of the same round."""

    id: uuid.UUID
    received_at: datetime
    normal: int
    problem: int
    could_not_see: int


def record(session: Session, actor: Actor, entry: PatrolEntry) -> Receipt:
    """Store a round once. The same entry again gives the first receipt; its id with other content is a Conflict."""
    db = session.connection()
    known = db.execute(_KNOWN, {"id": entry.id}).first()
    if known is not None and _is_resend(db, known, entry, actor.person_id):
        return Receipt(entry.id, known.received_at, *_counts(db.execute(_RESULTS, {"id": entry.id}).scalars()))
    cell = grid_queries.cell(session, actor, "patrol.write", entry.grid_id)
    now = clock.now()
    content, entry = fingerprint_of(entry), replace(entry, occurred_at=entry.at)
    _check(db, entry)
    walker = _walker(session, actor, entry, cell)
    db.execute(
        _ROUND,
        {
            "id": entry.id,
            "content": content,
            "grid_id": cell.id,
            "grid_version_id": grid_queries.version_on(session, cell.id, clock.day(entry.at)) or cell.version_id,
            "person_id": walker,
            "entered_by": actor.person_id,
            "entry_mode": _mode(actor, walker, entry, now),
            "occurred_at": entry.occurred_at,
            "received_at": now,
            "note": entry.note,
            "lon": entry.lon,
            "lat": entry.lat,
            "accuracy_m": entry.accuracy_m,
        },
    )
    db.execute(_VISITS, [_row(entry, visit) for visit in entry.visits])
    results = {visit.object_id: visit.result for visit in entry.visits}
    happened.tell(session, happened.Visited(entry.id, cell.id, walker, results, entry.at))
    return Receipt(entry.id, now, *_counts(visit.result for visit in entry.visits))


def _is_resend(db: Connection, known: Any, entry: PatrolEntry, author: int) -> bool:
    """As ``is_resend``. The fingerprint of a round goes with its point (retention.py); then the rest of it is compared
    with what stands there."""
    if known.content:
        return is_resend((known.content, known.entered_by), entry, author)
    if known.entered_by != author or not _stands_there(db, entry):
        raise Conflict
    return True


def _stands_there(db: Connection, entry: PatrolEntry) -> bool:
    stored = db.execute(select(Patrol.__table__).where(Patrol.id == entry.id)).one()
    visits = db.execute(select(Visit.object_id, Visit.result, Visit.reason).where(Visit.patrol_id == entry.id))
    return (
        (entry.grid_id, entry.note) == (stored.grid_id, stored.note)
        and entry.occurred_at in (None, stored.occurred_at)
        and entry.person_id in (None, stored.person_id)
        and {(visit.object_id, visit.result, visit.reason) for visit in entry.visits} == set(map(tuple, visits))
    )


def visit_id(patrol_id: uuid.UUID, object_id: int) -> uuid.UUID:
    """A visit's id follows from its round's and its object's, so a resend meets itself."""
    return uuid.uuid5(patrol_id, f"visit:{object_id}")


def _row(entry: PatrolEntry, visit: VisitEntry) -> dict[str, Any]:
    return {
        "id": visit_id(entry.id, visit.object_id),
        "patrol_id": entry.id,
        "object_id": visit.object_id,
        "at": entry.at,
        "result": visit.result,
        "reason": visit.reason,
    }


def _counts(results: Iterable[str]) -> tuple[int, int, int]:
    found = list(results)
    return found.count("normal"), found.count("problem"), found.count(NOT_SEEN)


def _check(db: Connection, entry: PatrolEntry) -> None:
    if not entry.visits:
        raise Refused(N_("A patrol needs at least one object you visited."))
    clock_mark.refuse_to_come(db, entry.at)
    ids = {visit.object_id for visit in entry.visits}
    if len(ids) != len(entry.visits):
        raise Refused(N_("An object appears twice in this patrol."))
    day = clock.day(entry.at)
    if not ids <= set(db.execute(_ON_LIST, {"grid_id": entry.grid_id, "day": day}).scalars()):
        raise Refused(
            N_("An object in this patrol was not on the list on that day. Check what is left and send it again.")
        )
    _check_results(db, entry)


def _check_results(db: Connection, entry: PatrolEntry) -> None:
    reasons = {visit.reason for visit in entry.visits if visit.result == NOT_SEEN}
    if any(visit.result not in RESULTS for visit in entry.visits):
        raise Refused(N_("This form is damaged. Open it again."))
    if reasons and not reasons <= set(db.execute(_REASONS).scalars()):
        raise Refused(SAY_WHY, field="visits")


def _walker(session: Session, actor: Actor, entry: PatrolEntry, cell: grid_queries.Cell) -> int:
    """Who walked: the sender, or the village's officer of that day, for whom the township types in a sheet."""
    is_his = not set(grid_queries.on_path(cell.path)).isdisjoint(actor.grids_for("patrol.walk"))
    if entry.person_id in (None, actor.person_id) and is_his:
        return actor.person_id
    if entry.person_id is None:
        raise Refused(N_("Choose the officer who did this patrol."), field="person_id")
    then = people_queries.officers(session, entry.grid_id, clock.day(entry.at))
    if entry.person_id not in {person.id for person in then}:
        raise Refused(
            N_("This officer was not posted here on that day. Choose another, or correct the day."), field="person_id"
        )
    return entry.person_id


def _mode(actor: Actor, walker: int, entry: PatrolEntry, now: datetime) -> str:
    """on_the_day, later or for_someone: a neutral mark, shown and never punished."""
    if walker != actor.person_id:
        return "for_someone"
    return "on_the_day" if clock.day(entry.at) == clock.day(now) else "later"


def set_interval(session: Session, actor: Actor, code: str, days: int) -> None:
    """The county's own interval for a type of object."""
    if not INTERVALS[0] <= days <= INTERVALS[1]:
        raise Refused(N_("Between 1 and 366 days."), field="days")
    row = session.get(ObjectType, code, with_for_update=True)
    if row is None:
        raise NotFound
    audit.note(session, actor.person_id, "interval.change", f"object_type:{code}", before=row.interval_days, after=days)
    row.interval_days, row.changed_at, row.changed_by = days, clock.now(), actor.person_id


def add_object(
    session: Session,
    actor: Actor,
    grid_id: int,
    type_: str,
    zh: str,
    en: str,
    lon: float | None = None,
    lat: float | None = None,
    crs: str | None = None,
) -> PatrolObject:
    """Put something on the list of a grid from today on; ``crs`` is the system in which its place was typed. Sent again
    it is the first one; a namesake is refused."""
    cell = grid_queries.cell(session, actor, "object.edit", grid_id)
    if lon is not None and lat is not None:
        lon, lat = locate.entered(lon, lat, crs)
    if session.get(ObjectType, type_, with_for_update=True) is None:  # two who send the same come one after the other
        raise Refused(N_("Choose a type."), field="type")
    there = namesake(session, cell.id, type_, zh)
    if there is not None and (there.en, there.lon, there.lat) != (en or zh, lon, lat):
        raise Refused(
            N_("An object of this type and name is already on the list. If there are two, give them different names."),
            field="zh",
        )
    if there is not None:
        return there
    added = new_object(cell.id, type_, zh, en, lon, lat, crs)
    keep_objects(session, actor, [added])
    return added


def namesake(session: Session, grid_id: int, type_: str, zh: str) -> PatrolObject | None:
    """What of this type and name is on the list of a grid."""
    on_list = PatrolObject.grid_id == grid_id, PatrolObject.valid_to.is_(None)
    return session.scalar(select(PatrolObject).where(*on_list, PatrolObject.type == type_, PatrolObject.zh == zh))


def new_object(
    grid_id: int,
    type_: str,
    zh: str,
    en: str,
    lon: float | None = None,
    lat: float | None = None,
    crs: str | None = None,
) -> PatrolObject:
    """The row of something new on a list, not yet stored; it counts from today on."""
    return PatrolObject(
        type=type_,
        grid_id=grid_id,
        zh=zh,
        en=en or zh,
        lon=lon,
        lat=lat,
        crs=None if lon is None else locate.source(crs),
        valid_from=clock.today(),
        valid_to=None,
        retired_why=None,
    )


def keep_objects(session: Session, actor: Actor, made: Sequence[PatrolObject]) -> None:
    """Store them, each with its line in the log."""
    session.add_all(made)
    session.flush()
    audit.note_all(
        session,
        actor.person_id or None,
        "object.add",
        [(f"object:{each.id}", {"grid": each.grid_id, "type": each.type, "zh": each.zh}) for each in made],
    )


class Placed(NamedTuple):
    """Something on a list that gets its place: WGS84 degrees, and the system in which these were written."""

    thing: PatrolObject
    lon: float
    lat: float
    crs: str


def place_objects(session: Session, actor: Actor, placed: Collection[Placed]) -> None:
    """Give those that had no place theirs."""
    for each, lon, lat, crs in placed:
        each.lon, each.lat, each.crs = lon, lat, locate.source(crs)
    audit.note_all(session, actor.person_id or None, "object.place", [(f"object:{each.id}", {}) for each, *_ in placed])


def retire_object(session: Session, actor: Actor, object_id: int, why: str) -> None:
    """Take something off the list from today on; its history stays, the reason stands with it."""
    gone = thing(session, actor, "object.edit", object_id)
    session.refresh(gone, with_for_update=True)  # two who take it off come one after the other
    if gone.valid_to is not None:
        raise Refused(OFF_THE_LIST)
    gone.valid_to, gone.retired_why = clock.today(), why
    audit.note(session, actor.person_id, "object.retire", f"object:{object_id}", why=why)
    _grant_stops(session, actor, object_id)


def _grant_stops(session: Session, actor: Actor, object_id: int) -> None:
    """Whoever proposed that it goes reads that it did, whichever way the office went."""
    asked = select(ObjectProposal).where(ObjectProposal.object_id == object_id, ObjectProposal.is_accepted.is_(None))
    for each in session.scalars(asked.order_by(ObjectProposal.id).with_for_update()):
        each.is_accepted, each.answered_by, each.answered_at = True, actor.person_id, clock.now()
