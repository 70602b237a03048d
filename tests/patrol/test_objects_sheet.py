"""Objects from a sheet: what comes in, what is said of wrong rows, that nothing is doubled, and the way back out."""

import io
import re

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from gis import crs
from tests import make
from tests.accounts.test_offices_sheets import book, text
from webapp.cli import main
from webapp.core import sheet
from webapp.core.models import AuditEntry
from webapp.grid import locate
from webapp.patrol import service, sheet_acts
from webapp.patrol.models import PatrolObject
from webapp.patrol.sheet import OBJECTS

HEAD = ["村", "类型", "名称", "经度", "纬度", "坐标系"]
ROWS = [
    ["甲1村", "排污企业", "东窑砖厂", 110.005, 35.005, None],
    ["甲3村", "河段", "清河三段", None, None, None],
    ["乙镇/乙2村", "livestock_farm", "旺达 养殖场", "110.015", "35.015", None],
]


def run(world, data, by="county", system="", keep=True):
    """Carry a sheet out as somebody, or rehearse it."""
    given = OBJECTS.read(data)
    with world.store.write() as session:
        act = sheet_acts.apply if keep else sheet_acts.rehearse
        return act(session, make.actor(session, by), given.rows, system)


def wrong(outcome):
    """Row, column and message of what was found."""
    return [(each.row.number, each.column, each.refusal.message) for each in outcome.findings]


def listed(world):
    """Village, type, name and place of each object on a list that the test county does not have from the start."""
    with world.store.read() as session:
        rows = session.scalars(
            select(PatrolObject).where(PatrolObject.id.not_in(world.things.values())).order_by(PatrolObject.id)
        )
        return [(each.grid_id, each.type, each.zh, each.lon, each.lat) for each in rows]


def test_objects_come_in_with_their_places_and_a_line_in_the_log_each(world):
    outcome = run(world, book(["点位清单"], HEAD, *ROWS, ["合计", None, "3处"]))
    assert (wrong(outcome), len(outcome.added), outcome.remarks) == ([], 3, [])
    assert listed(world) == [
        (world.grids["A1"], "enterprise", "东窑砖厂", 110.005, 35.005),
        (world.grids["A3"], "river_section", "清河三段", None, None),
        (world.grids["B2"], "livestock_farm", "旺达养殖场", 110.015, 35.015),
    ]
    with world.store.read() as session:
        assert session.scalar(select(func.count()).where(AuditEntry.action == "object.add")) == 3


def test_the_same_sheet_again_doubles_nothing_and_puts_back_nothing(world):
    run(world, book(HEAD, *ROWS))
    with world.store.write() as session:
        gone = session.scalar(select(PatrolObject).where(PatrolObject.zh == "清河三段"))
        service.retire_object(session, make.actor(session, "county"), gone.id, "改道")
    before = listed(world)
    again = run(world, book(HEAD, *ROWS, *ROWS[:1]))
    assert (wrong(again), again.changes(), again.unchanged) == ([], False, 4)
    assert [note.message for note in again.remarks] == [sheet_acts.TAKEN_OFF]
    assert listed(world) == before


def test_more_rows_and_places_that_were_lacking_come_in_beside_what_stands(world):
    run(world, book(HEAD, *ROWS))
    placed = [
        ROWS[0],
        ["甲3村", "河段", "清河三段", 110.025, 35.002, None],
        ["甲3村", "河段", "清河四段", None, None, None],
    ]
    outcome = run(world, book(HEAD, *placed))
    assert (wrong(outcome), outcome.placed, len(outcome.added), outcome.unchanged) == ([], 1, 1, 1)
    assert (world.grids["A3"], "river_section", "清河三段", 110.025, 35.002) in listed(world)


def test_every_wrong_row_is_named_and_then_nothing_comes_in(world):
    run(world, book(HEAD, *ROWS[:1]))
    before = listed(world)
    bad = [
        ["没有村", "河段", "a", None, None, None],
        ["甲镇", "河段", "a", None, None, None],
        ["甲1村", "飞碟", "a", None, None, None],
        ["甲1村", "河段", None, None, None, None],
        ["甲1村", "河段", "a", 110.005, None, None],
        ["甲1村", "河段", "a", 35.005, 110.005, None],
        ["甲1村", "河段", "a", 120.5, 35.005, None],
        ["甲1村", "河段", "a", 110.005, 35.005, "西安80"],
        ["甲1村", "河段", "a", 110.005, 35.005, "EPSG:4546"],
        ["甲1村", "河段", "a", 110.005, 35.005, "EPSG:2343"],
        ["甲1村", "排污企业", "东窑砖厂", 110.006, 35.006, None],
        ["甲1村", "河段", "=A1", None, None, None],
        ["甲1村", "河段", "名" * 81, None, None, None],
    ]
    outcome = run(world, text(HEAD, *bad, ROWS[1]))
    assert [(number, column) for number, column, _ in wrong(outcome)] == [
        (2, "grid"), (3, "grid"), (4, "type"), (5, "zh"), (6, "y"), (7, "x"), (8, "x"),
        (9, "crs"), (10, "crs"), (11, "crs"), (12, "x"), (13, "zh"), (14, "zh"),
    ]  # fmt: skip
    told = {message for _, _, message in wrong(outcome)}
    assert told >= {locate.SWAPPED, locate.ABROAD, locate.UNKNOWN_SYSTEM, locate.OTHER_NUMBERS, locate.OTHER_DATUM}
    assert listed(world) == before


def test_one_name_at_two_places_of_a_sheet_is_a_finding(world):
    rows = [["甲1村", "河段", "a", 110.001, 35.001, None], ["甲1村", "河段", "a", 110.009, 35.009, None]]
    assert wrong(run(world, book(HEAD, *rows))) == [(3, "zh", sheet_acts.TWICE)]


def test_one_on_the_list_without_a_place_gets_one_place_from_a_sheet(world):
    run(world, book(HEAD, ROWS[1]))
    here, near, there = (["甲3村", "河段", "清河三段", 110.025, lat, None] for lat in (35.002, 35.00201, 35.004))
    before = listed(world)
    outcome = run(world, book(HEAD, here, there))
    assert (wrong(outcome), listed(world)) == ([(3, "zh", sheet_acts.TWICE)], before)
    outcome = run(world, book(HEAD, here, near, ROWS[1]))
    assert (wrong(outcome), outcome.placed, outcome.unchanged) == ([], 1, 2)
    assert listed(world) == [(world.grids["A3"], "river_section", "清河三段", 110.025, 35.002)]


def in_system(code):
    """A point of the first village, in another system."""
    point = np.array([[110.005, 35.005]])
    if code == "gcj02":
        return crs.wgs84_to_gcj02(point)[0]
    if code == "bd09":
        return crs.wgs84_to_bd09(point)[0]
    from pyproj import Transformer

    return Transformer.from_crs(4490, int(code.removeprefix("EPSG:")), always_xy=True).transform(110.005, 35.005)


@pytest.mark.parametrize(
    ("code", "called"),
    [
        ("gcj02", "高德"), ("bd09", "百度"), ("gcj02", "GCJ02"), ("EPSG:4546", "EPSG:4546"), ("EPSG:4525", "37带"),
        ("EPSG:4546", "国家2000 中央经线111°"), ("EPSG:4525", "CGCS2000 3度37带"),
        ("EPSG:4525", "CGCS2000 3度带 37带"), ("EPSG:4546", "国家2000 3度带 中央经线111"),
        ("EPSG:4546", "CGCS2000 中央经线111 3度带"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("in_column", [True, False])
def test_a_place_in_any_known_system_is_turned(world, code, called, in_column):
    x, y = in_system(code)
    row = ["甲1村", "河段", "a", float(x), float(y), called if in_column else None]
    outcome = run(world, book(HEAD, row), system="" if in_column else called)
    assert wrong(outcome) == []
    ((*_, lon, lat),) = listed(world)
    assert (lon, lat) == pytest.approx((110.005, 35.005), abs=2e-6)


@pytest.mark.parametrize(
    ("code", "called"),
    [
        (4527, "国家2000 3度带39带"), (4527, "CGCS2000 3度带 39带"), (4527, "3 度带第 39 号带"), (4527, "CGCS200039带"),
        (4548, "CGCS2000 3度带 中央经线117"), (4547, "中央经线114 3度带"), (4540, "中央子午线93 3度带"),
        (4513, "25带"), (4533, "45度带"), (4534, "CM 75"), (4554, "CM 135"),
    ],
)  # fmt: skip
def test_a_zone_is_one_that_exists_and_not_a_part_of_another_number(code, called):
    from pyproj import CRS

    assert locate.named_system(called) == f"EPSG:{code}"
    name = CRS.from_epsg(code).name
    assert "CGCS2000 / 3-degree Gauss-Kruger" in name and name.split()[-1].removesuffix("E")[-2:] in called


def test_the_systems_that_are_offered_are_those_of_this_county(world):
    with world.store.read() as session:
        assert locate.systems_here(session) == ["EPSG:4490", "gcj02", "bd09", "EPSG:4546", "EPSG:4525"]


def test_a_place_in_another_village_is_remarked_and_not_refused(world):
    outcome = run(world, book(HEAD, ["甲1村", "河段", "a", 110.025, 35.005, None]))
    assert (wrong(outcome), [note.message for note in outcome.remarks]) == ([], [sheet_acts.OUTSIDE])


def test_a_township_brings_in_its_own_villages_only(world):
    assert wrong(run(world, book(HEAD, *ROWS), by="township_a")) == [
        (4, "grid", "This place does not exist, or is not yours.")
    ]
    assert listed(world) == []


def test_rehearsing_keeps_nothing(world):
    assert run(world, book(HEAD, *ROWS), keep=False).changes()
    assert listed(world) == []


# --- the pages ---


def send(browser, data, **more):
    """Upload a sheet."""
    return browser.post("/objects/import", sheet=(io.BytesIO(data), "objects.xlsx"), **more)


def test_a_sheet_is_shown_first_confirmed_taken_out_and_brings_in_nothing_then(world, browse):
    county = browse("county")
    page = send(county, book(HEAD, *ROWS))
    assert (page.status_code, listed(world)) == (200, [])
    rows = re.search(r'name="rows" value="([^"]+)"', page.text)[1].replace("&#34;", '"')
    for expected in ("3 objects put on the lists", "Everything in this spreadsheet is already there."):
        assert expected in county.post("/objects/import/confirm", rows=rows, follow=True).text
    out = county.get("/objects/export").data
    given = OBJECTS.read(out)
    assert len(given.rows) == 3 + len(world.things)
    assert given.notes == []
    again = send(county, out)
    assert "Everything in this spreadsheet is already there." in again.text
    assert len(listed(world)) == 3


def test_the_sample_says_what_belongs_where_and_is_filled_in_below(world, browse):
    import openpyxl

    for language, heading in (("zh", "村*"), ("en", "Village*")):
        browser = browse("township_a")
        browser.get(f"/language?lang={language}")
        data = browser.get("/objects/import/sample").data
        made = openpyxl.load_workbook(io.BytesIO(data))
        assert heading in [cell.value for cell in made.active[3]]
        with pytest.raises(sheet.Refused, match="no rows"):
            OBJECTS.read(data)
        columns = [cell.value for cell in made.active[3]]
        for value, at in (("甲1村", columns.index(heading)), ("河段", 2), ("清河", 3)):
            made.active.cell(4, at + 1, value)
        out = io.BytesIO()
        made.save(out)
        assert OBJECTS.read(out.getvalue()).rows[0].cells == {"grid": "甲1村", "type": "河段", "zh": "清河"}


def test_wrong_rows_are_listed_with_the_sentence_of_the_page(browse):
    page = send(browse("county"), book(HEAD, ["甲1村", "飞碟", "a", None, None, None]))
    assert page.status_code == 422
    assert "There is no object type with this name." in page.text and 'name="rows"' not in page.text


def test_add_another_leads_back_to_the_open_form_with_the_type(world, browse):
    browser, at = browse("township_a"), f"/grids/{world.grids['A1']}/objects"
    answer = browser.post(at, zh="清河一段", type="river_section", lon="110.001", lat="35.002", another="yes")
    assert answer.headers["Location"] == f"{at}?add=yes&type=river_section#zh"
    page = browser.get(answer.headers["Location"]).text
    assert '<option value="river_section" selected>' in page and '<details class="fold" open>' in page
    assert listed(world) == [(world.grids["A1"], "river_section", "清河一段", 110.001, 35.002)]


@pytest.mark.parametrize(("lon", "lat"), [("110", ""), ("", "35"), ("east", "35"), ("181", "35"), ("110", "91")])
def test_a_place_that_is_none_is_said_beside_its_field_and_what_was_typed_stays(world, browse, lon, lat):
    page = browse("township_a").post(
        f"/grids/{world.grids['A1']}/objects", zh="清河一段", type="river_section", lon=lon, lat=lat
    )
    assert page.status_code == 422
    assert 'class="error"' in page.text and 'value="清河一段"' in page.text
    assert listed(world) == []


# --- the command ---


@pytest.fixture
def command(world, tmp_path, monkeypatch):
    """The command line on the test county."""
    monkeypatch.setenv("DATABASE_URL", world.store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["objects", *map(str, words)])


def test_the_command_takes_and_gives_the_same_sheet(world, command, tmp_path):
    (tmp_path / "in.xlsx").write_bytes(book(HEAD, *ROWS))
    assert "Nothing stored." in command("import", tmp_path / "in.xlsx").output  # no answer is a no
    assert listed(world) == []
    done = command("import", "--yes", tmp_path / "in.xlsx")
    assert (done.exit_code, "Stored 3 objects." in done.output) == (0, True)
    assert command("export", tmp_path / "out.xlsx").exit_code == 0
    again = command("import", "--yes", tmp_path / "out.xlsx")
    assert "new: 0 in 0 villages" in again.output and len(listed(world)) == 3
    assert "Nothing to store" in again.output and "Stored" not in again.output


def test_the_command_says_how_many_places_it_stored(world, command, tmp_path):
    run(world, book(HEAD, ROWS[1]))
    placed = ["甲3村", "河段", "清河三段", 110.025, 35.002, None]
    for name, rows, said in (
        ("a", [placed], "Stored 0 objects, 1 place."),
        ("b", [placed, ROWS[0]], "Stored 1 object."),
    ):
        (tmp_path / name).write_bytes(book(HEAD, *rows))
        assert command("import", "--yes", tmp_path / name).output.splitlines()[-1] == said


def test_the_command_names_wrong_rows_and_stores_nothing(world, command, tmp_path):
    (tmp_path / "in.csv").write_bytes(text(HEAD, ROWS[0], ["甲1村", "飞碟", "a", "", "", ""]))
    done = command("import", "--yes", tmp_path / "in.csv")
    assert (done.exit_code, "row 3, type" in done.output, listed(world)) == (1, True, [])
