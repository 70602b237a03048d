"""Objects and patrols as they are taken out. A position given with a round is on no page, so it is in no file."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, null, select
from sqlalchemy.orm import aliased

from ..access import where
from ..core import clock, exports
from ..core.errors import N_
from ..core.exports import Export, field
from ..core.own import name, ready_word, word_of
from ..grid.exports import of_village, with_village
from ..grid.models import Grid
from ..people.models import Person
from . import frequencies, queries
from .models import ObjectType, Patrol, PatrolObject, PatrolTopic, TopicVisit, TypeTopic, Visit
from .own import MODES, RESULTS
from .topics import KINDS

WRITER = aliased(Person, name="writer")
OBJECT = field("object", N_("Object"), PatrolObject.zh, PatrolObject.en, say=name)
TYPE = field("type", N_("Object type"), ObjectType.zh, ObjectType.en, say=name)
TOPIC = field("topic", N_("Topic"), PatrolTopic.zh, PatrolTopic.en, say=name)
KIND = field("kind", N_("Kind of patrol"), Patrol.kind, say=word_of(KINDS))
NUMBER = field("object_id", N_("Object no."), PatrolObject.id, kind=exports.COUNT)


def _objects(actor: Any, is_operator: bool) -> Select[Any]:
    found = select(PatrolObject.id).join(Grid, Grid.id == PatrolObject.grid_id)
    found = found.join(ObjectType, ObjectType.code == PatrolObject.type).where(queries.in_list(queries.TODAY))
    reach = and_(where(actor, "grid.read", grid_path=Grid.path), queries.told(actor))
    return with_village(found, is_operator, reach).order_by(PatrolObject.id)


def _patrols(actor: Any, is_operator: bool) -> Select[Any]:
    found = (
        select(Patrol.id)
        .join(Grid, Grid.id == Patrol.grid_id)
        .join(Person, Person.id == Patrol.person_id)
        .join(WRITER, WRITER.id == Patrol.entered_by)
        .outerjoin(Visit, Visit.patrol_id == Patrol.id)
        .outerjoin(PatrolObject, PatrolObject.id == Visit.object_id)
        .outerjoin(ObjectType, ObjectType.code == PatrolObject.type)
        .outerjoin(TypeTopic, TypeTopic.type == ObjectType.code)
        .outerjoin(PatrolTopic, PatrolTopic.code == TypeTopic.topic)
    )
    in_order = (Patrol.occurred_at, Patrol.id, PatrolObject.id)
    return with_village(found, is_operator, _reach(actor)).order_by(*in_order)


def _topics(actor: Any, is_operator: bool) -> Select[Any]:
    found = (
        select(TopicVisit.id)
        .join(Patrol, Patrol.id == TopicVisit.patrol_id)
        .join(Grid, Grid.id == Patrol.grid_id)
        .join(Person, Person.id == Patrol.person_id)
        .join(PatrolTopic, PatrolTopic.code == TopicVisit.topic)
    )
    in_order = (Patrol.occurred_at, Patrol.id, PatrolTopic.position, TopicVisit.id)
    return with_village(found, is_operator, _reach(actor)).order_by(*in_order)


def _reach(actor: Any) -> Any:
    return and_(*(where(actor, action, grid_path=Grid.path) for action in ("patrol.read", "grid.read")))


def due_on(
    _tongue: Any, type_: str, is_key: bool, since: date, last: datetime | None, rules: str | None
) -> date | None:
    """The day from which an object is due; None where nothing is."""
    seen = clock.day(last).toordinal() if last else None
    return frequencies.of_text(rules).of(clock.today()).due_on(type_, is_key, since, seen)


EXPORTS = (
    Export(
        20,
        "objects",
        N_("Objects"),
        "grid.read",
        (
            NUMBER,
            OBJECT,
            TYPE,
            field("key", N_("Key object"), PatrolObject.is_key),
            *of_village(),
            field("lon", exports.LON, PatrolObject.lon, kind=exports.NUMBER),
            field("lat", exports.LAT, PatrolObject.lat, kind=exports.NUMBER),
            field("since", N_("On the list since"), PatrolObject.valid_from, kind=exports.DAY),
            field("last_seen", N_("Last seen"), queries.last_seen(), kind=exports.MOMENT),
            field("seen_above", N_("Last seen by township or county"), queries.seen_above(), kind=exports.MOMENT),
            field(
                "due",
                N_("Due from"),
                *(PatrolObject.type, PatrolObject.is_key, PatrolObject.valid_from),
                *(queries.last_seen(), frequencies.as_text()),
                say=due_on,
                kind=exports.DAY,
            ),
        ),
        _objects,
        (PatrolObject.lon, PatrolObject.lat),
    ),
    Export(
        30,
        "patrols",
        N_("Patrols"),
        "patrol.read",
        (
            field("patrol", N_("Patrol"), Patrol.id),
            field("at", N_("When"), Patrol.occurred_at, kind=exports.MOMENT),
            field("received", N_("Received at"), Patrol.received_at, kind=exports.MOMENT),
            *of_village(),
            field("officer", N_("Patrolled by"), Person.zh, Person.en, say=name),
            field("writer", N_("Entered by"), WRITER.zh, WRITER.en, say=name),
            field("entered", N_("How it was entered"), Patrol.entry_mode, say=word_of(MODES)),
            KIND,
            NUMBER,
            OBJECT,
            TYPE,
            TOPIC,
            field("result", N_("Result"), Visit.result, say=word_of(RESULTS)),
            field("reason", N_("Reason"), Visit.reason, say=ready_word("could_not_see")),
            field("note", N_("Note"), Patrol.note),
        ),
        _patrols,
        (PatrolObject.lon, PatrolObject.lat),
        Patrol.occurred_at,
    ),
    Export(
        31,
        "topics",
        N_("Topics looked at"),
        "patrol.read",
        (
            field("patrol", N_("Patrol"), Patrol.id),
            field("at", N_("When"), Patrol.occurred_at, kind=exports.MOMENT),
            *of_village(),
            field("officer", N_("Patrolled by"), Person.zh, Person.en, say=name),
            KIND,
            TOPIC,
            field("result", N_("Result"), TopicVisit.result, say=word_of(RESULTS)),
            field("reason", N_("Reason"), TopicVisit.reason, say=ready_word("could_not_see")),
            field("place", N_("Place"), TopicVisit.place),
            field("note", N_("Note"), TopicVisit.note),
        ),
        _topics,
        (null(), null()),  # such a place stands in words alone
        Patrol.occurred_at,
    ),
)
