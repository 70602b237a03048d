"""The small county as a delivery, with what changed in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import shapely

from gis.delivery import Cell
from gis.lines import compared
from tests import make
from tests.conftest import World
from webapp.core import clock
from webapp.grid import changed, changes, in_force
from webapp.grid.models import GridChangeSet

ROOT = "1."


def delivered(world: World, other: Mapping[str, Mapping[str, Any]], gone: Sequence[str] = ()) -> list[Cell]:
    """All grids as they are, but what is said of some by their short names; a new one has a name of its own. ``parent``
    is a short name too."""
    shorts = {id_: short for short, id_ in world.grids.items()}
    with world.store.read() as session:
        there, _names = changed.present(session, ROOT)
    kept = [grid for grid in there if shorts[grid.id] not in gone]
    names = [shorts[grid.id] for grid in kept] + [short for short in other if short not in world.grids]
    place = {short: at for at, short in enumerate(names)}
    cells = []
    for short in names:
        grid = next((grid for grid in kept if shorts[grid.id] == short), None)
        said = {"tier": 3, "code": "", "name": short, "parent": None, "boundary": b""} if grid is None else {}
        if grid is not None:
            above = None if grid.parent is None else shorts[there[grid.parent].id]
            said = {"tier": grid.tier, "code": grid.code, "name": grid.name, "boundary": grid.boundary or b""}
            said["parent"] = above
        said |= other.get(short, {})
        said["parent"] = None if said["parent"] is None else place[said["parent"]]
        cells.append(Cell(**said, how_parent=None))
    order = sorted(range(len(cells)), key=lambda at: cells[at].tier)
    return [replace(cells[at], parent=_moved(order, cells[at].parent)) for at in order]


def _moved(order: Sequence[int], parent: int | None) -> int | None:
    return None if parent is None else order.index(parent)


def border(world: World, *shorts: str) -> bytes:
    """The borders of some grids as one."""
    with world.store.read() as session:
        there, _names = changed.present(session, ROOT)
    ids = {world.grids[short] for short in shorts}
    return shapely.to_wkb(
        shapely.union_all([shapely.from_wkb(grid.boundary) for grid in there if grid.id in ids and grid.boundary])
    )


def drafted(world: World, cells: Sequence[Cell], login: str = "county", facts: Mapping[str, Any] | None = None) -> int:
    """The number of a set made of a delivery."""
    with world.store.read() as session:
        there, names = changed.present(session, ROOT)
    lines = compared(there, cells, names)
    with world.store.write() as session:
        return changes.draft(session, make.actor(session, login), "reform.gpkg", lines, facts).id


def approved(world: World, set_id: int, since: date | None = None) -> int:
    """The same set, proposed by one and approved by another."""
    with world.store.write() as session:
        changes.propose(session, make.actor(session, "county"), set_id, since or clock.today(), "")
    with world.store.write() as session:
        changes.approve(session, make.actor(session, "county_two"), set_id)
    return set_id


def changed_to(world: World, other: Mapping[str, Mapping[str, Any]], gone: Sequence[str] = ()) -> GridChangeSet:
    """Bring the changes in, the whole way, and put them in force."""
    set_id = approved(world, drafted(world, delivered(world, other, gone)))
    assert in_force.put_due_in_force(world.store) == 1
    with world.store.read() as session:
        return session.get_one(GridChangeSet, set_id)


def tomorrow() -> date:
    """The county's next day."""
    return clock.today() + timedelta(days=1)
