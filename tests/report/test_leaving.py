"""Where somebody leaves: what is in hand there and to whom it goes is shown before, and nothing is moved by it."""

import re
from datetime import timedelta

from tests import make
from tests.report.test_nobody import TOWNSHIPS, gone, handed_out, listed, posting_of
from webapp.core import clock
from webapp.report import service, side_acts
from webapp.report.models import Report

DAY = timedelta(days=1)


def test_ending_a_posting_shows_what_is_in_hand_there_and_to_whom_it_goes(way, browse):
    way.move("township_a", "give_back", missing=["place"])
    township = browse("township_a")
    address = f"/people/{way.world.people['officer_a1']}/postings/{posting_of(way.world, 'officer_a1')}/end"
    page = township.get(address).text
    assert "afterwards nobody is posted there." in page and "Township office can take back what waits there." in page
    assert re.search(r'Waiting there, with nobody to act afterwards <span class="tab-count">1<', page)
    assert way.entry.place in page
    with way.world.store.write() as session:
        make.person(session, "fresh", "grid_officer", grid=way.world.grids["A1"], until=clock.today() + 3 * DAY)
    page = township.get(address).text
    assert (
        "afterwards handled by fresh, until" in page
        and "with nobody" not in page
        and "nobody is posted there" not in page
    )
    assert re.search(r'Waiting there <span class="tab-count">1<', page)
    assert township.post(address).status_code == 302
    assert way.state() == "returned", "nothing is moved by it"


def test_what_the_one_who_stays_may_not_check_is_shown_when_the_other_leaves(way, browse):
    handed_out(way)
    with way.world.store.write() as session:
        committee = way.world.bodies["committee_a1"]
        make.posting(session, way.world.people["township_a"], "station_officer", body=committee)
    way.move("township_a", "handle", result="true", done="swept")
    other = way.world.people["township_a_two"]
    with way.world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), make.report(way.world.grids["A1"]))
    page = browse("county").get(f"/people/{other}/postings/{posting_of(way.world, 'township_a_two')}/end").text
    assert "afterwards handled by township_a" in page
    assert re.search(r'Waiting there <span class="tab-count">2<', page)
    assert re.search(r'Of these, with nobody to act afterwards <span class="tab-count">1<', page)


def test_suspending_somebody_and_closing_a_body_show_it_too(way, browse):
    way.to_department()
    with way.world.store.write() as session:
        side_acts.ask_look(session, make.actor(session, "county"), way.entry.id, make.ids.new(), None)
    county = browse("county")
    officer = county.get(f"/people/{way.world.people['officer_a1']}/suspending").text
    assert way.entry.place in officer and "afterwards nobody is posted there." in officer, "the look waits there"
    liaison = county.get(f"/people/{way.world.people['liaison']}/suspending").text
    assert way.entry.place in liaison and "County office can take back what waits there." in liaison
    body = county.get(f"/bodies/{way.world.bodies['housing']}").text
    assert way.entry.place in body and "afterwards handled by liaison" in body
    empty = county.get(f"/people/{way.world.people['officer_b1']}/suspending").text
    assert "Nothing is open there now." in empty


def test_who_sees_no_reports_learns_how_many_are_in_hand_and_nothing_of_them(way, browse):
    page = browse("admin").get(f"/people/{way.world.people['township_a']}/suspending").text
    assert re.search(r'Waiting there <span class="tab-count">1<', page)
    assert "0 of 1 shown" in page and way.entry.place not in page and way.entry.note not in page


def test_the_administrator_is_told_that_the_county_office_is_empty_and_nobody_else(way, browse):
    words = "Nobody is posted: County office."
    assert words not in browse("admin").get("/people").text
    gone(way.world, "county", "county_two", *TOWNSHIPS)
    assert words in browse("admin").get("/people").text
    assert words not in browse("township_b").get("/people").text
    assert listed(way.world, "leader") == [way.entry.id]


def test_an_open_report_is_never_moved_by_an_ending(way):
    with way.world.store.read() as session:
        before = session.get_one(Report, way.entry.id).state_since
    gone(way.world, "officer_a1", *TOWNSHIPS, "county", "county_two")
    with way.world.store.read() as session:
        report = session.get_one(Report, way.entry.id)
        assert (report.state, report.state_since) == ("township", before)
