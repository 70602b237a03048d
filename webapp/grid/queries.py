"""Reads of the grid. Each starts from what the actor reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, Date, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from gis.area import square_km

from ..access import SYSTEM, Actor, Condition, below, end, kept, where
from ..core.errors import NotFound
from .models import UNIT_TIER, BoundaryEdition, Grid, GridCurrent, GridLevel, GridVersion, MapLayer

# --- which version counts: nobody else compares dates of versions ---


def current() -> Condition:
    """The condition that a ``GridVersion`` is in force, or was last of a grid that ended: the stored pointer's answer,
    which no passing day changes."""
    # EXISTS: with IN, SQLite went through all versions in force for each row that a computed grid was joined by
    pointer = select(GridCurrent.grid_id).where(GridCurrent.version_id == GridVersion.id)
    return pointer.correlate(GridVersion).exists()


def on(day: Any) -> Condition:
    """The condition that a ``GridVersion`` was in force on a day (a date, or a parameter that is one).

    History knows what was put in force and nothing else: for a day to come that is today's version, never a planned
    one.
    """
    return and_(
        GridVersion.valid_from <= day, or_(GridVersion.valid_to > day, and_(GridVersion.valid_to.is_(None), current()))
    )


def until(day: Any) -> Condition:
    """The condition that a ``GridVersion`` was in force until a day, which is the first on which it was not."""
    return GridVersion.valid_to == day


def ever() -> Condition:
    """The condition that a ``GridVersion`` is or was in force, whenever that was."""
    return or_(GridVersion.valid_to.is_not(None), current())


def is_worked(of: Any = Grid) -> Condition:
    """The condition that a ``Grid`` is of a tier in which there is work, and no unit grid (docs/decisions/0056)."""
    return of.tier < UNIT_TIER


def stands(of: Any = Grid) -> Condition:
    """The condition that a ``Grid`` is in force today. One that ended is named by its records, and by no list; of unit
    grids lists know only where they ask for them, in ``units.py``."""
    return and_(of.ended_on.is_(None), is_worked(of))


def today(of: Any = Grid) -> Any:
    """The id of the grid in force that has the records of a ``Grid`` today: itself, or its heir."""
    return func.coalesce(of.heir_id, of.id)


def with_heir(grid_id: Any) -> CompoundSelect[int]:
    """The ids of a grid and, where it ended, of the grid that has its records today."""
    itself = select(Grid.id).where(Grid.id == grid_id)
    return itself.union_all(select(Grid.heir_id).where(Grid.id == grid_id, Grid.heir_id.is_not(None)))


def in_force_of(grid_id: Any, version: Any) -> Condition:
    """The condition that ``version`` (``GridVersion``, or an alias of it) is the one in force of a grid."""
    pointer = select(GridCurrent.version_id).where(GridCurrent.grid_id == grid_id)
    return version.id == pointer.correlate_except(GridCurrent).scalar_subquery()


# --- reads ---


@dataclass(frozen=True)
class Cell:
    """A grid as it stands today: identity, place in the tree, code and names. ``version_id`` is what records keep."""

    id: int
    tier: int
    parent_id: int | None
    path: str
    version_id: int
    code: str
    zh: str
    en: str


#: Every grid that is or was in force with its place, code and names: what ``Cell`` is made of.
CELLS = (
    select(
        Grid.id,
        Grid.tier,
        Grid.parent_id,
        Grid.path,
        GridVersion.id.label("version_id"),
        GridVersion.code,
        GridVersion.zh,
        GridVersion.en,
    )
    .select_from(Grid)
    .join(GridVersion, and_(GridVersion.grid_id == Grid.id, current()))
)


def reached(actor: Actor, action: str) -> Condition:
    """The condition on ``Grid`` for an action; everything for the system itself."""
    return true() if actor is SYSTEM else where(actor, action, grid_path=Grid.path)


def cells(
    session: Session, actor: Actor, action: str, *, tier: int | None = None, parent_id: int | None = None
) -> list[Cell]:
    """The grids an action reaches, in code order; of one tier or below one parent when asked."""
    statement = _cells_of(actor, action, actor is SYSTEM, tier is not None, parent_id is not None)
    return [Cell(*row) for row in session.execute(statement, {"tier": tier, "parent_id": parent_id, **actor.reach()})]


@kept
def _cells_of(
    actor: Actor, action: str, is_system: bool, is_one_tier: bool, is_below_one: bool
) -> Select[*tuple[Any, ...]]:
    query = in_order(true() if is_system else reached(actor, action))
    query = query.where(Grid.tier == bindparam("tier")) if is_one_tier else query
    return query.where(Grid.parent_id == bindparam("parent_id")) if is_below_one else query


def ids(session: Session, actor: Actor, action: str, below_path: str = "") -> set[int]:
    """Only the ids of these, of all or below a path: names and codes of a whole county are not read for a test."""
    part = {"part": below_path, "part_end": end(below_path)} if below_path else {}
    return set(session.scalars(_ids(actor, action, actor is SYSTEM, bool(below_path)), {**part, **actor.reach()}))


@kept
def _ids(actor: Actor, action: str, is_system: bool, is_part: bool) -> Select[int]:
    inside = below(Grid.path, bindparam("part")) if is_part else true()
    return select(Grid.id).where(stands(), true() if is_system else reached(actor, action), inside)


def in_force(actor: Actor, action: str) -> Select[int]:
    """The ids of the grids that ``cells`` gives, to be narrowed further and kept."""
    is_current = and_(GridVersion.grid_id == Grid.id, current())
    return select(Grid.id).join(GridVersion, is_current).where(stands(), reached(actor, action))


def find(session: Session, actor: Actor, action: str, words: str, most: int) -> list[Cell]:
    """Grids that the action reaches whose name in either language holds the words, or whose code begins so."""
    says = or_(
        *(name.icontains(words, autoescape=True) for name in (GridVersion.zh, GridVersion.en)),
        GridVersion.code.startswith(words, autoescape=True),
    )
    return [Cell(*row) for row in session.execute(in_order(reached(actor, action)).where(says).limit(most))]


def cells_where(session: Session, condition: Condition) -> list[Cell]:
    """The grids that meet a condition on ``Grid``, in code order."""
    return [Cell(*row) for row in session.execute(in_order(condition))]


def in_order(condition: Condition) -> Select[*tuple[Any, ...]]:
    """The grids in force that meet a condition, as rows of ``Cell``, in code order."""
    return CELLS.where(stands(), condition).order_by(GridVersion.code, GridVersion.id)


def cell(session: Session, actor: Actor, action: str, grid_id: int) -> Cell:
    """One grid that the action reaches, else NotFound."""
    statement = CELLS.where(Grid.id == grid_id) if actor is SYSTEM else one(actor, action)
    return _found(session, actor, statement, grid_id)


def any_cell(session: Session, actor: Actor, action: str, grid_id: int) -> Cell:
    """The same of one that may be a unit grid, for what is said on cards; no record is of one."""
    return _found(session, actor, _any_one(actor, action), grid_id)


def _found(session: Session, actor: Actor, statement: Select[*tuple[Any, ...]], grid_id: int) -> Cell:
    row = session.connection().execute(statement, {"grid_id": grid_id, **actor.reach()}).first()
    if row is None:
        raise NotFound
    return Cell(*row)


@kept
def one(actor: Actor, action: str) -> Select[*tuple[Any, ...]]:
    """The SELECT of ``cell``, to be executed with ``grid_id`` and ``actor.reach()``."""
    return _any_one(actor, action).where(is_worked())


@kept
def _any_one(actor: Actor, action: str) -> Select[*tuple[Any, ...]]:
    return CELLS.where(Grid.id == bindparam("grid_id"), reached(actor, action))


def cell_then(session: Session, actor: Actor, action: str, grid_id: int, day: date) -> tuple[Cell, int]:
    """The same, and the version that a record of a day keeps: the one in force then; before its first, today's."""
    asked = {"grid_id": grid_id, "day": day, **actor.reach()}
    row = session.connection().execute(_one_then(actor, action), asked).first()
    if row is None:
        raise NotFound
    *facts, then = row
    found = Cell(*facts)
    return found, then or found.version_id


@kept
def _one_then(actor: Actor, action: str) -> Select[*tuple[Any, ...]]:
    return one(actor, action).add_columns(_VERSION_ON.correlate(None).limit(1).scalar_subquery())


def named(session: Session, ids: set[int]) -> dict[int, Cell]:
    """Grids by id, for showing the names of records that were already reached."""
    if not ids:
        return {}
    return {row.id: Cell(*row) for row in session.execute(_THESE, {"ids": list(ids)})}


_THESE = CELLS.where(Grid.id.in_(bindparam("ids", expanding=True)))


def on_path(path: str) -> list[int]:
    """The ids of a grid and of all grids above it, root first, out of its path."""
    return [int(part) for part in path.split(".") if part]


def part_with(path: str, above_id: int) -> int:
    """The id of the grid directly below ``above_id`` on the way down a path; of the last one where none is."""
    way = on_path(path)
    return way[min(way.index(above_id) + 1, len(way) - 1)] if above_id in way else way[-1]


def below_same_root(column: Any, path: str) -> Condition:
    """The condition that a path lies in the same tree as another one."""
    return below(column, f"{on_path(path)[0]}.")


def county_of(actor: Actor) -> str:
    """The path of the one county in which somebody is posted to grids; empty for several, and for who has none."""
    roots = {on_path(posting.path)[0] for posting in actor.postings if posting.path}
    return f"{roots.pop()}." if len(roots) == 1 else ""


def parents(session: Session, cell_: Cell) -> list[Cell]:
    """The grids above, root first."""
    ids = set(on_path(cell_.path)) - {cell_.id}
    return sorted(named(session, ids).values(), key=lambda above: above.tier)


def siblings(session: Session, cell_: Cell) -> list[Cell]:
    """The grids with the same one above them, but this one, in code order."""
    return [Cell(*row) for row in session.execute(_SIBLINGS, {"parent_id": cell_.parent_id, "grid_id": cell_.id})]


_SIBLINGS = CELLS.where(stands(), Grid.parent_id == bindparam("parent_id"), Grid.id != bindparam("grid_id")).order_by(
    GridVersion.code, GridVersion.id
)


def standing(session: Session, grid_id: int) -> int:
    """The id of the grid in force that has the records of a grid today."""
    return session.scalar(_STANDING, {"grid_id": grid_id}) or grid_id


_STANDING = select(today()).where(Grid.id == bindparam("grid_id"))


def root(session: Session) -> Cell | None:
    """The whole county, None while the tree is empty."""
    row = session.execute(_ROOT).first()
    return Cell(*row) if row else None


_ROOT = CELLS.where(Grid.parent_id.is_(None)).order_by(Grid.id).limit(1)


def extent(session: Session) -> tuple[float, float, float, float] | None:
    """West, south, east and north of the county in degrees; None while it has no border."""
    row = session.execute(
        select(GridVersion.minx, GridVersion.miny, GridVersion.maxx, GridVersion.maxy)
        .join(Grid, Grid.id == GridVersion.grid_id)
        .where(Grid.parent_id.is_(None), current(), GridVersion.minx.is_not(None))
    ).first()
    return tuple(row) if row else None  # type: ignore[return-value]


def levels(session: Session) -> dict[int, GridLevel]:
    """What the tiers are called here."""
    return {level.tier: level for level in session.scalars(_LEVELS)}


_LEVELS = select(GridLevel)


_VERSION_ON = select(GridVersion.id).where(
    GridVersion.grid_id == bindparam("grid_id"), on(bindparam("day", type_=Date))
)


def version_on(session: Session, grid_id: int, day: date) -> int | None:
    """The version of a grid that was in force on a day; None before its first."""
    return session.connection().execute(_VERSION_ON, {"grid_id": grid_id, "day": day}).scalar()


def edition_id(session: Session) -> int:
    """Its number, 0 before the first: what workers compare."""
    return session.scalar(_EDITION_ID) or 0


_EDITION_ID = select(BoundaryEdition.id).order_by(BoundaryEdition.id.desc()).limit(1)


LAYER = "grids"  # the outlines of a tree with one root; where there are several, each has a layer of its own


def layer_name(root_id: int) -> str:
    """What the layer of one of several counties is called."""
    return f"{LAYER} {root_id}"


def newest_layer(session: Session, path: str) -> str | None:
    """The hash of the outlines published last of the county in which a path lies; None before any were."""
    return session.scalar(newest_of("names"), {"names": outlines_of(path)})


def outlines_of(path: str) -> list[str]:
    """The names under which the outlines of the county of a path may be published."""
    return [LAYER, *(layer_name(root_id) for root_id in on_path(path)[:1])]


def newest_of(names: str) -> Select[str]:
    """The hash of the layer published last under one of some names, which are a parameter called so."""
    found = select(MapLayer.hash).where(MapLayer.name.in_(bindparam(names, expanding=True)))
    return found.order_by(MapLayer.edition_id.desc(), MapLayer.hash).limit(1)


def layer(session: Session, fingerprint: str) -> bytes | None:
    """A layer's gzip bytes by their hash."""
    return session.scalar(select(MapLayer.body).where(MapLayer.hash == fingerprint))


def boundaries(session: Session, tier: int) -> list[tuple[int, bytes]]:
    """Ids and WKB of the borders in force of one tier, in id order."""
    rows = session.execute(
        select(Grid.id, GridVersion.boundary)
        .join(GridVersion, and_(GridVersion.grid_id == Grid.id, current()))
        .where(Grid.tier == tier, stands(), GridVersion.boundary.is_not(None))
        .order_by(Grid.id)
    )
    return [(id_, bytes(wkb)) for id_, wkb in rows if wkb]


def areas(session: Session, ids: Iterable[int]) -> dict[int, float]:
    """The areas of some grids in km², worked out from the borders in force; who has no border is left out."""
    rows = session.execute(_BORDERS, {"ids": list(ids)})
    return {id_: square_km(bytes(wkb)) for id_, wkb in rows if wkb}


_BORDERS = select(GridVersion.grid_id, GridVersion.boundary).where(
    GridVersion.grid_id.in_(bindparam("ids", expanding=True)), current(), GridVersion.boundary.is_not(None)
)


def bordered(session: Session, ids: Iterable[int]) -> set[int]:
    """Which of some grids have a border in force."""
    return set(session.scalars(_BORDERED, {"ids": list(ids)}))


_BORDERED = _BORDERS.with_only_columns(GridVersion.grid_id)


def working_tier(session: Session) -> int:
    """The tier in which work is done, patrols, objects and reports: the deepest that is not of unit grids."""
    return session.scalar(_WORKING) or 3


def deepest_worked(tiers: Iterable[int]) -> int:
    """The same of the tiers that there are."""
    return max((tier for tier in tiers if tier < UNIT_TIER), default=3)


_WORKING = select(func.max(GridLevel.tier)).where(GridLevel.tier < UNIT_TIER)
WORKING_TIER = _WORKING.scalar_subquery()  #: the same, as a part of a SELECT


def cells_reached(session: Session, actor: Actor, action: str, grid_id: int) -> bool:
    """Whether an action reaches one grid."""
    statement = _REACHED_BY_ALL if actor is SYSTEM else _one_id(actor, action)
    return session.scalar(statement, {"grid_id": grid_id, **actor.reach()}) is not None


_REACHED_BY_ALL = select(Grid.id).where(Grid.id == bindparam("grid_id"))


@kept
def _one_id(actor: Actor, action: str) -> Select[int]:
    return _REACHED_BY_ALL.where(reached(actor, action))
