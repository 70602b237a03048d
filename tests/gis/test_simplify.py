"""gis/simplify.py: lighter borders and the map layer."""

import struct

import numpy as np
import pytest
import shapely

from gis import invent
from gis.layer import layer
from gis.simplify import lighter, lighter_tree

BOX = shapely.box(115, 37, 116, 38).wkb
BOWTIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]).wkb
SPIKE = shapely.Polygon([(0, 0), (1, 0), (1, 1), (2, 1), (1, 1), (0, 1)]).wkb


def ring(*corners):
    """A polygon's WKB written by hand, so that its ring may stay open."""
    return struct.pack("<BIII", 1, 3, 1, len(corners)) + b"".join(struct.pack("<dd", *xy) for xy in corners)


@pytest.fixture(scope="module")
def county():
    return invent.county()


@pytest.fixture(scope="module")
def tree(county):
    return lighter_tree([cell.boundary for cell in county.cells], [cell.parent for cell in county.cells])


def villages(county):
    return [cell.boundary for cell in county.cells if cell.tier == 3]


def test_villages_become_much_lighter_and_keep_shared_borders(county):
    before, after = shapely.from_wkb(villages(county)), shapely.from_wkb(lighter(villages(county)))
    assert shapely.get_num_coordinates(after).sum() < 0.5 * shapely.get_num_coordinates(before).sum()
    assert shapely.is_valid(after).all() and shapely.coverage_is_valid(after)


def test_no_border_moves_far(county):
    before, after = shapely.from_wkb(villages(county)), shapely.from_wkb(lighter(villages(county)))
    # The tolerance is the root of a triangle's area, so a flat one may move a border by a few times as much.
    assert shapely.hausdorff_distance(before, after).max() < 0.003


def test_shapes_come_back_one_for_one_in_order(county):
    before = villages(county)
    after = shapely.from_wkb(lighter(before))
    assert len(after) == len(before)
    assert all(
        shapely.contains(shape, point)
        for shape, point in zip(after, shapely.point_on_surface(shapely.from_wkb(before)), strict=True)
    )


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"not a shape",
        BOX[:-9],
        None,
        shapely.Point(1, 2).wkb,
        shapely.Polygon().wkb,
        shapely.LineString([(0, 0), (1, 1)]).wkb,
        ring((0, 0)),
        ring((0, 0), (1, 1), (0, 0), (0, 0)),
        ring((0, 0), (float("nan"), 1), (1, 1), (0, 0)),
        ring((0, 0), (float("inf"), 1), (1, 1), (0, 0)),
    ],
)
def test_what_holds_no_area_becomes_an_empty_polygon_and_spoils_nothing(bad):
    first, empty, last = shapely.from_wkb(lighter([BOX, bad, BOX]))
    assert empty.is_empty and empty.geom_type == "Polygon"
    assert first.area == last.area == 1


def test_an_open_ring_is_closed():
    (shape,) = shapely.from_wkb(lighter([ring((0, 0), (1, 0), (1, 1), (0, 1))]))
    assert shape.is_valid and shape.area == 1


@pytest.mark.parametrize(("bad", "area"), [(BOWTIE, 0.5), (SPIKE, 1.0)])
def test_a_crossed_ring_is_repaired_to_its_areas(bad, area):
    (shape,) = shapely.from_wkb(lighter([bad]))
    assert shape.is_valid and shape.geom_type in ("Polygon", "MultiPolygon")
    assert shape.area == pytest.approx(area)


def test_only_the_areas_of_a_collection_are_kept():
    mixed = shapely.GeometryCollection(
        [shapely.Point(5, 5), shapely.box(0, 0, 1, 1), shapely.MultiPolygon([shapely.box(2, 0, 3, 1)])]
    )
    (shape,) = shapely.from_wkb(lighter([mixed.wkb]))
    assert shape.geom_type == "MultiPolygon" and shape.area == 2


def test_heights_are_dropped():
    (shape,) = shapely.from_wkb(lighter([shapely.force_3d(shapely.box(0, 0, 1, 1), 5).wkb]))
    assert not shape.has_z


def test_an_overlap_or_a_double_still_gives_valid_shapes(county):
    doubled = [*villages(county)[:40], villages(county)[3], shapely.box(115.7, 37.5, 115.9, 37.7).wkb]
    assert shapely.is_valid(shapely.from_wkb(lighter(doubled))).all()


def test_a_small_cell_does_not_vanish():
    (shape,) = shapely.from_wkb(lighter([shapely.Point(115, 37).buffer(0.0003).wkb], tolerance_deg=0.01))
    assert shape.is_valid and shape.area > 0


@pytest.mark.parametrize("broken", [shapely.Polygon(), shapely.from_wkb(BOWTIE)])
def test_a_shape_that_vanishes_or_breaks_on_the_way_keeps_all_its_vertices(monkeypatch, broken):
    monkeypatch.setattr(shapely, "coverage_simplify", lambda shapes, tolerance: np.array([shapes[0], broken]))
    assert [shape.area for shape in shapely.from_wkb(lighter([BOX, BOX]))] == [1, 1]


def test_a_tier_that_cannot_be_simplified_comes_back_as_it_was(monkeypatch):
    def refuse(shapes, tolerance):
        raise shapely.GEOSException("TopologyException")

    monkeypatch.setattr(shapely, "coverage_simplify", refuse)
    assert shapely.from_wkb(lighter([BOX]))[0].equals(shapely.from_wkb(BOX))


def test_nothing_in_nothing_out():
    assert lighter([]) == [] and lighter_tree([], []) == []


def test_borders_of_townships_run_exactly_on_those_of_their_villages(county, tree):
    shapes = shapely.from_wkb(tree)
    for k, cell in enumerate(county.cells):
        children = [shape for shape, below in zip(shapes, county.cells, strict=True) if below.parent == k]
        assert not children or shapely.equals(shapely.coverage_union_all(children), shapes[k]), cell.code


def test_a_parent_that_its_children_do_not_fill_keeps_its_own_border():
    parent, left = shapely.box(0, 0, 2, 1), shapely.box(0, 0, 1, 1)
    drawn, child = shapely.from_wkb(lighter_tree([parent.wkb, left.wkb], [None, 0]))
    assert drawn.equals(parent) and child.equals(left)


def test_a_tree_must_hang_together():
    with pytest.raises(ValueError, match="ancestor"):
        lighter_tree([BOX, BOX], [1, 0])
    with pytest.raises(ValueError, match="2 shapes for 1"):
        lighter_tree([BOX, BOX], [None])
    with pytest.raises(KeyError):
        lighter_tree([BOX], [4])


def test_the_county_with_townships_and_villages_weighs_at_most_40_kb(county, tree):
    features = [
        (k, {"code": cell.code, "name_zh": cell.name_zh, "name_en": cell.name_en, "tier": cell.tier}, wkb)
        for k, (cell, wkb) in enumerate(zip(county.cells, tree, strict=True))
    ]
    assert len(features) == 264
    assert len(layer(features)) <= 40_000
