"""Reads for the map: the newest layer, the figures of a period, and what a grid's card may say to whom."""
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis import coverage
from gis.coverage import Share

from ..access import Actor
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
RESPONSIBLE = ("grid_officer", "township_supervisor", "county_office")
SHOWN = 6  # lines of a card before it points to the page


def newest_layer(session: Session) -> str | None:
    """The hash of the outlines published last; None before any were."""
    return session.scalar(select(MapLayer.hash).where(MapLayer.name == "grids")
                          .order_by(MapLayer.edition_id.desc()).limit(1))


def sheet(session: Session, actor: Actor, first: date, last: date) -> shape.Sheet:
    """The figures of all villages that the actor may see something of, from ``first`` to ``last`` inclusive."""
    readable = {cell.id for cell in grid_queries.cells(session, actor, "patrol.read")}
    return shape.sheet(grid_queries.cells(session, actor, "outline.read"), readable,
                       patrol_queries.due_and_seen(session, actor, first, last),
                       report_queries.open_counts(session, actor), settings.get(session, "few"))


class Answerable(NamedTuple):
    """A person who answers for a grid, and as what."""

    person: Person
    role: str


@dataclass(frozen=True)
class Card:
    """One grid as the actor may see it. Without ``grid.read`` there: the cell, its level, and reports that are his anyway.

    ``due`` holds the objects due today of a lowest grid, ``due_count`` how many there are; ``share`` is the coverage of
    the period, of the grid and all below it.
    """

    cell: Cell
    level: GridLevel | None
    above: tuple[Cell, ...]
    is_read: bool
    people: tuple[Answerable, ...]
    share: Share | None
    due: tuple[patrol_queries.Line, ...]
    due_count: int
    open: tuple[Report, ...]
    open_count: int


def card(session: Session, actor: Actor, grid_id: int, first: date, last: date) -> Card:
    """The card of one grid; NotFound when even its outline is not the actor's to see."""
    cell = grid_queries.cell(session, actor, "outline.read", grid_id)
    is_read = grid_queries.cells_reached(session, actor, "grid.read", grid_id)
    due = _due(session, actor, cell) if is_read else []
    inside = {below.id for below in grid_queries.cells(session, actor, "outline.read") if below.path.startswith(cell.path)}
    counts = report_queries.open_counts(session, actor)
    return Card(
        cell=cell, level=grid_queries.levels(session).get(cell.tier), above=tuple(grid_queries.parents(session, cell)),
        is_read=is_read, people=tuple(_people(session, grid_id)) if is_read else (),
        share=_share(session, actor, cell, inside, first, last) if is_read else None,
        due=tuple(due[:SHOWN]), due_count=len(due), open=tuple(report_queries.open_in(session, actor, cell.path, SHOWN)),
        open_count=sum(number for id_, number in counts.items() if id_ in inside))


def _due(session: Session, actor: Actor, cell: Cell) -> list[patrol_queries.Line]:
    if not grid_queries.cells_reached(session, actor, "patrol.read", cell.id):
        return []
    _, lines = patrol_queries.village(session.connection(), actor, "patrol.read", cell.id)
    return patrol_queries.due(lines)


def _share(session: Session, actor: Actor, cell: Cell, inside: set[int], first: date, last: date) -> Share | None:
    """The coverage of a grid and all below it, when its patrols are the actor's to read."""
    if not grid_queries.cells_reached(session, actor, "patrol.read", cell.id):
        return None
    tally, few = patrol_queries.due_and_seen(session, actor, first, last), settings.get(session, "few")
    shares = coverage.by_cell(sorted(inside), tally.due, tally.seen, tally.could_not_see, few)
    return shape.together(shares.values(), few)


def _people(session: Session, grid_id: int) -> list[Answerable]:
    """Who answers for a grid today, by posting to exactly this grid."""
    rows = session.execute(
        select(Person, Posting.role).join(Posting, Posting.person_id == Person.id)
        .where(Posting.grid_id == grid_id, Posting.role.in_(RESPONSIBLE), in_force(clock.today()),
               Person.suspended_at.is_(None)).order_by(Posting.id))
    return sorted((Answerable(*row) for row in rows), key=lambda one: RESPONSIBLE.index(one.role))
