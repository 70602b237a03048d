"""What the pages about changes of borders show of one: each grid before and after, what hangs on it, and a drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from gis.picture import Picture, picture

from ..access import Actor
from ..core import clock
from ..core.errors import N_
from ..grid import changed
from ..grid import queries as grid_queries
from ..grid.models import Grid, GridChange, GridChangeSet
from ..patrol.models import PatrolObject
from ..patrol.queries import in_list
from ..people.models import Person, Posting
from ..people.queries import in_force
from ..report.models import Report

#: What became of a grid → its word, in the order of the drawing, the later over the earlier.
WORDS = {
    "same": N_("unchanged"),
    "border": N_("drawn anew"),
    "drawn": N_("drawn for the first time"),
    "code": N_("other code"),
    "parent": N_("belongs elsewhere"),
    "name": N_("renamed"),
    "new": N_("new"),
    "gone": N_("goes"),
}
STATES = {
    "draft": N_("being drafted"),
    "proposed": N_("waits for approval"),
    "approved": N_("approved"),
    "in_force": N_("in force"),
    "withdrawn": N_("withdrawn"),
}
TONES = {"draft": "", "proposed": "wait", "approved": "info", "in_force": "good", "withdrawn": ""}
#: Which of what a grid becomes makes others responsible for what hangs on it.
MOVES = frozenset({"gone", "parent"})


@dataclass(frozen=True)
class Hanging:
    """What hangs on a grid and changes hands with it."""

    reports: int = 0
    objects: int = 0
    postings: int = 0


@dataclass(frozen=True)
class Row:
    """A line of a set: what became of it (``WORDS``), before and after, what it belongs to, its heir, what it holds."""

    line: GridChange
    what: tuple[str, ...]
    before: Any
    above: Any
    heir: Any
    made_of: tuple[Any, ...]
    hanging: Hanging


@dataclass(frozen=True)
class Shown:
    """All of a set."""

    set: GridChangeSet
    rows: tuple[Row, ...]
    people: Mapping[int, Person]
    drawing: Picture | None

    @property
    def hanging(self) -> Hanging:
        """All that changes hands."""
        moving = [row.hanging for row in self.rows if MOVES.intersection(row.what)]
        return Hanging(*(sum(getattr(each, name) for each in moving) for name in ("reports", "objects", "postings")))

    @property
    def counts(self) -> dict[str, int]:
        """How many grids become what."""
        found = {word: sum(word in row.what for row in self.rows) for word in WORDS}
        return {word: number for word, number in found.items() if number}


def shown(session: Session, actor: Actor, found: GridChangeSet) -> Shown:
    """A set that the actor was found to reach, as its page shows it. What hangs on a grid is counted where he reaches
    the grid itself."""
    lines, was = changed.lines(session, found.id), changed.before(session, found)
    ids = {line.grid_id for line in lines if line.grid_id} | {
        id_ for line in lines for id_ in (line.parent_id, line.heir_id, *line.predecessors) if id_
    }
    cells: Mapping[int, Any] = grid_queries.named(session, ids)
    new = {line.position: line for line in lines}
    mine = grid_queries.ids(session, actor, "border.read")
    hanging = _hanging(session, [line.grid_id for line in lines if line.grid_id in mine])
    rows = tuple(
        Row(
            line,
            _what(line, was),
            was.get(line.grid_id or 0),
            cells.get(line.parent_id or 0) or new.get(line.parent_position if line.parent_position is not None else -1),
            cells.get(line.heir_id or 0) or new.get(line.heir_position if line.heir_position is not None else -1),
            tuple(cells[id_] for id_ in line.predecessors if id_ in cells),
            hanging.get(line.grid_id or 0, Hanging()),
        )
        for line in lines
    )
    who = {found.made_by, found.decided_by} - {None}
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(who)))}
    return Shown(found, rows, people, _drawing(session, found, rows))


def _what(line: GridChange, was: Mapping[int, Any]) -> tuple[str, ...]:
    before = was.get(line.grid_id or 0)
    if line.kind != "changed" or before is None:
        return (line.kind,)
    differs = {
        "name": (before.zh, before.en) != (line.zh, line.en),
        "code": before.code != line.code,
        "parent": before.parent_id != line.parent_id,
        "border": before.boundary and before.boundary != line.boundary,
        "drawn": line.boundary and not before.boundary,
    }
    return tuple(name for name, is_so in differs.items() if is_so) or ("border",)


def _hanging(session: Session, ids: Sequence[int]) -> dict[int, Hanging]:
    """Open reports, objects and postings of today of some grids."""
    today, mine = clock.today(), Grid.id.in_(ids)
    reports = _counted(grid_queries.today(), Report, Report.is_open, or_(mine, Grid.heir_id.in_(ids)))
    objects = _counted(Grid.id, PatrolObject, in_list(today), mine)
    postings = _counted(Grid.id, Posting, in_force(today), mine)
    counts = [dict(session.execute(kind).all()) for kind in (reports, objects, postings)]
    return {id_: Hanging(*(count.get(id_, 0) for count in counts)) for id_ in ids}


def _counted(key: Any, model: Any, *conditions: Any) -> Select[int, int]:
    return select(key, func.count()).join(model, model.grid_id == Grid.id).where(*conditions).group_by(key)


def _drawing(session: Session, found: GridChangeSet, rows: Sequence[Row]) -> Picture | None:
    """The villages as they are, and over them what changes of any tier that is a village or has no village below."""
    lowest = grid_queries.working_tier(session)
    concerned = {row.line.grid_id for row in rows}
    path = _path(session, rows)
    there = [
        ("same", each.name, each.boundary)
        for each in (changed.present(session, path)[0] if path else [])
        if each.tier == lowest and each.id not in concerned
    ]
    order = list(WORDS)
    changes = sorted(
        ((row.what[0], row.line.zh, row.line.boundary) for row in rows if row.line.tier == lowest),
        key=lambda each: order.index(each[0]),
    )
    marks = [tuple(each["at"]) for each in found.facts.get("findings", ()) if each.get("at")]
    return picture([*there, *changes], marks, around="same")


def _path(session: Session, rows: Sequence[Row]) -> str:
    ids = [id_ for row in rows for id_ in (row.line.grid_id, row.line.parent_id) if id_]
    return session.scalar(select(Grid.path).where(Grid.id.in_(ids)).order_by(Grid.id).limit(1)) or ""
