"""gis/invent.py: the invented county is whole, believable and always the same."""

import functools
import hashlib
import math
import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import shapely

from gis import invent, names
from gis.locate import metres_per_degree
from tests import cost

# Counties of other seeds and sizes must be as sound as the one of the demo.
OTHERS = [(1, 13, 250), (0, 1, 1), (6, 2, 2), (7, 3, 20), (8, 12, 12)]
made_once = functools.cache(invent.county)


@pytest.fixture(scope="module")
def county():
    return made_once(2026, 13, 250)


def shapes(county, tier):
    return shapely.from_wkb([cell.boundary for cell in county.cells if cell.tier == tier])


def turning(shape):
    """All changes of direction along the outer ring, in radians, whichever way they go."""
    ways = np.diff(np.array(shape.exterior.coords) @ (1, 1j))
    return np.abs(np.angle(np.roll(ways, -1) / ways)).sum()


def square_metres(shape):
    east, north = metres_per_degree(shape.centroid.y)
    return shape.area * east * north


def test_the_county_has_13_townships_and_250_villages(county):
    assert Counter(cell.tier for cell in county.cells) == {1: 1, 2: 13, 3: 250}


@pytest.mark.parametrize("of", [(2026, 13, 250), *OTHERS])
def test_borders_are_valid_and_shared_exactly(of):
    made = made_once(*of)
    for tier in (1, 2, 3):
        rows = shapes(made, tier)
        assert shapely.is_valid(rows).all() and set(shapely.get_type_id(rows)) == {shapely.GeometryType.POLYGON}
        assert shapely.coverage_is_valid(rows)


@pytest.mark.parametrize("of", [(2026, 13, 250), *OTHERS])
def test_children_fill_their_parent_exactly_and_hang_together(of):
    made = made_once(*of)
    for k, cell in enumerate(made.cells):
        below = [shapely.from_wkb(child.boundary) for child in made.cells if child.parent == k]
        if below:
            whole = shapely.coverage_union_all(below)
            assert whole.geom_type == "Polygon" and shapely.equals(whole, shapely.from_wkb(cell.boundary)), cell.code


def test_borders_are_wiggly_and_without_holes(county):
    rows = shapes(county, 3)
    assert shapely.get_num_coordinates(rows).mean() > 60
    # A border that only turns one way turns once round; this one turns back and forth.
    assert np.median([turning(shape) for shape in rows]) > 1.4 * math.tau
    assert not shapely.get_num_interior_rings(np.concatenate([shapes(county, tier) for tier in (1, 2, 3)])).any()


def test_the_county_has_the_size_of_one_on_the_north_china_plain(county):
    land = shapes(county, 1)[0]
    assert 1.7e9 < square_metres(land) < 2.3e9
    assert shapely.box(114.5, 36.5, 117, 38.5).contains(land)


def test_subdistricts_are_small_and_central(county):
    land = shapes(county, 1)[0]
    kinds = [cell.kind for cell in county.cells if cell.tier == 2]
    by_kind = {
        kind: [shape for shape, its in zip(shapes(county, 2), kinds, strict=True) if its == kind] for kind in set(kinds)
    }
    street = by_kind.pop("subdistrict")
    rural = [shape for some in by_kind.values() for shape in some]
    assert len(street) == 2
    assert max(map(square_metres, street)) < min(map(square_metres, rural))
    assert max(shape.distance(land.centroid) for shape in street) < 0.1


def test_codes_carry_their_parents_and_the_number_band_of_their_kind(county):
    bands = {
        "county": (0, 0),
        "subdistrict": (1, 99),
        "town": (100, 199),
        "township": (200, 399),
        "community": (1, 199),
        "village": (200, 399),
    }
    codes = [cell.code for cell in county.cells]
    assert codes == sorted(set(codes))
    for cell in county.cells:
        own = cell.code[6:9] if cell.tier < 3 else cell.code[9:]
        first, last = bands[cell.kind]
        assert re.fullmatch(r"999901\d{6}", cell.code) and first <= int(own) <= last, cell
        assert cell.tier == 3 or cell.code.endswith("000")
        if cell.parent is not None:
            above = county.cells[cell.parent]
            assert above.tier == cell.tier - 1 and cell.code.startswith(above.code[: 3 + 3 * above.tier])


def test_every_kind_of_township_and_village_is_there(county):
    kinds = Counter(cell.kind for cell in county.cells)
    assert set(kinds) == {"county", "subdistrict", "town", "township", "community", "village"}
    assert kinds["village"] > 4 * kinds["community"] > 0


def test_names_are_unique_in_both_languages_and_say_their_kind(county):
    ends = {
        "county": "县 County",
        "subdistrict": "街道 Subdistrict",
        "town": "镇 Town",
        "township": "乡 Township",
        "community": "社区 Community",
        "village": "村 Village",
    }
    for cell in county.cells:
        zh, en = ends[cell.kind].split()
        assert re.fullmatch(f"[\u4e00-\u9fff]{{2,4}}{zh}", cell.name_zh), cell
        assert re.fullmatch(rf"[A-Z][a-z]+('[aeo][a-z]*)* {en}", cell.name_en), cell
    for rows in (county.cells, county.objects):
        assert len({row.name_zh for row in rows}) == len({row.name_en for row in rows}) == len(rows)


def test_about_a_thousand_objects_of_the_seven_types_two_to_eight_a_village(county):
    assert 900 <= len(county.objects) <= 1100
    assert (
        {thing.type for thing in county.objects}
        == set(invent.TYPES)
        == {
            "enterprise",
            "river_section",
            "water_source",
            "livestock_farm",
            "straw_plot",
            "construction_site",
            "waste_point",
        }
    )
    spread = Counter(thing.cell for thing in county.objects)
    assert set(spread) == {k for k, cell in enumerate(county.cells) if cell.tier == 3}
    assert min(spread.values()) >= 2 and max(spread.values()) <= 8


def test_a_village_never_has_more_objects_than_allowed(monkeypatch):
    monkeypatch.setattr(invent, "MOST_IN_A_VILLAGE", 3)
    spread = Counter(thing.cell for thing in invent.county(7, 3, 20).objects)
    assert max(spread.values()) == 3


@pytest.mark.parametrize("of", [(2026, 13, 250), *OTHERS])
def test_every_object_lies_strictly_inside_its_village(of):
    made = made_once(*of)
    for thing in made.objects:
        shape = shapely.from_wkb(made.cells[thing.cell].boundary)
        assert shape.contains(shapely.Point(thing.lon, thing.lat)), thing


def test_farms_and_plots_are_in_villages_and_building_sites_in_communities(county):
    kinds = {(thing.type, county.cells[thing.cell].kind) for thing in county.objects}
    assert kinds.isdisjoint(
        {("straw_plot", "community"), ("livestock_farm", "community"), ("construction_site", "village")}
    )


def test_a_field_lies_on_the_side_its_name_says(county):
    for thing in county.objects:
        if thing.type == "straw_plot" and thing.name_en.endswith(" east field"):
            assert thing.lon > shapely.from_wkb(county.cells[thing.cell].boundary).centroid.x - 0.005, thing


def test_river_sections_follow_the_river(county):
    lines = [shapely.from_wkb(river.line) for river in county.rivers]
    sections = [shapely.Point(thing.lon, thing.lat) for thing in county.objects if thing.type == "river_section"]
    assert len(sections) > 20
    # 0.00001 degrees are about a metre
    assert max(min(line.distance(point) for line in lines) for point in sections) < 1e-5


def test_the_river_crosses_the_county_from_border_to_border_and_the_brook_joins_it(county):
    land = shapes(county, 1)[0]
    river, brook = (shapely.from_wkb(river.line) for river in county.rivers)
    assert all(land.exterior.distance(shapely.Point(river.coords[end])) < 1e-5 for end in (0, -1))
    assert river.length > 0.9 * (land.bounds[2] - land.bounds[0])
    assert river.distance(brook) < 1e-5 and river.is_simple and brook.is_simple


def test_the_same_seed_gives_the_same_county_everywhere():
    """The hash was taken once; coordinates to 5 places (a metre), so that the last bit of a machine cannot matter."""
    made, told = invent.county(), hashlib.sha256()
    for cell in made.cells:
        corners = np.round(shapely.get_coordinates(shapely.from_wkb(cell.boundary)), 5).tolist()
        told.update(repr((cell.code, cell.kind, cell.name_zh, cell.name_en, cell.parent, corners)).encode())
    for thing in made.objects:
        told.update(
            repr(
                (thing.type, thing.name_zh, thing.name_en, thing.cell, round(thing.lon, 5), round(thing.lat, 5))
            ).encode()
        )
    assert told.hexdigest() == "c9b262cc3361f7eca5ae72e2be76a6ffe0b5712ddb53829cce17a2c676280ad3"


def test_another_seed_gives_another_county():
    assert invent.county(1, 2, 9).cells[0].boundary != invent.county(2, 2, 9).cells[0].boundary


def test_making_it_takes_at_most_three_seconds_of_one_processor():
    with cost.at_most(seconds=3):
        invent.county()


@pytest.mark.parametrize(("townships", "villages"), [(0, 10), (11, 10)])
def test_a_county_that_cannot_be_divided_is_refused(townships, villages):
    with pytest.raises(ValueError, match="cannot divide"):
        invent.county(1, townships, villages)


def test_pinyin_takes_an_apostrophe_before_a_vowel_and_one_capital():
    words = [names.Word("永", "yong"), names.Word("安", "an"), names.Word("庄", "zhuang")]
    assert names.join(*words) == names.Word("永安庄", "Yong'anzhuang")


def test_people_are_different_believable_and_always_the_same():
    people = invent.people_names(600, seed=3)
    assert people == invent.people_names(600, seed=3) != invent.people_names(600, seed=4)
    assert len({zh for zh, _ in people}) == len({en for _, en in people}) == 600
    for zh, en in people:
        assert re.fullmatch("[\u4e00-\u9fff]{2,3}", zh)
        assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]*('[a-z]+)?", en), en


def test_common_family_names_come_more_often():
    families = [zh[0] for zh, _ in invent.people_names(600)]
    assert families.count("王") > 2 * families.count("石")


def test_fewer_people_are_the_first_of_more():
    assert invent.people_names(5) == invent.people_names(50)[:5]


def test_more_people_than_there_are_names_are_refused():
    with pytest.raises(ValueError, match="names"):
        invent.people_names(100_000)


def test_villages_stand_from_north_to_south_within_their_kind(county):
    for above, below in pairwise(cell for cell in county.cells if cell.tier == 3):
        if above.parent == below.parent and above.kind == below.kind:
            north, south = (shapely.from_wkb(cell.boundary).centroid.y for cell in (above, below))
            assert north > south - 0.02


def test_roads_join_all_townships_inside_the_county(county):
    found, land = invent.roads(county), shapely.from_wkb(county.cells[0].boundary)
    townships = [shapely.from_wkb(cell.boundary) for cell in county.cells if cell.tier == 2]
    assert len(found) == len(townships) - 1
    joined = shapely.union_all(found)
    assert all(shapely.intersects(shape, joined) for shape in townships)
    assert shapely.covers(shapely.buffer(land, 0.02), joined) and shapely.line_merge(joined).is_valid
    assert found == invent.roads(county), "the same every time"
