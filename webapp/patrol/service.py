"""Acts of patrols: record a round once, however often it is sent; keep the list of objects."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, cast

from sqlalchemy import Connection, Date, Table, bindparam, insert, select
from sqlalchemy.orm import Session

from ..access import Actor, below, end
from ..core import audit, clock, clock_mark, happened, words
from ..core.entry import fingerprint_of, is_resend, mode_of, written_for
from ..core.errors import N_, Conflict, Refused
from ..grid import locate
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..people import queries as people_queries
from . import topics
from .models import ObjectProposal, ObjectType, Patrol, PatrolObject, TopicVisit, Visit
from .queries import NOT_SEEN, SEEN, in_list, thing, walked
from .topics import TopicEntry

# Built once: putting a statement together costs ten times as much as running it.
_KNOWN = select(Patrol.content, Patrol.entered_by, Patrol.person_id, Patrol.received_at).where(
    Patrol.id == bindparam("id")
)
_ON_LIST = select(PatrolObject.id).where(
    PatrolObject.grid_id.in_(grid_queries.with_heir(bindparam("grid_id"))), walked(bindparam("day", type_=Date))
)
_BELOW = (
    select(PatrolObject.id)
    .join(Grid, Grid.id == PatrolObject.grid_id)
    .where(
        PatrolObject.id.in_(bindparam("ids", expanding=True)),
        below(Grid.path, bindparam("path")),
        in_list(bindparam("day", type_=Date)),
    )
)
_RESULTS = (
    select(Visit.result)
    .where(Visit.patrol_id == bindparam("id"))
    .union_all(select(TopicVisit.result).where(TopicVisit.patrol_id == bindparam("id")))
)
_ROUND, _VISITS = (insert(cast(Table, model.__table__)) for model in (Patrol, Visit))

OFF_THE_LIST = N_("This is already off the list.")
SAY_WHY = N_("Say why it could not be checked.")
RESULTS = frozenset({*SEEN, NOT_SEEN})


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

    ``person_id`` is who walked it, when somebody else types it in; place in WGS84 degrees. ``kind`` is regular or
    irregular, None where nobody said it; ``topics`` are what was looked at beside the objects.
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
    kind: str | None = None
    topics: tuple[TopicEntry, ...] = ()

    V1_FIELDS: ClassVar = "id grid_id occurred_at visits note lon lat accuracy_m person_id"

    @property
    def at(self) -> datetime:
        """The moment it is about; of an entry that names none, now."""
        return self.occurred_at or clock.now()

    @property
    def looked_at(self) -> tuple[VisitEntry | TopicEntry, ...]:
        """All of which it says what was found."""
        return (*self.visits, *self.topics)


@dataclass(frozen=True)
class Receipt:
    """What the server says it holds: the same for every sending of the same round."""

    id: uuid.UUID
    received_at: datetime
    normal: int
    problem: int
    could_not_see: int


def record(session: Session, actor: Actor, entry: PatrolEntry, author: int | None = None) -> Receipt:
    """Store a round once. The same entry again gives the first receipt; its id with other content is a Conflict.

    ``author``: on whose phone it waited, where a desk hands it in; his phone may send the same entry later.
    """
    db = session.connection()
    if author is not None:  # as a report is: by whoever may enter for somebody there
        grid_queries.cell_then(session, actor, "report.submit_for", entry.grid_id, clock.day(entry.at))
    known = db.execute(_KNOWN, {"id": entry.id}).first()
    if known is not None and _is_resend(db, known, entry, author or actor.person_id):
        return Receipt(entry.id, known.received_at, *_counts(db.execute(_RESULTS, {"id": entry.id}).scalars()))
    now, content = clock.now(), fingerprint_of(entry)
    entry = replace(entry, occurred_at=entry.at, person_id=written_for(entry.person_id, author))
    cell, version = grid_queries.cell_then(session, actor, "patrol.write", entry.grid_id, clock.day(entry.at))
    above = cell.tier if cell.id in actor.grids_for("patrol.inspect") else None
    _check(db, entry, None if above is None else cell.path)
    walker = _walker(session, actor, entry, cell) if above is None else _inspector(actor, entry)
    db.execute(
        _ROUND,
        {
            "id": entry.id,
            "content": content,
            "grid_id": cell.id,
            "grid_version_id": version,
            "person_id": walker,
            "entered_by": actor.person_id,
            "entry_mode": mode_of(
                walker,
                actor.person_id,
                is_handed_in=author is not None,
                is_on_the_day=clock.day(entry.at) == clock.day(now),
            ),
            "occurred_at": entry.occurred_at,
            "received_at": now,
            "note": entry.note,
            "lon": entry.lon,
            "lat": entry.lat,
            "accuracy_m": entry.accuracy_m,
            "kind": entry.kind,
        },
    )
    if entry.visits:
        db.execute(_VISITS, [_row(entry, visit, above) for visit in entry.visits])
    if entry.topics:
        topics.keep(db, entry.id, entry.topics)
    results = {visit.object_id: visit.result for visit in entry.visits}
    happened.tell(session, happened.Visited(entry.id, cell.id, walker, results, entry.at))
    return Receipt(entry.id, now, *_counts(seen.result for seen in entry.looked_at))


def _is_resend(db: Connection, known: Any, entry: PatrolEntry, author: int) -> bool:
    """As ``is_resend``. The fingerprint of a round goes with its point (retention.py); then the rest of it is compared
    with what stands there."""
    if known.content:
        return is_resend((known.content, known.entered_by, known.person_id), entry, author)
    if author not in (known.entered_by, known.person_id) or not _stands_there(db, entry):
        raise Conflict
    return True


def _stands_there(db: Connection, entry: PatrolEntry) -> bool:
    stored = db.execute(select(Patrol.__table__).where(Patrol.id == entry.id)).one()
    visits = db.execute(select(Visit.object_id, Visit.result, Visit.reason).where(Visit.patrol_id == entry.id))
    return (
        (entry.grid_id, entry.note, entry.kind) == (stored.grid_id, stored.note, stored.kind)
        and entry.occurred_at in (None, stored.occurred_at)
        and entry.person_id in (None, stored.person_id)
        and {(visit.object_id, visit.result, visit.reason) for visit in entry.visits} == set(map(tuple, visits))
        and {*entry.topics} == topics.said(db, entry.id)
    )


def visit_id(patrol_id: uuid.UUID, object_id: int) -> uuid.UUID:
    """A visit's id follows from its round's and its object's, so a resend meets itself."""
    return uuid.uuid5(patrol_id, f"visit:{object_id}")


def _row(entry: PatrolEntry, visit: VisitEntry, above: int | None) -> dict[str, Any]:
    return {
        "id": visit_id(entry.id, visit.object_id),
        "patrol_id": entry.id,
        "object_id": visit.object_id,
        "at": entry.at,
        "result": visit.result,
        "reason": visit.reason,
        "above": above,
    }


def _counts(results: Iterable[str]) -> tuple[int, int, int]:
    found = list(results)
    return found.count("normal"), found.count("problem"), found.count(NOT_SEEN)


def _check(db: Connection, entry: PatrolEntry, inside: str | None) -> None:
    """``inside``: the path of the grid above the villages within which it went; None for a village's own round."""
    if not entry.visits and not entry.topics:
        raise Refused(N_("A patrol needs at least one object or topic that you looked at."))
    clock_mark.refuse_to_come(db, entry.at)
    ids = {visit.object_id for visit in entry.visits}
    if len(ids) != len(entry.visits):
        raise Refused(N_("An object appears twice in this patrol."))
    if ids and not ids <= _listed(db, entry, ids, inside):
        raise Refused(
            N_("An object in this patrol was not on the list on that day. Check what is left and send it again.")
        )
    if entry.topics:
        topics.check(db, entry.topics)
    _check_results(db, entry)


def _listed(db: Connection, entry: PatrolEntry, ids: Collection[int], inside: str | None) -> set[int]:
    """The objects on the list on the round's day: those of the village, or of ``ids`` those of all villages within."""
    day = clock.day(entry.at)
    if inside is None:
        return set(db.execute(_ON_LIST, {"grid_id": entry.grid_id, "day": day}).scalars())
    return set(db.execute(_BELOW, {"ids": list(ids), "path": inside, "path_end": end(inside), "day": day}).scalars())


def _check_results(db: Connection, entry: PatrolEntry) -> None:
    reasons = {each.reason for each in entry.looked_at if each.result == NOT_SEEN}
    if any(each.result not in RESULTS for each in entry.looked_at) or entry.kind not in (None, *topics.KINDS):
        raise Refused(N_("This form is damaged. Open it again."))
    if reasons and not reasons <= words.named(db, "could_not_see").keys():
        raise Refused(SAY_WHY, field="visits")


def _inspector(actor: Actor, entry: PatrolEntry) -> int:
    """Who walked in a grid above the villages: whoever is posted there and sends it, never somebody for him."""
    if entry.person_id not in (None, actor.person_id):
        raise Refused(N_("Nobody can enter a patrol of this grid for somebody else."), field="person_id")
    return actor.person_id


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
    kind = session.get(ObjectType, type_, with_for_update=True)  # two who send the same come one after the other
    if kind is None:
        raise Refused(N_("Choose a type."), field="type")
    there = namesake(session, cell.id, type_, zh)
    if there is not None and (there.en, there.lon, there.lat) != (en or zh, lon, lat):
        raise Refused(
            N_("An object of this type and name is already on the list. If there are two, give them different names."),
            field="zh",
        )
    if there is not None:
        return there
    added = new_object(cell.id, type_, zh, en, lon, lat, crs, is_withheld=kind.is_withheld)
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
    *,
    is_withheld: bool = False,
) -> PatrolObject:
    """The row of something new on a list, not yet stored; it counts from today on. ``is_withheld``: as its type is."""
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
        is_key=False,
        is_withheld=is_withheld,
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
