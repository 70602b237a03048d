"""Acts of the registers: write what an object's file says, name who answers for it, enter a stage, add papers.

Each is the same when it is sent twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock, ids
from ..core.attachments import attach
from ..core.errors import N_, Refused, Stale
from ..core.files import DocumentFile, PhotoFile
from ..core.models import Attachment
from ..patrol import queries as patrols
from ..patrol.models import ObjectType, PatrolObject
from . import facts, queries
from .models import ObjectAttachment, ObjectFact, ObjectPerson, StageStep

NO_OBJECT = N_("There is no object with this number within your reach.")
OFF_LIST = N_("This is off the list; its file is closed.")
TO_COME = N_("This day is still to come.")
BEFORE = N_("The one named now began on %(day)s. The next one can begin on that day at the earliest.")


@dataclass(frozen=True)
class FileEntry:
    """What a file is to say: whether the object is a key one, and what was typed into each field, by its code.

    A field that is left out stays as it is; an empty text empties it.
    """

    is_key: bool
    typed: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """What a type is asked, and what can be chosen in each field (by code): read once for many objects."""

    fields: Sequence[queries.Asked]
    choices: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, session: Session, type_: str) -> "Asked":
        """That of a type."""
        fields = queries.asked(session, type_)
        return cls(fields, {each.field.code: _choices(session, each) for each in fields})


def _choices(session: Session, asked: queries.Asked) -> dict[str, str]:
    """What can be chosen in a field: the code that is kept, by what people call it."""
    if asked.field.kind == "department":
        return {code: body.zh for code, body in queries.departments(session).items()}
    if asked.field.kind == "yes_no":
        return facts.IN_ZH
    return {code: choice.zh for code, choice in asked.choices.items()}


def write(
    session: Session,
    actor: Actor,
    object_id: int,
    entry: FileEntry,
    seen: str | None = None,
    asked: Asked | None = None,
) -> int:
    """Write it, and say how much of it changed. Refused (field: the field's code) for what cannot be read; Stale where
    the file says something else by now than the writer saw."""
    thing = _open(session, actor, object_id)
    before = queries.facts(session, thing.id)
    wanted = {**before, **read(session, actor, thing, entry.typed, asked or Asked.of(session, thing.type))}
    after = {field: value for field, value in wanted.items() if value}
    if (thing.is_key, before) == (entry.is_key, after):
        return 0
    if seen is not None and seen != queries.seen(thing.is_key, before):
        raise Stale
    return _keep(session, actor, thing, entry.is_key, before, after)


def read(session: Session, actor: Actor, thing: PatrolObject, typed: Mapping[str, str], asked: Asked) -> dict[str, str]:
    """What is kept of what was typed into the fields of an object; Refused with the field's code for the first that
    cannot be."""
    found = {}
    for each in asked.fields:
        code = each.field.code
        try:
            if code in typed:
                found[code] = _read(session, actor, thing, each, typed[code], asked.choices[code])
        except Refused as refusal:
            raise Refused(refusal.message, field=code, **refusal.params) from refusal
    return found


def _read(
    session: Session, actor: Actor, thing: PatrolObject, asked: queries.Asked, typed: str, choices: Mapping[str, str]
) -> str:
    if asked.field.kind == "object" and typed:
        return _other(session, actor, thing, typed)
    return facts.kept(asked.field.kind, typed, choices)


def _other(session: Session, actor: Actor, thing: PatrolObject, typed: str) -> str:
    number = facts.number(typed, {})
    other = int(number) if number.isdecimal() else 0
    if other == thing.id or other not in queries.reached(session, actor, "grid.read", [other]):
        raise Refused(NO_OBJECT)
    return str(other)


def _open(session: Session, actor: Actor, object_id: int) -> PatrolObject:
    """The object, held until the write ends: two who write come one after the other."""
    thing = patrols.thing(session, actor, "object.edit", object_id)
    session.refresh(thing, with_for_update=True)
    if thing.valid_to is not None:
        raise Refused(OFF_LIST)
    return thing


def _keep(
    session: Session, actor: Actor, thing: PatrolObject, is_key: bool, before: Mapping[str, str], after: dict[str, str]
) -> int:
    changed = {field for field in {*before, *after} if before.get(field) != after.get(field)}
    at_hand = {row.field: row for row in session.scalars(select(ObjectFact).where(ObjectFact.object_id == thing.id))}
    for field in sorted(changed):
        _set(session, actor, at_hand.get(field) or ObjectFact(object_id=thing.id, field=field), after.get(field))
    was, now = ({field: said.get(field) for field in sorted(changed)} for said in (before, after))
    if thing.is_key != is_key:
        was["key"], now["key"] = facts.yes_or_no(thing.is_key), facts.yes_or_no(is_key)
    thing.is_key = is_key
    audit.note(session, actor.person_id or None, "object.describe", f"object:{thing.id}", before=was, after=now)
    return len(now)


def _set(session: Session, actor: Actor, row: ObjectFact, value: str | None) -> None:
    if value is None:
        session.delete(row)
        return
    row.value, row.said_by, row.said_at = value, actor.person_id or None, clock.now()
    session.add(row)


# --- who answers for it ---


@dataclass(frozen=True)
class PersonEntry:
    """Who answers for an object in a part from a day on; no name: nobody, from that day on."""

    part: str
    name: str
    post: str
    from_on: date


def name_person(session: Session, actor: Actor, object_id: int, entry: PersonEntry) -> None:
    """Name him; who stood there before ends on the day the next one begins."""
    thing = _open(session, actor, object_id)
    if entry.part not in _parts(session, thing):
        raise Refused(facts.CHOOSE, field="part")
    _check_day(entry.from_on, "from_on")
    now = session.scalar(
        select(ObjectPerson).where(
            ObjectPerson.object_id == thing.id, ObjectPerson.part == entry.part, ObjectPerson.to_on.is_(None)
        )
    )
    if ((now.name, now.post) if now else ("", "")) == (entry.name, entry.post):
        return
    _end(now, entry.from_on)
    session.flush()  # the one before has ended when the next one comes: there is one at a time
    if entry.name:
        session.add(_person(actor, thing.id, entry))
    # Who was named stands in the row alone.
    audit.note(
        session,
        actor.person_id or None,
        "object.person",
        f"object:{thing.id}",
        stands=entry.part,
        day=entry.from_on.isoformat(),
        named=bool(entry.name),
    )


def _parts(session: Session, thing: PatrolObject) -> list[str]:
    is_source = session.get_one(ObjectType, thing.type).is_source
    return queries.parts(is_source, queries.facts(session, thing.id), queries.persons(session, thing.id), thing.type)


def _check_day(on: date, field: str) -> None:
    if on > clock.today():
        raise Refused(TO_COME, field=field)


def _end(now: ObjectPerson | None, on: date) -> None:
    if now is None:
        return
    if on < now.from_on:
        raise Refused(BEFORE, field="from_on", day=now.from_on)
    now.to_on = on


def _person(actor: Actor, object_id: int, entry: PersonEntry) -> ObjectPerson:
    return ObjectPerson(
        object_id=object_id,
        part=entry.part,
        name=entry.name,
        post=entry.post,
        from_on=entry.from_on,
        to_on=None,
        named_by=actor.person_id or None,
        named_at=clock.now(),
    )


# --- stages ---


@dataclass(frozen=True)
class StepEntry:
    """That an object came to a stage on a day."""

    stage: str
    on: date
    note: str


def enter_stage(session: Session, actor: Actor, object_id: int, entry: StepEntry) -> None:
    """Enter it; the same stage of the same day is entered once."""
    thing = _open(session, actor, object_id)
    if entry.stage not in {stage.code for stage in queries.stages(session, thing.type)}:
        raise Refused(facts.CHOOSE, field="stage")
    _check_day(entry.on, "on")
    newest = next(iter(queries.steps(session, thing.id)), None)
    if newest and (newest.step.stage, newest.step.on) == (entry.stage, entry.on):
        return
    session.add(
        StageStep(
            object_id=thing.id,
            stage=entry.stage,
            on=entry.on,
            note=entry.note,
            said_by=actor.person_id or None,
            said_at=clock.now(),
        )
    )
    day = entry.on.isoformat()
    audit.note(session, actor.person_id or None, "object.stage", f"object:{thing.id}", stage=entry.stage, day=day)


# --- papers ---


def add_papers(
    session: Session, actor: Actor, object_id: int, about: str, sent: Sequence[PhotoFile | DocumentFile]
) -> int:
    """Put files that are on disk already into the file of an object, and say how many were new to it."""
    thing = _open(session, actor, object_id)
    known = set(
        session.scalars(
            select(Attachment.sha256)
            .join(ObjectAttachment, ObjectAttachment.attachment_id == Attachment.id)
            .where(ObjectAttachment.object_id == thing.id)
        )
    )
    fresh = {ids.new(): file for file in sent if file.sha256 not in known}
    attach(session, fresh, clock.now(), actor.person_id)
    session.add_all(ObjectAttachment(attachment_id=id_, object_id=thing.id, about=about) for id_ in fresh)
    if fresh:
        audit.note(session, actor.person_id or None, "object.paper", f"object:{thing.id}", papers=len(fresh))
    return len(fresh)
