"""The pages of the card: what a clerk reads, writes and counts."""

import re
from typing import Any

import pytest

from tests.conftest import World
from webapp.card import queries
from webapp.core import clock

TODAY = clock.today().isoformat()


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
        typed = {"kind": "village", "duties_en": duties, "valid_from": TODAY, "seen": seen and seen[1]}
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
    assert browser.post(address, **(typed | {"valid_from": TODAY})).status_code == 303
    assert browser.post(address, **(typed | {"valid_from": TODAY, "duties_zh": "other"})).status_code == 409


def test_the_township_names_its_person_and_the_page_says_since_when(world: World, browse: Any) -> None:
    address = f"/grids/{world.grids['A1']}"
    sent = {"person": world.people["township_a"], "first": TODAY}
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
    browse("county").post(f"/grids/{world.grids['A1']}/card", **{"duties_zh": "x", "valid_from": TODAY, "seen": ""})
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
    assert queries.UPPERS == ("township_supervisor", "county_office", "leader")
