"""gis/complete.py and gis/ladder.py: deliveries that are not three whole layers."""

import json

import pytest
import shapely
from boundary_files import NAMES, codes, counts, geojson, geopackage, shapes, tiers, under, write

from gis import ladder
from gis.check import check
from gis.read import Refused, read

LEVELS = {6: "县界", 9: "乡镇界", 12: "村界", 15: "自然村界"}


def some(path, *lengths, renamed=(lambda code: code), **fields):
    """The layers of the small county whose codes have these lengths."""
    for length in lengths:
        made = [code for code in shapes() if len(code) == length]
        columns = {"code": list(map(renamed, made)), "name": [NAMES[code] for code in made], **fields}
        write(
            path,
            LEVELS[length],
            [shapes()[c] for c in made],
            columns,
            driver="GPKG",
            crs="EPSG:4490",
            append=path.exists(),
        )
    return path


def area(cell):
    return shapely.from_wkb(cell.boundary).symmetric_difference(shapes()[cell.code.ljust(6, "0")]).area


def test_of_villages_alone_townships_and_a_county_are_made_and_said(tmp_path):
    delivery = read(some(tmp_path / "a.gpkg", 12))
    assert counts(delivery) == [1, 2, 8]
    assert under(delivery)["370900101203"] == ("370900101", "prefix") and under(delivery)["370900101"][0] == "370900"
    assert [(finding.level, finding.params["tier"], finding.rows) for finding in codes(delivery, "made")] == [
        ("warning", "township", ("370900100 370900100", "370900101 370900101")),
        ("warning", "county", ("370900 370900",)),
    ]
    assert all(area(cell) < 1e-9 for cell in delivery.cells) and not check(delivery)


def test_the_name_of_the_township_is_taken_from_beside_the_village(tmp_path):
    towns = [NAMES[code[:9]] for code in NAMES if len(code) == 12]
    delivery = read(some(tmp_path / "a.gpkg", 12, XZMC=towns))
    assert [cell.name for cell in delivery.cells if cell.tier == 2] == ["东镇", "西乡"]


def test_of_townships_alone_a_county_is_made_and_the_villages_are_missed_aloud(tmp_path):
    delivery = read(some(tmp_path / "a.gpkg", 9))
    assert counts(delivery) == [1, 2, 0]
    assert [finding.code for finding in check(delivery)] == ["villages_missing"]


@pytest.mark.parametrize("lengths", [(9, 12), (6, 12)])
def test_one_level_that_is_missing_is_made(tmp_path, lengths):
    delivery = read(some(tmp_path / "a.gpkg", *lengths))
    assert counts(delivery) == [1, 2, 8] and len(codes(delivery, "made")) == 1 and not check(delivery)


def test_codes_filled_up_with_zeros_give_a_code_of_their_length(tmp_path):
    delivery = read(some(tmp_path / "a.gpkg", 9, 12, renamed=lambda code: code.ljust(12, "0")))
    assert [cell.code for cell in delivery.cells if cell.tier == 1] == ["370900000000"]


def test_codes_that_tell_nothing_make_nothing(tmp_path):
    numbers = iter(range(10, 99))
    delivery = read(some(tmp_path / "a.gpkg", 9, 12, renamed=lambda code: f"{code[:2]}{next(numbers)}{code[4:]}"))
    assert counts(delivery)[0] == 0 and "tier_missing" in {finding.code for finding in check(delivery)}


# --- rows that are one place -------------------------------------------------------------------------------------


def with_rows(path, *more):
    """The small county as GeoJSON with further rows (code, name, shape)."""
    told = json.loads(geojson(path).read_text())
    for code, name, shape in more:
        geometry = shape and shapely.geometry.mapping(shape)
        told["features"].append({"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry})
    path.write_text(json.dumps(told))
    return path


ISLAND = shapely.box(117.3, 37.3, 117.31, 37.31)


def test_one_village_in_several_rows_is_one_and_said(tmp_path):
    last = "370900101203"
    delivery = read(with_rows(tmp_path / "a.geojson", (last, NAMES[last], ISLAND), (last, NAMES[last], None)))
    assert counts(delivery) == [1, 2, 8]
    assert [finding.rows for finding in codes(delivery, "merged")] == [(f"{last} {NAMES[last]}",)]
    (cell,) = (cell for cell in delivery.cells if cell.code == last)
    assert shapely.from_wkb(cell.boundary).equals(shapely.union(shapes()[last], ISLAND))


def test_one_code_with_two_names_stays_an_error(tmp_path):
    delivery = read(with_rows(tmp_path / "a.geojson", ("370900101203", "别村", ISLAND)))
    assert not codes(delivery, "merged") and "code_twice" in {finding.code for finding in check(delivery)}


def test_a_village_without_a_shape_comes_in_with_a_warning(tmp_path):
    delivery = read(with_rows(tmp_path / "a.geojson", ("370900101204", "无图村", None)))
    assert [(finding.code, finding.level) for finding in check(delivery)] == [("no_shape", "warning")]
    assert under(delivery)["370900101204"] == ("370900101", "prefix")


def test_a_collection_of_polygons_is_taken(tmp_path):
    parts = shapely.GeometryCollection([shapely.box(117.3, 37.3, 117.4, 37.4), shapely.Point(117, 37)])
    delivery = read(with_rows(tmp_path / "a.geojson", ("370900101204", "合村", parts)))
    assert shapely.from_wkb(delivery.cells[-1].boundary).equals(shapely.box(117.3, 37.3, 117.4, 37.4))
    with pytest.raises(Refused, match="feature 12"):
        broken = json.loads((tmp_path / "a.geojson").read_text())
        broken["features"][-1]["geometry"]["geometries"] = 7
        (tmp_path / "a.geojson").write_text(json.dumps(broken))
        read(tmp_path / "a.geojson")


# --- a fourth level, and codes that are spoilt -------------------------------------------------------------------


def fourth(path):
    """Two halves of each village below it, in a layer of their own."""
    halves = {}
    for code, shape in shapes().items():
        west, south, east, north = shape.bounds
        if len(code) == 12:
            halves[f"{code}001"] = shapely.box(west, south, east, (south + north) / 2)
            halves[f"{code}002"] = shapely.box(west, (south + north) / 2, east, north)
    return halves


@pytest.mark.parametrize("layer", ["自然村界", "layer4"])
def test_a_layer_below_the_villages_is_left_out_and_said(tmp_path, layer):
    path, halves = geopackage(tmp_path / "a.gpkg"), fourth(tmp_path)
    fields = {"code": list(halves), "name": list(halves)}
    write(path, layer, list(halves.values()), fields, driver="GPKG", crs="EPSG:4490", append=True)
    delivery = read(path)
    assert counts(delivery) == [1, 2, 8] and not check(delivery)
    assert [(finding.params["count"], finding.params["layer"]) for finding in codes(delivery, "fourth_left_out")] == [
        ("16", layer)
    ]


def test_a_fourth_level_in_the_one_layer_is_left_out_too(tmp_path):
    delivery = read(geojson(tmp_path / "a.geojson", {**shapes(), **fourth(tmp_path)}))
    assert counts(delivery) == [1, 2, 8] and len(codes(delivery, "fourth_left_out")[0].rows) == 16


@pytest.mark.parametrize("code", ["1.00E+10", "70900101203", "3709001012033", "", "第四村"])
@pytest.mark.parametrize("is_filled", [False, True])
def test_one_spoilt_code_in_the_one_layer_does_not_change_the_levels_of_the_others(tmp_path, code, is_filled):
    renamed = {each.ljust(12, "0") if is_filled else each: shape for each, shape in shapes().items()}
    renamed[code] = renamed.pop("370900101203")
    delivery = read(geojson(tmp_path / "a.geojson", renamed))
    assert counts(delivery) == [1, 2, 8]
    assert (
        {finding.rows[0].partition(" ")[0] for finding in check(delivery) if finding.level == "error"}
        <= {*(code, "(a:")}
        != set()
    )


@pytest.mark.parametrize(
    ("codes", "tiers"),
    [
        (["370900", "370900100", "370900100200"], [1, 2, 3]),
        (["370900100", "370900100200", "370900100201"], [2, 3, 3]),
        (["10002", "10002010", "10002010001", "10002010002"], [1, 2, 3, 3]),
        (["10002", "10002010", "10002020"], [1, 2, 2]),
        (["370900000000", "370900100000", "370900100200"], [1, 2, 3]),
        (["370900100200", "370900100201"], None),
        (["", ""], None),
    ],
)
def test_levels_are_read_from_codes(codes, tiers):
    assert ladder.tiers(codes) == tiers


def test_layers_are_told_apart_by_the_usual_lengths_of_their_codes(tmp_path):
    path = tmp_path / "a.gpkg"
    for layer, made in zip(("one", "two"), list(tiers(shapes()).values())[1:], strict=True):
        fields = {"code": made, "name": [NAMES[code] for code in made]}
        write(path, layer, [shapes()[c] for c in made], fields, driver="GPKG", crs="EPSG:4490", append=path.exists())
    assert counts(read(path)) == [1, 2, 8]
