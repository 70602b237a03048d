"""A grid's card: who is responsible, what is due, what is open, and not a word more than the asker may see."""

import re

import pytest

from tests.access_county import hole  # noqa: F401  (fixture)
from webapp.access import MATRIX


@pytest.fixture
def card(browse, world):
    """``card("county", "A1")``: the answer."""
    return lambda login, grid: browse(login).get(f"/map/grids/{world.grids[grid]}/card", query_string={"days": 7})


def test_the_card_says_who_what_and_how_much(card, patrol, report):
    patrol("officer_a1", "A1", farm_a1="normal")
    number = report("officer_a1", "A1")
    for login in ("officer_a1", "township_a", "county", "leader", "inspector"):
        text = card(login, "A1").text
        for words in ("Village A1", "999901100200", "officer_a1", "1/2", "Old kiln", number):
            assert words in text, (login, words)
        assert "Xingwang Farm" not in text  # seen today, so not due


def test_who_does_not_read_the_grid_gets_name_code_and_tier_only(card, patrol, report):
    patrol("officer_a1", "A1", farm_a1="normal")
    number = report("officer_a1", "A1")
    for login in ("officer_a2", "township_b", "liaison", "committee_a1"):
        text = card(login, "A1").text
        assert "Village A1" in text and "999901100200" in text
        for words in ("officer_a1", "1/2", "Old kiln", number, "Open reports", "Responsible", "/grids/"):
            assert words not in text, (login, words)


def test_a_township_sums_its_villages(card, patrol, report):
    patrol("officer_a1", "A1", farm_a1="normal")
    report("officer_a2", "A2")
    text = card("township_a", "A").text
    assert "1/4" in text
    assert "township_a" in text
    assert 'Open reports <span class="num">1</span>' in text


def test_joint_villages_see_the_report_of_a_border_and_nothing_else_there(card, world, report):
    number = report("officer_a1", "A1", joint=(world.grids["B1"],))
    text = card("officer_b1", "A1").text
    assert number in text
    assert "Responsible" not in text


def test_a_card_leads_to_those_above_it(card, world):
    for login in ("county", "officer_a1", "liaison"):
        above = re.findall(r'data-map-show="(\d+)">([^<]+)<', card(login, "A1").text)
        assert above == [(str(world.grids["county"]), "Test County"), (str(world.grids["A"]), "Town A")], login


def test_a_township_says_how_much_is_due_now_in_all_its_villages(card, patrol):
    patrol("officer_a1", "A1", farm_a1="normal")
    assert 'Due now <strong class="num">3</strong>' in card("township_a", "A").text
    assert "Due now" not in card("liaison", "A").text


def test_what_is_due_is_for_those_who_read_patrols(card, hole):
    hole.setitem(MATRIX["patrol.read"], "leader", ".")
    assert "Xingwang Farm" not in card("leader", "A1").text
    assert "Due now" not in card("leader", "A1").text


def test_a_grid_that_is_not_there_is_not_found(browse):
    assert browse("county").get("/map/grids/999999/card").status_code == 404


def test_days_that_cannot_be_are_taken_as_the_usual_days(browse, world):
    for wrong in ({"from": "0001-01-01"}, {"from": "0001-01-01", "to": "0001-01-02"}, {"days": "0"}):
        answer = browse("county").get(f"/map/grids/{world.grids['A1']}/card", query_string=wrong)
        assert (answer.status_code, "0/2" in answer.text) == (200, True), wrong


def test_administrators_get_no_card(card):
    assert [card(login, "A1").status_code for login in ("admin", "auditor")] == [403, 403]
