"""The lists of duties and figures: narrowed by their columns, searched by words. Keys first, then a page of rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from seeds.script import folded

from . import who
from .finding import Text, found
from .models import Duty, Figure
from .queries import ALL, IN_ORDER, LINES, NAMED, RETIRED, WHOSE, DutyRow, Now
from .scope import Part, applies

Condition = ColumnElement[bool]
_SEARCHED = (Duty.code, Duty.zh, Duty.en, Duty.body, Duty.body_printed, Duty.anchor, Duty.target, Duty.section)
_FIGURE_SEARCHED = (Figure.code, Figure.zh, Figure.en, Figure.subject, Figure.anchor, Figure.section, Figure.number)


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to; empty means all. ``words`` is typed text: every word has to be found."""

    words: str = ""
    document: str = ""
    section: str = ""
    department: str = ""
    tier: str = ""
    role: str = ""
    topic: str = ""
    status: str = ""
    kind: str = ""
    scope: str = ""  # ALL shows all texts; else what applies here


class Keys(NamedTuple):
    """The rows to be shown, by key and in order, and how many more there are in texts that do not apply here."""

    keys: list[int]
    elsewhere: int


def duties(session: Session, wanted: Wanted, known: Iterable[Part]) -> Keys:
    """The duties: those that apply here first, then the others, each in the order of the documents.

    Of duties that are searched by words, those of the problem that the words mean come after those that hold them.
    """
    pairs = (
        (Duty.document, wanted.document),
        (Duty.section, wanted.section),
        (WHOSE, wanted.department),
        (Duty.tier, wanted.tier),
        (Duty.role, wanted.role),
        (Duty.topic, wanted.topic),
    )
    here = applies(known).label("here")
    rows = session.execute(
        select(Duty.id, Duty.code, Duty.line_from, Duty.line_to, here, *_looked_in(wanted, *_SEARCHED, Now.zh, Now.en))
        .join(Now, Now.code == WHOSE)
        .where(*_equal(pairs), _standing(wanted.status))
        .order_by(here.desc(), *IN_ORDER)
    ).all()
    return _kept(rows, wanted, who.codes(session, wanted.words))


def duty_rows(session: Session, keys: Sequence[int]) -> list[DutyRow]:
    """The duties with these keys, in their order."""
    rows = (DutyRow(*row) for row in session.execute(LINES.where(Duty.id.in_(keys))))
    return _in_order(rows, keys, lambda row: row.duty.id)


def figures(session: Session, wanted: Wanted, known: Iterable[Part]) -> Keys:
    """The documents' own figures, frequencies, steps and lists in force: those that apply here first."""
    pairs = ((Figure.document, wanted.document), (Figure.section, wanted.section), (Figure.kind, wanted.kind))
    here = applies(known, Figure).label("here")
    rows = session.execute(
        select(Figure.id, Figure.code, Figure.line_from, Figure.line_to, here, *_looked_in(wanted, *_FIGURE_SEARCHED))
        .where(Figure.valid_to.is_(None), *_equal(pairs))
        .order_by(here.desc(), Figure.document, Figure.line_from, Figure.position, Figure.id)
    ).all()
    return _kept(rows, wanted)


def figure_rows(session: Session, keys: Sequence[int]) -> list[Figure]:
    """The figures with these keys, in their order."""
    return _in_order(session.scalars(select(Figure).where(Figure.id.in_(keys))), keys, lambda row: row.id)


def _looked_in(wanted: Wanted, *columns: Any) -> Sequence[Any]:
    """The texts of all rows, where words are looked for in them; else nobody reads them."""
    return columns if wanted.words.strip() else ()


def _in_order(rows: Iterable[Any], keys: Sequence[int], key: Any) -> list[Any]:
    place = {each: at for at, each in enumerate(keys)}
    return sorted(rows, key=lambda row: place[key(row)])


def _equal(pairs: Iterable[tuple[Any, str]]) -> list[Condition]:
    return [column == value for column, value in pairs if value]


def _standing(status: str) -> Condition:
    """Retired duties show only when asked for; a named one is no longer among the unknown."""
    if status == RETIRED:
        return Duty.valid_to.is_not(None)
    in_force = Duty.valid_to.is_(None)
    if status == NAMED:
        return and_(in_force, Duty.named.is_not(None))
    return and_(in_force, Duty.status == status, Duty.named.is_(None)) if status else in_force


def _kept(rows: Sequence[Any], wanted: Wanted, meant: Sequence[str] = ()) -> Keys:
    """Those rows in which the words are found, or whose code is meant; all without words."""
    kept = list(rows) if not wanted.words.strip() else _searched(rows, wanted.words, meant)
    shown = [row.id for row in kept if row.here or wanted.scope == ALL]
    return Keys(shown, len(kept) - len(shown))


def _searched(rows: Sequence[Any], words: str, meant: Sequence[str]) -> list[Any]:
    texts = [Text(folded(" ".join(text)), first, last) for _id, _code, first, last, _here, *text in rows]
    literal = set(found(words, texts))
    kept = [at for at, row in enumerate(rows) if at in literal or row.code in meant]
    return [rows[at] for at in sorted(kept, key=lambda at: (not rows[at].here, at not in literal))]
