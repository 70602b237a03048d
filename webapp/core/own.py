"""What is kept about one person, as a spreadsheet for himself: the right to see it and to have a copy of it.

Each domain declares its part as ``OwnSheet``s (``own`` of its ``about.py``, written in its ``own.py``): SELECTs made
once, with the person as the only parameter. Rows are read and written one by one, so that a file costs no more memory
for who has a hundred thousand of them.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import IO, Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, inspect, select
from sqlalchemy.orm import Session

from . import workbook
from .errors import N_
from .models import Word
from .tongue import Tongue

#: Whose file it is; the one parameter of all these SELECTs.
ME = bindparam("person_id", type_=Integer)
AT_A_TIME = 500  # rows that are fetched together
WIDTH = 20  # of a column, in characters

COVER = N_("What is kept about you")
#: What stands over the list of the sheets.
WORDS = (
    N_("Kinds with no entry have no sheet here. Times are Beijing time."),
    N_(
        "Not in this file: passwords and codes, of which only check sums are kept, other people's names, and what "
        "others did with your reports."
    ),
)

#: Makes a cell of the values of its columns: a text, a number, a day, a moment, or nothing.
Say = Callable[..., Any]


def plain(tongue: Tongue, value: Any) -> Any:
    """As it is kept; yes or no in words."""
    return tongue.yes_no(value) if isinstance(value, bool) else value


def name(tongue: Tongue, zh: str | None, en: str | None) -> str:
    """Of two columns, the reader's language."""
    return tongue.name(zh, en)


def word_of(words: dict[str, str]) -> Say:
    """The word of a table of msgids."""
    return lambda tongue, code: tongue.among(words, code)


def ready_word(kind: str) -> Say:
    """The ready word of a kind."""
    return lambda tongue, code: tongue.ready_word(kind, code)


@dataclass(frozen=True)
class OwnColumn:
    """A column of the sheet: its heading (a msgid), what is read for it, and how that is said."""

    heading: str
    of: tuple[ColumnElement[Any], ...]
    say: Say = plain


def shown(heading: str, *of: Any, say: Say = plain) -> OwnColumn:
    """A column of the sheet, made of one or more columns of tables."""
    return OwnColumn(heading, of, say)


@dataclass(frozen=True)
class OwnSheet:
    """One kind of what is kept about a person.

    ``place`` is its place in the file, ``source`` what is selected from, ``about`` the condition that a row is about
    ``ME``, and ``order`` by what the rows are sorted.
    """

    place: int
    title: str
    source: Any
    about: ColumnElement[bool]
    columns: tuple[OwnColumn, ...]
    order: tuple[Any, ...]

    @cached_property
    def statement(self) -> Select[*tuple[Any, ...]]:
        """The rows of one person."""
        found = select(*(each.label(None) for column in self.columns for each in column.of))
        return found.select_from(self.source).where(self.about).order_by(*self.order)

    def rows(self, session: Session, person_id: int, tongue: Tongue) -> Iterator[list[Any]]:
        """The cells of each row, read as they are wanted."""
        answer = session.execute(self.statement, {"person_id": person_id}, execution_options={"yield_per": AT_A_TIME})
        with answer:
            for row in answer:
                values = iter(row)
                yield [column.say(tongue, *(next(values) for _ in column.of)) for column in self.columns]


def acts(place: int, title: str, who: Any, when: Any, *columns: OwnColumn) -> OwnSheet:
    """The sheet of the rows on which ``who``, a column of their table, did something at ``when``, in that order."""
    model = who.class_
    order = (when, *inspect(model).primary_key)
    return OwnSheet(place, title, model, who == ME, (shown(N_("When"), when), *columns), order)


def write(session: Session, sheets: Collection[OwnSheet], person_id: int, tongue: Tongue, out: IO[bytes]) -> None:
    """All that is kept about a person, as a workbook with a sheet for each kind of which there is something."""
    words = {(row.kind, row.code): row for row in session.execute(select(Word.__table__))}
    told = replace(tongue, ready=words)
    parts = (
        (
            told.word(sheet.title),
            [(told.word(column.heading), WIDTH) for column in sheet.columns],
            sheet.rows(session, person_id, told),
        )
        for sheet in sheets
    )
    head = [(told.word(N_("Kind")), 2 * WIDTH), (told.word(N_("Entries")), WIDTH)]
    workbook.several(out, told.word(COVER), [told.word(sentence) for sentence in WORDS], head, parts)
