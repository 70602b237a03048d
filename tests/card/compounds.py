"""Town A as a subdistrict, its first two villages as communities, and unit grids below these."""

from tests import make
from tests.conftest import World
from webapp.card import queries, service, units
from webapp.card.service import CardEntry
from webapp.grid.units import Unit

KINDS = {"A": "subdistrict", "A1": "community", "A2": "community", "A3": "village", "B": "township", "B1": "community"}


def fix_kind(world: World, grid: str, kind: str) -> None:
    """Write on a card what a grid is."""
    with world.store.write() as session:
        card = queries.newest(session, world.grids[grid])
        who, entry = make.actor(session, "county"), CardEntry(kind)
        service.write_card(session, who, world.grids[grid], entry, card.id if card else None)


def subdistrict(world: World) -> None:
    """Write the kinds of all."""
    for grid, kind in KINDS.items():
        fix_kind(world, grid, kind)


def add(world: World, grid: str, *names: str, login: str = "township_a", code: str = "") -> list[int]:
    """Unit grids below a community; their ids."""
    with world.store.write() as session:
        given = [Unit(world.grids[grid], code, name, f"{name} en") for name in names]
        return units.add(session, make.actor(session, login), given)
