"""A prefecture of 10 counties or a province of 90, with everybody in it, in bulk: four tiers, plain squares as borders.

``grids import`` takes one county at a time, so these are put straight into the tables.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import shapely

from webapp.core import clock
from webapp.core.db import Store
from webapp.demo.people import DEPARTMENTS
from webapp.grid import service as grid_service
from webapp.grid.models import Grid, GridCurrent, GridLevel, GridVersion
from webapp.patrol.models import PatrolObject
from webapp.people.models import Body, Person, Posting

from .sink import Row, Sink, open_sink

#: Villages → counties, townships of a county, villages of a township.
SIZES = {3000: (10, 15, 20), 30000: (90, 15, 22)}
LEVELS = ((1, "市", "Prefecture"), (2, "县", "County"), (3, "乡镇", "Township"), (4, "村", "Village"))
TYPES = ("enterprise", "river_section", "livestock_farm", "straw_plot", "waste_point")
WEST, SOUTH, SIDE = 100.0, 30.0, 0.6  # of the first county, degrees
#: Who is posted at a grid of a tier, by a letter of the log-in.
POSTED: dict[int, tuple[tuple[str, str], ...]] = {
    1: (("p", "county_office"), ("pl", "leader")),
    2: (("c", "county_office"), ("cb", "county_office"), ("l", "leader")),
    3: (("t", "township_supervisor"), ("tb", "township_supervisor")),
    4: (("v", "grid_officer"),),
}
#: Which bodies a grid of a tier has: kind, role of who speaks for it, names.
BODIES: dict[int, tuple[tuple[str, str, str | None, str, str], ...]] = {
    2: tuple(
        ("department", "department_liaison", row["canonical"], row["zh"], row["en"].replace("_", " "))
        for row in DEPARTMENTS
    ),
    3: (
        ("station", "station_officer", None, "综合执法队", "enforcement team"),
        ("station", "station_officer", None, "农业服务中心", "agricultural centre"),
    ),
    4: (("committee", "station_officer", None, "村委会", "village committee"),),
}


@dataclass(frozen=True)
class Cell:
    """A grid to be: its place in the tree, names, and the square that is its border."""

    id: int
    tier: int
    parent: int | None
    path: str
    name: str
    box: tuple[float, float, float, float]


@dataclass
class Cast:
    """Rows of people, postings and bodies, numbered as they come."""

    rows: dict[type[Any], list[Row]] = field(default_factory=lambda: defaultdict(list))

    def person(self, login: str, role: str, grid: int | None = None, body: int | None = None) -> None:
        """One with a log-in and one posting."""
        since, id_ = clock.now() - timedelta(days=1500), len(self.rows[Person]) + 1
        self.rows[Person].append(
            {"id": id_, "login": login, "zh": f"人{id_}", "en": f"Person {id_}", "language": "zh", "must_change": False}
            | {"is_demo": False, "created_at": since}
        )
        self.rows[Posting].append(
            {"person_id": id_, "role": role, "grid_id": grid, "body_id": body, "valid_from": clock.day(since)}
            | {"granted_at": since}
        )

    def body(self, cell: Cell, kind: str, role: str, canonical: str | None, zh: str, en: str) -> None:
        """One, and who speaks for it."""
        id_ = len(self.rows[Body]) + 1
        names = {"zh": f"{cell.name}{zh}", "en": f"{cell.name} {en}"}
        self.rows[Body].append({"id": id_, "kind": kind, "grid_id": cell.id, "canonical": canonical, **names})
        self.person(f"b{id_}", role, body=id_)


def settle(store: Store, villages: int) -> None:
    """Plant the tree, post everybody and set up five objects a village."""
    cells = list(tree(*SIZES[villages]))
    cast = Cast()
    cast.person("admin", "system_admin")
    for cell in cells:
        for letter, role in POSTED[cell.tier]:
            cast.person(f"{letter}{cell.id}", role, grid=cell.id)
        for body in BODIES.get(cell.tier, ()):
            cast.body(cell, *body)
    with open_sink(store) as sink:
        _plant(sink, cells)
        for model in (Person, Body, Posting):
            sink.add(model, cast.rows[model])
        sink.add(PatrolObject, _objects(cells))
    with store.write() as session:
        grid_service.publish(session, "bench", {})


def tree(counties: int, townships: int, villages: int) -> Iterator[Cell]:
    """The cells, parents first."""
    ids = iter(range(1, 1_000_000))
    side = round(counties**0.5)
    root = Cell(
        next(ids), 1, None, "1.", "泽原", (WEST, SOUTH, WEST + side * SIDE, SOUTH + -(-counties // side) * SIDE)
    )
    yield root
    for number in range(counties):
        x, y = WEST + number % side * SIDE, SOUTH + number // side * SIDE
        county = _below(root, next(ids), f"{number + 1}县", (x, y, x + SIDE, y + SIDE))
        yield county
        for left, right in _strips(x, x + SIDE, townships):
            town = _below(county, id_ := next(ids), f"乡{id_}", (left, y, right, y + SIDE))
            yield town
            for low, high in _strips(y, y + SIDE, villages):
                yield _below(town, id_ := next(ids), f"村{id_}", (left, low, right, high))


def _below(parent: Cell, id_: int, name: str, box: tuple[float, float, float, float]) -> Cell:
    return Cell(id_, parent.tier + 1, parent.id, f"{parent.path}{id_}.", name, box)


def _strips(begin: float, end: float, number: int) -> Iterator[tuple[float, float]]:
    edges = [round(begin + (end - begin) * at / number, 6) for at in range(number + 1)]
    return pairwise(edges)


def _plant(sink: Sink, cells: list[Cell]) -> None:
    since = clock.today() - timedelta(days=1500)
    sink.add(GridLevel, ({"tier": tier, "zh": zh, "en": en} for tier, zh, en in LEVELS))
    sink.add(Grid, ({"id": c.id, "tier": c.tier, "parent_id": c.parent, "path": c.path} for c in cells))
    sink.add(GridVersion, (_version(cell) | {"valid_from": since, "predecessors": []} for cell in cells))
    sink.add(GridCurrent, ({"grid_id": cell.id, "version_id": cell.id} for cell in cells))


def _version(cell: Cell) -> Row:
    box = dict(zip(("minx", "miny", "maxx", "maxy"), cell.box, strict=True))
    names = {"code": f"99{cell.id:010}", "zh": cell.name, "en": cell.name}
    return {"id": cell.id, "grid_id": cell.id, "parent_id": cell.parent, **names, **box} | {
        "boundary": shapely.to_wkb(shapely.box(*cell.box), byte_order=1)
    }


def _objects(cells: list[Cell]) -> Iterator[Row]:
    since = clock.today() - timedelta(days=1500)
    for cell in cells:
        x, y = (cell.box[0] + cell.box[2]) / 2, (cell.box[1] + cell.box[3]) / 2
        for type_ in TYPES if cell.tier == len(LEVELS) else ():
            names = {"zh": f"{cell.name}{type_}", "en": f"{cell.name} {type_}"}
            yield {"type": type_, "grid_id": cell.id, **names, "lon": x, "lat": y, "valid_from": since}
