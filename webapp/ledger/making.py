"""A ledger, made of the records as they are now or of what was kept as it was handed in: the same to look at."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock
from ..core.errors import N_, Refused
from ..core.tongue import Tongue
from ..grid.queries import Cell
from . import figures, keeping, queries, records
from .figures import Figures, Line
from .models import KeptLedger
from .parts import PARTS
from .periods import Period
from .records import Column, Row, Scope

MOST = 20_000  # rows of a ledger that is handed in, of all parts together
IN_FLIGHT = timedelta(hours=1)  # longer than any act takes to be there for others to see
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

    @property
    def late(self) -> int:
        """How many records came in too late for the ledger of the period before."""
        return sum(sheet.late for sheet in self.sheets)


#: Of a part, the rows that are taken of all that are found, and how many there are.
Take = Callable[[str, Scope, Iterator[Row]], tuple[Sequence[Row], int]]


def now(session: Session, actor: Actor, cell: Cell, period: Period, tongue: Tongue, most: int | None = None) -> Ledger:
    """As the records are now. Refused for more rows than ``most``."""
    room = _Room(most)
    return _made(session, actor, cell, period, tongue, lambda _part, _scope, found: room.fill(found))


def at_a_glance(session: Session, actor: Actor, cell: Cell, period: Period, tongue: Tongue) -> Ledger:
    """The same without most of its rows: of each part all that are late, and the first of the others."""

    def take(part: str, scope: Scope, found: Iterator[Row]) -> tuple[Sequence[Row], int]:
        late, rest = _parted(found, PARTS[part].listed)
        return [*late, *rest], len(late) + records.count(session, actor, part, scope)

    return _made(session, actor, cell, period, tongue, take)


def _made(session: Session, actor: Actor, cell: Cell, period: Period, tongue: Tongue, take: Take) -> Ledger:
    as_of, told = clock.now(), records.told(session, tongue)
    before = _Before.of(queries.handed_in_before(session, cell.id, period))
    scope = Scope(cell, period, before.cut)

    def sheet(part: str, shown: Sequence[Column]) -> Sheet:
        found = before.left(part, records.of(session, actor, part, keys(shown), scope, told))
        rows, number = take(part, scope, found)
        return Sheet(part, told.word(PARTS[part].title), keys(shown), headings(shown, told), rows, number)

    sheets = [sheet(part, shown) for part, shown in records.shown(session).items()]
    return Ledger(cell, period, as_of, figures.of(session, actor, cell, period, as_of), sheets)


def _parted(found: Iterator[Row], most: int) -> tuple[list[Row], list[Row]]:
    """The late rows, which come first, and at most so many of the others; no more is read."""
    late: list[Row] = []
    rest: list[Row] = []
    for row in found:
        if not row.is_late and len(rest) == most:
            break
        (late if row.is_late else rest).append(row)
    return late, rest


@dataclass(frozen=True)
class _Before:
    """What the ledger before has: as of when (None where none was handed in), and the records of each part."""

    cut: datetime | None
    has: Mapping[str, frozenset[uuid.UUID]]

    @classmethod
    def of(cls, found: KeptLedger | None) -> "_Before":
        """Of one that was handed in. A record may come to be seen some time after the moment that it names, so what is
        late is told by what that ledger has, and its moment only says where to begin looking."""
        if found is None:
            return cls(None, {})
        sheets = keeping.read(found.said).sheets
        return cls(found.as_of - IN_FLIGHT, {sheet.part: frozenset(row.ref for row in sheet.rows) for sheet in sheets})

    def left(self, part: str, found: Iterable[Row]) -> Iterator[Row]:
        """Of the late rows those that are not in it."""
        has = self.has.get(part, frozenset())
        return (row for row in found if not (row.is_late and row.ref in has))


class _Room:
    """Room for so many rows; None for all of them."""

    def __init__(self, most: int | None) -> None:
        self.left = most

    def fill(self, found: Iterable[Row]) -> tuple[list[Row], int]:
        """The rows as a list, and their number. Refused when there are more than there is room for."""
        taken: list[Row] = []
        for row in found:
            taken.append(row)
            if self.left is not None and len(taken) > self.left:
                raise Refused(TOO_MANY, field="first", max=MOST)
        if self.left is not None:
            self.left -= len(taken)
        return taken, len(taken)


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
            *(each.part, told.word(PARTS[each.part].title), each.keys, each.heads),
            *(_with_words(session, actor, each, told), len(each.rows)),
        )
        for each in said.sheets
    ]
    return Ledger(cell, Period(found.span, found.first, found.last), found.as_of, said.lines, sheets, found)


def _with_words(session: Session, actor: Actor, sheet: keeping.KeptSheet, tongue: Tongue) -> list[Row]:
    live = [key for key in sheet.keys if key in PARTS[sheet.part].live]
    refs = list(dict.fromkeys(row.ref for row in sheet.rows))
    words = records.own_words(session, actor, sheet.part, live, refs, tongue)
    put = _putter([sheet.keys.index(key) for key in live])
    return [row._replace(cells=put(row.cells, words.get(row.ref))) for row in sheet.rows]


def _putter(places: Sequence[int]) -> Callable[[Sequence[Any], Sequence[Any] | None], list[Any]]:
    def put(cells: Sequence[Any], words: Sequence[Any] | None) -> list[Any]:
        made = list(cells)
        for place, word in zip(places, words or [], strict=False):
            made[place] = word
        return made

    return put
