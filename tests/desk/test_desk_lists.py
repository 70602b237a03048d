"""Lists that are longer than a page: the number is the true one, and the whole list is a link away."""

import re

import pytest
from sqlalchemy import update

from tests import make
from webapp.core import clock
from webapp.patrol import service as patrol_service
from webapp.report import service
from webapp.report.models import Report


@pytest.fixture
def many(world):
    """Sixty open reports of A1 and two of A2."""
    with world.store.write() as session:
        for village, count in (("A1", 60), ("A2", 2)):
            officer = make.actor(session, f"officer_{village.lower()}")
            for number in range(count):
                service.submit(session, officer, make.report(world.grids[village], place=f"place {village} {number}"))
    return world


def _places(page):
    return re.findall(r"place (A\d \d+)", page.split("<main")[1])


def _card(page, title):
    assert f"<h2>{title}" in page
    found = re.search(rf"<h2>{title} <span class=\"tab-count\">(\d+)</span>", page)
    return found and found[1]


def _walk(browser, address):
    """Every place of all pages, by the links."""
    found = []
    while address:
        page = browser.get(address).text
        found += _places(page)
        following = re.search(r'href="([^"]*page=\d+)">Next page', page)
        address = following[1] if following else None
    return found


def test_the_officers_home_shows_his_newest_reports_and_leads_to_all_of_them(many, browse):
    browser = browse("officer_a1")
    home = browser.get("/home").text
    assert _card(home, "My reports") is None, "what is cut is not counted: that would go through all he ever reported"
    assert len(_places(home)) == 20
    assert re.search(r'href="/mine">All my reports<', home)
    assert "60 reports in all" in browser.get("/mine").text
    found = _walk(browser, "/mine")
    assert len(found) == len(set(found)) == 60 and not [place for place in found if not place.startswith("A1")]


def test_a_short_list_needs_no_page_of_its_own(many, browse):
    home = browse("officer_a2").get("/home").text
    assert (_card(home, "My reports"), "All my reports" in home) == ("2", False)


def test_his_closed_reports_stand_behind_the_open_ones(many, browse):
    with many.store.write() as session:
        session.execute(update(Report).where(Report.place == "place A1 59").values(state="closed", is_open=False))
    assert _walk(browse("officer_a1"), "/mine")[-1] == "A1 59"


def test_the_card_says_how_many_are_open_and_leads_to_all_of_them(many, browse):
    browser = browse("township_a")
    card = browser.get(f"/grids/{many.grids['A']}").text
    assert _card(card, "Open reports") == "62"
    assert re.search(rf'href="/grids/{many.grids["A"]}/open">Show all 62<', card)
    assert len(set(_walk(browser, f"/grids/{many.grids['A']}/open"))) == 62


@pytest.mark.parametrize("page", ["-1", "x", "10000000000000000000000", "7"])
def test_a_page_that_a_list_does_not_have_is_empty_or_the_first(many, browse, page):
    browser = browse("officer_a1")
    for address in ("/mine", f"/grids/{many.grids['A1']}/open"):
        assert browser.get(f"{address}?page={page}").status_code == 200


def test_every_round_of_a_village_is_a_link_away_with_what_was_found(world, browse):
    farm, kiln = world.things["farm_a1"], world.things["kiln_a1"]
    for number in range(57):
        with clock.at(clock.now() - make.days(number)), world.store.write() as session:
            entry = make.patrol(world.grids["A1"], {farm: "normal", kiln: "problem" if number % 2 else "normal"})
            patrol_service.record(session, make.actor(session, "officer_a1"), entry)
    browser = browse("officer_a1")
    home = browser.get("/home").text
    assert _card(home, "My patrols") is None
    address = f"/grids/{world.grids['A1']}/rounds"
    assert re.search(rf'href="{address}">All patrols of [^<]*<', home)
    page = browser.get(address).text
    assert "57 patrols in all" in page and "1–50 of 57" in page
    assert re.findall(r'<td class="n">(\d)</td>' * 3, page)[:2] == [("2", "0", "0"), ("1", "1", "0")]
    rounds = [browser.get(f"{address}?page={number}").text.count('href="/patrols/') for number in (1, 2)]
    assert rounds == [50, 7]


def test_an_objects_file_shows_every_visit_a_part_at_a_time(world, browse):
    farm = world.things["farm_a1"]
    for number in range(53):
        with clock.at(clock.now() - make.days(number)), world.store.write() as session:
            entry = make.patrol(world.grids["A1"], {farm: "normal"})
            patrol_service.record(session, make.actor(session, "officer_a1"), entry)
    browser = browse("officer_a1")
    page = browser.get(f"/objects/{farm}").text
    assert _card(page, "Visits, newest first") == "53" and "1–50 of 53" in page
    shown = [browser.get(f"/objects/{farm}?page={number}").text.count("<time>") for number in (1, 2)]
    assert shown == [50, 3]
