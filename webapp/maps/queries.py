"""Reads for the map: the newest layer, the figures of a period, and what a grid's card may say to whom."""

from collections import Counter
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
from ..grid.models import GridLevel, MapLayer
from ..grid.queries import Cell
from ..patrol import queries as patrol_queries
from ..people.models import Person, Posting
from ..people.queries import in_force
from ..report import queries as report_queries
from ..report.models import Report
from . import shape

#: Who answers for a grid, the nearest first.
RESPONSIBLE = holders("report.move", "own", "tree")
SHOWN = 6  # lines of a card before it points to the page


def newest_layer(session: Session) -> str | None:
    """The hash of the outlines published last; None before any were."""
    return session.scalar(
        select(MapLayer.hash).where(MapLayer.name == "grids").order_by(MapLayer.edition_id.desc()).limit(1)
    )


def sheet(session: Session, actor: Actor, first: date, last: date) -> shape.Sheet:
    """The figures of all villages that the actor may see something of, from ``first`` to ``last`` inclusive."""
    readable = {cell.id for cell in grid_queries.cells(session, actor, "patrol.read")}
    return shape.sheet(
        grid_queries.cells(session, actor, "outline.read"),
        readable,
        patrol_queries.due_and_seen(session, actor, first, last),
        counts(session, actor),
        settings.get(session, "few"),
    )


def counts(session: Session, actor: Actor) -> shape.Counts:
    """What is open, overdue and due today by grid, as far as the actor may see it, whatever the period."""
    due = patrol_queries.due(patrol_queries.lines(session, actor, "patrol.read"))
    return shape.Counts(
        report_queries.open_counts(session, actor),
        report_queries.open_counts(session, actor, late=True),
        Counter(line.object.grid_id for line in due),
    )


class Answerable(NamedTuple):
    """A person who answers for a grid, and as what."""

    person: Person
    role: str


@dataclass(frozen=True)
class Card:
    """One grid as the actor may see it. Without ``grid.read`` there: the cell, its level, and reports that are his
    anyway.

    ``share`` is the coverage of the period, ``due_now`` the number of objects due today and not seen yet, both of the
    grid and all below it (None where patrols are not his to see); ``due`` names such objects of the grid itself.
    """

    cell: Cell
    level: GridLevel | None
    above: tuple[Cell, ...]
    is_read: bool
    people: tuple[Answerable, ...]
    share: Share | None
    due: tuple[patrol_queries.ObjectRow, ...]
    due_now: int | None
    open: tuple[Report, ...]
    open_count: int


def card(session: Session, actor: Actor, grid_id: int, first: date, last: date) -> Card:
    """The card of one grid; NotFound when even its outline is not the actor's to see."""
    cell = grid_queries.cell(session, actor, "outline.read", grid_id)
    is_read = grid_queries.cells_reached(session, actor, "grid.read", grid_id)
    inside = {
        below.id for below in grid_queries.cells(session, actor, "outline.read") if below.path.startswith(cell.path)
    }
    due = _due(session, actor, cell) if is_read else None
    opened = report_queries.open_counts(session, actor)
    return Card(
        cell=cell,
        level=grid_queries.levels(session).get(cell.tier),
        above=tuple(grid_queries.parents(session, cell)),
        is_read=is_read,
        people=tuple(_people(session, grid_id)) if is_read else (),
        share=_share(session, actor, inside, first, last) if due is not None else None,
        due=tuple(line for line in due or () if line.object.grid_id == grid_id)[:SHOWN],
        due_now=None if due is None else sum(line.object.grid_id in inside for line in due),
        open=tuple(report_queries.open_in(session, actor, cell.path, SHOWN)),
        open_count=sum(number for id_, number in opened.items() if id_ in inside),
    )


def _due(session: Session, actor: Actor, cell: Cell) -> list[patrol_queries.ObjectRow] | None:
    """All objects due today that the actor may read, longest due first;
    None when this grid's patrols are not his to see."""
    if not grid_queries.cells_reached(session, actor, "patrol.read", cell.id):
        return None
    return patrol_queries.due(patrol_queries.lines(session, actor, "patrol.read"))


def _share(session: Session, actor: Actor, inside: set[int], first: date, last: date) -> Share | None:
    """The coverage of the cells of a grid together."""
    tally, few = patrol_queries.due_and_seen(session, actor, first, last), settings.get(session, "few")
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
