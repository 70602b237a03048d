"""The pages of the card: what a clerk reads, writes and counts."""

import re
from typing import Any

import pytest

from tests import make
from tests.conftest import World
from tests.own_county import read as read_file
from webapp.card import queries
from webapp.core import clock
from webapp.core.models import Setting
from webapp.patrol.service import record
from webapp.people.models import Person


def today():
    return clock.today().isoformat()


def page(browse: Any, login: str, address: str, language: str = "en") -> str:
    """What somebody reads there."""
    browser = browse(login)
    browser.get(f"/language?lang={language}")
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", answer.text)


def said(text: str) -> dict[str, str]:
    """The words and values of a page's lists, without markup."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)
    return {word: re.sub(r"<[^>]+>", "", value).strip() for word, value in found}


def test_an_empty_card_says_not_fixed_for_each_and_nothing_else(world: World, browse: Any) -> None:
    address = f"/grids/{world.grids['A1']}"
    seen = said(page(browse, "officer_a1", address))
    fixed = ["Duties", "Tasks", "Rewards", "Penalties", "Kind of grid", "Responsible body", "Responsible leader"]
    assert {word: seen[word] for word in fixed} == dict.fromkeys(fixed, "not fixed")
    assert (seen["Area"], seen["Personnel"]) == ("1.01 km²", "officer_a1")
    assert said(page(browse, "officer_a1", address, "zh"))["职责"] == "未定"


def test_what_is_written_stands_on_the_page_and_what_was_before_behind_it(world: World, browse: Any) -> None:
    address, browser = f"/grids/{world.grids['A1']}", browse("township_a")
    for duties in ("Look at the river", "Look at the kiln"):
        shown = browser.get(f"{address}/card").text
        seen = re.search(r'name="seen" id="seen" value="(\d*)"', shown)
        typed = {"kind": "village", "duties_en": duties, "valid_from": today(), "seen": seen and seen[1]}
        assert browser.post(f"{address}/card", **typed).status_code == 303
    seen_ = said(page(browse, "officer_a1", address))
    assert (seen_["Duties"], seen_["Kind of grid"], seen_["Announced on"]) == (
        "Look at the kiln",
        "Village",
        "not announced",
    )
    before = page(browse, "officer_a1", f"{address}/before")
    assert before.index("Look at the kiln") < before.index("Look at the river") and "township_a" in before


def test_a_refused_card_keeps_what_was_typed(world: World, browse: Any) -> None:
    address, browser = f"/grids/{world.grids['A1']}/card", browse("township_a")
    typed = {"kind": "village", "duties_zh": "look & see", "valid_from": "2099-01-01", "seen": ""}
    answer = browser.post(address, **typed)
    assert answer.status_code == 422 and "look &amp; see" in answer.text
    assert browser.post(address, **(typed | {"valid_from": today()})).status_code == 303
    assert browser.post(address, **(typed | {"valid_from": today(), "duties_zh": "other"})).status_code == 409


def test_the_township_names_its_person_and_the_page_says_since_when(world: World, browse: Any) -> None:
    address = f"/grids/{world.grids['A1']}"
    sent = {"person": world.people["township_a"], "first": today()}
    assert browse("township_a").post(f"{address}/upper", **sent).status_code == 303
    assert said(page(browse, "officer_a1", address))["Person of the office above"].startswith("township_a since")
    assert "township_a is named now" in page(browse, "county", f"{address}/upper")
    assert browse("township_a").get(f"/grids/{world.grids['A']}/upper").status_code == 404


def test_the_county_sets_the_parts_of_its_platform(world: World, browse: Any) -> None:
    address = f"/grids/{world.grids['county']}"
    assert browse("county").post(f"{address}/platform", **{"owner_zh": "县人民政府"}).status_code == 303
    seen = said(page(browse, "county", address))
    assert (seen["Builds and owns the platform"], seen["Runs the platform"]) == ("县人民政府", "not fixed")


@pytest.mark.parametrize("login", ["county", "township_a"])
def test_each_count_is_the_length_of_its_list(world: World, browse: Any, login: str) -> None:
    browse("county").post(f"/grids/{world.grids['A1']}/card", **{"duties_zh": "x", "valid_from": today(), "seen": ""})
    first = page(browse, login, "/cards")
    links = re.findall(r'href="(/cards\?lack=\w+)"[^>]*>([^<]*?) (\d+)</a>', first)
    assert len(links) == 8
    for address, _words, count in links:
        assert page(browse, login, address).count('<p class="row-title">') == int(count), address
    assert browse(login).get("/cards?lack=shoes").status_code == 404


def test_a_list_names_what_each_card_lacks(world: World, browse: Any) -> None:
    shown = page(browse, "township_a", "/cards?lack=personnel")
    assert "Village A3" in shown and "Village A1" not in shown
    assert "not fixed: Personnel, Duties, Tasks, Rewards and penalties, Person of the office above" in shown


def test_roles_of_the_card_are_those_who_act_from_a_grid() -> None:
    assert queries.PERSONNEL == ("grid_officer", "township_supervisor", "county_office")
    assert queries.UPPERS == ("grid_officer", "township_supervisor", "county_office", "leader")


# --- the notice, and the six classes of data ---


def test_the_notice_carries_names_and_no_telephone_number(world: World, browse: Any) -> None:
    with world.store.write() as session:
        for login in ("officer_a1", "township_a"):
            session.get_one(Person, world.people[login]).phone = "13912345678"
    address = f"/grids/{world.grids['A1']}"
    browse("township_a").post(f"{address}/upper", person=world.people["township_a"], first=today())
    notice = page(browse, "officer_a1", f"{address}/notice")
    assert said(notice)["Personnel"] == "officer_a1" and said(notice)["Person of the office above"] == "township_a"
    assert "Not fixed: Duties, Tasks, Rewards and penalties" in notice
    assert "13912345678" not in notice and "tel:" not in notice
    assert "13912345678" in page(browse, "officer_a1", address)


def test_the_six_classes_are_one_file_of_what_is_within_reach(world: World, browse: Any) -> None:
    address = f"/grids/{world.grids['A1']}"
    with world.store.write() as session:
        session.get_one(Person, world.people["officer_a1"]).phone = "13912345678"
    leader = {"post_zh": "主任", "leader_zh": "王一"}
    typed = {"kind": "village", "body_zh": "甲1村委会", "valid_from": today(), "seen": ""}
    browse("township_a").post(f"{address}/card", **typed, **leader)
    browser = browse("township_a")
    browser.get("/language?lang=en")
    sheets = read_file(browser.get("/cards.xlsx").data)
    assert [title[0] for title in sheets if title != "Grid cards"] == list("12345")  # nothing was done yet
    assert [row[1] for row in sheets["1 Grids"][1:]] == ["Town A", "Village A1", "Village A2", "Village A3"]
    grid = dict(zip(sheets["1 Grids"][0], sheets["1 Grids"][2], strict=True))
    assert (grid["Kind of grid"], grid["Area in km²"], grid["Duties"]) == ("Village", 1.01, None)
    assert sheets["2 Responsible bodies"][1:] == [("999901100200", "Village A1", "甲1村委会")]
    assert sheets["3 Responsible leaders"][1][2:] == ("主任", "王一")
    assert ("officer_a1", "Grid officer") in [row[2:4] for row in sheets["4 Persons"]]
    assert len(sheets["5 Enterprises and places"]) == 1 + 4
    assert not any("13912345678" in str(cell) for rows in sheets.values() for row in rows for cell in row)


def test_daily_work_counts_rounds_visits_and_reports_of_each_grid(world: World, browse: Any) -> None:
    with world.store.write() as session:
        officer = make.actor(session, "officer_a1")
        record(session, officer, make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}))
    browser = browse("county")
    browser.get("/language?lang=en")
    rows = read_file(browser.get("/cards.xlsx").data)["6 Daily work"]
    assert rows[1:] == [("999901100200", "Village A1", 1, 1, 0, 0)]


def set_rule(world: World, **numbers: int) -> None:
    with world.store.write() as session:
        for key, number in numbers.items():
            session.get_one(Setting, key).value = str(number)


def counts(text: str) -> dict[str, int]:
    """The lists of cards with their counts."""
    found = re.findall(r'<a [^>]*href="/cards\?lack=(\w+)"[^>]*>[^<]*? (\d+)</a>', text)
    return {name: int(number) for name, number in found}


def test_without_a_rule_of_the_county_no_village_has_too_few_or_too_many(world: World, browse: Any) -> None:
    assert not counts(page(browse, "county", "/cards")).keys() & {"fewer", "more"}
    assert browse("county").get("/cards?lack=fewer").status_code == 404


def test_villages_off_the_countys_number_are_listed_and_counted(world: World, browse: Any) -> None:
    with world.store.write() as session:
        for login in ("second", "third"):
            make.person(session, login, "grid_officer", grid=world.grids["A1"])
    set_rule(world, village_least=1, village_most=2)
    shown = counts(page(browse, "county", "/cards"))
    assert (shown["fewer"], shown["more"]) == (3, 1), "A3, B2 and B3 have nobody, A1 has three"
    fewer, more = (page(browse, "county", f"/cards?lack={name}") for name in ("fewer", "more"))
    assert fewer.count("0 persons are posted here · county setting: at least 1") == 3
    assert "3 persons are posted here · county setting: at most 2" in more and "Village A1" in more
    assert counts(page(browse, "township_b", "/cards"))["fewer"] == 2, "within one's own reach"
    set_rule(world, village_least=0)
    assert "fewer" not in counts(page(browse, "county", "/cards"))
