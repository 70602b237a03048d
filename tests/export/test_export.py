"""Records taken out as files: what stands in each format, read again with our own readers."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from sqlalchemy import select

from gis import opening, read
from tests import make
from tests.conftest import Browser, World
from webapp import domains
from webapp.core import pools
from webapp.core.exports import LONGEST_KEY
from webapp.core.models import AuditEntry
from webapp.core.own import AT_A_TIME
from webapp.export import formats, service
from webapp.grid.models import GridVersion
from webapp.patrol import service as patrols
from webapp.report import service as reports
from webapp.report.models import Report

ODD = "=cmd|' /C calc'!A0 𠮷村"  # a formula to some, and a character that GB18030 keeps in four bytes
LONG = "北" * 300
AT = datetime(2026, 9, 1, 16, 30, 5, tzinfo=UTC)  # half past midnight of the next day in the county

Browse = Callable[[str], Browser]


def taken(browser: Browser, kind: str, way: str, **more: str) -> bytes:
    answer = browser.post("/export", kind=kind, format=way, encoding=more.pop("encoding", "UTF-8"), **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename={kind}-")
    assert answer.headers["Cache-Control"] == "private, no-store"
    data: bytes = answer.data
    answer.close()
    return data


def rows_of(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def reported(world: World, village: str = "A1", login: str = "officer_a1", **about: Any) -> Any:
    with world.store.write() as session:
        entry = make.report(world.grids[village], **about)
        return reports.submit(session, make.actor(session, login), entry).id


def walked(world: World, village: str = "A1", login: str = "officer_a1", note: str = "") -> None:
    with world.store.write() as session:
        entry = make.patrol(world.grids[village], {world.things[f"farm_{village.lower()}"]: "problem"}, note=note)
        patrols.record(session, make.actor(session, login), entry)


def renamed(world: World, village: str, zh: str) -> None:
    with world.store.write() as session:
        version = session.scalars(select(GridVersion).where(GridVersion.grid_id == world.grids[village])).one()
        version.zh = version.en = zh


def layer(data: bytes, suffix: str, folder: Path) -> opening.Layer:
    file = folder / f"taken{suffix}"
    file.write_bytes(data)
    return opening.layers(file)[0]


def stored(world: World) -> dict[str, tuple[str, shapely.Geometry]]:
    with world.store.read() as session:
        return {row.code: (row.en, shapely.from_wkb(row.boundary)) for row in session.scalars(select(GridVersion))}


# --- formats ---


@pytest.mark.parametrize(
    ("way", "encoding", "suffix"),
    [
        ("gpkg", "UTF-8", ".gpkg"),
        ("shp", "UTF-8", ".zip"),
        ("shp", "GB18030", ".zip"),
        ("geojson", "UTF-8", ".geojson"),
    ],
)
def test_grids_come_back_with_their_codes_names_and_borders(
    way: str, encoding: str, suffix: str, world: World, browse: Browse, tmp_path: Path
) -> None:
    renamed(world, "A1", ODD)
    found = layer(taken(browse("county"), "grids", way, encoding=encoding), suffix, tmp_path)
    there = stored(world)
    assert found.columns["code"] == sorted(there) and len(there) == 9
    for code, name, shape in zip(found.columns["code"], found.columns["name"], found.shapes, strict=True):
        assert name == there[code][0]
        assert shapely.hausdorff_distance(shape, there[code][1]) <= 1e-7
    assert (found.system.name if found.system else "") in ("CGCS2000", "WGS 84")
    if way == "shp":
        assert (found.encoding, found.encoding_from) == (encoding.lower(), "cpg")


def test_what_was_taken_out_can_be_brought_in_again_as_borders(world: World, browse: Browse, tmp_path: Path) -> None:
    for way, suffix in (("gpkg", ".gpkg"), ("shp", ".zip"), ("geojson", ".geojson")):
        file = tmp_path / f"again{suffix}"
        file.write_bytes(taken(browse("county"), "grids", way))
        delivery = read.read(file)
        assert {cell.code: cell.name for cell in delivery.cells} == {c: name for c, (name, _) in stored(world).items()}
        assert [delivery.count(tier) for tier in (1, 2, 3)] == [1, 2, 6]


def test_a_shapefile_comes_with_its_encoding_its_system_and_a_list_of_its_fields(world: World, browse: Browse) -> None:
    browser = browse("county")
    browser.get("/language?lang=zh")
    with zipfile.ZipFile(io.BytesIO(taken(browser, "grids", "shp", encoding="GB18030"))) as packed:
        assert {name.split(".")[1] for name in packed.namelist()} == {"shp", "shx", "dbf", "prj", "cpg", "txt"}
        assert packed.read("grids.cpg") == b"GB18030" and b"2000" in packed.read("grids.prj")
        assert "乙镇".encode("gb18030") in packed.read("grids.dbf")
        listed = packed.read("fields.txt").decode("utf-8-sig")
    assert "parentname\t上级网格" in listed and "EPSG:4490" in listed


def test_names_of_fields_are_short_ascii_and_none_comes_twice() -> None:
    for kind in domains.exports().values():
        keys = [field.key for field in kind.fields]
        assert all(key.isascii() and key.isidentifier() and len(key) <= LONGEST_KEY for key in keys)
        assert len({key.lower() for key in keys}) == len(keys)


def test_a_text_that_is_too_long_for_a_shapefile_is_cut_between_characters_and_it_is_said(
    world: World, browse: Browse, tmp_path: Path
) -> None:
    reported(world, note=LONG)
    for encoding, left in (("UTF-8", 84), ("GB18030", 127)):
        data = taken(browse("county"), "reports", "shp", encoding=encoding)
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            assert "(254 bytes): 1." in packed.read("fields.txt").decode("utf-8-sig")
        assert layer(data, ".zip", tmp_path).columns["note"] == ["北" * left]
    assert layer(taken(browse("county"), "reports", "gpkg"), ".gpkg", tmp_path).columns["note"] == [LONG]


def test_no_cell_is_a_formula_and_codes_are_texts(world: World, browse: Browse) -> None:
    renamed(world, "A1", ODD)
    for place in ("+1", "@sum", "-2", "\t=1"):
        reported(world, place=place)
    data, browser = [], browse("county")
    for kind in ("grids", "reports"):
        sheet = openpyxl.load_workbook(io.BytesIO(taken(browser, kind, "xlsx"))).worksheets[1]
        data += [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in data} <= {"s", "n", "d"}
    assert {ODD, "+1", "999901100200"} <= {cell.value for cell in data if cell.data_type == "s"}
    lines = [*rows_of(taken(browser, "grids", "csv")), *rows_of(taken(browser, "reports", "csv"))]
    cells = [cell for line in lines for cell in line.values()]
    assert [cell for cell in cells if formats.LIVE.match(cell) and not cell[1:].isdecimal()] == []
    assert {"'" + ODD, "'+1", "'@sum", "'-2", "\t999901100200"} <= set(cells)
    assert not any(cell.isdecimal() and len(cell) == 12 for cell in cells)


def test_moments_are_those_of_the_countys_clocks(world: World, browse: Browse, tmp_path: Path) -> None:
    id_ = reported(world)
    with world.store.write() as session:
        session.get_one(Report, id_).received_at = AT
    browser = browse("county")
    assert rows_of(taken(browser, "reports", "csv"))[0]["Received at"] == "2026-09-02 00:30:05"
    assert layer(taken(browser, "reports", "gpkg"), ".gpkg", tmp_path).columns["received"] == ["2026-09-02 00:30:05"]
    sheet = openpyxl.load_workbook(io.BytesIO(taken(browser, "reports", "xlsx"))).worksheets[1]
    assert datetime(2026, 9, 2, 0, 30, 5) in [cell.value for cell in sheet[2]]


def test_a_report_without_a_position_is_a_row_without_a_shape(world: World, browse: Browse, tmp_path: Path) -> None:
    reported(world, lon=110.005, lat=35.005, accuracy_m=5.0)
    reported(world, place="by the mill")
    for way, suffix in (("gpkg", ".gpkg"), ("shp", ".zip")):
        found = layer(taken(browse("county"), "reports", way), suffix, tmp_path)
        assert shapely.get_coordinates(found.shapes[0]).tolist() == [[110.005, 35.005]]
        assert found.shapes[1] is None and found.columns["place"][1] == "by the mill"
    features = json.loads(taken(browse("county"), "reports", "geojson"))["features"]
    assert [each["geometry"] for each in features] == [{"type": "Point", "coordinates": [110.005, 35.005]}, None]


@pytest.mark.parametrize("way", formats.FORMATS)
def test_of_nothing_there_is_a_file_too(way: str, world: World, browse: Browse, tmp_path: Path) -> None:
    data = taken(browse("county"), "reports", way)
    if way == "csv":
        assert rows_of(data) == []
    if way == "geojson":
        assert json.loads(data)["features"] == []
    if way == "gpkg":
        assert "number" in layer(data, ".gpkg", tmp_path).columns


def test_more_rows_than_are_read_and_written_at_a_time_are_all_there(world: World, tmp_path: Path) -> None:
    kind = domains.exports()["objects"]
    blank: list[Any] = [1, "水塘𠮷", "farm", "no", "999901100200", "A1", "A", 110.0, 35.0, None, None, None, None]
    for way, suffix in (("gpkg", ".gpkg"), ("shp", ".zip")):
        rows = ([[number, *blank[1:]], (110 + number / 1e6, 35.0)] for number in range(11_000))
        table = formats.Table(kind, service.Tongue("en", str), [], rows)  # type: ignore[arg-type]
        with io.BytesIO() as out:
            formats.FORMATS[way].write(table, out, "GB18030")
            found = layer(out.getvalue(), suffix, tmp_path)
        assert found.columns["object_id"] == [str(number) for number in range(11_000)]
        assert np.allclose(shapely.get_x(found.shapes), 110 + np.arange(11_000) / 1e6, atol=1e-9)


def test_the_same_records_come_in_the_same_order_each_time(world: World, browse: Browse) -> None:
    for _ in range(3):
        reported(world)
        walked(world)
    for kind in domains.exports():
        assert len({taken(browse("county"), kind, "csv") for _ in range(2)}) == 1


# --- what is asked for ---


def test_days_narrow_reports_and_patrols_by_the_countys_days(world: World, browse: Browse) -> None:
    id_ = reported(world)
    with world.store.write() as session:
        session.get_one(Report, id_).received_at = AT
    browser = browse("county")
    for first, last, there in (("2026-09-02", "2026-09-02", 1), ("", "2026-09-01", 0), ("2026-09-03", "", 0)):
        assert len(rows_of(taken(browser, "reports", "csv", first=first, last=last))) == there
    answer = browser.post(
        "/export", kind="reports", format="csv", first="2026-09-03", last="2026-09-02", encoding="UTF-8"
    )
    assert answer.status_code == 422 and "The end is before the start." in answer.text


@pytest.mark.parametrize(
    "wish",
    [{"kind": "people"}, {"format": "exe"}, {"encoding": "utf-7"}, {"first": "9999-99-99"}, {"kind": "../grids"}],
)
def test_what_is_not_offered_is_refused(wish: dict[str, str], world: World, browse: Browse) -> None:
    sent = {"kind": "grids", "format": "csv", "encoding": "UTF-8"} | wish
    answer = browse("county").post("/export", **sent)
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    with world.store.read() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make")).all() == []


def test_too_many_rows_are_refused_before_any_is_read(
    world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 8)
    answer = browse("county").post("/export", kind="grids", format="csv", encoding="UTF-8")
    assert answer.status_code == 422 and "There are more than 8 rows." in answer.text
    assert AT_A_TIME > 8


def test_whose_turn_does_not_come_is_told_so(world: World, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = browse("county")
    monkeypatch.setitem(pools.POOLS, "export", pools.Pool("export", 1, 0.1, 1, 10, 10))
    data_dir = browser.client.application.config["WANGGE"].data_dir
    with pools.turn(data_dir, "export"):
        answer = browser.post("/export", kind="grids", format="csv", encoding="UTF-8")
    assert answer.status_code == 503 and "server is busy" in answer.text


def test_the_log_says_who_took_out_what(world: World, browse: Browse) -> None:
    taken(browse("leader"), "patrols", "shp", encoding="GB18030", first="2026-09-01")
    with world.store.read() as session:
        line = session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make")).one()
    assert (line.person_id, line.thing) == (world.people["leader"], "export:patrols")
    assert line.detail == {"format": "shp GB18030", "days": "2026-09-01 –", "rows": 0}
    page = browse("auditor").get("/log").text
    assert "Records taken out as a file" in page and "file of patrols" in page
