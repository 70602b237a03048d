"""gis/read.py: deliveries of every kind come in right, and say how they were understood."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from boundary_files import (
    CGCS_GK_117,
    NAMES,
    codes,
    counts,
    gauss_kruger,
    gbk_zip,
    geojson,
    geopackage,
    shapes,
    under,
    write,
    zipped,
)

from gis import crs
from gis.read import Refused, read

PUBLISHED = Path(__file__).parents[3] / "shared/data/boundaries"
published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the published boundary files are not here")


def assert_whole(delivery, how):
    """The small county, every cell named and under its parent."""
    assert counts(delivery) == [1, 2, 8]
    assert {cell.code: cell.name for cell in delivery.cells} == NAMES
    assert under(delivery) == {code: (code[:-3], how) if len(code) > 6 else (None, None) for code in NAMES}
    for cell in delivery.cells:
        assert shapely.from_wkb(cell.boundary).symmetric_difference(shapes()[cell.code]).area < 1e-9


# --- formats -----------------------------------------------------------------------------------------------------


def test_a_geopackage_with_parent_columns_comes_in_right(tmp_path):
    delivery = read(geopackage(tmp_path / "a.gpkg"))
    assert_whole(delivery, "column")
    assert {
        (fact.crs, fact.epsg, fact.code_column, fact.parent_column) for fact in delivery.facts if fact.tier == 3
    } == {("CGCS2000", 4490, "code", "parent")}
    assert not delivery.findings


def test_shapefiles_in_gbk_and_gauss_kruger_come_in_right(tmp_path):
    delivery = read(gbk_zip(tmp_path))
    assert_whole(delivery, "prefix")
    assert {(fact.encoding, fact.encoding_from, fact.epsg, fact.name_column) for fact in delivery.facts} == {
        ("gb18030", "tried", 4548, "XZQMC")
    }


def test_a_zip_as_an_office_packs_it_comes_in_with_a_word_on_what_was_left_aside(tmp_path):
    packed = gbk_zip(tmp_path)
    with zipfile.ZipFile(packed) as plain:
        files = {f"测试县/{name}": plain.read(name) for name in plain.namelist()}
    delivery = read(zipped(tmp_path / "b.zip", {**files, "说明.pdf": b"%PDF"}))
    assert_whole(delivery, "prefix")
    assert [(finding.level, finding.rows) for finding in delivery.findings] == [("note", ("说明.pdf",))]


def test_one_geojson_with_all_tiers_comes_in_right(tmp_path):
    assert_whole(read(geojson(tmp_path / "a.geojson")), "prefix")


def test_three_geojson_files_with_a_tier_each_come_in_right(tmp_path):
    by_length = {6: "县", 9: "乡镇", 12: "村"}
    files = [
        geojson(
            tmp_path / f"测试县{word}界.json", {code: shape for code, shape in shapes().items() if len(code) == length}
        )
        for length, word in by_length.items()
    ]
    delivery = read(*files)
    assert_whole(delivery, "prefix")
    assert [fact.tier for fact in delivery.facts] == [1, 2, 3]


def test_files_of_one_name_in_several_folders_all_come_in(tmp_path):
    by_length = {6: "one", 9: "two", 12: "three"}
    files = []
    for length, folder in reversed(by_length.items()):
        (tmp_path / folder).mkdir()
        made = {code: shape for code, shape in shapes().items() if len(code) == length}
        files.append(geojson(tmp_path / folder / "x.geojson", made))
    delivery = read(*files)
    assert_whole(delivery, "prefix")
    assert [(fact.file, fact.tier, fact.count) for fact in delivery.facts] == [
        (str(file), tier, count) for file, tier, count in zip(files, (3, 2, 1), (8, 2, 1), strict=True)
    ]


def test_a_file_that_is_named_twice_is_refused(tmp_path):
    file = geojson(tmp_path / "x.geojson")
    with pytest.raises(Refused) as refused:
        read(file, file)
    assert refused.value.code == "file_twice"


def test_the_name_of_a_file_does_not_decide_what_it_is(tmp_path):
    assert_whole(read(geopackage(tmp_path / "a.gpkg").rename(tmp_path / "a.geojson")), "column")


def test_heights_are_dropped(tmp_path):
    flat = read(
        geopackage(tmp_path / "a.gpkg", {code: shapely.force_3d(shape, 12.5) for code, shape in shapes().items()})
    )
    assert not any(shapely.from_wkb(cell.boundary).has_z for cell in flat.cells)


def test_a_layer_of_points_is_left_out_and_said(tmp_path):
    path = geopackage(tmp_path / "a.gpkg")
    write(
        path,
        "wells",
        [shapely.Point(117, 37)],
        {"code": ["1"], "name": ["井"]},
        driver="GPKG",
        crs="EPSG:4490",
        append=True,
    )
    delivery = read(path)
    assert_whole(delivery, "column")
    assert [finding.params for finding in codes(delivery, "layer_ignored")] == [{"layer": "wells"}]


# --- text --------------------------------------------------------------------------------------------------------


def test_utf8_without_a_word_about_it_is_found(tmp_path):
    delivery = read(gbk_zip(tmp_path, encoding="utf-8"))
    assert {fact.encoding for fact in delivery.facts} == {"utf-8"}
    assert {cell.name for cell in delivery.cells} == set(NAMES.values())


def test_what_the_cpg_says_is_taken_when_it_is_true(tmp_path):
    delivery = read(
        gbk_zip(tmp_path, **{f"XZQ_{layer}.cpg": b"GBK\r\n" for layer in ("county", "township", "village")})
    )
    assert {(fact.encoding, fact.encoding_from) for fact in delivery.facts} == {("gb18030", "cpg")}


def test_what_the_cpg_says_is_checked_and_overruled_aloud_when_it_is_wrong(tmp_path):
    delivery = read(gbk_zip(tmp_path, **{"XZQ_village.cpg": b"UTF-8"}))
    assert_whole(delivery, "prefix")
    (finding,) = codes(delivery, "encoding_wrong")
    assert (finding.level, finding.params) == ("warning", {"layer": "XZQ_village", "said": "utf-8", "used": "gb18030"})


def test_a_name_cut_in_the_middle_of_a_character_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(NAMES, "370900101203", "很" * 85)  # 255 bytes in UTF-8, a field holds 254
    delivery = read(gbk_zip(tmp_path, encoding="utf-8"))
    (finding,) = codes(delivery, "text_cut")
    assert finding.rows == ("370900101203 " + "很" * 84,) and finding.level == "warning"


# --- coordinates -------------------------------------------------------------------------------------------------


def test_shapefiles_without_prj_are_refused_with_advice(tmp_path):
    with pytest.raises(Refused, match=r"\.prj") as refused:
        read(gbk_zip(tmp_path, prj=""))
    assert (refused.value.code, refused.value.params) == ("crs_missing", {"layer": "XZQ_county"})


def test_the_system_can_be_named_for_files_that_do_not_say_theirs(tmp_path):
    assert_whole(read(gbk_zip(tmp_path, prj=""), system="EPSG:4548"), "prefix")


def test_zone_numbers_before_the_easting_are_understood(tmp_path):
    prj = CGCS_GK_117.replace("500000.0", "39500000.0")
    delivery = read(gbk_zip(tmp_path, gauss_kruger(shapes(), 4527), prj=prj))
    assert_whole(delivery, "prefix")
    assert {fact.epsg for fact in delivery.facts} == {4527}


def test_a_drawing_in_gcj02_is_put_right_when_it_is_said_to_be_one(tmp_path):
    shifted = {code: shapely.transform(shape, crs.wgs84_to_gcj02) for code, shape in shapes().items()}
    assert_whole(read(geojson(tmp_path / "a.geojson", shifted), system="gcj02"), "prefix")


def test_metres_cannot_be_said_to_be_gcj02(tmp_path):
    with pytest.raises(Refused) as refused:
        read(gbk_zip(tmp_path), system="gcj02")
    assert refused.value.code == "crs_not_lonlat"


def test_an_undefined_system_in_a_geopackage_is_refused(tmp_path):
    with pytest.raises(Refused) as refused:
        read(geopackage(tmp_path / "a.gpkg", crs=None))
    assert refused.value.code == "crs_missing"


def test_xian_1980_in_a_geopackage_is_refused(tmp_path):
    with pytest.raises(Refused, match="surveying authority"):
        read(geopackage(tmp_path / "a.gpkg", gauss_kruger(shapes()), crs="EPSG:2384"))


def test_every_message_is_said_somewhere():
    from gis.messages import MESSAGES

    sources = "".join(
        path.read_text() for path in (Path(__file__).parents[2] / "gis").glob("*.py") if path.name != "messages.py"
    )
    sources = sources.replace('f"no_{wanted}_column"', '"no_code_column", "no_name_column"')
    assert [code for code in MESSAGES if f'"{code}"' not in sources] == []


def test_every_message_can_be_filled_in():
    from gis.messages import MESSAGES

    class Anything(dict):
        def __missing__(self, key):
            return "x"

    for level, sentence in MESSAGES.values():
        assert sentence % Anything() and level in ("error", "warning", "note", "refusal")


# --- the published county ----------------------------------------------------------------------------------------


@published
@pytest.mark.parametrize(("file", "how"), [("clean.gpkg", "column"), ("delivery_gbk.zip", "prefix")])
def test_the_published_county_comes_in_whole(file, how):
    delivery = read(PUBLISHED / file)
    assert counts(delivery) == [1, 12, 233] and not delivery.errors
    assert {cell.how_parent for cell in delivery.cells if cell.tier > 1} == {how}
    for cell in delivery.cells:
        shape = shapely.from_wkb(cell.boundary)
        assert shape.is_valid and shape.geom_type in ("Polygon", "MultiPolygon")
        if cell.parent is not None:
            assert cell.code.startswith(delivery.cells[cell.parent].code)
            parent = shapely.from_wkb(delivery.cells[cell.parent].boundary)
            assert parent.intersection(shape).area > 0.8 * shape.area


@published
def test_both_published_files_hold_the_same_names_at_the_same_places():
    first, second = (
        sorted(
            (cell.tier, cell.name, shapely.from_wkb(cell.boundary).centroid.coords[0])
            for cell in read(PUBLISHED / file).cells
        )
        for file in ("clean.gpkg", "delivery_gbk.zip")
    )
    assert [row[:2] for row in first] == [row[:2] for row in second]
    assert np.array([row[2] for row in first]) == pytest.approx(np.array([row[2] for row in second]), abs=1e-9)


def test_an_unreadable_path_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "missing.gpkg"):
        with pytest.raises(Refused) as refused:
            read(path)
        assert refused.value.code == "unreadable"


def test_a_zip_without_shapefiles_is_refused(tmp_path):
    with pytest.raises(Refused, match="holds no layer with polygons"):
        read(zipped(tmp_path / "a.zip", {"a.prj": b"x"}))
