"""gis/locate.py: which cells may hold a point."""

import math
import random
import subprocess
import sys

import pytest
import shapely

from gis import invent
from gis.locate import Candidate, Cells, metres_per_degree

# Two squares of 0.1 degrees beside each other, and one that overlaps the eastern one.
WEST, EAST, OVER = (
    shapely.box(115.0, 37.0, 115.1, 37.1),
    shapely.box(115.1, 37.0, 115.2, 37.1),
    shapely.box(115.15, 37.05, 115.25, 37.15),
)


@pytest.fixture(scope="module")
def squares():
    return Cells([7, 3, 5], [shape.wkb for shape in (WEST, EAST, OVER)])


def test_a_point_inside_one_cell_has_that_cell_only(squares):
    assert squares.candidates(115.05, 37.05) == (Candidate(7, 0.0, True),)


def test_a_point_on_a_shared_border_belongs_to_both_cells_lowest_id_first(squares):
    assert [found.id for found in squares.candidates(115.1, 37.05)] == [3, 7]


def test_a_point_on_the_outer_border_counts(squares):
    assert [found.id for found in squares.candidates(115.0, 37.0)] == [7]


def test_an_overlap_gives_both_cells(squares):
    assert [found.id for found in squares.candidates(115.18, 37.08)] == [3, 5]


def test_beside_are_those_that_share_a_border_or_nearly(squares):
    assert squares.beside(7) == {3}
    assert squares.beside(3) == {5, 7}
    assert squares.beside(99) == frozenset()
    apart = Cells([1, 2, 3], [shapely.box(x, 37, x + 0.1, 37.1).wkb for x in (115, 115.1002, 115.3)])  # 18 m, and 9 km
    assert apart.beside(1) == {2}


def test_a_point_outside_has_no_cell_without_accuracy(squares):
    assert squares.candidates(114.9999, 37.05) == ()


def test_a_rough_place_adds_the_neighbours_it_may_lie_in_with_their_distance(squares):
    inside, near = squares.candidates(115.0999, 37.05, accuracy_m=20)
    assert inside == Candidate(7, 0.0, True)
    assert (near.id, near.inside) == (3, False)
    # 0.0001 degrees of longitude on the 37th parallel: 111.32 km x cos(37.05) / 10,000
    assert near.distance_m == pytest.approx(8.89, abs=0.03)


def test_a_neighbour_beyond_the_accuracy_is_left_out(squares):
    assert [found.id for found in squares.candidates(115.0999, 37.05, accuracy_m=8)] == [7]


def test_the_corner_of_the_search_box_is_not_near(squares):
    east, north = metres_per_degree(37.0)
    place = (115.0 - 80 / east, 37.0 - 80 / north)
    assert squares.candidates(*place, accuracy_m=100) == ()
    assert [found.id for found in squares.candidates(*place, accuracy_m=120)] == [7]


def test_nearer_cells_come_first_and_equal_ones_by_id(squares):
    twins = Cells([9, 2, 4], [EAST.wkb, EAST.wkb, WEST.wkb])
    assert [found.id for found in twins.candidates(115.08, 37.11, accuracy_m=20_000)] == [4, 2, 9]


@pytest.mark.parametrize(
    "place", [(math.nan, 37.0), (115.0, math.nan), (math.inf, 37.0), (181.0, 37.0), (115.0, -91.0)]
)
def test_a_place_that_is_none_has_no_cell(squares, place):
    assert squares.candidates(*place, accuracy_m=50) == ()


@pytest.mark.parametrize("accuracy", [math.nan, -5.0, 0.0])
def test_a_useless_accuracy_counts_as_none(squares, accuracy):
    assert [found.id for found in squares.candidates(115.0999, 37.05, accuracy)] == [7]


def test_the_whole_globe_and_the_pole_are_harmless(squares):
    assert {found.id for found in squares.candidates(115.05, 37.05, math.inf)} == {3, 5, 7}
    assert squares.candidates(0, 90, 10) == ()


def test_a_cell_without_a_boundary_holds_no_point():
    cells = Cells([1, 2], [None, WEST.wkb])
    assert len(cells) == 1
    assert [found.id for found in cells.candidates(115.05, 37.05, 1000)] == [2]


def test_no_cells_at_all_answer_nothing():
    assert Cells([], []).candidates(115.05, 37.05, 1000) == ()


def test_ids_and_boundaries_must_go_together():
    with pytest.raises(ValueError, match="1 ids for 2"):
        Cells([1], [WEST.wkb, EAST.wkb])


def test_the_length_of_a_degree_is_that_of_the_ellipsoid():
    # WGS84 by hand: 111.320 km and 110.574 km at the equator, 78.847 km and 111.132 km at 45 degrees
    assert metres_per_degree(0) == pytest.approx((111_319.5, 110_574.3), abs=1)
    assert metres_per_degree(45) == pytest.approx((78_846.8, 111_131.8), abs=1)


def test_the_tree_agrees_with_asking_each_village_of_the_county():
    rows = [(k, cell.boundary) for k, cell in enumerate(invent.county().cells) if cell.tier == 3]
    cells, shapes = Cells(*zip(*rows, strict=True)), [(k, shapely.from_wkb(wkb)) for k, wkb in rows]
    rng = random.Random(5)
    for _ in range(60):
        lon, lat = rng.uniform(115.5, 116.1), rng.uniform(37.4, 37.8)
        asked = [k for k, shape in shapes if shape.covers(shapely.Point(lon, lat))]
        assert [found.id for found in cells.candidates(lon, lat)] == asked


def test_what_web_workers_import_loads_no_geopandas():
    code = (
        "import sys, gis.locate, gis.coverage, gis.simplify, gis.invent;"
        "sys.exit(bool({'geopandas', 'pandas', 'pyogrio', 'flask', 'sqlalchemy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
