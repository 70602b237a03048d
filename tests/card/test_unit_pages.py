"""The pages of unit grids, their list, and what stays as it was when a county begins to work with them."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from tests import make
from tests.card.compounds import add, fix_kind, subdistrict
from tests.card.test_card_pages import page, said
from tests.conftest import World
from tests.own_county import read as read_file
from webapp.card import queries
from webapp.card.service import CardEntry, write_card
from webapp.core import clock
from webapp.grid import in_force
from webapp.grid import queries as grids
from webapp.grid import units as grid_units
from webapp.grid.models import BoundaryEdition, GridChangeSet, MapLayer
from webapp.patrol.service import record
from webapp.report.service import submit


def today():
    return clock.today().isoformat()


#: Pages with figures, desks, gaps and lists, and who reads them.
PAGES = {
    "county": "/desk /late /people /people/new /map /cards?lack=all /cards /first-day /first-day/officers /bodies "
    "/bodies/new?kind=committee /borders /borders/list.xlsx /grids/{county} /grids/{A} /grids/{A3}",
    "township_a": "/desk /late /people /map /cards /objects/import /grids/{A}/objects /grids/{A} /enter-for",
    "officer_a1": "/home /map /grids/{A1}/patrol?id={id} /grids/{A1}/rounds /map/grids/{A1}/card",
    "leader": "/desk /map /late /cards",
    "admin": "/people /first-day",
}


def seen(browse: Any, world: World) -> dict[tuple[str, str], Any]:
    """Each page as it is sent, without tokens and ids of forms, and without the lists of unit grids."""
    found = {}
    for login, addresses in PAGES.items():
        browser = browse(login)
        for address in addresses.split():
            answer = browser.get(address.format(**world.grids, id="01900000-0000-7000-8000-000000000000"))
            text = answer.text if answer.mimetype == "text/html" or "json" in answer.mimetype else ""
            text = re.sub(r'name="csrf_token" value="[^"]+"|data-csrf="[^"]+"', "", text)
            text = re.sub(
                r"<li><a[^>]*lack=unit_[^>]*>.*?</a></li>|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text
            )
            found[login, address] = (answer.status_code, text)
    return found


def test_all_figures_desks_gaps_and_outlines_are_the_same_with_unit_grids(world: World, browse: Any) -> None:
    subdistrict(world)
    before = seen(browse, world)
    assert {key: status for key, (status, _text) in before.items() if status != 200} == {}
    with world.store.read() as session:
        layers = set(session.scalars(select(MapLayer.hash)))
        edition, tier = grids.edition_id(session), grids.working_tier(session)
    add(world, "A1", "锦园", "和苑")
    add(world, "A2", "春苑")
    after = seen(browse, world)
    assert [key for key in before if before[key] != after[key]] == []
    with world.store.read() as session:
        assert set(session.scalars(select(MapLayer.hash))) == layers
        assert (grids.edition_id(session), grids.working_tier(session)) == (edition, tier)
        assert session.scalars(select(BoundaryEdition)).all()[-1].id == edition


def test_no_round_report_object_or_posting_is_of_a_unit_grid(world: World, browse: Any) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    for login, address in (
        ("officer_a1", "patrol"),
        ("officer_a1", "report"),
        ("township_a", "objects"),
        ("county", "border"),
    ):
        assert browse(login).get(f"/grids/{unit_id}/{address}").status_code == 404, address
    for act in (record, submit):
        entry = make.patrol(unit_id, {}) if act is record else make.report(unit_id)
        with pytest.raises(Exception, match="Not there"), world.store.write() as session:
            act(session, make.actor(session, "officer_a1"), entry)
    county = browse("county")
    answer = county.post(
        "/people/new", zh="x", en="x", login="xx", role="grid_officer", place=f"g{unit_id}", first=today()
    )
    assert answer.status_code == 422


def test_a_unit_grid_has_a_card_of_its_own(world: World, browse: Any) -> None:
    subdistrict(world)
    address = f"/grids/{world.grids['A1']}"
    township = browse("township_a")
    assert "None yet." in page(browse, "township_a", address)
    answer = township.post(f"{address}/units/new", zh="锦园", en="Jin Court", code="")
    assert answer.status_code == 303
    with world.store.read() as session:
        unit_id = grid_units.of(session, [world.grids["A1"]])[0].id
    assert township.post(f"/units/{unit_id}/people", zh="王楼长", post_zh="楼长", from_on=today()).status_code == 303
    first = {"person": world.people["officer_a1"], "first": today()}
    assert township.post(f"/grids/{unit_id}/upper", **first).status_code == 303
    for login in ("officer_a1", "township_a", "county", "leader"):
        assert f"/units/{unit_id}" in page(browse, login, address)
        card = said(page(browse, login, f"/units/{unit_id}"))
        assert card["Responsible body"] == "甲1村委会" or "committee" in card["Responsible body"], card
        assert card["Personnel"].startswith("王楼长 (楼长)") and card["Person of the community"].startswith(
            "officer_a1"
        )
        assert (card["Area"], card["Duties"]) == ("not fixed", "not fixed")
    for login in ("township_b", "officer_a2", "officer_b1"):
        assert browse(login).get(f"/units/{unit_id}").status_code == 404
    assert "王楼长" in page(browse, "officer_a1", f"/grids/{unit_id}/notice")
    assert "Jin Court" in page(browse, "officer_a1", f"/grids/{unit_id}/before")
    assert "单元网格" in page(browse, "officer_a1", f"/units/{unit_id}", "zh")


def test_adding_below_a_village_says_why_not_and_shows_no_form(world: World, browse: Any) -> None:
    subdistrict(world)
    shown = page(browse, "township_a", f"/grids/{world.grids['A3']}/units/new")
    assert "is a village. Unit grids stand below communities of subdistricts only." in shown
    assert 'name="zh"' not in shown
    answer = browse("township_a").post(f"/grids/{world.grids['A3']}/units/new", zh="锦园")
    assert answer.status_code == 422


def test_what_is_sent_twice_or_is_no_name_is_refused_beside_its_field(world: World, browse: Any) -> None:
    subdistrict(world)
    township, address = browse("township_a"), f"/grids/{world.grids['A1']}/units/new"
    assert township.post(address, zh="锦园").status_code == 303
    again = township.post(address, zh="锦园")
    assert again.status_code == 422 and "has a unit grid called" in again.text
    for wrong in ({"zh": ""}, {"zh": "长" * 81}, {"zh": "新", "code": "999901100200"}):
        assert township.post(address, **wrong).status_code == 422, wrong


def test_renaming_moving_and_ending_on_the_page(world: World, browse: Any) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    township, form = browse("township_a"), f"/units/{unit_id}/change"
    version = re.search(r'name="seen" id="seen" value="(\d+)"', township.get(form).text)
    assert version
    typed = {"zh": "锦园小区", "seen": version[1], "parent": world.grids["A2"]}
    assert township.post(form, **typed).status_code == 303
    assert "锦园小区" in page(browse, "officer_a2", f"/units/{unit_id}", "zh")
    assert browse("officer_a1").get(f"/units/{unit_id}").status_code == 404
    assert township.post(f"/units/{unit_id}/end").status_code == 303
    assert "Ended on" in page(browse, "officer_a2", f"/units/{unit_id}")
    assert township.post(f"/units/{unit_id}/end").status_code == 422
    assert township.get(form).status_code == 200


def test_the_lists_of_unit_grids_are_there_once_there_are_any_and_hold_no_other(world: World, browse: Any) -> None:
    subdistrict(world)
    assert "Unit grids" not in page(browse, "township_a", "/cards")
    assert browse("township_a").get("/cards?lack=unit_any").status_code == 404
    add(world, "A1", "锦园", "和苑")
    for name in ("unit_any", "unit_personnel", "unit_upper", "unit_all"):
        shown = page(browse, "township_a", f"/cards?lack={name}")
        assert len(re.findall(r'<li class="row">', shown)) == 2 and "锦园" in shown, name
    assert "Unit grids" not in page(browse, "township_b", "/cards")


def test_unit_grids_are_among_the_grids_that_are_taken_out(world: World, browse: Any) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    browse("township_a").post(f"/units/{unit_id}/people", zh="王楼长", post_zh="楼长", from_on=today())
    chosen = {"kind": "grids", "format": "csv", "encoding": "UTF-8"}
    for login, is_his in (("township_a", True), ("township_b", False)):
        with browse(login).post("/export", **chosen) as answer:
            assert ("锦园" in answer.get_data(as_text=True)) == is_his
    with browse("county").get("/cards.xlsx") as answer:
        sheets = read_file(answer.data)
    assert [row[1] for row in sheets["4 Persons"] if "王楼长" in row] == ["锦园 en"]
    assert any("锦园 en" in row for row in sheets["1 Grids"])


# --- a list ---


def listed(browser: Any, text: str) -> Any:
    return browser.post("/units/import", sheet=(io.BytesIO(text.encode()), "units.csv"))


def brought(browser: Any, text: str) -> Any:
    """The same, confirmed."""
    rows = re.search(r'name="rows" value="([^"]*)"', listed(browser, text).text)
    assert rows
    return browser.post("/units/import/confirm", rows=rows[1].replace("&#34;", '"'))


def test_a_list_brings_in_all_of_its_rows_and_the_same_list_nothing(world: World, browse: Any) -> None:
    subdistrict(world)
    text, township = "社区,小区名称,编码\n甲1村,锦园,\n999901100201,和苑,99990110020101\n", browse("township_a")
    assert "2 unit grids added" in listed(township, text).text
    assert brought(township, text).status_code == 303
    with world.store.read() as session:
        found = grid_units.of(session, [world.grids["A1"], world.grids["A2"]])
        assert [(cell.zh, cell.code) for cell in found] == [("锦园", ""), ("和苑", "99990110020101")]
    assert "already there. Nothing was changed" in listed(township, text).text


@pytest.mark.parametrize(
    "row, why",
    [
        ("甲3村,锦园,", "is a village"),
        ("乙1村,锦园,", "not yours"),
        ("甲1村,,", ""),
        ("甲1村,好的,", "stands twice"),
        ("甲1村,又一个,999901100200", "has the code"),
        ("甲镇,又一个,", "communities of subdistricts only"),
    ],
)
def test_one_wrong_row_leaves_nothing(world: World, browse: Any, row: str, why: str) -> None:
    subdistrict(world)
    answer = listed(browse("township_a"), f"社区,小区名称,编码\n甲1村,好的,\n{row}\n")
    assert answer.status_code == 422 and why in answer.text
    with world.store.read() as session:
        assert grid_units.of(session, [world.grids["A1"]]) == []


# --- the fourth level of a delivery ---

COUNTY = "层级,代码,名称,上级\n4,99990110020001,锦园,999901100200\n4,,老庄组,999901100202\n"
READ = {"act": "read", "is_part": "y", "crs": "", "encoding": ""}


def test_a_fourth_level_is_taken_only_where_it_was_asked_for(world: World, browse: Any) -> None:
    subdistrict(world)
    county = browse("county")
    given = {"files": (io.BytesIO(COUNTY.encode()), "list.csv"), "is_open": "y", "is_part": "y"}
    where = county.post("/borders", **given).location
    assert "was not asked for" in county.get(where).text
    assert county.post(where, **READ, fourth="y").status_code == 303
    shown = county.get(where).text
    assert "1 unit grid was found" in shown and "these 1 rows of the fourth level were left out" in shown
    where = county.post(where, act="compare").location
    set_id = int(where.rpartition("/")[2])
    assert "锦园" in county.get(where).text
    answer = county.post(f"/borders/{set_id}/propose", since=today(), reason="as said")
    assert answer.status_code == 303
    assert browse("county_two").post(f"/borders/{set_id}/approve").status_code == 303
    assert in_force.put_due_in_force(world.store) == 1
    with world.store.read() as session:
        assert session.get_one(GridChangeSet, set_id).state == "in_force"
        (cell,) = grid_units.of(session, [world.grids["A1"]])
        assert (cell.zh, cell.code) == ("锦园", "99990110020001")


def test_a_card_of_a_community_and_its_notice_are_as_before(world: World, browse: Any) -> None:
    fix_kind(world, "A", "subdistrict")
    with world.store.write() as session:
        who = make.actor(session, "county")
        write_card(session, who, world.grids["A1"], CardEntry("community", body_zh="甲1居委会"))
        body = queries.body_of(session, world.grids["A1"])
        assert body.body_zh == "甲1居委会"
    unit_id = add(world, "A1", "锦园")[0]
    assert said(page(browse, "officer_a1", f"/units/{unit_id}", "zh"))["责任单位"] == "甲1居委会"
