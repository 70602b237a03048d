"""Objects and patrols as they are taken out. A position given with a round is on no page, so it is in no file."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from ..access import where
from ..core import exports
from ..core.errors import N_
from ..core.exports import Export, field
from ..core.own import name, ready_word, word_of
from ..grid.exports import of_village, with_village
from ..grid.models import Grid
from ..people.models import Person
from . import queries
from .models import ObjectType, Patrol, PatrolObject, Visit
from .own import MODES, RESULTS

WRITER = aliased(Person, name="writer")
OBJECT = field("object", N_("Object"), PatrolObject.zh, PatrolObject.en, say=name)
TYPE = field("type", N_("Object type"), ObjectType.zh, ObjectType.en, say=name)
NUMBER = field("object_id", N_("Object no."), PatrolObject.id, kind=exports.COUNT)


def _objects(actor: Any, is_operator: bool) -> Select[Any]:
    found = select(PatrolObject.id).join(Grid, Grid.id == PatrolObject.grid_id)
    found = found.join(ObjectType, ObjectType.code == PatrolObject.type).where(queries.in_list(queries.TODAY))
    return with_village(found, is_operator, where(actor, "grid.read", grid_path=Grid.path)).order_by(PatrolObject.id)


def _patrols(actor: Any, is_operator: bool) -> Select[Any]:
    found = (
        select(Patrol.id)
        .join(Grid, Grid.id == Patrol.grid_id)
        .join(Person, Person.id == Patrol.person_id)
        .join(WRITER, WRITER.id == Patrol.entered_by)
        .outerjoin(Visit, Visit.patrol_id == Patrol.id)
        .outerjoin(PatrolObject, PatrolObject.id == Visit.object_id)
        .outerjoin(ObjectType, ObjectType.code == PatrolObject.type)
    )
    reach = and_(*(where(actor, action, grid_path=Grid.path) for action in ("patrol.read", "grid.read")))
    in_order = (Patrol.occurred_at, Patrol.id, PatrolObject.id)
    return with_village(found, is_operator, reach).order_by(*in_order)


def due_on(_tongue: Any, since: date, last: datetime | None, interval_days: int) -> date:
    """The day an object becomes due."""
    return queries.due_day(since, last, interval_days)


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
            *of_village(),
            field("lon", exports.LON, PatrolObject.lon, kind=exports.NUMBER),
            field("lat", exports.LAT, PatrolObject.lat, kind=exports.NUMBER),
            field("since", N_("On the list since"), PatrolObject.valid_from, kind=exports.DAY),
            field("last_seen", N_("Last seen"), queries.last_seen(), kind=exports.MOMENT),
            field(
                "due",
                N_("Due from"),
                *(PatrolObject.valid_from, queries.last_seen(), ObjectType.interval_days),
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
            NUMBER,
            OBJECT,
            TYPE,
            field("result", N_("Result"), Visit.result, say=word_of(RESULTS)),
            field("reason", N_("Reason"), Visit.reason, say=ready_word("could_not_see")),
            field("note", N_("Note"), Patrol.note),
        ),
        _patrols,
        (PatrolObject.lon, PatrolObject.lat),
        Patrol.occurred_at,
    ),
)
