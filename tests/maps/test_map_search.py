"""The map's search and its layer of objects: what is found, how it is told, and what stands where."""

import re
from typing import Any

import pytest

from tests import make
from webapp.core import clock
from webapp.patrol.models import PatrolObject


def found(answer: Any) -> list[str]:
    """The words of the links that a search gave, in their order."""
    (hits,) = re.findall(r'<ul class="map-hits">(.*?)</ul>', answer.text, re.S) or [""]
    return re.findall(r"<li><a [^>]*>([^<]+)</a>", hits)


@pytest.fixture
def look(browse: Any) -> Any:
    """``look("county", "Town")``: what a search finds, the same with a new page and without."""

    def ask(login: str, words: str) -> list[str]:
        browser = browse(login)
        piece, page = (browser.get(address, query_string={"q": words}) for address in ("/map/found", "/map"))
        assert (piece.status_code, page.status_code) == (200, 200)
        assert found(piece) == found(page)
        return found(piece)

    return ask


@pytest.fixture
def placed(world: Any) -> Any:
    """Objects get a place."""

    def put(**places: tuple[float, float]) -> None:
        with world.store.write() as session:
            for name, (lon, lat) in places.items():
                thing = session.get_one(PatrolObject, world.things[name])
                thing.lon, thing.lat = lon, lat

    return put


def test_villages_townships_and_objects_are_found_in_both_languages(look):
    assert look("county", "town a") == ["Town A"]
    assert look("county", "甲镇") == ["Town A"]
    assert look("county", "9999011002") == ["Village A1", "Village A2", "Village A3"]
    assert look("county", "kiln") == ["Old kiln"] * 3
    assert look("township_a", "砖窑") == ["Old kiln"] * 2
    assert look("officer_a1", "xingwang") == ["Xingwang Farm"]
    assert look("liaison", "village b") == ["Village B1", "Village B2", "Village B3"]  # outlines are open to all
    assert look("liaison", "kiln") == []


def test_a_report_is_found_by_the_digits_that_people_say(look, report):
    first, second = report("officer_a1", "A1"), report("officer_a2", "A2")
    assert [word[-5:] for word in look("township_a", first)] == [first]
    assert [word[-5:] for word in look("county", f"{clock.today().year}-{second}")] == [second]
    assert look("township_b", first) == []
    assert look("officer_a1", second) == []


@pytest.mark.parametrize("words", ["%", "_", "'", "\\", "<b>", "0", "x" * 500, "1" * 500, "\x00", "９９"])
def test_odd_words_find_nothing_and_break_nothing(look, words):
    assert look("county", words) == []


def test_nothing_found_is_said_and_nothing_asked_says_nothing(browse):
    assert "Nothing found" in browse("county").get("/map/found?q=zzz").text
    assert browse("county").get("/map/found?q=%20").text.strip() == ""
    assert "Nothing found" not in browse("county").get("/map").text


def test_what_is_found_leads_to_its_place_on_the_map_and_without_one_to_its_page(browse, world, placed, report):
    placed(kiln_a1=(110.004, 35.006))
    number = report("officer_a1", "A1", lon=110.005, lat=35.005)
    a1, text = world.grids["A1"], browse("township_a").get("/map/found?q=kiln&days=30").text
    with_place, without = re.findall(r"<li>.*?</li>", text)
    assert f'data-map-show="{a1}" data-map-point="35.006,110.004"' in with_place
    assert f'href="/objects/{world.things["kiln_a1"]}"' in with_place and "no place yet" not in with_place
    assert "data-map-show" not in without and "no place yet" in without
    assert 'data-map-point="35.005,110.005"' in browse("township_a").get(f"/map/found?q={number}").text
    village = browse("township_a").get("/map/found?q=Village+A1&days=30&by=last").text
    assert f'href="/map?days=30&amp;by=last&amp;at={a1}" data-map-show="{a1}"' in village


def test_objects_say_when_they_were_seen_and_whether_they_are_due(browse, world, placed, patrol):
    placed(kiln_a1=(110.004, 35.006), farm_a1=(110.003, 35.002), farm_a2=(110.015, 35.005))
    patrol("officer_a1", "A1", farm_a1="normal", at=clock.now() - make.days(3))
    answer = browse("township_a").get(f"/map/grids/{world.grids['A']}/objects").json
    told = {f["properties"]["name"]: f["properties"]["tone"] for f in answer["features"]}
    assert told == {
        "Xingwang Farm · last seen 3 days ago": "",
        "Old kiln · never seen": "due",
        "Xingwang Farm · never seen": "due",
    }
    assert answer["words"] == "3 objects, and 1 without a place"
    assert answer["features"][0]["geometry"]["coordinates"] == [110.003, 35.002]
    village = browse("officer_a1").get(f"/map/grids/{world.grids['A1']}/objects").json
    assert (len(village["features"]), village["words"]) == (2, "2 objects")


def test_a_retired_object_is_neither_found_nor_drawn(browse, look, world, placed):
    placed(kiln_a1=(110.004, 35.006))
    with world.store.write() as session:
        session.get_one(PatrolObject, world.things["kiln_a1"]).valid_to = clock.today()
    assert look("officer_a1", "kiln") == []
    answer = browse("officer_a1").get(f"/map/grids/{world.grids['A1']}/objects").json
    assert (answer["features"], answer["words"]) == ([], "0 objects, and 1 without a place")


def test_the_whole_county_is_not_drawn_at_once(browse, world, placed):
    placed(kiln_a1=(110.004, 35.006))
    answer = browse("county").get(f"/map/grids/{world.grids['county']}/objects").json
    assert (answer["features"], answer["words"]) == ([], "Choose a village or a township first.")


def test_who_looks_up_no_objects_has_no_switch_for_them(the_map):
    assert "data-map-things=" in the_map("leader").text
    for login in ("liaison", "committee_a1"):
        assert "data-map-things=" not in the_map(login).text
        assert 'data-class="thing' not in the_map(login).text
