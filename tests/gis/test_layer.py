"""The map layer: few bytes, the same outlines, and nothing in a border that stops it."""

import gzip
import json
import random

import pytest
import shapely

from gis.layer import layer, outlines
from tests.make import box

HALF_A_STEP = 0.00006  # degrees, with a hair


def told(body):
    return json.loads(gzip.decompress(body))


def test_a_ring_is_its_first_point_and_the_steps_to_each_next():
    ring = [(0, 0), (0, 1), (1.12341, 1), (1.12341, 0)]
    assert told(layer([(4, {"名": "柳林村", "n": None}, shapely.Polygon(ring).wkb)])) == {
        "step": 0.0001,
        "features": [
            {
                "id": 4,
                "properties": {"名": "柳林村", "n": None},
                "polygons": [[[0, 0, 0, 10000, 11234, 0, 0, -10000]]],
            }
        ],
    }


def test_a_grid_without_an_outline_is_there_and_draws_nothing():
    assert outlines(layer([(1, {}, None), ("b", {}, shapely.Polygon().wkb)])) == {1: None, "b": None}


def test_no_grids_are_an_empty_layer():
    assert told(layer([]))["features"] == []


def test_a_number_that_json_lacks_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        layer([(1, {"share": float("nan")}, box(0, 0))])


def test_the_same_grids_are_always_the_same_bytes():
    features = [(1, {"name": "a"}, box(0, 0))]
    assert layer(iter(features)) == layer(features)
    assert layer(features)[4:8] == bytes(4), "the time of making is not written"


def test_holes_and_parts_come_back_where_they_were():
    ring = shapely.box(110, 35, 111, 36)
    holed = ring.difference(shapely.box(110.2, 35.2, 110.4, 35.4)).difference(shapely.box(110.6, 35.6, 110.8, 35.8))
    two = shapely.union_all([holed, shapely.box(-3, -2, -1, -1)])
    back = outlines(layer([(1, {}, two.wkb), (2, {}, holed.wkb)]))
    assert back[1].normalize().equals_exact(two.normalize(), 1e-9)
    assert back[2].normalize().equals_exact(shapely.MultiPolygon([holed]).normalize(), 1e-9)


def tiny(rng, metres):
    """A polygon some metres wide, near 116 E 38 N."""
    x, y, size = 116 + rng.random(), 38 + rng.random(), metres / 111_000
    return shapely.Polygon([(x + rng.random() * size, y + rng.random() * size) for _ in range(rng.randint(3, 6))])


def test_no_size_of_ring_hole_or_part_stops_it_and_what_is_wide_stays():
    rng = random.Random(5)
    for _ in range(300):
        wide = shapely.box(110, 35, 110.1, 35.1)
        hole = shapely.affinity.translate(shapely.convex_hull(tiny(rng, 60)), -6, -3)
        small = [shapely.make_valid(tiny(rng, metres)) for metres in (0.01, 0.4, 3, 12, 40)]
        parts = [part for shape in small for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
        shape = shapely.MultiPolygon([wide.difference(hole), *parts] if wide.contains(hole) else [wide, *parts])
        drawn = outlines(layer([(1, {}, shape.wkb)]))[1]
        assert drawn.geoms[0].exterior.hausdorff_distance(wide.exterior) < 1e-9
        for part in drawn.geoms:
            assert all(len(set(ring.coords)) >= 3 for ring in (part.exterior, *part.interiors))


def test_a_shared_border_stays_shared():
    line = [(110.00003, 35), (110.00007, 35.3), (110.00018, 35.7), (110.00002, 36)]
    left = shapely.Polygon([(109, 36), (109, 35), *line])
    right = shapely.Polygon([*line, (111, 36), (111, 35)])
    a, b = outlines(layer([(1, {}, left.wkb), (2, {}, right.wkb)])).values()
    both = set(a.geoms[0].exterior.coords) & set(b.geoms[0].exterior.coords)
    assert {(round(x, 4), round(y, 4)) for x, y in both} == {(round(x, 4), round(y, 4)) for x, y in line}
    assert a.hausdorff_distance(left) < HALF_A_STEP
