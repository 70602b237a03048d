"""Reads of sets of changes: what there is, what a set changes, who could be an heir."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from gis.compare import Grid as Present
from gis.delivery import Cell
from gis.examine import cell_of

from ..access import SYSTEM, Actor, Condition
from . import queries
from .models import Grid, GridChange, GridChangeSet, GridVersion

__all__ = ["Heir", "Present", "as_cells", "heirless", "heirs", "lines", "present", "reached", "sets", "splits"]


class Heir(NamedTuple):
    """Who takes over: a row with its names, and the id of a grid that is there or the position of a new one."""

    row: Any
    grid_id: int | None
    position: int | None


def reached(actor: Actor, action: str) -> Condition:
    """The condition that a set changes grids that an action reaches, or adds some below these."""
    if actor is SYSTEM:
        return true()
    in_set = GridChange.set_id == GridChangeSet.id
    is_there = or_(Grid.id == GridChange.grid_id, Grid.id == GridChange.parent_id)
    return exists().where(in_set, is_there, queries.reached(actor, action)).correlate(GridChangeSet)


def sets(session: Session, actor: Actor, most: int = 50) -> list[GridChangeSet]:
    """The sets that the actor may see, the newest first."""
    found = select(GridChangeSet).where(reached(actor, "border.read")).order_by(GridChangeSet.id.desc()).limit(most)
    return list(session.scalars(found))


def lines(session: Session, set_id: int) -> list[GridChange]:
    """What a set changes, in its order."""
    return list(
        session.scalars(
            select(GridChange).where(GridChange.set_id == set_id).order_by(GridChange.set_id, GridChange.position)
        )
    )


def before(session: Session, found: GridChangeSet) -> dict[int, GridVersion]:
    """The grids of a set that were there, by their ids: as they are in force, or were until the set was."""
    was = queries.until(found.since) if found.state == "in_force" else queries.current()
    versions = (
        select(GridVersion)
        .join(GridChange, GridChange.grid_id == GridVersion.grid_id)
        .where(GridChange.set_id == found.id, was)
    )
    return {version.grid_id: version for version in session.scalars(versions)}


def newest_day(session: Session, found: GridChangeSet) -> date:
    """The latest day from which a grid of a set is in force as it is now; long ago where all of it is new."""
    return max((version.valid_from for version in before(session, found).values()), default=date.min)


def splits(changes: Sequence[GridChange]) -> dict[int, list[int]]:
    """The grids that a set makes several of: by their ids the positions of what becomes of each, and first of what has
    its records."""
    places = {line.grid_id: line.position for line in changes if line.kind == "changed"}
    first = places | {
        line.grid_id: places.get(line.heir_id, line.heir_position) for line in changes if line.kind == "gone"
    }
    found: dict[int, set[int]] = {}
    for line in changes:
        for grid_id in line.predecessors if line.kind != "gone" else ():
            found.setdefault(grid_id, {places[grid_id]} if grid_id in places else set()).add(line.position)
    return {
        grid_id: sorted(positions, key=lambda at: (at != first.get(grid_id), at))
        for grid_id, positions in found.items()
        if len(positions) > 1
    }


def heirless(session: Session, set_id: int) -> int:
    """How many of the grids that go have no heir."""
    return session.scalar(select(func.count()).select_from(_heirless(set_id).subquery())) or 0


def _heirless(set_id: int) -> Select[int]:
    return select(GridChange.position).where(
        GridChange.set_id == set_id,
        GridChange.kind == "gone",
        GridChange.heir_id.is_(None),
        GridChange.heir_position.is_(None),
    )


def heirs(session: Session, set_id: int) -> dict[int, dict[str, Heir]]:
    """For each tier of which a grid goes, who can take over its records, by code: the grids that will be there."""
    changes = lines(session, set_id)
    gone = [line for line in changes if line.kind == "gone" and line.grid_id is not None]
    if not gone:
        return {}
    going = select(GridChange.grid_id).where(GridChange.set_id == set_id, GridChange.kind == "gone")
    beside = queries.below_same_root(Grid.path, session.get_one(Grid, gone[0].grid_id).path)
    tiers = sorted({line.tier for line in gone})
    there = queries.cells_where(session, and_(Grid.tier.in_(tiers), Grid.id.not_in(going), beside))
    found: dict[int, dict[str, Heir]] = {tier: {} for tier in tiers}
    for cell in there:
        found[cell.tier][cell.code] = Heir(cell, cell.id, None)
    for line in changes:
        if line.kind == "new" and line.tier in found:
            found[line.tier][line.code] = Heir(line, None, line.position)
    return found


def as_cells(there: Sequence[Present]) -> list[Cell]:
    """The same as cells of a delivery, of which another one is only a part."""
    return list(map(cell_of, there))


def present(session: Session, path: str) -> tuple[list[Present], dict[int, str]]:
    """The grids in force of the county of a path, parents first, and their English names by id."""
    rows = session.execute(
        select(
            Grid.id, Grid.tier, Grid.parent_id, GridVersion.code, GridVersion.zh, GridVersion.en, GridVersion.boundary
        )
        .join(GridVersion, GridVersion.grid_id == Grid.id)
        .where(queries.current(), queries.stands(), queries.below_same_root(Grid.path, path))
        .order_by(Grid.tier, GridVersion.code, Grid.id)
    ).all()
    place: dict[int, int] = {row.id: at for at, row in enumerate(rows)}
    found: Sequence[Present] = [
        Present(row.id, row.tier, row.code, row.zh, place.get(row.parent_id), row.boundary) for row in rows
    ]
    return list(found), {row.id: row.en for row in rows}
