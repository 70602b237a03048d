"""Files made to harm: each is refused with a reason or read as the county it is; none reaches a file or an address."""

import json
import random
import socket
import sqlite3
import struct
import zipfile
from functools import partial
from io import BytesIO

import pytest
from boundary_files import gbk_zip, geojson, geopackage, shapes, zipped

from gis import sandbox
from gis.read import Refused, read

SECRET = "secret-4711"


@pytest.fixture
def listener():
    """A socket that is listening; nobody may have called when the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x"
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.fixture(params=["boxed", "bare"])
def walls(request, monkeypatch):
    """Every wall of this machine, and the second one alone."""
    if request.param == "bare":
        monkeypatch.setattr(sandbox, "bubblewrap", lambda: ())


def refusal(path) -> Refused:
    with pytest.raises(Refused) as refused:
        read(path)
    assert SECRET not in str(refused.value) and "%(" not in str(refused.value)
    return refused.value


def saved(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- text that GDAL would take for an order ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>",
        "<OGRWFSDataSource><URL>{address}</URL></OGRWFSDataSource>",
        "CSV:/etc/passwd",
        "PG:host=127.0.0.1",
        "/vsicurl/{address}",
        "{address}",
        "GeoJSON:{address}",
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM '{address}'>]><kml>&y;</kml>",
    ],
)
@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.kml", "a.zip"])
def test_text_that_is_an_order_to_gdal_is_no_boundary_file(tmp_path, listener, text, name):
    assert refusal(saved(tmp_path / name, text.replace("{address}", listener))).code == "unknown_format"


def test_json_services_and_links_are_not_followed(tmp_path, listener):
    link = {"type": "link", "properties": {"href": listener, "type": "ogcwkt"}}
    assert refusal(geojson(tmp_path / "a.geojson", crs=link)).code == "json_crs_link"
    assert (
        refusal(
            saved(
                tmp_path / "b.geojson",
                json.dumps({"type": "FeatureCollection", "links": [{"rel": "next", "href": listener}]}),
            )
        ).code
        == "json_no_collection"
    )
    # a next page is not fetched either: what is here is read, and no more
    assert len(read(geojson(tmp_path / "c.geojson", links=[{"rel": "next", "href": listener}])).cells) == 11


# --- GeoPackages -------------------------------------------------------------------------------------------------


def poisoned(path, *statements):
    """A genuine GeoPackage with its schema changed afterwards; sqlite_master may be rewritten."""
    geopackage(path)
    with sqlite3.connect(path) as database:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):  # the triggers ask for them
            database.create_function(name, 1, lambda _: 1)
        database.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            database.execute(statement)
    database.close()
    return path


def schema(kind, name, sql):
    quoted = sql.replace("'", "''")
    return (
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) "
        f"VALUES ('{kind}', '{name}', '{name}', 0, '{quoted}')"
    )


@pytest.mark.parametrize(
    "statements",
    [
        [schema("table", "other", "CREATE VIRTUAL TABLE other USING VirtualOGR('/etc/passwd')")],
        [schema("table", "other", "CREATE VIRTUAL TABLE other USING VirtualShape('/etc/passwd')")],
        [schema("table", "rtree_x", "CREATE VIRTUAL TABLE \"rtree_x\" USING VirtualOGR('/etc/passwd')")],
        [schema("table", "rtree_x", "CREATE VIRTUAL TABLE \"rtree_x\" USING rtree(a, b, c) USING csv('/etc/passwd')")],
        [schema("table", "other", "create  virtual /**/ table other using VirtualOGR('/etc/passwd')")],
        ["CREATE VIEW other AS SELECT * FROM village"],
        ["ALTER TABLE village RENAME TO v2", "CREATE VIEW village AS SELECT * FROM v2"],
        ["CREATE TRIGGER other AFTER INSERT ON village BEGIN SELECT load_extension('x'); END"],
        ["ALTER TABLE village ADD COLUMN more TEXT AS (upper(code)) VIRTUAL"],
        [
            "UPDATE sqlite_master SET sql = 'CREATE VIRTUAL TABLE village USING VirtualOGR(''/etc/passwd'')' "
            "WHERE name = 'village'"
        ],
    ],
    ids=[
        "VirtualOGR",
        "VirtualShape",
        "as rtree",
        "behind rtree",
        "spelled oddly",
        "view",
        "view for a layer",
        "trigger",
        "computed column",
        "layer turned virtual",
    ],
)
def test_a_geopackage_whose_schema_could_reach_further_is_refused(tmp_path, statements):
    assert refusal(poisoned(tmp_path / "a.gpkg", *statements)).code in ("gpkg_foreign_part", "damaged")


@pytest.mark.parametrize(
    "statements",
    [
        [
            "UPDATE gpkg_contents SET table_name = '/etc/passwd' WHERE table_name = 'village'",
            "UPDATE gpkg_geometry_columns SET table_name = '/etc/passwd' WHERE table_name = 'village'",
        ],
        ["DROP TABLE gpkg_contents"],
        ["UPDATE village SET geom = zeroblob(100)"],
        ["UPDATE village SET geom = 'text'"],
        ["UPDATE sqlite_master SET rootpage = 999999 WHERE name = 'village'"],
        ["UPDATE sqlite_master SET sql = 'CREATE TABLE village (' WHERE name = 'village'"],
    ],
)
def test_a_broken_geopackage_is_refused_or_shows_rows_without_shape(tmp_path, walls, statements):
    try:
        delivery = read(poisoned(tmp_path / "a.gpkg", *statements))
        assert not any(cell.boundary for cell in delivery.cells if cell.tier == 3)
    except Refused as refused:
        assert refused.code in ("gpkg_foreign_part", "damaged", "tiers_unclear")


def test_a_database_that_is_no_geopackage_is_refused(tmp_path):
    sqlite3.connect(tmp_path / "a.gpkg").execute("CREATE TABLE x (y)").connection.close()
    assert refusal(tmp_path / "a.gpkg").code == "gpkg_not"


def test_a_journal_beside_a_geopackage_is_not_read(tmp_path):
    path = geopackage(tmp_path / "a.gpkg")
    data = bytearray(path.read_bytes())
    data[18:20] = b"\2\2"  # "there is a write-ahead log"
    path.write_bytes(data)
    saved(tmp_path / "a.gpkg-wal", b"\x37\x7f\x06\x82" + bytes(5000))
    assert len(read(path).cells) == 11


# --- shapefiles --------------------------------------------------------------------------------------------------


def repacked(path, **changes):
    """The zip with the content of some members changed: {'XZQ_village.shp': function of bytes}."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    return zipped(
        path, {name: changes.get(name.replace(".", "_"), lambda same: same)(data) for name, data in content.items()}
    )


def put(at, form, *values):
    """Overwrite numbers at an offset."""
    packed = struct.pack(form, *values)
    return lambda data: data[:at] + packed + data[at + len(packed) :]


@pytest.mark.parametrize(
    "changes",
    [
        {"XZQ_village_shp": put(24, ">i", 2**31 - 1)},  # length of the file
        {"XZQ_village_shp": put(104, ">i", 2**31 - 1)},  # length of a record
        {"XZQ_village_shp": put(144, "<ii", 2**30, 2**30)},  # parts and points of a polygon
        {"XZQ_village_shx": put(100, ">ii", 2**31 - 1, 2**31 - 1)},
        {"XZQ_village_shx": put(24, ">i", 2**31 - 1)},
        {"XZQ_village_dbf": put(4, "<I", 2**32 - 1)},
        {"XZQ_village_dbf": put(8, "<HH", 65535, 65535)},
        {"XZQ_village_dbf": lambda data: b""},
        {"XZQ_village_shp": put(32, "<i", 99)},  # a shape type that does not exist
    ],
    ids=[
        "shp length",
        "record length",
        "points",
        "shx record",
        "shx length",
        "dbf rows",
        "dbf widths",
        "dbf empty",
        "type",
    ],
)
def test_headers_that_lie_are_refused_or_lose_only_what_is_damaged(tmp_path, walls, changes):
    try:
        delivery = read(repacked(gbk_zip(tmp_path), **changes))
        assert delivery.count(3) <= 8
    except Refused as refused:
        assert refused.code in ("damaged", "too_much_memory", "nothing_inside", "no_code_column", "tiers_unclear")


def test_coordinates_that_are_no_numbers_are_refused(tmp_path):
    nan = put(152 + 4, "<d", float("nan"))
    assert refusal(repacked(gbk_zip(tmp_path), XZQ_village_shp=nan)).code in ("not_finite", "damaged")


def test_a_prj_that_is_an_order_is_not_obeyed(tmp_path, listener):
    for prj in (
        f"EXTENSION:{listener}",
        listener,
        "@/etc/passwd",
        "+init=/etc/passwd:1",
        "+nadgrids=" + listener,
        'PROJCS["x",GEOGCS["x",DATUM["x",EXTENSION["PROJ4_GRIDS","' + listener + '"]]]]',
    ):
        assert refusal(gbk_zip(_fresh(tmp_path, prj), prj=prj)).code == "crs_unknown"


def _fresh(folder, key):
    made = folder / f"{abs(hash(key))}"
    made.mkdir()
    return made


def test_infinite_coordinates_in_a_geopackage_are_an_error_of_these_rows(tmp_path):
    path = geopackage(tmp_path / "a.gpkg")
    data = path.read_bytes()
    inside = struct.pack("<d", shapes()["370900100201"].bounds[0])
    path.write_bytes(data.replace(inside, struct.pack("<d", float("inf"))))
    (finding,) = read(path).errors
    assert finding.code == "row_not_finite" and "370900100201 东二村" in finding.rows


# --- cut and flipped ---------------------------------------------------------------------------------------------

MAKERS = {
    "gpkg": lambda folder: geopackage(folder / "a.gpkg"),
    "zip": gbk_zip,
    "geojson": lambda folder: geojson(folder / "a.geojson"),
}


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("kind", MAKERS)
def test_a_file_cut_short_is_refused(tmp_path, kind, share):
    path = MAKERS[kind](tmp_path)
    data = path.read_bytes()
    if kind == "gpkg" and share == 0.999:
        share = 0.95  # the last page may be an empty one
    assert refusal(saved(path, data[: int(len(data) * share)])).code in (
        "damaged",
        "json_bad",
        "gpkg_foreign_part",
        "gpkg_not",
    )


def some_bytes_changed(data, chance):
    changed = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def changed_inside(path, data, flip):
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return zipped(path, {name: flip(archive.read(name)) for name in archive.namelist()})


def flipped(kind, folder, seeds):
    """How reading ends for the same file with 1 to 30 bytes changed at random."""
    path = MAKERS[kind](folder)
    data = path.read_bytes()
    for seed in seeds:
        flip = partial(some_bytes_changed, chance=random.Random(seed))
        try:
            # inside a zip the members are changed: a changed zip hardly ever gets past its checksums
            yield read(changed_inside(path, data, flip) if kind == "zip" else saved(path, flip(data)))
        except Refused as refused:
            assert str(refused)
            yield refused


@pytest.mark.parametrize("kind", MAKERS)
def test_files_with_bytes_changed_at_random_end_in_an_answer(tmp_path, kind):
    assert len(list(flipped(kind, tmp_path, range(4)))) == 4


@pytest.mark.full
@pytest.mark.parametrize("kind", MAKERS)
def test_many_files_with_bytes_changed_at_random_end_in_an_answer(tmp_path, kind):
    assert len(list(flipped(kind, tmp_path, range(1000, 1100)))) == 100
