"""What of the registers is about one person, for the file that he gets of it."""

from sqlalchemy import and_
from sqlalchemy.orm import join

from ..core.errors import N_
from ..core.own import ME, OwnSheet, name, shown, word_of
from ..core.tongue import Tongue
from ..patrol.models import PatrolObject
from .labels import PARTS
from .models import FieldChoice, ObjectFact, ObjectField, ObjectPerson, ObjectStage, StageStep


def _value(tongue: Tongue, value: str, zh: str | None, en: str | None) -> str:
    """The word, where it is one of a choice."""
    return value if zh is None else tongue.name(zh, en or zh)


OBJECT = shown(N_("Object"), PatrolObject.zh, PatrolObject.en, say=name)
FACTS = OwnSheet(
    170,
    N_("Object facts I wrote"),
    join(
        join(
            join(ObjectFact, PatrolObject, PatrolObject.id == ObjectFact.object_id),
            ObjectField,
            ObjectField.code == ObjectFact.field,
        ),
        FieldChoice,
        and_(FieldChoice.asked == ObjectFact.field, FieldChoice.code == ObjectFact.value),
        isouter=True,
    ),
    ObjectFact.said_by == ME,
    (
        shown(N_("When"), ObjectFact.said_at),
        OBJECT,
        shown(N_("What"), ObjectField.zh, ObjectField.en, say=name),
        shown(N_("Value"), ObjectFact.value, FieldChoice.zh, FieldChoice.en, say=_value),
    ),
    (ObjectFact.said_at, ObjectFact.object_id, ObjectFact.field),
)
STEPS = OwnSheet(
    171,
    N_("Object stages I entered"),
    join(
        join(StageStep, PatrolObject, PatrolObject.id == StageStep.object_id),
        ObjectStage,
        ObjectStage.code == StageStep.stage,
    ),
    StageStep.said_by == ME,
    (
        shown(N_("When"), StageStep.said_at),
        OBJECT,
        shown(N_("Stage"), ObjectStage.zh, ObjectStage.en, say=name),
        shown(N_("Day"), StageStep.on),
        shown(N_("Comment"), StageStep.note),
    ),
    (StageStep.said_at, StageStep.id),
)
NAMING = OwnSheet(
    172,
    N_("Whom I named for objects"),
    join(ObjectPerson, PatrolObject, PatrolObject.id == ObjectPerson.object_id),
    ObjectPerson.named_by == ME,
    (
        shown(N_("When"), ObjectPerson.named_at),
        OBJECT,
        shown(N_("As"), ObjectPerson.part, say=word_of(PARTS)),
        shown(N_("First day"), ObjectPerson.from_on),
    ),
    (ObjectPerson.named_at, ObjectPerson.id),
)
OWN = (FACTS, STEPS, NAMING)
