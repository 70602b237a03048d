"""Reads of the registers: what a type is asked, the file of an object, and which objects lack whom."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from ..access import Actor, kept, where
from ..core import clock
from ..core.canonical import mark
from ..core.models import Attachment
from ..duty.models import Department
from ..grid.models import Grid
from ..patrol import queries as patrols
from ..patrol.models import ObjectType, PatrolObject
from ..people.models import Person
from ..report import queries as reports
from ..report.models import Report
from .facts import YES
from .labels import LACKS, PARTS
from .models import FieldChoice, ObjectAttachment, ObjectFact, ObjectField, ObjectPerson, ObjectStage, StageStep
from .own_fields import is_own

# --- what a type is asked ---


@dataclass(frozen=True)
class Asked:
    """A field of a type, and the words it can hold where it is a choice: rows by code."""

    field: ObjectField
    choices: Mapping[str, FieldChoice]

    @property
    def key(self) -> str:
        """The field's code without its type: how a form and a sheet call it."""
        return self.field.code.rpartition(".")[2]


def asked(session: Session, type_: str) -> list[Asked]:
    """What objects of a type are asked, in order."""
    fields = list(session.scalars(_FIELDS, {"type": type_}))
    choices = session.scalars(_CHOICES, {"fields": [field.code for field in fields]}).all()
    return [Asked(field, {choice.code: choice for choice in choices if choice.asked == field.code}) for field in fields]


_FIELDS = (
    select(ObjectField)
    .where(or_(ObjectField.type.is_(None), ObjectField.type == bindparam("type")), ObjectField.valid_to.is_(None))
    .order_by(ObjectField.position, ObjectField.code)
)
_CHOICES = (
    select(FieldChoice)
    .where(FieldChoice.asked.in_(bindparam("fields", expanding=True)), FieldChoice.valid_to.is_(None))
    .order_by(FieldChoice.asked, FieldChoice.position, FieldChoice.code)
)


def own_fields(session: Session, type_: str) -> list[ObjectField]:
    """The county's own fields of a type, those that ended included."""
    return [field for field in session.scalars(_OF_TYPE, {"type": type_}) if is_own(field.code)]


_OF_TYPE = select(ObjectField).where(ObjectField.type == bindparam("type")).order_by(ObjectField.code)


def stages(session: Session, type_: str) -> list[ObjectStage]:
    """The stages of a type in their order; none where the texts name none."""
    return list(session.scalars(_STAGES, {"type": type_}))


_STAGES = (
    select(ObjectStage)
    .where(ObjectStage.type == bindparam("type"), ObjectStage.valid_to.is_(None))
    .order_by(ObjectStage.position, ObjectStage.code)
)


def departments(session: Session) -> dict[str, Department]:
    """The departments that can be in charge of an object, as the duty lists call them: by code, whoever asks."""
    return {row.code: row for row in session.scalars(_DEPARTMENTS)}


_DEPARTMENTS = select(Department).where(Department.kind == "department").order_by(Department.code)


# --- the file of one object ---


def facts(session: Session, object_id: int) -> dict[str, str]:
    """What the fields say of an object, by field."""
    return {row.field: row.value for row in session.execute(_FACTS, {"object_id": object_id})}


_FACTS = select(ObjectFact.field, ObjectFact.value).where(ObjectFact.object_id == bindparam("object_id"))


def seen(is_key: bool, said: Mapping[str, str]) -> str:
    """What a page that shows the facts gives back, so that nobody writes over what he has not seen."""
    return mark({"key": is_key, "said": dict(said)})


class Step(NamedTuple):
    """A stage that an object came to, and who said so (None: nobody of ours)."""

    step: StageStep
    stage: ObjectStage
    person: Person | None


def steps(session: Session, object_id: int) -> list[Step]:
    """The stages an object went through, newest first: the first is where it is now."""
    return [Step(*row) for row in session.execute(_STEPS, {"object_id": object_id})]


_STEPS = (
    select(StageStep, ObjectStage, Person)
    .join(ObjectStage, ObjectStage.code == StageStep.stage)
    .outerjoin(Person, Person.id == StageStep.said_by)
    .where(StageStep.object_id == bindparam("object_id"))
    .order_by(StageStep.on.desc(), StageStep.id.desc())
)


def persons(session: Session, object_id: int) -> list[ObjectPerson]:
    """Who answers or answered for an object, those of today first, then the newest."""
    return list(session.scalars(_PERSONS, {"object_id": object_id}))


def parts(is_source: bool, facts: Mapping[str, str], persons: Iterable[ObjectPerson], type_: str) -> list[str]:
    """Who can answer for an object: leader and person for a pollution source, the dedicated one for a risk area, and
    whoever does so today, for somebody has to be able to end it."""
    asked = {"leader": is_source, "person": is_source, "dedicated": facts.get(f"{type_}.{RISK}") == YES}
    today = {one.part for one in persons if one.to_on is None}
    return [part for part in PARTS if asked[part] or part in today]


_PERSONS = (
    select(ObjectPerson)
    .where(ObjectPerson.object_id == bindparam("object_id"))
    .order_by(ObjectPerson.to_on.is_not(None), ObjectPerson.from_on.desc(), ObjectPerson.id.desc())
)


class Paper(NamedTuple):
    """A paper or photo in a file."""

    link: ObjectAttachment
    attachment: Attachment


def papers(session: Session, object_id: int) -> list[Paper]:
    """The papers of an object, newest first."""
    return [Paper(*row) for row in session.execute(_PAPERS, {"object_id": object_id})]


_PAPERS = (
    select(ObjectAttachment, Attachment)
    .join(Attachment, Attachment.id == ObjectAttachment.attachment_id)
    .where(ObjectAttachment.object_id == bindparam("object_id"))
    .order_by(Attachment.received_at.desc(), Attachment.id)
)


def attachments_read(actor: Actor) -> Select[uuid.UUID]:
    """The ids of the attachments of objects that the actor may see."""
    return (
        select(ObjectAttachment.attachment_id)
        .join(PatrolObject, PatrolObject.id == ObjectAttachment.object_id)
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(where(actor, "grid.read", grid_path=Grid.path), patrols.told(actor))
    )


MOST_REPORTS = 20


def reported(session: Session, actor: Actor, object_id: int) -> list[Row[Any]]:
    """The newest reports about an object that the actor may read: id, number, state, is_open, received_at."""
    given = {"object_id": object_id, **actor.reach()}
    return list(session.execute(_reported(actor), given))


@kept
def _reported(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        reports.readable(actor)
        .with_only_columns(Report.id, Report.number, Report.state, Report.is_open, Report.received_at)
        .where(Report.object_id == bindparam("object_id"))
        .order_by(Report.received_at.desc(), Report.id)
        .limit(MOST_REPORTS)
    )


def reached(session: Session, actor: Actor, action: str, ids: Collection[int]) -> dict[int, PatrolObject]:
    """Those of the objects that an action reaches, by id."""
    rows = session.scalars(_reached(actor, action), {"ids": list(ids), **actor.reach()}) if ids else ()
    return {row.id: row for row in rows}


@kept
def _reached(actor: Actor, action: str) -> Select[PatrolObject]:
    return (
        select(PatrolObject)
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(
            PatrolObject.id.in_(bindparam("ids", expanding=True)),
            where(actor, action, grid_path=Grid.path),
            patrols.told(actor),
        )
    )


# --- the lists ---

RISK = "risk_area"
_NOW = (ObjectPerson.object_id == PatrolObject.id, ObjectPerson.to_on.is_(None))


def _has(part: str) -> ColumnElement[bool]:
    return exists().where(*_NOW, ObjectPerson.part == part)


def _is_risk() -> ColumnElement[bool]:
    risk = ObjectFact.field == PatrolObject.type + "." + RISK
    return exists().where(ObjectFact.object_id == PatrolObject.id, risk, ObjectFact.value == "yes")


#: Which objects a list of what is lacking holds.
LACKING: Mapping[str, ColumnElement[bool]] = {
    "leader": ObjectType.is_source & ~_has("leader"),
    "person": ObjectType.is_source & ~_has("person"),
    "dedicated": _is_risk() & ~_has("dedicated"),
}
assert LACKING.keys() == LACKS.keys()


class Count(NamedTuple):
    """How many objects of a type there are within reach, of these the key ones, and how many lack whom."""

    type: ObjectType
    number: int
    key: int
    lacks: dict[str, int]


def counts(session: Session, actor: Actor) -> list[Count]:
    """The types in their order, those of which there is no object too."""
    found = {row[0]: row[1:] for row in session.execute(_counts(actor), _given(actor))}
    none = (0,) * (2 + len(LACKING))
    return [
        Count(kind, row[0], row[1], dict(zip(LACKING, row[2:], strict=True)))
        for kind in patrols.types(session)
        if kind.code in found or not kind.is_withheld
        for row in [found.get(kind.code, none)]
    ]


def _given(actor: Actor) -> dict[str, Any]:
    return {"today": clock.today(), **actor.reach()}


@kept
def _counts(actor: Actor) -> Select[*tuple[Any, ...]]:
    def number(of: Any) -> Any:
        return func.sum(case((of, 1), else_=0))

    return (
        _listed(actor)
        .with_only_columns(
            PatrolObject.type, func.count(), number(PatrolObject.is_key), *(number(each) for each in LACKING.values())
        )
        .group_by(PatrolObject.type)
    )


def _listed(actor: Actor) -> Select[Any]:
    return (
        select(PatrolObject)
        .join(ObjectType, ObjectType.code == PatrolObject.type)
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(
            where(actor, "register.read", grid_path=Grid.path),
            patrols.told(actor),
            patrols.in_list(patrols.TODAY),
        )
    )


class Line(NamedTuple):
    """An object in a register, the stage it is in (None: none was entered)."""

    id: int
    zh: str
    en: str
    grid_id: int
    is_key: bool
    stage: str | None


def _stage_now() -> Any:
    return (
        select(StageStep.stage)
        .where(StageStep.object_id == PatrolObject.id)
        .order_by(StageStep.on.desc(), StageStep.id.desc())
        .limit(1)
        .correlate(PatrolObject)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class Wanted:
    """Which part of a register: of what kind, lacking whom (a key of LACKING), in which stage ("-": in none)."""

    type: str
    lack: str = ""
    stage: str = ""


def count(session: Session, actor: Actor, wanted: Wanted) -> int:
    """How many objects there are in it."""
    found = _wanted(actor, bool(wanted.stage), wanted.stage == "-", wanted.lack).with_only_columns(func.count())
    return session.scalar(found, {**_given(actor), "type": wanted.type, "stage": wanted.stage}) or 0


def lines(session: Session, actor: Actor, wanted: Wanted, first: int, size: int) -> list[Line]:
    """A part of them, village by village."""
    columns = (PatrolObject.id, PatrolObject.zh, PatrolObject.en, PatrolObject.grid_id, PatrolObject.is_key)
    found = (
        _wanted(actor, bool(wanted.stage), wanted.stage == "-", wanted.lack)
        .with_only_columns(*columns, _stage_now())
        .order_by(Grid.path, PatrolObject.id)
        .offset(first)
        .limit(size)
    )
    rows = session.execute(found, {**_given(actor), "type": wanted.type, "stage": wanted.stage})
    return [Line(*row) for row in rows]


@kept
def _wanted(actor: Actor, is_in_stage: bool, is_in_none: bool, lack: str) -> Select[Any]:
    found = _listed(actor).where(PatrolObject.type == bindparam("type"))
    if is_in_stage:
        now = _stage_now()
        found = found.where(now.is_(None) if is_in_none else now == bindparam("stage"))
    return found.where(LACKING[lack]) if lack else found


def by_stage(session: Session, actor: Actor, type_: str) -> dict[str, int]:
    """How many objects of a type are in which stage; "-" for those of which none was entered."""
    rows = session.execute(_by_stage(actor), {**_given(actor), "type": type_})
    return {stage or "-": number for stage, number in rows}


@kept
def _by_stage(actor: Actor) -> Select[*tuple[Any, ...]]:
    inner = (
        _listed(actor)
        .where(PatrolObject.type == bindparam("type"))
        .with_only_columns(_stage_now().label("stage"))
        .subquery()
    )
    return select(inner.c.stage, func.count()).group_by(inner.c.stage)


def facts_of(session: Session, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """What the fields say of several objects."""
    found: dict[int, dict[str, str]] = {id_: {} for id_ in ids}
    rows = session.execute(
        select(ObjectFact.object_id, ObjectFact.field, ObjectFact.value).where(ObjectFact.object_id.in_(found))
    )
    for object_id, field, value in rows:
        found[object_id][field] = value
    return found


def persons_of(session: Session, ids: Collection[int]) -> dict[int, dict[str, ObjectPerson]]:
    """Who answers for several objects today, by part."""
    found: dict[int, dict[str, ObjectPerson]] = {id_: {} for id_ in ids}
    rows = session.scalars(select(ObjectPerson).where(ObjectPerson.object_id.in_(ids), ObjectPerson.to_on.is_(None)))
    for row in rows:
        found[row.object_id][row.part] = row
    return found
