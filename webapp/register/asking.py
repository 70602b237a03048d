"""Acts of what a type is asked: a county adds fields of its own, and ends them. What was delivered is not changed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.cells import check, half_width
from ..core.errors import N_, NotFound, Refused
from ..core.sheet import heading
from ..core.sheet_file import MAX_COLUMNS
from ..patrol.frequencies import OURS
from ..patrol.models import ObjectType
from . import queries
from .facts import CHOOSE
from .labels import OWN_KINDS
from .models import FieldChoice, ObjectField
from .own_fields import is_own, own_code
from .sheet_acts import FIRST

MOST_FIELDS, MOST_WORDS = 30, 50
LONGEST_NAME, LONGEST_UNIT = 40, 20

NO_NAME = N_("Please fill this in.")
ONLY_MARKS = N_("A name needs more than brackets and marks, which spreadsheets leave out.")
NO_ROOM = N_("The spreadsheet of this type has no room for another column: it has %(max)d.")
NO_UNIT = N_("Only a number has a unit.")
NO_CHOICE = N_('Words to choose from belong to "one of some words".')
THERE = N_("A field of this type is called so already: %(name)s.")
TOO_MANY = N_("A type has at most %(max)d fields of the county's own, those that ended included.")
NO_WORDS = N_("Write at least two words to choose from, one a line.")
MANY_WORDS = N_("At most %(max)d words, each of at most %(longest)d characters.")
TWICE = N_("This word stands there twice: %(name)s.")


@dataclass(frozen=True)
class FieldEntry:
    """A field that a type is to be asked: its names, kind, unit where it is a number, and words where one is chosen."""

    zh: str
    en: str
    kind: str
    unit: str = ""
    words: tuple[str, ...] = ()


def add_field(session: Session, actor: Actor, type_: str, entry: FieldEntry) -> ObjectField:
    """Let a type be asked one thing more, after all others. NotFound for a type that there is not. Refused (with the
    field of the form) for a name that is taken, in the file or in its sheet, and for what cannot be asked."""
    if session.get(ObjectType, type_, with_for_update=True) is None:
        raise NotFound
    _check(session, type_, entry)
    number = len(queries.own_fields(session, type_)) + 1
    if number > MOST_FIELDS:
        raise Refused(TOO_MANY, max=MOST_FIELDS)
    asked = _with_room(session, type_)
    made = ObjectField(
        code=own_code(type_, number),
        type=type_,
        position=max((each.field.position for each in asked), default=0) + 1,
        zh=entry.zh,
        en=entry.en or entry.zh,
        kind=entry.kind,
        unit_zh=entry.unit,
        unit_en=entry.unit,
        source=OURS,
        valid_to=None,
    )
    session.add(made)
    session.flush()
    for place, (code, word) in enumerate(_coded(entry.words), 1):
        about = {"asked": made.code, "position": place, "source": OURS, "valid_to": None}
        session.add(FieldChoice(code=code, zh=word, en=word, **about))
    audit.note(session, actor.person_id, "field.add", f"object_field:{made.code}", zh=made.zh, type=type_)
    return made


def end_field(session: Session, actor: Actor, type_: str, code: str) -> bool:
    """Ask it no more; what was said stays in the records. False where it had ended. NotFound for what is no field of
    the county's own of this type."""
    found = _own_field(session, type_, code)
    if found.valid_to is not None:
        return False
    found.valid_to = clock.today()
    audit.note(session, actor.person_id, "field.end", f"object_field:{code}", zh=found.zh, type=type_)
    return True


def ask_again(session: Session, actor: Actor, type_: str, code: str) -> bool:
    """Ask again what had ended, with all that was said; False where it is asked. NotFound as above; Refused where
    another field has its name by now, or there is no room."""
    found = _own_field(session, type_, code)
    if found.valid_to is None:
        return False
    _check_names(session, type_, found)
    _with_room(session, type_)
    found.valid_to = None
    audit.note(session, actor.person_id, "field.again", f"object_field:{code}", zh=found.zh, type=type_)
    return True


def _own_field(session: Session, type_: str, code: str) -> ObjectField:
    found = session.get(ObjectField, code, with_for_update=True)
    if found is None or found.type != type_ or not is_own(code):
        raise NotFound
    return found


def _with_room(session: Session, type_: str) -> list[queries.Asked]:
    """What a type is asked; Refused where its sheet has no room for another column."""
    asked = queries.asked(session, type_)
    if len(FIRST) + len(asked) >= MAX_COLUMNS:
        raise Refused(NO_ROOM, max=MAX_COLUMNS)
    return asked


def _check(session: Session, type_: str, entry: FieldEntry) -> None:
    if not entry.zh:
        raise Refused(NO_NAME, field="zh")
    if entry.kind not in OWN_KINDS:
        raise Refused(CHOOSE, field="kind")
    if entry.unit and entry.kind != "number":
        raise Refused(NO_UNIT, field="unit")
    if entry.words and entry.kind != "choice":
        raise Refused(NO_CHOICE, field="words")
    _check_names(session, type_, entry)
    if entry.kind == "choice":
        _check_words(entry.words)


def _check_names(session: Session, type_: str, named: FieldEntry | ObjectField) -> None:
    """In the way in which a sheet compares its headings."""
    taken = _headings(session, type_)
    for part in ("zh", "en"):
        name = getattr(named, part)
        if name and not heading(name):
            raise Refused(ONLY_MARKS, field=part)
        if name and heading(name) in taken:
            raise Refused(THERE, field=part, name=name)


def _headings(session: Session, type_: str) -> set[str]:
    """All that a column of the type's sheet is known by."""
    fixed = (heading for column in FIRST.values() for heading in column.headings)
    asked = (name for each in queries.asked(session, type_) for name in (each.field.zh, each.field.en))
    return {heading(name) for name in (*fixed, *asked)}


def _check_words(words: Sequence[str]) -> None:
    if len(words) < 2:
        raise Refused(NO_WORDS, field="words")
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_NAME for word in words):
        raise Refused(MANY_WORDS, field="words", max=MOST_WORDS, longest=LONGEST_NAME)
    for word in words:
        try:
            check(word)
        except Refused as refusal:
            raise Refused(refusal.message, field="words", **refusal.params) from refusal
    for word, times in Counter(half_width(word).lower() for word in words).items():
        if times > 1:
            raise Refused(TWICE, field="words", name=word)


def _coded(words: Sequence[str]) -> list[tuple[str, str]]:
    """Each word with its code. No word is called like a code: forms send codes where sheets have words."""
    prefix, called = "w", {half_width(word).lower() for word in words}
    while any(f"{prefix}{number}" in called for number in range(1, len(words) + 1)):
        prefix += "w"
    return [(f"{prefix}{number}", word) for number, word in enumerate(words, 1)]
