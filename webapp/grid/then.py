"""The borders of a day that has passed: the tree then in force, its outlines, and which of its grids has whose records.

Rights are today's: who reaches the grid that has the records now reads them under the borders of then, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy import Date, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from ..access import Actor, below, end, kept
from ..core import clock
from . import queries
from .models import BoundaryEdition, Grid, GridChangeSet, GridVersion, MapLayer
from .queries import Cell

DAY = bindparam("day", type_=Date)


@dataclass(frozen=True)
class Borders:
    """The tree of a county on a day, in code order, of which the actor reads ``readable``; ``layer`` is the hash of its
    outlines, None where none were kept."""

    day: date
    cells: tuple[Cell, ...]
    readable: frozenset[int]
    layer: str | None
    _kin: "Kin"
    _known: dict[int, int | None] = field(default_factory=dict)

    @cached_property
    def ids(self) -> set[int]:
        """The ids of all its grids."""
        return {cell.id for cell in self.cells}

    def place(self, grid_id: int) -> int:
        """The grid of that day that has the records of a grid: itself, the one that it had become part of by then, or
        the one out of which it was made since."""
        if grid_id not in self._known:
            self._known[grid_id] = self._kin.of_day(grid_id, self.day, self.ids)
        return self._known[grid_id] or grid_id

    def below(self, grid_id: int) -> set[int]:
        """The ids of a grid of that day and of all below it."""
        found = {grid_id}
        for _tier in range(max((cell.tier for cell in self.cells), default=0)):
            found |= {cell.id for cell in self.cells if cell.parent_id in found}
        return found

    def above(self, grid_id: int) -> list[Cell]:
        """The grids above one of that day, root first."""
        by_id = {cell.id: cell for cell in self.cells}
        found: list[Cell] = []
        while (up := by_id[grid_id].parent_id) in by_id:
            found.insert(0, by_id[grid_id := up])
        return found


def have_changed_since(session: Session, day: date, path: str) -> bool:
    """Whether the county of a path had a tree on a day, and other borders came in force after it."""
    root = f"{queries.on_path(path)[0]}."
    return bool(session.scalar(_CHANGED, {"day": day, "part": root, "part_end": end(root)}))


_OF_COUNTY = (
    select(GridVersion.id)
    .join(Grid, Grid.id == GridVersion.grid_id)
    .where(below(Grid.path, bindparam("part")), queries.is_worked())
)
_CHANGED = select(
    and_(
        exists(_OF_COUNTY.where(queries.ever(), GridVersion.valid_from > DAY)),
        exists(_OF_COUNTY.where(GridVersion.parent_id.is_(None), queries.on(DAY))),
    )
)


def borders(session: Session, actor: Actor, day: date, path: str) -> Borders:
    """The borders that were in force on a day in the county in which a path lies."""
    root = f"{queries.on_path(path)[0]}."
    given = {"day": day, "part": root, "part_end": end(root)}
    cells = tuple(Cell(*row) for row in session.execute(_TREE, given))
    readable = frozenset(session.scalars(_readable(actor), {"day": day, **actor.reach()}))
    return Borders(day, cells, readable, _layer(session, day, root), kin(session))


_TREE = (
    select(
        *(Grid.id, Grid.tier, GridVersion.parent_id, Grid.path, GridVersion.id.label("version_id")),
        *(GridVersion.code, GridVersion.zh, GridVersion.en),
    )
    .join(GridVersion, and_(GridVersion.grid_id == Grid.id, queries.on(DAY)))
    .where(below(Grid.path, bindparam("part")), queries.is_worked())
    .order_by(GridVersion.code, GridVersion.id)
)


@kept
def _readable(actor: Actor) -> Select[int]:
    then = and_(GridVersion.grid_id == Grid.id, queries.on(DAY))
    return select(Grid.id).join(GridVersion, then).where(queries.reached(actor, "patrol.read"))


def _layer(session: Session, day: date, root: str) -> str | None:
    """The outlines that the last edition before the end of a day published. The first edition drew what had been in
    force before it was published, too."""
    editions = list(session.execute(_EDITIONS))
    if not editions:
        return None
    began = [(since or clock.day(at), id_, facts) for id_, at, facts, since in editions]
    _since, id_, facts = next((one for one in began if one[0] <= day), began[-1])
    mine = queries.on_path(root)[0]
    is_first = session.scalar(select(func.min(Grid.id)).where(Grid.parent_id.is_(None))) == mine
    names = (queries.layer_name(mine), *([queries.LAYER] if is_first else []))  # which had no name while it was alone
    published = facts.get("layers", {})
    told = next((published[name] for name in names if name in published), None)
    return told or session.scalar(_LAYER_FROM, {"edition_id": id_, "names": names})


_EDITIONS = (
    select(BoundaryEdition.id, BoundaryEdition.at, BoundaryEdition.facts, GridChangeSet.since)
    .outerjoin(GridChangeSet, GridChangeSet.edition_id == BoundaryEdition.id)
    .order_by(BoundaryEdition.id.desc())
)
#: Of an edition that does not say what it published: outlines that were published again belong to the later one.
_LAYER_FROM = (
    select(MapLayer.hash)
    .where(MapLayer.edition_id >= bindparam("edition_id"), MapLayer.name.in_(bindparam("names", expanding=True)))
    .order_by(MapLayer.edition_id, MapLayer.hash)
    .limit(1)
)


@dataclass(frozen=True)
class Kin:
    """What became of grids: of each the days between which it was in force, and its heir; the grids that it was made
    of, and those that were made of it, with the day; and the one above it."""

    life: Mapping[int, tuple[date, date | None]]
    heir: Mapping[int, int | None]
    made_of: Mapping[int, list[tuple[date, int]]]
    became: Mapping[int, list[tuple[date, int]]]
    parent: Mapping[int, int | None]

    def of_day(self, grid_id: int, day: date, there: set[int]) -> int | None:
        """The grid among those ``there`` on a day that has the records of one; where lineage does not say, the nearest
        above it."""
        seen: set[int] = set()
        rank = [grid_id]
        while rank:
            if found := next((each for each in rank if each in there), None):
                return found
            seen |= set(rank)
            rank = [next_ for each in rank for next_ in self._step(each, day) if next_ not in seen]
        up = self.parent.get(grid_id)
        return None if up is None else self.of_day(up, day, there)

    def _step(self, grid_id: int, day: date) -> list[int]:
        """From a grid that had ended on a day to what it became, its heir's family first; from one that was still to
        come to what it was made of."""
        began, ended = self.life.get(grid_id, (day, None))
        if began > day:
            return [each for _on, each in self.made_of.get(grid_id, ())]
        if ended is None or ended > day:
            return []
        heir = self.heir.get(grid_id)
        became = [each for on, each in self.became.get(grid_id, ()) if on >= ended]
        family = sorted(became, key=lambda each: heir not in (each, self.heir.get(each)))
        return family + ([heir] if heir is not None else [])


def kin(session: Session) -> Kin:
    """The lineage of all grids: only of those that changed since the first ones is there anything to tell."""
    made_of: dict[int, list[tuple[date, int]]] = {}
    became: dict[int, list[tuple[date, int]]] = {}
    for grid_id, since, predecessors in session.execute(_MADE):
        for each in predecessors:
            made_of.setdefault(grid_id, []).append((since, each))
            became.setdefault(each, []).append((since, grid_id))
    rows = list(session.execute(_LIVES))
    return Kin(
        {id_: (began, ended) for id_, _parent, _heir, began, ended in rows},
        {id_: heir for id_, _parent, heir, _began, _ended in rows},
        made_of,
        became,
        {id_: parent for id_, parent, *_ in rows},
    )


_FIRST = select(func.min(GridVersion.valid_from)).scalar_subquery()
_MADE = (
    select(GridVersion.grid_id, GridVersion.valid_from, GridVersion.predecessors)
    .where(queries.ever(), GridVersion.valid_from > _FIRST)
    .order_by(GridVersion.valid_from, GridVersion.id)
)
_BEGAN = (
    select(func.min(GridVersion.valid_from)).where(GridVersion.grid_id == Grid.id, queries.ever()).scalar_subquery()
)
_LIVES = select(Grid.id, Grid.parent_id, Grid.heir_id, _BEGAN, Grid.ended_on)
