"""Reads for the map: the figures of a period, and what a grid's card may say to whom."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from gis import coverage
from gis.coverage import Share

from ..access import Actor, holders
from ..core import clock, settings
from ..grid import queries as grid_queries
from ..grid.models import Grid, GridLevel
from ..grid.queries import Cell
from ..grid.then import Borders
from ..patrol import coverage as patrol_coverage
from ..patrol import queries as patrol_queries
from ..patrol.models import PatrolObject
from ..people.models import Body, Person, Posting
from ..people.queries import TODAY, in_force
from ..report import mapped
from ..report import queries as report_queries
from ..report import search as report_search
from ..report.models import Report
from . import shape

#: Who answers for a grid, the nearest first.
RESPONSIBLE = holders("report.move", "own", "tree")
SHOWN = 6  # lines of a card before it points to the page
MOST_FOUND = 10  # of each kind
NUMBER = re.compile(r"(\d{4}-)?\d{3,}", re.ASCII)  # of a report, with its year or without


class Days(Protocol):
    """A period: its first and its last day, both included."""

    @property
    def first(self) -> date:
        """Where it begins."""

    @property
    def last(self) -> date:
        """Where it ends."""


def sheet(
    session: Session,
    actor: Actor,
    home_: Cell | None,
    period: Days,
    few: int,
    by: str = shape.SEEN,
    borders: Borders | None = None,
    then: Sequence[mapped.Then] | None = None,
) -> shape.Sheet:
    """The figures of all villages that the actor may see something of, in a period. ``home_``: his county. ``borders``:
    under those of a day that has passed.

    Coloured by anything but coverage, they are those of now, without the coverage of a period; or where it was open
    ``then``, those of the end of the period.
    """
    at = placing(session, borders) if borders else None
    tally = patrol_coverage.NOTHING_DUE
    if by == shape.SEEN:
        tally = patrol_coverage.due_and_seen(session, actor, period.first, period.last, at=at)
    place = borders.place if borders else None
    if then is None:
        open_, now = mapped.open_counts(session, actor, place), patrol_coverage.standing(session, actor, at=at)
    else:
        open_, now = mapped.counted(then, place), patrol_coverage.stood_then(session, actor, period.last, at)
    counts_ = shape.Counts(open_, now, by)
    if borders:
        return shape.sheet(borders.cells, set(borders.readable), tally, counts_, few)
    readable = {cell.id: cell for cell in grid_queries.cells(session, actor, "patrol.read")}
    known = readable | ({home_.id: home_} if home_ else {})
    return shape.sheet(_with_those_above(session, known, set(counts_.open)), set(readable), tally, counts_, few)


def placing(session: Session, borders: Borders) -> patrol_coverage.Placing:
    """Where objects count under the borders of a day that has passed: at the grid on whose list they stood then."""
    stood = patrol_coverage.stood(session, borders.day)
    return lambda object_id, of_list: borders.place(stood.get(object_id, of_list))


def _with_those_above(session: Session, known: Mapping[int, Cell], more: set[int]) -> list[Cell]:
    """These and some more, with the grids above them, in code order: what a table is made of. The browser draws the
    borders of all others by itself, and a tree of many counties is not read for one village."""
    found = dict(known) | grid_queries.named(session, more - known.keys())
    above = {id_ for cell in found.values() for id_ in grid_queries.on_path(cell.path)}
    found |= grid_queries.named(session, above - found.keys())
    return sorted(found.values(), key=lambda cell: (cell.code, cell.version_id))


def home(session: Session, actor: Actor) -> Cell | None:
    """The whole county in which somebody works: by his first posting to a grid, else by that in a body; who has neither
    is in the first there is. None while the tree is empty."""
    path = next((posting.path for posting in actor.postings if posting.path), None)
    if path is None and actor.bodies():
        path = session.scalar(_PATH_OF_BODY, {"bodies": list(actor.bodies())})
    found = grid_queries.named(session, {grid_queries.on_path(path)[0]}) if path else {}
    return next(iter(found.values()), None) or grid_queries.root(session)


def edited(session: Session, actor: Actor) -> str:
    """The path of the county whose borders the actor may change, not that of another posting of his; empty while the
    tree is."""
    county = home(session, actor.only(*holders("border.edit")))
    return county.path if county else ""


_PATH_OF_BODY = (
    select(Grid.path)
    .join(Body, Body.grid_id == Grid.id)
    .where(Body.id.in_(bindparam("bodies", expanding=True)))
    .order_by(Body.id)
    .limit(1)
)


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

    ``share`` is the coverage of the period by the villages' own rounds, ``upper`` in how many of these windows a level
    above saw the object, ``now`` how the objects stand today, both of the grid and all below it
    (None where patrols are not his to see, or nothing is there); ``due`` names such objects of the grid itself, with
    the days since each was seen, None for never.
    """

    cell: Cell
    level: GridLevel | None
    above: tuple[Cell, ...]
    is_read: bool
    people: tuple[Answerable, ...]
    share: Share | None
    upper: int
    due: tuple[tuple[patrol_queries.ObjectRow, int | None], ...]
    now: patrol_coverage.Now | None
    open: tuple[Report, ...]
    open_count: int


def card(session: Session, actor: Actor, grid_id: int, first: date, last: date, borders: Borders | None = None) -> Card:
    """The card of one grid; NotFound when even its outline is not the actor's to see. ``borders``: its coverage, name
    and place under those of a day that has passed."""
    cell = grid_queries.cell(session, actor, "outline.read", grid_id)
    then = next((each for each in borders.cells if each.id == grid_id), None) if borders else None
    is_read = grid_queries.cells_reached(session, actor, "grid.read", grid_id)
    is_seen = is_read and grid_queries.cells_reached(session, actor, "patrol.read", grid_id)
    share, upper = _share(session, actor, cell, first, last, borders if then else None) if is_seen else (None, 0)
    return Card(
        cell=then or cell,
        level=grid_queries.levels(session).get(cell.tier),
        above=tuple(borders.above(grid_id) if borders and then else grid_queries.parents(session, cell)),
        is_read=is_read,
        people=tuple(_people(session, grid_id)) if is_read else (),
        share=share,
        upper=upper,
        due=tuple(_due(session, actor, grid_id)) if is_seen else (),
        now=shape.added(patrol_coverage.standing(session, actor, cell.path).values()) if is_seen else None,
        open=tuple(report_queries.open_in(session, actor, cell.path, most=SHOWN)),
        open_count=report_queries.count_open_in(session, actor, cell.path),
    )


def _due(session: Session, actor: Actor, grid_id: int) -> Iterator[tuple[patrol_queries.ObjectRow, int | None]]:
    """The first objects of a grid that are due today, longest due first, each with the days since it was seen."""
    for line in patrol_queries.due(patrol_queries.lines(session, actor, "patrol.read", grid_id))[:SHOWN]:
        yield line, line.unseen_days(clock.today())


def _share(
    session: Session, actor: Actor, cell: Cell, first: date, last: date, borders: Borders | None
) -> tuple[Share | None, int]:
    """The coverage of the cells of a grid together, and for how many of the due visits somebody saw it from above."""
    if borders:
        inside = borders.below(cell.id) & borders.readable
        tally = patrol_coverage.due_and_seen(session, actor, first, last, at=placing(session, borders))
    else:
        inside = grid_queries.ids(session, actor, "outline.read", cell.path)
        tally = patrol_coverage.due_and_seen(session, actor, first, last, cell.path)
    few = settings.get(session, "few")
    shares = coverage.by_cell(sorted(inside), tally.due, tally.seen, tally.could_not_see, few)
    return shape.together(shares.values(), few), sum(tally.above[id_] for id_ in inside)


def _people(session: Session, grid_id: int) -> list[Answerable]:
    """Who answers for a grid today, by posting to exactly this grid."""
    rows = session.execute(_RESPONSIBLE, {"grid_id": grid_id, "today": clock.today()})
    return sorted((Answerable(*row) for row in rows), key=lambda one: RESPONSIBLE.index(one.role))


_RESPONSIBLE = (
    select(Person, Posting.role)
    .join(Posting, Posting.person_id == Person.id)
    .where(
        Posting.grid_id == bindparam("grid_id"),
        Posting.role.in_(RESPONSIBLE),
        in_force(TODAY),
        Person.suspended_at.is_(None),
    )
    .order_by(Posting.id)
)
