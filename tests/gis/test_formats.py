"""Formats beside the three usual ones: KML and MapInfo are read in the sandbox, all others get a line of advice."""

import subprocess
import sys

import numpy as np
import pyogrio
import pyogrio.raw
import pytest
import shapely
from boundary_files import NAMES, codes, counts, shapes, tiers, zipped

from gis import child, sandbox
from gis.read import Refused, read

PARTS = {"tab": ("tab", "dat", "map", "id"), "mif": ("mif", "mid"), "kml": ("kml",)}
DRIVER = {"tab": "MapInfo File", "mif": "MapInfo File", "kml": "LIBKML"}


def written(folder, kind, **options):
    """Name -> content of the files of the small county, three layers of this kind."""
    folder.mkdir()
    for layer, made in tiers(shapes()).items():
        pyogrio.raw.write(
            folder / f"{layer}.{kind}",
            np.array(shapely.to_wkb([shapes()[code] for code in made]), dtype=object),
            [np.array(made, dtype=object), np.array([NAMES[code] for code in made], dtype=object)],
            ["code", "name"],
            layer=layer,
            geometry_type="Polygon",
            driver=DRIVER[kind],
            crs="EPSG:4326",
            **options,
        )
    return {
        f"{layer}.{part}": (folder / f"{layer}.{part}").read_bytes()
        for layer in tiers(shapes())
        for part in PARTS[kind]
    }


def assert_whole(delivery):
    assert counts(delivery) == [1, 2, 8]
    assert {cell.code: cell.name for cell in delivery.cells} == NAMES
    for cell in delivery.cells:
        assert shapely.from_wkb(cell.boundary).symmetric_difference(shapes()[cell.code]).area < 1e-7


@pytest.fixture(params=["boxed", "bare"])
def walls(request, monkeypatch):
    """Every wall of this machine, and the second one alone."""
    if request.param == "bare":
        monkeypatch.setattr(sandbox, "bubblewrap", lambda: ())


@pytest.mark.parametrize("kind", PARTS)
def test_a_zip_of_mapinfo_or_kml_comes_in_right(tmp_path, walls, kind):
    files = written(tmp_path / kind, kind)
    delivery = read(zipped(tmp_path / "a.zip", {**files, "图.jpg": b"x"}))
    assert_whole(delivery)
    assert [finding.rows for finding in codes(delivery, "zip_aside")] == [("图.jpg",)]
    assert {fact.layer for fact in delivery.facts} == set(tiers(shapes()))


@pytest.mark.parametrize("charset", ["UTF-8", "CP936"])
def test_mapinfo_in_chinese_comes_in_right(tmp_path, walls, charset):
    files = written(tmp_path / "tab", "tab", encoding=charset)
    said = {"UTF-8": b"UTF-8", "CP936": b"WindowsSimpChinese"}[charset]
    files = {name: data.replace(b"Neutral", said) if name.endswith(".tab") else data for name, data in files.items()}
    delivery = read(zipped(tmp_path / "a.zip", files))
    assert_whole(delivery)
    assert {(fact.encoding, fact.encoding_from) for fact in delivery.facts} == {
        ({"UTF-8": "utf-8", "CP936": "gb18030"}[charset], "charset")
    }


def test_kml_comes_in_as_single_files_too(tmp_path):
    files = written(tmp_path / "kml", "kml")
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    assert_whole(read(*(tmp_path / name for name in files)))


def test_kml_with_definitions_of_its_own_is_refused(tmp_path):
    content = written(tmp_path / "kml", "kml")["village.kml"]
    (tmp_path / "a.kml").write_bytes(content.replace(b"<kml", b'<!DOCTYPE x [<!ENTITY y "z">]><kml', 1))
    with pytest.raises(Refused, match="neither a GeoPackage"):
        read(tmp_path / "a.kml")


def test_a_mapinfo_table_without_its_parts_is_refused(tmp_path):
    files = written(tmp_path / "tab", "tab")
    del files["village.dat"]
    with pytest.raises(Refused, match=r"village lacks its \.dat"):
        read(zipped(tmp_path / "a.zip", files))


@pytest.mark.parametrize("kind", ["mapinfo", "kml"])
def test_another_driver_than_the_one_that_is_meant_never_reads_it(tmp_path, kind):
    other = b'{"type": "FeatureCollection", "features": []}'
    path = zipped(tmp_path / "a.zip", {f"0.{kind}": other})
    with pytest.raises(Refused) as refused:
        sandbox.read(kind, path.read_bytes(), "a.zip")
    assert refused.value.code == "damaged"


def test_every_driver_of_this_gdal_can_be_switched_off():
    assert set(pyogrio.list_drivers()) <= set(child.KNOWN.split(","))
    code = (
        "import sys; sys.path.append(sys.argv[1]); from gis import child; child._load('LIBKML'); "
        "print(sorted(sys.modules['pyogrio'].list_drivers()))"
    )
    root = str(sandbox.Path(child.__file__).parents[1])
    done = subprocess.run([sys.executable, "-I", "-c", code, root], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['LIBKML']"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.rar", b"Rar!\x1a\x07", "unread_archive"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "unread_archive"),
        ("村界.shp", b"\0\0\x27\x0a" + bytes(96), "unread_shp"),
        ("村界.dbf", b"\x03", "unread_shp"),
        ("村界.tab", b"!table\n!version 300", "unread_tab"),
        ("村界.mif", b"Version 300\n", "unread_tab"),
        ("a.gml", b'<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml">', "unread_gml"),
        ("a.csv", b"code,name,wkt\n", "unread_csv"),
        ("a.dxf", b"  0\nSECTION\n", "unread_cad"),
        ("a.dwg", b"AC1027", "unread_cad"),
        ("a.fgb", b"fgb\x03fgb\x00", "unread_other"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "unread_office"),
        ("a.bin", b"\x01\x02", "unknown_format"),
    ],
)
def test_what_is_not_read_gets_a_line_of_advice(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=name) as refused:
        read(tmp_path / name)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("member", "code"),
    [
        ("county.gdb/a00000001.gdbtable", "unread_gdb"),
        ("[Content_Types].xml", "unread_office"),
        ("a.rar", "zip_in_zip"),
    ],
)
def test_a_zip_of_something_else_is_said_as_such(tmp_path, member, code):
    with pytest.raises(Refused) as refused:
        read(zipped(tmp_path / "a.zip", {member: b"x"}))
    assert refused.value.code == code
