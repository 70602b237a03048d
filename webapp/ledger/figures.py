"""The figures of a ledger: counts of what was due and seen, and of what was found and handled. None is typed, none is a
rate, and none is of a person.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, func, select, true
from sqlalchemy.orm import Session

from ..access import Actor, below, end, kept
from ..core import clock
from ..core.db import Moment
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..grid.queries import Cell
from ..patrol import coverage
from ..report import queries as report_queries
from ..report.models import Report
from .periods import DAY, Period, moments
from .records import SINCE, UNTIL

AS_OF = bindparam("as_of", type_=Moment)


@dataclass(frozen=True)
class Figures:
    """Counts of a grid with all below it, or of one village.

    ``due`` are visits whose time ends in the period; of these ``seen``, ``could_not`` (tried, could not be checked),
    ``missed`` (its time is over) and ``running`` (there is time yet). ``found`` are problems that occurred in the
    period; of these ``closed``, ``void`` (not accepted) and ``open``, and of the open ones ``overdue``. ``open_before``
    and ``closed_before`` are problems that were known before it: open when it ended (or are, while it goes on), and
    closed in it.
    """

    due: int = 0
    seen: int = 0
    could_not: int = 0
    missed: int = 0
    running: int = 0
    found: int = 0
    closed: int = 0
    void: int = 0
    open: int = 0
    overdue: int = 0
    open_before: int = 0
    closed_before: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


NAMES = tuple(field.name for field in fields(Figures))


class Line(NamedTuple):
    """A row of the table: a grid directly below that of the ledger, with all below it, and its figures. What lies in
    the ledger's grid itself and in none below is a row of its own."""

    code: str
    zh: str
    en: str
    figures: Figures


def of(session: Session, actor: Actor, cell: Cell, period: Period, as_of: datetime) -> list[Line]:
    """The figures of each grid below one that has some, in code order: of a county by township, of a township by
    village."""
    visits = dict(_visits(session, actor, cell, period, clock.day(as_of)))
    problems = _problems(session, actor, cell, period, as_of)
    counted: dict[int, Figures] = {}
    for grid in grid_queries.named(session, visits.keys() | problems.keys()).values():
        found = _figures(visits.get(grid.id, {}), problems.get(grid.id, {}))
        line = grid_queries.part_with(grid.path, cell.id)
        counted[line] = counted.get(line, Figures()) + found
    grids = grid_queries.named(session, {line for line, found in counted.items() if any(astuple(found))})
    lines = [Line(grid.code, grid.zh, grid.en, counted[grid.id]) for grid in grids.values()]
    return sorted(lines, key=lambda line: line.code)


def _figures(visits: Mapping[str, int], problems: Mapping[str, int]) -> Figures:
    """A problem that was closed only after the period was open when it ended."""
    counts = {**visits, **problems}
    ended = counts.pop("open_before_ended", 0)
    return Figures(**counts | {"open_before": counts.get("open_before", 0) + ended})


def total(lines: Iterable[Line]) -> Figures:
    """All together."""
    return sum((line.figures for line in lines), Figures())


def _visits(
    session: Session, actor: Actor, cell: Cell, period: Period, today: date
) -> Iterator[tuple[int, Mapping[str, int]]]:
    """By grid: what was due and done. A visit that is due until a day after ``today`` is missed by nobody yet."""
    due = coverage.due_and_seen(session, actor, period.first, period.last, cell.path)
    over = due
    if period.last >= today:
        over = _until(session, actor, cell, period.first, today - DAY)
    for grid_id in due.due:
        missed = _missed(over, grid_id)
        yield (
            grid_id,
            {
                "due": due.due[grid_id],
                "seen": due.seen[grid_id],
                "could_not": due.could_not_see[grid_id],
                "missed": missed,
                "running": _missed(due, grid_id) - missed,
            },
        )


def _until(session: Session, actor: Actor, cell: Cell, first: date, last: date) -> coverage.Tally:
    if last < first:
        return coverage.NOTHING_DUE
    return coverage.due_and_seen(session, actor, first, last, cell.path)


def _missed(tally: coverage.Tally, grid_id: int) -> int:
    return tally.due[grid_id] - tally.seen[grid_id] - tally.could_not_see[grid_id]


def _problems(session: Session, actor: Actor, cell: Cell, period: Period, as_of: datetime) -> dict[int, dict[str, int]]:
    """By grid of today the counts of problems. Three questions, each along an index of its own."""
    given = {**moments(period), "as_of": as_of, "part": cell.path, "part_end": end(cell.path), **actor.reach()}
    found: dict[int, dict[str, int]] = {}
    for which, names in _QUESTIONS.items():
        for grid_id, *counts in session.execute(_counts(actor, which), given):
            found.setdefault(grid_id, {}).update(zip(names, counts, strict=True))
    return found


_INSIDE = ("found", "closed", "void", "open", "overdue")
_QUESTIONS = {"inside": _INSIDE, "open": ("open_before",), "ended": ("open_before_ended", "closed_before")}


@kept
def _counts(actor: Actor, which: str) -> Select[*tuple[Any, ...]]:
    """Of the problems that a question is about, by grid of today, how many there are of each kind."""
    before = and_(Report.occurred_at < SINCE, Report.received_at < SINCE)
    about, conditions = {
        "inside": (
            and_(Report.occurred_at >= SINCE, Report.occurred_at < UNTIL),
            (
                true(),
                Report.state == "closed",
                Report.state == "void",
                Report.is_open,
                and_(Report.is_open, Report.due_at < AS_OF),
            ),
        ),
        "open": (and_(Report.is_open, before), (true(),)),
        "ended": (
            and_(~Report.is_open, Report.state_since >= SINCE, before),
            (Report.state_since >= UNTIL, and_(Report.state == "closed", Report.state_since < UNTIL)),
        ),
    }[which]
    of_grid = grid_queries.today()
    return (
        select(of_grid, *(func.sum(case((condition, 1), else_=0)) for condition in conditions))
        .select_from(Report)
        .join(Grid, Grid.id == Report.grid_id)
        .where(report_queries.reach(actor, "report.read"), below(Grid.path, bindparam("part")), about)
        .group_by(of_grid)
    )
