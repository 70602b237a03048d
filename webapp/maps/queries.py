"""Reads for the map: the figures of a period, and what a grid's card may say to whom."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis import coverage
from gis.coverage import Share

from ..access import Actor, holders
from ..core import clock, settings
from ..grid import queries as grid_queries
from ..grid.models import GridLevel
from ..grid.queries import Cell
from ..patrol import coverage as patrol_coverage
from ..patrol import queries as patrol_queries
from ..patrol.models import PatrolObject
from ..people.models import Person, Posting
from ..people.queries import in_force
from ..report import queries as report_queries
from ..report import search as report_search
from ..report.models import Report
from . import shape

#: Who answers for a grid, the nearest first.
RESPONSIBLE = holders("report.move", "own", "tree")
SHOWN = 6  # lines of a card before it points to the page
MOST_FOUND = 10  # of each kind
NUMBER = re.compile(r"(\d{4}-)?\d{3,}", re.ASCII)  # of a report, with its year or without


def sheet(session: Session, actor: Actor, first: date, last: date, by: str = shape.SEEN) -> shape.Sheet:
    """The figures of all villages that the actor may see something of, from ``first`` to ``last`` inclusive.

    Coloured by days since last seen, they are those of now, without the coverage of a period.
    """
    tally = patrol_coverage.NOTHING_DUE
    if by == shape.SEEN:
        tally = patrol_coverage.due_and_seen(session, actor, first, last)
    counts_ = shape.Counts(
        report_queries.open_counts(session, actor),
        patrol_coverage.standing(session, actor),
        by,
    )
    readable = grid_queries.ids(session, actor, "patrol.read")
    cells = grid_queries.cells(session, actor, "outline.read")
    return shape.sheet(cells, readable, tally, counts_, settings.get(session, "few"))


class Hits(NamedTuple):
    """What a search of the map found: grids, objects with their village, reports with theirs."""

    cells: list[Cell]
    things: list[tuple[PatrolObject, Cell]]
    reports: list[tuple[Report, Cell]]


def find(session: Session, actor: Actor, words: str) -> Hits:
    """Grids by name or code, objects by name and reports by their number, the year may be missing; each as far as it is
    the actor's to see, and a few of each."""
    is_number = NUMBER.fullmatch(words) is not None
    reports = report_search.by_number(session, actor, words, MOST_FOUND) if is_number else []
    cells = grid_queries.named(session, {report.grid_id for report in reports})
    return Hits(
        grid_queries.find(session, actor, "outline.read", words, MOST_FOUND),
        patrol_queries.find(session, actor, words, MOST_FOUND),
        [(report, cells[report.grid_id]) for report in reports],
    )


class Answerable(NamedTuple):
    """A person who answers for a grid, and as what."""

    person: Person
    role: str


@dataclass(frozen=True)
class Card:
    """One grid as the actor may see it. Without ``grid.read`` there: the cell, its level, and reports that are his
    anyway.

    ``share`` is the coverage of the period, ``now`` how the objects stand today, both of the grid and all below it
    (None where patrols are not his to see, or nothing is there); ``due`` names such objects of the grid itself, with
    the days since each was seen, None for never.
    """

    cell: Cell
    level: GridLevel | None
    above: tuple[Cell, ...]
    is_read: bool
    people: tuple[Answerable, ...]
    share: Share | None
    due: tuple[tuple[patrol_queries.ObjectRow, int | None], ...]
    now: patrol_coverage.Now | None
    open: tuple[Report, ...]
    open_count: int


def card(session: Session, actor: Actor, grid_id: int, first: date, last: date) -> Card:
    """The card of one grid; NotFound when even its outline is not the actor's to see."""
    cell = grid_queries.cell(session, actor, "outline.read", grid_id)
    is_read = grid_queries.cells_reached(session, actor, "grid.read", grid_id)
    is_seen = is_read and grid_queries.cells_reached(session, actor, "patrol.read", grid_id)
    inside = grid_queries.ids(session, actor, "outline.read", cell.path)
    return Card(
        cell=cell,
        level=grid_queries.levels(session).get(cell.tier),
        above=tuple(grid_queries.parents(session, cell)),
        is_read=is_read,
        people=tuple(_people(session, grid_id)) if is_read else (),
        share=_share(session, actor, cell, inside, first, last) if is_seen else None,
        due=tuple(_due(session, actor, grid_id)) if is_seen else (),
        now=shape.added(patrol_coverage.standing(session, actor, cell.path).values()) if is_seen else None,
        open=tuple(report_queries.open_in(session, actor, cell.path, SHOWN)),
        open_count=report_queries.count_open_in(session, actor, cell.path),
    )


def _due(session: Session, actor: Actor, grid_id: int) -> Iterator[tuple[patrol_queries.ObjectRow, int | None]]:
    """The first objects of a grid that are due today, longest due first, each with the days since it was seen."""
    for line in patrol_queries.due(patrol_queries.lines(session, actor, "patrol.read", grid_id))[:SHOWN]:
        yield line, line.unseen_days(clock.today())


def _share(session: Session, actor: Actor, cell: Cell, inside: set[int], first: date, last: date) -> Share | None:
    """The coverage of the cells of a grid together."""
    tally = patrol_coverage.due_and_seen(session, actor, first, last, cell.path)
    few = settings.get(session, "few")
    return shape.together(
        coverage.by_cell(sorted(inside), tally.due, tally.seen, tally.could_not_see, few).values(), few
    )


def _people(session: Session, grid_id: int) -> list[Answerable]:
    """Who answers for a grid today, by posting to exactly this grid."""
    rows = session.execute(
        select(Person, Posting.role)
        .join(Posting, Posting.person_id == Person.id)
        .where(
            Posting.grid_id == grid_id,
            Posting.role.in_(RESPONSIBLE),
            in_force(clock.today()),
            Person.suspended_at.is_(None),
        )
        .order_by(Posting.id)
    )
    return sorted((Answerable(*row) for row in rows), key=lambda one: RESPONSIBLE.index(one.role))
