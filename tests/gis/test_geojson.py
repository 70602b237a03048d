"""gis/geojson.py: bounded before it is parsed, finite numbers only, nothing fetched."""

import json

import pytest
import shapely
from boundary_files import geojson, shapes

from gis import geojson as reader
from gis.delivery import Refused
from tests import cost


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def parse(root) -> tuple:
    return reader.parse(root if isinstance(root, bytes) else json.dumps(root).encode(), "a.geojson")


def collection(*geometries):
    return {"type": "FeatureCollection", "features": [feature(geometry, code="1") for geometry in geometries]}


SQUARE = {"type": "Polygon", "coordinates": [[[117, 37], [117.5, 37], [117.5, 37.5], [117, 37]]]}


def test_polygons_with_holes_and_several_parts_keep_their_shape(tmp_path):
    holed = shapely.difference(shapely.box(0, 0, 9, 9), shapely.box(3, 3, 6, 6))
    both = shapely.union(holed, shapely.box(20, 0, 29, 9))
    columns, made, encoding, system = parse(geojson(tmp_path / "a", {"1": holed, "2": both}).read_bytes())
    assert [shapely.equals(a, b) for a, b in zip(made, (holed, both), strict=True)] == [True, True]
    assert (columns["code"], encoding, system.epsg) == (["1", "2"], "utf-8", 4326)


def test_gb18030_and_a_byte_order_mark_are_read():
    text = json.dumps({"type": "FeatureCollection", "features": [feature(SQUARE, name="吳村")]}, ensure_ascii=False)
    assert parse(text.encode("gb18030"))[0] == parse(text.encode("utf-8-sig"))[0] == {"name": ["吳村"]}
    assert parse(text.replace(", ", ",\r\n").encode())[0] == {"name": ["吳村"]}


def test_what_json_can_spell_and_no_database_stores_is_marked_as_lost():
    assert parse(json.dumps(collection(SQUARE)).replace('"1"', '"a\\ud800b\\u0000\\ud842\\udfb7"').encode())[0] == {
        "code": ["a\ufffdb\ufffd\U00020bb7"]
    }


def test_properties_become_text_and_nested_ones_nothing():
    root = {
        "type": "FeatureCollection",
        "features": [feature(SQUARE, a=3.0, b=7, c=True, d=[1], e=None, f=2.5, g=" x ")],
    }
    assert parse(root)[0] == {"a": ["3"], "b": ["7"], "c": [""], "d": [""], "e": [""], "f": ["2.5"], "g": [" x "]}


@pytest.mark.parametrize(
    ("named", "epsg"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, 4326),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, 4490),
        ({"type": "EPSG", "properties": {"code": 4549}}, 4549),
    ],
)
def test_the_old_crs_member_is_understood(named, epsg):
    assert parse({**collection(SQUARE), "crs": named})[3].epsg == epsg


@pytest.mark.parametrize(
    ("root", "code"),
    [
        (b'{"type": "FeatureCollection", "features": [', "json_bad"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "json_not_finite"),
        (b'{"type": "FeatureCollection", "features": [-Infinity]}', "json_not_finite"),
        (b'{"type": "FeatureCollection", "features": [1e999]}', "json_not_finite"),
        (b'{"type": "FeatureCollection", "features": [1' + b"0" * 400 + b"]}", "json_not_finite"),
        (b'{"a":' * 21 + b"1" + b"}" * 21, "json_too_deep"),
        (b"[" * 100_000, "json_too_deep"),
        ([1, 2], "json_no_collection"),
        ({"type": "Topology", "features": []}, "json_no_collection"),
        ({"type": "FeatureCollection", "features": {"a": 1}}, "json_no_collection"),
        ({**collection(SQUARE), "crs": {"type": "name", "properties": {"name": "EPSG:2384"}}}, "crs_xian80"),
        ({**collection(SQUARE), "crs": ["EPSG:4490"]}, "crs_unknown"),
        ({**collection(SQUARE), "crs": {"type": "link", "properties": {"href": "http://x"}}}, "json_crs_link"),
        ({"type": "FeatureCollection", "features": [7]}, "json_geometry"),
        (collection({"type": "Polygon"}), "json_geometry"),
        (collection({"type": "Polygon", "coordinates": "x"}), "json_geometry"),
        (collection({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}), "json_geometry"),
        (collection({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2], [0, 0]]]}), "json_geometry"),
        (collection({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [None, 2], [0, 0]]]}), "json_geometry"),
        (collection({"type": "Polygon", "coordinates": [[[[0, 0], [1, 1]], [[2, 2], [3, 3]]] * 4]}), "json_geometry"),
        (collection({"type": "MultiPolygon", "coordinates": [[[]]]}), "json_geometry"),
        (b"\xff\xfe\xff{", "encoding_unknown"),
        (b'{"a\0": 1}', "encoding_unknown"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(root, code):
    with pytest.raises(Refused) as refused:
        parse(root)
    assert refused.value.code == code


def test_a_broken_geometry_is_named_by_layer_and_feature():
    with pytest.raises(Refused, match=r"Layer a\.geojson, feature 2: "):
        parse(collection(SQUARE, {"type": "Polygon", "coordinates": [[]]}))


def test_other_shapes_than_polygons_are_no_shape():
    assert (
        parse(collection({"type": "Point", "coordinates": [0, 0]}, None, {"type": "Polygon", "coordinates": []}))[1]
        == [None] * 3
    )


def test_brackets_inside_text_do_not_count():
    name = '[{"' + "[" * 50 + "\\"
    assert parse({"type": "FeatureCollection", "features": [feature(SQUARE, name=name)]})[0]["name"] == [name]


@pytest.mark.parametrize("slice_", [1, 7, 4_000_000])
def test_the_count_is_the_same_however_it_is_sliced(monkeypatch, slice_):
    monkeypatch.setattr(reader, "SLICE", slice_)
    parse({"type": "FeatureCollection", "features": [feature(SQUARE, name='[[[["\\')] * 2})
    with pytest.raises(Refused) as refused:
        parse(b'{"x": "[]", "a":' * 21 + b"1" + b"}" * 21)
    assert refused.value.code == "json_too_deep"


@pytest.mark.parametrize(
    "bomb",
    [
        b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[['
        + b"[117.123456,37.1]," * 2_000_000,
        b'{"a":[' + b"1," * 20_000_000,
        b"{" + b'"a":{},' * 6_000_000,
        b" " * 60_000_000,
    ],
    ids=["two million points", "numbers", "empty objects", "too large"],
)
def test_a_bomb_is_refused_within_two_seconds(bomb):
    with cost.at_most(seconds=2), pytest.raises(Refused) as refused:
        parse(bomb)
    assert refused.value.code in ("json_too_many", "file_too_big")


def test_ever_new_property_names_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(reader, "PARTS", 50_000)
    features = [feature(None, **{f"p{n}": "x"}) for n in range(1_000)]
    columns, *_ = parse({"type": "FeatureCollection", "features": features})
    assert len(columns) * 1_000 <= reader.PARTS


def test_a_county_is_read_from_its_geojson(tmp_path):
    assert len(parse(geojson(tmp_path / "a").read_bytes())[1]) == len(shapes())
