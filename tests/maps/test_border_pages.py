"""Pages for changing borders: files are read and compared, a second person approves, one grid is changed by hand."""

import io
import json
import re
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select

from gis.crs import wgs84_to_gcj02
from tests.conftest import World
from tests.grid.changing import ROOT, border, changed_to, delivered
from webapp.access import SYSTEM
from webapp.grid import changed, in_force, queries
from webapp.grid.models import Grid, GridChangeSet
from webapp.people.models import Posting

UNCHOSEN = {f"{kind}_{at}": "" for kind in ("code", "name", "parent") for at in range(3)}
LAYERS = {1: "county", 2: "township", 3: "village"}


def files(world: World, other: dict[str, Any], gone: tuple[str, ...] = ()) -> list[tuple[io.BytesIO, str]]:
    """The small county as GeoJSON files, one a level, with what changed in it."""
    cells = delivered(world, other, gone)
    sent = []
    for tier, layer in LAYERS.items():
        features = [
            {
                "type": "Feature",
                "properties": {
                    "code": cell.code,
                    "name": cell.name,
                    "parent": "" if cell.parent is None else cells[cell.parent].code,
                },
                "geometry": json.loads(shapely.to_geojson(shapely.from_wkb(cell.boundary))),
            }
            for cell in cells
            if cell.tier == tier
        ]
        told = json.dumps({"type": "FeatureCollection", "name": layer, "features": features}, ensure_ascii=False)
        sent.append((io.BytesIO(told.encode()), f"{layer}.geojson"))
    return sent


def send(browser: Any, sent: list[tuple[io.BytesIO, str]], **chosen: Any) -> Any:
    """All steps to the draft, with what is chosen on the way; the answer to the last of them."""
    answer = browser.post("/borders", files=sent, is_open="y")
    assert answer.status_code == 303, answer.text
    address = answer.location
    if chosen:
        assert browser.post(address, act="read", **UNCHOSEN, **chosen).status_code == 303
    if "See what would change" not in (page := browser.get(address)).text:
        return page
    return browser.post(address, act="compare")


def only(world: World) -> GridChangeSet:
    with world.store.read() as session:
        return session.scalars(select(GridChangeSet)).one()


def test_a_merger_comes_in_by_a_file_and_takes_effect_when_a_second_person_approves(world: World, browse: Any) -> None:
    county, second = browse("county"), browse("county_two")
    merged = {"A1": {"boundary": border(world, "A1", "A2"), "name": "合并村"}}
    answer = send(county, files(world, merged, ("A2",)))
    assert answer.status_code == 303
    page = county.get(answer.location).text
    assert "合并村" in page and "<path class=" in page and "Its records are taken over by" in page
    assert "open reports 0, objects 2, postings 1" in page
    address = answer.location
    assert county.post(f"{address}/propose", **({"since": "2026-01-01"})).status_code == 422
    today = re.search(r'name="since"[^>]*value="([^"]+)"', page)
    assert today is not None
    assert county.post(f"{address}/propose", **({"since": today[1], "reason": "as decreed"})).status_code == 303
    assert "Somebody else" in county.post(f"{address}/approve").text
    assert second.post(f"{address}/approve").status_code == 303
    assert in_force.put_due_in_force(world.store) == 1
    with world.store.read() as session:
        assert "合并村" in [cell.zh for cell in queries.cells(session, SYSTEM, "grid.read")]
    assert "in force" in county.get("/borders").text


def test_without_the_confirmation_nothing_is_read(world: World, browse: Any) -> None:
    county = browse("county")
    answer = county.post("/borders", files=files(world, {"A1": {"name": "新"}}))
    assert answer.status_code == 422 and "Please confirm this" in answer.text
    assert county.post("/borders", is_open="y").status_code == 422


def test_the_same_borders_change_nothing_and_errors_are_named(world: World, browse: Any) -> None:
    county = browse("county")
    answer = send(county, files(world, {}))
    assert answer.status_code == 422 and "Nothing would change" in answer.text
    twice = send(county, files(world, {"A1": {"code": "999901001002"}, "A2": {"code": "999901001002"}}))
    assert "stands more than once" in twice.text
    broken = send(county, [(io.BytesIO(b"no borders at all"), "x.geojson")])
    assert "neither a GeoPackage" in broken.text and "x.geojson" in broken.text
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(GridChangeSet)) == 0


def test_borders_in_a_shifted_system_are_refused_by_its_name(world: World, browse: Any) -> None:
    def moved(wkb: bytes) -> bytes:
        return shapely.to_wkb(shapely.transform(shapely.from_wkb(wkb), wgs84_to_gcj02))

    other = {short: {"boundary": moved(border(world, short))} for short in world.grids}
    answer = send(browse("county"), files(world, other))
    assert "as they would if they were in GCJ-02" in answer.text
    right = send(browse("county"), files(world, other), crs="gcj02")
    assert right.status_code == 422 and "Nothing would change" in right.text


def test_a_warning_says_what_to_do_and_where_and_how_much_is_tolerated_is_a_setting(world: World, browse: Any) -> None:
    county = browse("county")
    narrow = shapely.to_wkb(shapely.from_wkb(border(world, "A1")).buffer(-0.00005))
    page = county.get(send(county, files(world, {"A1": {"boundary": narrow}})).location).text
    assert "belong to nobody" in page and "a point there lies in no village" in page
    assert '<span class="spot">1</span>' in page and re.search(r"<text [^>]*>1</text>", page)
    settings = {"value-border_strip_width": "500", "value-border_strip_area": "100000"}
    drawn = {"drawn-border_strip_width": "30", "drawn-border_strip_area": "1000"}
    assert county.post("/settings/borders", **settings, **drawn).status_code == 303
    again = county.get(send(county, files(world, {"A1": {"boundary": narrow}})).location).text
    assert "belong to nobody" not in again and "do not match exactly" in again


@pytest.mark.parametrize("login", ["officer_a1", "township_a", "liaison", "inspector", "admin", "auditor"])
def test_others_do_not_come_near(world: World, browse: Any, login: str) -> None:
    browser = browse(login)
    for address in ("/borders", "/borders/1", f"/grids/{world.grids['A1']}/change"):
        assert browser.get(address).status_code in (403, 404)


def test_a_leader_reads_and_has_no_buttons(world: World, browse: Any) -> None:
    send(browse("county"), files(world, {"A1": {"name": "新名村"}}))
    leader = browse("leader")
    page = leader.get(f"/borders/{only(world).id}").text
    assert "新名村" in page and "Propose" not in page
    assert 'type="file"' not in leader.get("/borders").text


def test_a_townships_leader_is_told_of_no_records_beside_it(world: World, browse: Any) -> None:
    merged = {"A1": {"boundary": border(world, "A1", "A2")}, "B1": {"name": "新名村"}}
    assert send(browse("county"), files(world, merged, ("A2",))).status_code == 303
    page, leader = f"/borders/{only(world).id}", browse("leader")
    for township, counts in (("county", "objects 2, postings 1"), ("A", "objects 2, postings 1"), ("B", "objects 0")):
        with world.store.write() as session:
            (posting,) = session.scalars(select(Posting).where(Posting.person_id == world.people["leader"]))
            posting.grid_id = world.grids[township]
        answer = leader.get(page)
        assert answer.status_code == 200 and counts in answer.text, township
    assert "objects 2" not in answer.text
    assert "甲2村" in answer.text, "what changes beside it, it may know"


def test_a_file_is_called_without_what_no_name_holds(world: World, browse: Any) -> None:
    broken = send(browse("county"), [(io.BytesIO(b"no borders"), "x\x07y.geojson")])
    assert "xy.geojson" in broken.text


def test_the_page_of_a_grid_that_ended_names_its_heir_and_changes_nothing(world: World, browse: Any) -> None:
    changed_to(world, {"A1": {"boundary": border(world, "A1", "A2")}}, gone=["A2"])
    county = browse("county")
    page = county.get(f"/grids/{world.grids['A2']}").text
    assert "Its records belong to Village A1." in page and f"/grids/{world.grids['A2']}/change" not in page
    assert f'href="/grids/{world.grids["A2"]}"' in county.get(f"/grids/{world.grids['A1']}").text


def test_one_grid_is_renamed_by_hand(world: World, browse: Any) -> None:
    county, address = browse("county"), f"/grids/{world.grids['A1']}/change"
    typed = {
        "zh": "新名村",
        "en": "New",
        "code": "999901001001",
        "parent": str(world.grids["A"]),
        "heir": str(world.grids["A2"]),
    }
    found = re.search(r'name="code"[^>]*value="([^"]+)"', county.get(address).text)
    assert found is not None
    answer = county.post(address, **(typed | {"code": found[1]}))
    assert answer.status_code == 303
    page = county.get(answer.location).text
    assert "renamed" in page and "Village A1" in page
    taken = county.post(address, **(typed | {"code": "x" * 21}))
    assert taken.status_code == 422
    same = county.post(address, **(typed | {"zh": "甲1村", "en": "Village A1", "code": found[1]}))
    assert same.status_code == 422 and "Nothing would change" in same.text


def test_a_village_is_merged_by_hand(world: World, browse: Any) -> None:
    county, address = browse("county"), f"/grids/{world.grids['A2']}/change"
    kept = {"zh": "甲2村", "en": "Village A2", "code": "1", "parent": str(world.grids["A"]), "act": "merge"}
    answer = county.post(address, **(kept | {"heir": str(world.grids["A1"])}))
    assert answer.status_code == 303
    with world.store.read() as session:
        lines = changed.lines(session, only(world).id)
        assert [(line.kind, line.grid_id, line.heir_id) for line in lines] == [
            ("changed", world.grids["A1"], None),
            ("gone", world.grids["A2"], world.grids["A1"]),
        ]
        ground = shapely.from_wkb(lines[0].boundary)
    assert ground.equals(shapely.from_wkb(border(world, "A1", "A2")))
    for wrong in (world.grids["A"], world.grids["A2"], 99999999):
        refused = county.post(address, **(kept | {"heir": str(wrong)}))
        assert refused.status_code == 422, wrong


def test_townships_merged_by_hand_take_their_villages_along(world: World, browse: Any) -> None:
    county, address = browse("county"), f"/grids/{world.grids['A']}/change"
    kept = {"zh": "甲镇", "en": "A", "code": "1", "parent": str(world.grids["county"]), "act": "merge"}
    answer = county.post(address, **(kept | {"heir": str(world.grids["B"])}))
    for name, browser in (("propose", county), ("approve", browse("county_two"))):
        page = county.get(answer.location).text
        since = re.search(r'name="since"[^>]*value="([^"]+)"', page)
        given = {"since": since[1]} if since else {}
        assert browser.post(f"{answer.location}/{name}", **(given)).status_code == 303
    assert in_force.put_due_in_force(world.store) == 1
    with world.store.read() as session:
        assert {session.get_one(Grid, world.grids[short]).parent_id for short in ("A1", "A2", "A3")} == {
            world.grids["B"]
        }
        assert changed.present(session, ROOT)[0]


def test_the_way_there_is_on_the_map_and_on_the_card(world: World, browse: Any) -> None:
    county = browse("county")
    assert 'href="/borders"' in county.get("/map").text
    assert f'href="/grids/{world.grids["A1"]}/change"' in county.get(f"/grids/{world.grids['A1']}").text
    assert 'href="/borders"' not in browse("officer_a1").get("/map").text
