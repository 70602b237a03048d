"""gis/drawing.py: whatever passed the check can be drawn, however small its parts, holes and spikes are."""

import gzip
import json
import math
import random

import numpy as np
import pytest
import shapely
from boundary_files import shapes

from gis import layer
from gis.drawing import Drawn, draw
from gis.metres import metres_per_degree
from tests.short import count

TRIES = count(30, 300, 3000)
VILLAGES = [code for code in shapes() if len(code) == 12]
METRES = np.array(metres_per_degree(37.25))


def small(rng: random.Random, at: tuple[float, float]) -> shapely.Polygon:
    """A polygon of 0.1 to 10 m around a place."""
    size = 10 ** rng.uniform(-1, 1)
    turns = sorted(rng.uniform(0, 2 * math.pi) for _ in range(rng.randint(3, 7)))
    corners = np.array([(math.cos(turn), math.sin(turn)) for turn in turns]) * size / METRES / 2
    return shapely.Polygon(corners + at)


def spike(rng: random.Random, shape: shapely.Polygon) -> shapely.Polygon:
    """A thorn of 0.1 to 10 m at the foot on one of the corners."""
    x, y = shape.exterior.coords[rng.randrange(4)]
    width = 10 ** rng.uniform(-1, 1) / METRES[0]
    return shapely.Polygon([(x, y), (x + width, y), (x + width / 2, y + rng.uniform(-0.2, 0.2) or 0.1)])


def odd(rng: random.Random, shape: shapely.Geometry) -> shapely.Geometry:
    """The shape with some tiny holes, parts and spikes, valid as everything that passed the check."""
    for _ in range(rng.randint(1, 5)):
        inside, outside = [(rng.uniform(117.01, 117.24), rng.uniform(37.01, 37.49)) for _ in range(2)]
        act = rng.choice(["hole", "part", "spike"])
        if act == "hole":
            shape = shape.difference(small(rng, inside))
        else:
            more = small(rng, outside) if act == "part" else spike(rng, shapely.box(*shape.bounds))
            shape = shape.union(more if more.is_valid else more.buffer(0))
    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area]
    return shapely.MultiPolygon(areas) if areas else shape


def county(changed: dict) -> list[Drawn]:
    """The small county as it is drawn, with some shapes changed."""
    made = {**shapes(), **changed}
    places = {code: at for at, code in enumerate(made)}
    return [Drawn(code, {}, shapely.to_wkb(shape), places.get(code[:-3])) for code, shape in made.items()]


@pytest.mark.parametrize("seed", range(TRIES))
def test_tiny_parts_holes_and_spikes_never_stop_the_drawing(seed):
    rng = random.Random(seed)
    changed = {code: odd(rng, shapes()[code]) for code in rng.sample([*shapes()], rng.randint(1, 4))}
    if rng.random() < 0.3:  # a grid that is nothing but tiny
        changed[rng.choice(VILLAGES)] = small(rng, (117.1, 37.1))
    told = json.loads(gzip.decompress(draw(county(changed))))
    assert [row["id"] for row in told["features"]] == [*shapes()]
    for row in told["features"]:
        for polygon in row["polygons"] or ():
            assert all(len(ring) >= 6 and len(ring) % 2 == 0 for ring in polygon)


@pytest.mark.parametrize("metres", [0.1, 0.4, 1.5, 4.0])
def test_a_tiny_hole_and_a_tiny_part_are_not_drawn(metres):
    dot = shapely.Polygon(np.array([(0, 0), (1, 0), (0, 1)]) * metres / METRES + (117.01, 37.3))
    village = shapes()["370900101200"]
    for shape in (village.difference(dot), village.union(shapely.affinity.translate(dot, 0.5))):
        drawn = layer.outlines(draw(county({"370900101200": shape})))["370900101200"]
        assert len(drawn.geoms) == 1 and not drawn.geoms[0].interiors


def test_a_grid_without_a_border_has_no_outline():
    cells = [cell._replace(boundary=None) if cell.id == "370900101200" else cell for cell in county({})]
    assert layer.outlines(draw(cells))["370900101200"] is None
