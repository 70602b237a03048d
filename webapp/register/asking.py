"""Acts of what a type is asked: a county adds fields of its own, and ends them. What was delivered is not changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.cells import half_width
from ..core.errors import N_, NotFound, Refused
from ..patrol.models import ObjectType
from . import queries
from .facts import CHOOSE
from .labels import OWN_KINDS
from .models import FieldChoice, ObjectField
from .own_fields import is_own, own_code
from .sheet_acts import FIRST

MOST_FIELDS, MOST_WORDS = 30, 50
LONGEST_NAME, LONGEST_UNIT = 40, 20
SOURCE = "county setting"

NO_NAME = N_("Please fill this in.")
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
    own = _own(session, type_)
    if len(own) >= MOST_FIELDS:
        raise Refused(TOO_MANY, max=MOST_FIELDS)
    asked = queries.asked(session, type_)
    made = ObjectField(
        code=own_code(type_, len(own) + 1),
        type=type_,
        position=max((each.field.position for each in asked), default=0) + 1,
        zh=entry.zh,
        en=entry.en or entry.zh,
        kind=entry.kind,
        unit_zh=entry.unit,
        unit_en=entry.unit,
        source=SOURCE,
        valid_to=None,
    )
    session.add(made)
    session.flush()
    for number, word in enumerate(entry.words, 1):
        about = {"asked": made.code, "code": f"w{number}", "position": number, "source": SOURCE, "valid_to": None}
        session.add(FieldChoice(zh=word, en=word, **about))
    audit.note(session, actor.person_id, "field.add", f"object_field:{made.code}", zh=made.zh, type=type_)
    return made


def end_field(session: Session, actor: Actor, type_: str, code: str) -> bool:
    """Ask it no more; what was said stays in the records. False where it had ended. NotFound for what is no field of
    the county's own of this type."""
    found = session.get(ObjectField, code, with_for_update=True)
    if found is None or found.type != type_ or not is_own(found):
        raise NotFound
    if found.valid_to is not None:
        return False
    found.valid_to = clock.today()
    audit.note(session, actor.person_id, "field.end", f"object_field:{code}", zh=found.zh, type=type_)
    return True


def _own(session: Session, type_: str) -> list[ObjectField]:
    fields = session.scalars(select(ObjectField).where(ObjectField.type == type_).order_by(ObjectField.code))
    return [field for field in fields if is_own(field)]


def _check(session: Session, type_: str, entry: FieldEntry) -> None:
    if not entry.zh:
        raise Refused(NO_NAME, field="zh")
    if entry.kind not in OWN_KINDS:
        raise Refused(CHOOSE, field="kind")
    taken = _headings(session, type_)
    for part in ("zh", "en"):
        if _plain(getattr(entry, part)) in taken:
            raise Refused(THERE, field=part, name=getattr(entry, part))
    if entry.kind == "choice":
        _check_words(entry.words)


def _headings(session: Session, type_: str) -> set[str]:
    """All that a column of the type's sheet is known by."""
    fixed = (heading for column in FIRST.values() for heading in column.headings)
    asked = (name for each in queries.asked(session, type_) for name in (each.field.zh, each.field.en))
    return {_plain(name) for name in (*fixed, *asked)}


def _plain(name: str) -> str:
    return half_width(name).lower().replace(" ", "")


def _check_words(words: Sequence[str]) -> None:
    if len(words) < 2:
        raise Refused(NO_WORDS, field="words")
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_NAME for word in words):
        raise Refused(MANY_WORDS, field="words", max=MOST_WORDS, longest=LONGEST_NAME)
    if twice := _twice(map(_plain, words)):
        raise Refused(TWICE, field="words", name=twice)


def _twice(words: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            return word
        seen.add(word)
    return None
