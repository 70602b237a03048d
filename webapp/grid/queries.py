"""Reads of the grid. Each starts from what the actor reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, or_, select, true
from sqlalchemy.orm import Session

from ..access import SYSTEM, Actor, Condition, Shape, anyone, below, where
from ..core.cells import half_width
from ..core.errors import N_, NotFound, Refused
from .models import BoundaryEdition, Grid, GridCurrent, GridLevel, GridVersion, MapLayer

# --- which version counts: nobody else compares dates of versions ---


def current() -> Condition:
    """The condition that a ``GridVersion`` is in force: the stored pointer's answer, which no passing day changes."""
    # EXISTS: with IN, SQLite went through all versions in force for each row that a computed grid was joined by
    pointer = select(GridCurrent.grid_id).where(GridCurrent.version_id == GridVersion.id)
    return pointer.correlate(GridVersion).exists()


def on(day: Any) -> Condition:
    """The condition that a ``GridVersion`` was in force on a day (a date, or a parameter that is one).

    History knows what was put in force and nothing else: for a day to come that is today's version, never a planned
    one.
    """
    return and_(GridVersion.valid_from <= day, or_(GridVersion.valid_to > day, current()))


def ever() -> Condition:
    """The condition that a ``GridVersion`` is or was in force, whenever that was."""
    return or_(GridVersion.valid_to.is_not(None), current())


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


_CELLS = (
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
    query = _in_order(reached(actor, action))
    if tier is not None:
        query = query.where(Grid.tier == tier)
    if parent_id is not None:
        query = query.where(Grid.parent_id == parent_id)
    return [Cell(*row) for row in session.execute(query)]


def ids(session: Session, actor: Actor, action: str, below_path: str = "") -> set[int]:
    """Only the ids of these, of all or below a path: names and codes of a whole county are not read for a test."""
    inside = below(Grid.path, below_path) if below_path else true()
    return set(session.scalars(select(Grid.id).where(reached(actor, action), inside)))


def find(session: Session, actor: Actor, action: str, words: str, most: int) -> list[Cell]:
    """Grids that the action reaches whose name in either language holds the words, or whose code begins so."""
    says = or_(
        *(name.icontains(words, autoescape=True) for name in (GridVersion.zh, GridVersion.en)),
        GridVersion.code.startswith(words, autoescape=True),
    )
    return [Cell(*row) for row in session.execute(_in_order(reached(actor, action)).where(says).limit(most))]


def cells_where(session: Session, condition: Condition) -> list[Cell]:
    """The grids that meet a condition on ``Grid``, in code order."""
    return [Cell(*row) for row in session.execute(_in_order(condition))]


def _in_order(condition: Condition) -> Select[*tuple[Any, ...]]:
    return _CELLS.where(condition).order_by(GridVersion.code, GridVersion.id)


def cell(session: Session, actor: Actor, action: str, grid_id: int) -> Cell:
    """One grid that the action reaches, else NotFound."""
    statement = _CELLS.where(Grid.id == grid_id) if actor is SYSTEM else one(actor.shape(), action)
    row = session.connection().execute(statement, {"grid_id": grid_id, **actor.reach()}).first()
    if row is None:
        raise NotFound
    return Cell(*row)


@lru_cache(maxsize=256)
def one(shape: Shape, action: str) -> Select[*tuple[Any, ...]]:
    """The SELECT of ``cell``, to be executed with ``grid_id`` and ``actor.reach()``.

    Kept for all with the same rights: putting a SELECT together costs ten times as much as running it.
    """
    return _CELLS.where(Grid.id == bindparam("grid_id"), reached(anyone(shape), action))


def named(session: Session, ids: set[int]) -> dict[int, Cell]:
    """Grids by id, for showing the names of records that were already reached."""
    if not ids:
        return {}
    return {row.id: Cell(*row) for row in session.execute(_CELLS.where(Grid.id.in_(ids)))}


def on_path(path: str) -> list[int]:
    """The ids of a grid and of all grids above it, root first, out of its path."""
    return [int(part) for part in path.split(".") if part]


def parents(session: Session, cell_: Cell) -> list[Cell]:
    """The grids above, root first."""
    ids = set(on_path(cell_.path)) - {cell_.id}
    return sorted(named(session, ids).values(), key=lambda above: above.tier)


def others(session: Session, grid_id: int) -> list[Cell]:
    """All grids of the same tier but this one, in code order."""
    own = session.get_one(Grid, grid_id)
    rows = session.execute(
        _CELLS.where(Grid.tier == own.tier, Grid.id != grid_id).order_by(GridVersion.code, GridVersion.id)
    )
    return [Cell(*row) for row in rows]


NO_SUCH_GRID = N_("This place does not exist, or is not yours.")
SEVERAL_GRIDS = N_("Several grids have this name. Write the code, or township/village.")


class Names:
    """Grids as sheets call them: by code or by name in either language, "township/village" where two are alike."""

    def __init__(self, found: Iterable[Cell]):
        self._by_name: dict[str, list[Cell]] = {}
        for cell_ in found:
            codes = {cell_.code, cell_.code.ljust(12, "0")} if cell_.code.isdecimal() else {cell_.code}
            for name in codes | {half_width(cell_.zh).lower(), half_width(cell_.en).lower()}:
                self._by_name.setdefault(name, []).append(cell_)

    def find(self, text: str) -> Cell:
        """The one grid of this name; Refused (field ``grid``) when there is none, or more than one."""
        *above, name = [part.strip().lower() for part in half_width(text).split("/")]
        found = self._by_name.get(name, [])
        if above:
            parents = {cell_.id for cell_ in self._by_name.get(above[-1], [])}
            found = [cell_ for cell_ in found if cell_.parent_id in parents]
        if len(found) > 1:
            raise Refused(SEVERAL_GRIDS, field="grid")
        if not found:
            raise Refused(NO_SUCH_GRID, field="grid")
        return found[0]


def root(session: Session) -> Cell | None:
    """The whole county, None while the tree is empty."""
    row = session.execute(_CELLS.where(Grid.parent_id.is_(None))).first()
    return Cell(*row) if row else None


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
    return {level.tier: level for level in session.scalars(select(GridLevel))}


_VERSION_ON = select(GridVersion.id).where(
    GridVersion.grid_id == bindparam("grid_id"), on(bindparam("day", type_=Date))
)


def version_on(session: Session, grid_id: int, day: date) -> int | None:
    """The version of a grid that was in force on a day; None before its first."""
    return session.connection().execute(_VERSION_ON, {"grid_id": grid_id, "day": day}).scalar()


def edition(session: Session) -> BoundaryEdition | None:
    """The newest publishing of boundaries."""
    return session.scalar(select(BoundaryEdition).order_by(BoundaryEdition.id.desc()).limit(1))


def edition_id(session: Session) -> int:
    """Its number, 0 before the first: what workers compare."""
    return session.scalar(select(BoundaryEdition.id).order_by(BoundaryEdition.id.desc()).limit(1)) or 0


def newest_layer(session: Session) -> str | None:
    """The hash of the outlines published last; None before any were."""
    return session.scalar(
        select(MapLayer.hash).where(MapLayer.name == "grids").order_by(MapLayer.edition_id.desc()).limit(1)
    )


def layer(session: Session, fingerprint: str) -> bytes | None:
    """A layer's gzip bytes by their hash."""
    return session.scalar(select(MapLayer.body).where(MapLayer.hash == fingerprint))


def boundaries(session: Session, tier: int) -> list[tuple[int, bytes]]:
    """Ids and WKB of the borders in force of one tier, in id order."""
    rows = session.execute(
        select(Grid.id, GridVersion.boundary)
        .join(GridVersion, and_(GridVersion.grid_id == Grid.id, current()))
        .where(Grid.tier == tier, GridVersion.boundary.is_not(None))
        .order_by(Grid.id)
    )
    return [(id_, bytes(wkb)) for id_, wkb in rows if wkb]


def lowest_tier(session: Session) -> int:
    """The tier that is walked: the last of the levels."""
    return max(levels(session), default=3)


def cells_reached(session: Session, actor: Actor, action: str, grid_id: int) -> bool:
    """Whether an action reaches one grid."""
    return session.scalar(select(Grid.id).where(Grid.id == grid_id, reached(actor, action))) is not None
