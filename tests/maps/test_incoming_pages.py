"""Pages on which borders come in: every choice of the command is there, nothing is half imported, work is told of."""

import io
import json
import os
import re
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select

from gis import examine
from gis.delivery import Choice
from tests.conftest import World
from tests.gis import boundary_files
from tests.short import some
from webapp.core import files, waiting
from webapp.grid import changed, incoming
from webapp.grid.models import GridChange, GridChangeSet
from webapp.maps import incoming_views

COUNTY = [
    ("999901", "测试县", "", shapely.box(115, 37, 115.1, 37.1)),
    ("999901100", "东镇", "999901", shapely.box(115, 37, 115.1, 37.1)),
    ("999901100200", "神農里", "999901100", shapely.box(115, 37, 115.05, 37.1)),
    ("999901100201", "东二村", "999901100", shapely.box(115.05, 37, 115.1, 37.1)),
]


def geojson(**other: str) -> tuple[io.BytesIO, str]:
    """One file of all levels, with further columns of the villages."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, **{key: value + code for key, value in other.items()}},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, name, _, shape in COUNTY
    ]
    told = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return io.BytesIO(told.encode()), "county.geojson"


UNCHOSEN = {f"{kind}_{at}": "" for kind in ("code", "name", "parent") for at in range(3)}


def sent(browser: Any, *given: tuple[io.BytesIO, str]) -> str:
    """The address of the page of files that were sent."""
    answer = browser.post("/borders", files=list(given), is_open="y")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def read_again(browser: Any, address: str, **chosen: Any) -> str:
    answer = browser.post(address, act="read", **(UNCHOSEN | chosen))
    assert answer.status_code == 303, answer.text
    return str(browser.get(address).text)


def drafts(world: World) -> int:
    with world.store.read() as session:
        return session.scalar(select(func.count()).select_from(GridChangeSet)) or 0


def test_the_page_shows_ten_rows_in_every_plausible_encoding_and_another_can_be_chosen(
    world: World, browse: Any, tmp_path: Path
) -> None:
    county = browse("county")
    packed = boundary_files.gbk_zip(tmp_path)
    address = sent(county, (io.BytesIO(packed.read_bytes()), "gbk.zip"))
    page = county.get(address).text
    assert "吳甲村" in page and "gb18030" in page and re.search(r"<th[^>]*>XZQMC \(Big5\)</th>", page)
    wrong = read_again(county, address, encoding="cp950")
    assert "· cp950 ·" in wrong and "370900101200 吳甲村" not in wrong
    assert "· gb18030 ·" in read_again(county, address, encoding="gb18030")


def test_a_missing_coordinate_system_is_asked_for_and_the_files_need_not_be_sent_again(
    world: World, browse: Any, tmp_path: Path
) -> None:
    county = browse("county")
    packed = boundary_files.gbk_zip(tmp_path, prj="")
    address = sent(county, (io.BytesIO(packed.read_bytes()), "bare.zip"))
    page = county.get(address).text
    assert "does not say its coordinate system" in page and "See what would change" not in page
    assert '<option value="EPSG:4548">' in page and "吳甲村" in page
    unknown = county.post(address, act="read", crs="EPSG:1", **UNCHOSEN)
    assert unknown.status_code == 422 and "not known here" in unknown.text
    assert "See what would change" in read_again(county, address, crs="EPSG:4548")
    assert county.post(address, act="compare").status_code == 303
    assert drafts(world) == 1


def test_columns_that_could_both_be_meant_are_chosen_on_the_page(world: World, browse: Any) -> None:
    county = browse("county")
    address = sent(county, geojson(xzqdm="1", adcode="2"))
    page = county.get(address).text
    assert "any of these columns may be meant" in page and '<option value="xzqdm">' in page
    assert "See what would change" in read_again(county, address, code_0="code", name_0="name")


@pytest.mark.parametrize("odd", some(["smoke", "x" * 2500, "\ud800", "<b>x"], every=4))
@pytest.mark.parametrize("name", ["encoding", "layer", "code_0", "name_0", "parent_0", "crs"])
def test_what_the_page_does_not_offer_is_refused(browse: Any, name: str, odd: str) -> None:
    county = browse("county")
    address = sent(county, geojson())
    sent_as = UNCHOSEN | {name: odd.encode("utf-8", "surrogatepass") if odd == "\ud800" else odd}
    assert county.post(address, act="read", **sent_as).status_code == 422


def test_codes_of_elsewhere_are_believed_where_the_sender_says_so(world: World, browse: Any) -> None:
    county, file = browse("county"), geojson()[0].getvalue().replace(b"9999", b"3399")
    address = sent(county, (io.BytesIO(file), "county.geojson"))
    page = county.get(address).text
    assert "by the border it is not" in page and "See what would change" not in page
    assert county.post(address, act="compare").status_code == 422
    assert "See what would change" in read_again(county, address, anywhere="y")


def test_a_wrong_zone_that_a_file_says_is_overruled_only_when_told_so(world: World, browse: Any) -> None:
    file = (
        geojson()[0]
        .getvalue()
        .replace(b'"features"', b'"crs": {"type": "name", "properties": {"name": "EPSG:4547"}}, "features"')
    )
    county = browse("county")
    address = sent(county, (io.BytesIO(file), "county.geojson"))
    assert "its coordinates are degrees" in county.get(address).text
    assert "its coordinates are degrees" in read_again(county, address, crs="EPSG:4490")
    assert "See what would change" in read_again(county, address, crs="EPSG:4490", over="y")


def test_the_drawing_shows_what_is_wrong(world: World, browse: Any) -> None:
    county = browse("county")
    file = geojson()[0].getvalue().replace("东二村".encode(), b"")
    page = county.get(sent(county, (io.BytesIO(file), "county.geojson"))).text
    assert re.search(r'<path class="ch-gone"[^>]*><title>999901100201', page)
    assert "Without a name" in page and "See what would change" not in page


def test_only_the_sender_finds_his_files_and_dropped_ones_are_gone(world: World, browse: Any, app: Any) -> None:
    county, second = browse("county"), browse("county_two")
    address = sent(county, geojson())
    assert address in county.get("/borders").text and address not in second.get("/borders").text
    assert second.get(address).status_code == 404
    assert second.post(address, act="compare").status_code == 404
    assert county.post(address, act="drop").status_code == 303
    assert county.get(address).status_code == 404 and drafts(world) == 0
    assert not list((app.config["WANGGE"].data_dir / "waiting").glob("*/*/*"))


def test_files_that_nobody_came_back_for_are_swept(world: World, browse: Any, app: Any) -> None:
    county, data_dir = browse("county"), app.config["WANGGE"].data_dir
    address = sent(county, geojson())
    assert waiting.tidy(data_dir) == 0 and county.get(address).status_code == 200
    for path in (data_dir / "waiting").glob("*/*/*"):
        os.utime(path, (time.time() - 2 * files.UNNAMED,) * 2)
    assert waiting.tidy(data_dir) > 0 and county.get(address).status_code == 404
    assert not list((data_dir / "waiting").glob("*/*/*"))


def test_of_what_one_person_sends_the_oldest_makes_room(tmp_path: Path) -> None:
    made = [incoming.new(tmp_path, 7) for _ in range(incoming.MOST + 2)]
    assert [each.folder.exists() for each in made] == [False] * 2 + [True] * incoming.MOST


def test_long_work_shows_how_far_it_is_in_any_process(world: World, browse: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(incoming_views, "PATIENCE", 0.05)
    go_on, real = threading.Event(), examine.prepare

    def slow(answer: Any, paths: Any, *rest: Any) -> None:
        rest[-1].write_text("checking", "ascii")
        assert go_on.wait(30)
        real(answer, paths, *rest)

    monkeypatch.setattr(examine, "prepare", slow)
    county = browse("county")
    address = sent(county, geojson())
    waits = county.get(address)
    assert waits.headers["Refresh"] == "2" and "held against each other" in waits.text
    assert county.post(address, act="compare").status_code == 303 and drafts(world) == 0
    go_on.set()
    for _ in range(400):
        if "Refresh" not in (answer := county.get(address)).headers:
            break
        time.sleep(0.05)
    assert "See what would change" in answer.text


@pytest.mark.parametrize("word", ["ended in a fault", "was interrupted"])
def test_work_that_did_not_end_well_can_be_asked_for_again(
    world: World, browse: Any, app: Any, monkeypatch: Any, word: str
) -> None:
    def broken(*_: Any) -> None:
        raise examine.Failed("boom")

    with monkeypatch.context() as patched:
        patched.setattr(examine, "prepare", broken)
        county = browse("county")
        address = sent(county, geojson())
    if "interrupted" in word:
        (failed,) = (app.config["WANGGE"].data_dir / "waiting").glob("*/*/.failed")
        failed.unlink()
    assert word in county.get(address).text
    assert "See what would change" in read_again(county, address)


def test_files_that_are_dropped_while_they_are_read_are_no_fault(
    browse: Any, app: Any, monkeypatch: Any, caplog: Any
) -> None:
    monkeypatch.setattr(incoming_views, "PATIENCE", 0.05)
    go_on = threading.Event()

    def slow(*_: Any) -> None:
        assert go_on.wait(30)
        raise examine.Failed("no such file")

    monkeypatch.setattr(examine, "prepare", slow)
    county = browse("county")
    address = sent(county, geojson())
    assert county.post(address, act="drop").status_code == 303
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "borders":
            thread.join(30)
    assert not caplog.records and not list((app.config["WANGGE"].data_dir / "waiting").glob("*/*/*"))


def test_what_was_said_is_kept_as_it_was_said(tmp_path: Path) -> None:
    said = incoming.Said("gcj02", Choice(layer=("村",), columns=(("村", "dm", "", "sj"),), anywhere=True))
    found = incoming.new(tmp_path, 1)
    (found.folder / "a.geojson").write_bytes(geojson()[0].getvalue())
    incoming.work(tmp_path, found, said, examine.Tolerance(), ((), {}), 60)
    assert incoming.one(tmp_path, 1, found.id).said == said and not found.is_working
    with pytest.raises(incoming.NotFound):
        incoming.one(tmp_path, 1, uuid.uuid4())


def test_of_two_presses_at_once_the_second_drafts_nothing_and_brings_no_fault(world: World, browse: Any) -> None:
    county = browse("county")
    address = sent(county, geojson())
    found = incoming.one(data_dir(county), world.people["county"], uuid.UUID(address.rsplit("/", 1)[1]))
    with found.held() as first:
        assert first and county.post(address, act="compare").status_code == 303 and drafts(world) == 0
    assert county.post(address, act="compare").status_code == 303 and drafts(world) == 1
    found.drop()  # a second press of the other button
    with found.held() as again:
        assert not again


def test_a_page_reads_what_was_worked_out_and_neither_draws_nor_compares(
    world: World, browse: Any, monkeypatch: Any
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("shapes are taken apart in the web worker")

    monkeypatch.setattr(shapely, "from_wkb", never)
    monkeypatch.setattr(shapely, "STRtree", never)
    county = browse("county")
    address = sent(county, geojson())
    page = county.get(address).text
    assert page.count("<path class=") == 2 and ">999901100201 东二村</title>" in page
    assert county.post(address, act="compare").status_code == 303
    with world.store.read() as session:
        lines = session.scalars(select(GridChange).order_by(GridChange.position)).all()
        drawn = {line.zh: len(line.boundary or b"") for line in lines if line.kind == "new"}
    assert drawn["东二村"] > 90 and {line.kind for line in lines} == {"new", "changed", "gone"}


def test_a_list_is_compared_with_the_borders_in_force_in_the_child_too(
    world: World, browse: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(shapely, "STRtree", None)
    county = browse("county")
    address = sent(county, (io.BytesIO(county_list(world, {"A1": "新名村"})), "list.csv"))
    assert "See what would change" in county.get(address).text
    assert county.post(address, act="compare").status_code == 303
    with world.store.read() as session:
        (line,) = session.scalars(select(GridChange)).all()
    assert (line.kind, line.zh, line.grid_id) == ("changed", "新名村", world.grids["A1"]) and line.boundary


def county_list(world: World, renamed: dict[str, str]) -> bytes:
    """All grids in force as a list, of which some are called otherwise."""
    with world.store.read() as session:
        there, _names = changed.present(session, "1.")
    names = {world.grids[short]: name for short, name in renamed.items()}
    codes = [each.code for each in there]
    above = ["" if each.parent is None else codes[each.parent] for each in there]
    rows = [f"{g.tier},{g.code},{names.get(g.id, g.name)},,{up}" for g, up in zip(there, above, strict=True)]
    return "\n".join(["level,code,name,en,parent", *rows]).encode()


def data_dir(browser: Any) -> Path:
    return browser.client.application.config["WANGGE"].data_dir
