"""The small drawing of a point: where it stands, what is cut away, how much it weighs."""

import re

import pytest
import shapely

from gis.locate import Cells
from gis.metres import metres_per_degree
from gis.sketch import HEIGHT, WIDTH

LAT = 36.0
SQUARES = [shapely.box(115 + 0.01 * x, LAT, 115.01 + 0.01 * x, LAT + 0.01) for x in range(4)]
CELLS = Cells([11, 12, 13, 14], [shapely.to_wkb(square) for square in SQUARES])


def numbers(path):
    return [tuple(map(float, pair.split())) for pair in re.findall(r"[-\d.]+ [-\d.]+", path)]


def test_point_in_the_middle_of_its_village_stands_in_the_middle_and_its_village_lies_on_top():
    made = CELLS.sketch(12, 115.015, LAT + 0.005, 30)
    assert made.at == pytest.approx((WIDTH / 2, HEIGHT / 2), abs=0.5)
    assert [outline.id for outline in made.outlines if outline.is_own] == [12] and made.outlines[-1].id == 12
    assert {outline.id for outline in made.outlines} >= {11, 12, 13}


def test_north_is_up_and_east_is_right():
    made = CELLS.sketch(12, 115.017, LAT + 0.008)
    assert made.at[0] > WIDTH / 2 and made.at[1] < HEIGHT / 2


def test_circle_bar_and_border_have_one_scale():
    made = CELLS.sketch(12, 115.015, LAT + 0.005, 100)
    east, _ = metres_per_degree(LAT + 0.005)
    own = numbers(made.outlines[-1].path)
    across = max(x for x, _ in own) - min(x for x, _ in own)
    assert across / (0.01 * east) == pytest.approx(made.bar / made.bar_m, rel=0.01)
    assert made.reach / 100 == pytest.approx(made.bar / made.bar_m, rel=0.01)
    assert made.bar <= WIDTH / 3


@pytest.mark.parametrize("accuracy", [0, 20, 5000, 100_000])
@pytest.mark.parametrize("place", [(115.015, LAT + 0.005), (115.0101, LAT), (115.5, LAT), (-70.0, -89.99)])
def test_whatever_the_phone_said_the_point_is_in_the_drawing_and_all_paths_too(place, accuracy):
    made = CELLS.sketch(12, *place, accuracy)
    for x, y in [made.at, *(pair for outline in made.outlines for pair in numbers(outline.path))]:
        assert -1 <= x <= WIDTH + 1 and -1 <= y <= HEIGHT + 1


def test_a_village_without_borders_still_shows_the_point_among_the_others():
    made = Cells([11, 99], [shapely.to_wkb(SQUARES[0]), None]).sketch(99, 115.005, LAT + 0.005, 10)
    assert made.at == (WIDTH / 2, HEIGHT / 2) and [outline.id for outline in made.outlines] == [11]
    assert not made.outlines[0].is_own


def test_a_hole_stays_a_hole_and_far_pieces_are_cut_away():
    ring = shapely.Polygon(SQUARES[0].exterior, [shapely.box(115.004, LAT + 0.004, 115.006, LAT + 0.006).exterior])
    made = Cells([11, 14], [shapely.to_wkb(ring), shapely.to_wkb(shapely.box(118, 36, 119, 37))]).sketch(
        11, 115.005, LAT + 0.005
    )
    assert [outline.path.count("M") for outline in made.outlines] == [2]


def test_names_do_not_lie_over_each_other_and_slivers_have_none():
    thin = [shapely.box(115.002 * 1, LAT + 0.0101 + 0.0004 * n, 115.02, LAT + 0.0105 + 0.0004 * n) for n in range(3)]
    cells = [SQUARES[0], *thin]
    made = Cells([1, 2, 3, 4], [shapely.to_wkb(each) for each in cells]).sketch(1, 115.005, LAT + 0.005, 10)
    places = [outline.at for outline in made.outlines if outline.at]
    assert made.outlines[-1].at in places, "the own village is always named"
    for one in places:
        others = [other for other in places if other != one]
        assert all(abs(one[0] - x) > 110 or abs(one[1] - y) > 13 for x, y in others)


def test_it_is_light_for_an_old_phone():
    """Borders of a whole invented county with many points each."""
    dense = [shapely.segmentize(shapely.buffer(square.centroid, 0.006, quad_segs=400), 1e-5) for square in SQUARES]
    made = Cells([1, 2, 3, 4], [shapely.to_wkb(each) for each in dense]).sketch(2, 115.015, LAT + 0.005, 20)
    assert shapely.get_num_coordinates(dense[0]) > 3000
    assert sum(len(outline.path) for outline in made.outlines) < 6000
