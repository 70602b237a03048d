"""A ledger, made of the records as they are now or of what was kept as it was handed in: the same to look at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock
from ..core.errors import N_, Refused
from ..core.tongue import Tongue
from ..grid.queries import Cell
from . import figures, keeping, records
from .figures import Figures, Line
from .models import KeptLedger
from .parts import PARTS
from .periods import Period
from .records import Column, Row, Scope

MOST = 20_000  # rows of a ledger that is handed in, of all parts together
TOO_MANY = N_("There are more than %(max)d rows. Choose a shorter period.")


@dataclass(frozen=True)
class Sheet:
    """A part: its title, the fields of its columns with their headings, its rows, and how many there are."""

    part: str
    title: str
    keys: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[Row]
    number: int

    @property
    def late(self) -> int:
        """How many of its records came in too late for the ledger of the period before."""
        return len({row.ref for row in self.rows if row.is_late})

    @property
    def is_listed(self) -> bool:
        """Whether a page shows its rows at once."""
        return self.part in PARTS and PARTS[self.part].listed > 0


@dataclass(frozen=True)
class Ledger:
    """``kept`` is the row of one that was handed in."""

    cell: Cell
    period: Period
    as_of: datetime
    lines: Sequence[Line]
    sheets: Sequence[Sheet]
    kept: KeptLedger | None = None

    @property
    def total(self) -> Figures:
        """The figures of all its grids."""
        return figures.total(self.lines)


#: Of a part, the rows that are taken of those of the period itself, and how many of these there are.
Take = Callable[[str, Scope, Iterator[Row]], tuple[Sequence[Row], int]]


def now(session: Session, actor: Actor, cell: Cell, period: Period, tongue: Tongue, most: int | None = None) -> Ledger:
    """As the records are now. Refused for more rows than ``most``."""

    def take(_part: str, _scope: Scope, found: Iterator[Row]) -> tuple[Sequence[Row], int]:
        rows = list(found if most is None else islice(found, most + 1))
        return rows, len(rows)

    ledger = _made(session, actor, cell, period, tongue, take)
    if most is not None and sum(sheet.number for sheet in ledger.sheets) > most:
        raise Refused(TOO_MANY, field="first", max=most)
    return ledger


def at_a_glance(session: Session, actor: Actor, cell: Cell, period: Period, tongue: Tongue) -> Ledger:
    """The same without most of its rows: of each part all that are late, and the first of the others."""

    def take(part: str, scope: Scope, found: Iterator[Row]) -> tuple[Sequence[Row], int]:
        most = PARTS[part].listed
        return list(islice(found, most)) if most else [], records.count(session, actor, part, scope)

    return _made(session, actor, cell, period, tongue, take)


def _made(session: Session, actor: Actor, cell: Cell, period: Period, tongue: Tongue, take: Take) -> Ledger:
    as_of, told, scope = clock.now(), records.told(session, tongue), Scope(cell, period)
    is_covered = records.is_covered(session, scope)

    def sheet(part: str, shown: Sequence[Column]) -> Sheet:
        asked = (session, actor, part, keys(shown), scope, told)
        late = list(records.late(*asked)) if is_covered else []
        rows, number = take(part, scope, records.of(*asked))
        heads = headings(shown, told)
        return Sheet(part, _title(part, told), keys(shown), heads, [*late, *rows], len(late) + number)

    sheets = [sheet(part, shown) for part, shown in records.shown(session).items()]
    return Ledger(cell, period, as_of, figures.of(session, actor, cell, period, as_of), sheets)


def _title(part: str, tongue: Tongue) -> str:
    """What a part is called; its key, where a later program has put a new one."""
    return tongue.word(PARTS[part].title) if part in PARTS else part


def keys(shown: Sequence[Column]) -> list[str]:
    """The fields of some columns."""
    return [column.field.key for column in shown]


def headings(shown: Sequence[Column], tongue: Tongue) -> list[str]:
    """The county's heading, or that of the field."""
    return [column.heading or tongue.word(column.field.heading) for column in shown]


def kept(session: Session, actor: Actor, found: KeptLedger, cell: Cell, tongue: Tongue) -> Ledger:
    """As it was handed in. What somebody wrote in his own words stands there as it is today, or not at all where it
    was taken out or is not his to read who asks."""
    said, told = keeping.read(found.said), records.told(session, tongue)
    sheets = [
        Sheet(
            *(each.part, _title(each.part, told), each.keys, each.heads),
            *(_with_words(session, actor, each, told), len(each.rows)),
        )
        for each in said.sheets
    ]
    then = replace(cell, code=said.code, zh=said.zh, en=said.en)
    return Ledger(then, found.period, found.as_of, said.lines, sheets, found)


def _with_words(session: Session, actor: Actor, sheet: keeping.KeptSheet, tongue: Tongue) -> list[Row]:
    part = PARTS.get(sheet.part)
    live = [key for key in sheet.keys if part and key in part.live]
    refs = list(dict.fromkeys(row.ref for row in sheet.rows))
    words = records.own_words(session, actor, sheet.part, live, refs, tongue) if live else {}
    places = [sheet.keys.index(key) for key in live]
    return [row._replace(cells=_put(row.cells, places, words.get(row.ref, ()))) for row in sheet.rows]


def _put(cells: Sequence[Any], places: Sequence[int], words: Sequence[Any]) -> list[Any]:
    made = list(cells)
    for place, word in zip(places, words, strict=False):
        made[place] = word
    return made
