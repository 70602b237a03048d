"""What rests with nobody: it is said where somebody leaves, on the matter's own page and on the desk above, and the
office above can take it back."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import make
from tests.report.conftest import due_day, move_fields
from webapp.access import SYSTEM
from webapp.accounts import bodies as body_acts
from webapp.accounts import service as accounts
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.desk import tabs
from webapp.ops import verify
from webapp.people.models import Posting
from webapp.report import queries, service, side_acts
from webapp.report.models import Assignment, ReportEvent, SiteLook

DAY = timedelta(days=1)
TOWNSHIPS = ("township_a", "township_a_two")


def gone(world, *logins):
    """These people are suspended."""
    with world.store.write() as session:
        for login in logins:
            accounts.suspend(session, SYSTEM, world.people[login])


def posting_of(world, login):
    with world.store.read() as session:
        return session.scalars(select(Posting.id).where(Posting.person_id == world.people[login])).one()


def moves(way, login):
    """The buttons that somebody has on the report, with where they lead."""
    with way.world.store.read() as session:
        return [(m.action, m.target) for m in queries.one(session, make.actor(session, login), way.entry.id).moves]


def handed_out(way, to="committee_a1"):
    way.corrected("dust")
    return way.move("township_a", "assign", body=way.world.bodies[to], due=due_day())


# --- the office above takes back ---


def test_the_township_takes_back_what_was_returned_to_a_village_without_officer(way):
    way.move("township_a", "give_back", missing=["place"])
    assert moves(way, "township_a") == []
    gone(way.world, "officer_a1")
    assert moves(way, "township_a") == [("take_back", "township")]
    assert moves(way, "county") == [], "the township is there"
    assert way.move("township_a_two", "take_back", reason="he moved away") == "township"
    assert ("give_back", "returned") not in moves(way, "township_a"), "there is nobody to ask"
    assert way.move("township_a", "raise", reason="x") == "county"


def test_a_page_says_why_a_button_is_not_there(way, browse):
    page = browse("township_a").get(f"/reports/{way.entry.id}").text
    assert "Return" in page and "Nobody is posted" not in page
    gone(way.world, "officer_a1")
    page = browse("township_a").get(f"/reports/{way.entry.id}").text
    assert "/give_back" not in page and "Nobody is posted to this village, so nobody there can be asked." in page
    answer = browse("township_a").post(
        f"/reports/{way.entry.id}/give_back", id=make.ids.new(), seen="township", missing="place", note="which ditch"
    )
    assert (
        answer.status_code == 422
        and "Nobody is posted to this village, so nobody there can be asked." in answer.text
        and "which ditch" in answer.text
    )


def test_the_county_takes_it_back_where_the_township_is_empty_too(way):
    way.move("township_a", "give_back", missing=["place"])
    gone(way.world, "officer_a1", *TOWNSHIPS)
    assert way.move("county", "take_back", reason="x") == "county"
    assert {action for action, _ in moves(way, "county")} == {"dispatch", "dismiss"}, "nobody to send it back to"


@pytest.mark.parametrize("how", ["ended", "ended tonight", "suspended"])
def test_it_rests_with_nobody_from_the_day_on_that_nobody_is_there(way, how):
    way.move("township_a", "give_back", missing=["place"])
    with way.world.store.write() as session:
        if how == "suspended":
            accounts.suspend(session, SYSTEM, way.world.people["officer_a1"])
        else:
            last = clock.today() if how == "ended tonight" else None
            accounts.end_posting(session, SYSTEM, posting_of(way.world, "officer_a1"), last)
    assert bool(moves(way, "township_a")) == (how != "ended tonight")
    with clock.at(clock.now() + DAY):
        assert moves(way, "township_a") == [("take_back", "township")]


def test_a_log_in_that_was_never_used_is_somebody(way):
    way.move("township_a", "give_back", missing=["place"])
    gone(way.world, "officer_a1")
    with way.world.store.write() as session:
        make.person(session, "fresh", "grid_officer", grid=way.world.grids["A1"], since=clock.today())
    assert moves(way, "township_a") == []
    with pytest.raises(Refused, match="Someone is posted there now and can carry on with this"):
        way.move("township_a", "take_back", reason="x")


def test_whose_posting_begins_tomorrow_is_not_there_yet(way):
    way.move("township_a", "give_back", missing=["place"])
    gone(way.world, "officer_a1")
    with way.world.store.write() as session:
        make.person(session, "fresh", "grid_officer", grid=way.world.grids["A1"], since=clock.today() + DAY)
    assert moves(way, "township_a") == [("take_back", "township")]


def test_what_a_body_has_for_which_nobody_speaks_goes_back_to_who_gave_it(way):
    handed_out(way)
    gone(way.world, "committee_a1")
    assert moves(way, "county") == []
    assert way.move("township_a", "take_back", reason="x") == "township"
    with way.world.store.read() as session:
        assert not session.scalars(select(Assignment).where(Assignment.to_at.is_(None))).all()


@pytest.mark.parametrize("received", [True, False])
def test_the_county_takes_back_from_a_department_without_liaison(way, received):
    way.to_department() if received else (way.to_county(), way.dispatch())
    gone(way.world, "liaison")
    assert moves(way, "township_a") == []
    assert way.move("county", "take_back", reason="x") == "county"
    assert way.dispatch("ecology") == "department"


def test_a_body_out_of_use_whose_people_are_there_keeps_what_it_has(way):
    way.to_department()
    with way.world.store.write() as session:
        body_acts.close_body(session, SYSTEM, way.world.bodies["housing"])
    assert moves(way, "county") == []
    assert moves(way, "liaison") == [("handle", "department_done"), ("undo", "department")]
    gone(way.world, "liaison")
    assert moves(way, "county") == [("take_back", "county")]


def test_the_county_checks_for_the_only_supervisor_who_handled_it_himself(way):
    """He spoke for the committee that day, and may not look at his own work."""
    handed_out(way)
    with way.world.store.write() as session:
        committee = way.world.bodies["committee_a1"]
        make.posting(session, way.world.people["township_a"], "station_officer", body=committee)
    way.move("township_a", "handle", result="true", done="swept")
    assert moves(way, "county") == [], "his colleague can check"
    gone(way.world, "township_a_two")
    assert moves(way, "township_a") == [("redo", "station")]
    assert moves(way, "county") == [("confirm", "closed"), ("redo", "station")]
    assert way.move("county", "confirm", note="clean") == "closed"


def test_what_cannot_be_sent_back_to_who_did_it_is_taken_back(way):
    handed_out(way)
    way.move("committee_a1", "handle", result="true", done="swept")
    gone(way.world, "committee_a1")
    assert moves(way, "township_a") == [("confirm", "closed"), ("take_back", "township")]
    with pytest.raises(Refused, match="Nobody is posted to the body that handled this any more"):
        way.move("township_a", "redo", reason="x")
    assert way.move("township_a", "take_back", reason="x") == "township"


def test_the_matter_on_a_border_is_taken_back_by_the_township_that_leads_it(world):
    entry = make.report(world.grids["B1"], joint=(world.grids["A1"],))
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_b1"), entry)
        service.move(
            session, make.actor(session, "township_b"), entry.id, make.move("give_back", "township", missing=["place"])
        )
    gone(world, "officer_b1")
    with world.store.read() as session:
        found = {
            login: queries.one(session, make.actor(session, login), entry.id) for login in ("township_a", "township_b")
        }
    assert [[move.action for move in one.moves] for one in found.values()] == [[], ["take_back"]]


def test_taking_back_stands_in_the_history_with_its_reason_and_the_history_verifies(way, browse):
    way.move("township_a", "give_back", missing=["place"])
    gone(way.world, "officer_a1")
    township = browse("township_a")
    fields = move_fields(township, way.entry.id, "take_back", reason="his posting ended")
    assert township.post(f"/reports/{way.entry.id}/take_back", **fields).status_code == 303
    assert township.post(f"/reports/{way.entry.id}/take_back", **fields).status_code == 303, "sent twice, done once"
    page = township.get(f"/reports/{way.entry.id}").text
    assert "nobody was posted there to act; the township took it back: his posting ended" in page
    assert not list(verify.verify_reports(way.world.store))
    with way.world.store.read() as session:
        assert len(session.scalars(select(ReportEvent).where(ReportEvent.action == "take_back")).all()) == 1


# --- looks and parts ---


def test_nobody_is_asked_to_look_where_nobody_is(way, browse):
    gone(way.world, "officer_a1")
    page = browse("township_a").get(f"/reports/{way.entry.id}").text
    assert "Nobody is posted to Village A1, so nobody there can be asked." in page
    answer = browse("township_a").post(f"/reports/{way.entry.id}/beside/look", id=make.ids.new(), question="clean?")
    assert answer.status_code == 422 and "Go yourselves, or post someone first." in answer.text


def test_the_other_village_of_a_border_can_be_asked_and_answers(world, browse):
    entry = make.report(world.grids["A1"], joint=(world.grids["B1"],))
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    gone(world, "officer_a1")
    township = browse("township_a")
    answer = township.post(f"/reports/{entry.id}/beside/look", id=make.ids.new(), question="clean?")
    assert answer.status_code == 422 and "You could ask Village B1." in answer.text and "clean?" in answer.text
    fields = {"id": make.ids.new(), "question": "clean?"}
    assert township.post(f"/reports/{entry.id}/beside/look", grid=world.grids["A3"], **fields).status_code == 422
    assert township.post(f"/reports/{entry.id}/beside/look", grid=world.grids["B1"], **fields).status_code == 303
    assert "Village B1 has been asked to go and look" in township.get(f"/reports/{entry.id}").text
    officer = browse("officer_b1")
    assert "clean?" in officer.get("/home").text and "clean?" in officer.get(f"/reports/{entry.id}").text
    assert officer.post(f"/looks/{fields['id']}", answer="right").status_code == 303
    with world.store.read() as session:
        assert session.scalars(select(SiteLook.answer)).all() == ["right"]


def test_a_look_that_nobody_can_answer_is_taken_back_and_asked_anew(way, browse):
    look = make.ids.new()
    with way.world.store.write() as session:
        side_acts.ask_look(session, make.actor(session, "township_a"), way.entry.id, look, "clean?")
    township, address = browse("township_a"), f"/reports/{way.entry.id}/beside/looks/{look}/withdraw"
    answer = township.post(address, **{"look-reason": "x"})
    assert answer.status_code == 422 and "can answer" in answer.text, "he is there"
    gone(way.world, "officer_a1")
    assert "Nobody can make the site visit: take the request back" in township.get(f"/reports/{way.entry.id}").text
    assert township.post(address).status_code == 422, "without a reason"
    assert [township.post(address, **{"look-reason": "he left"}).status_code for _ in range(2)] == [303, 303]
    page = township.get(f"/reports/{way.entry.id}").text
    assert "Taken back" in page and "Site visit taken back" in page and "he left" in page
    with way.world.store.write() as session:
        make.person(session, "fresh", "grid_officer", grid=way.world.grids["A1"], since=clock.today())
        side_acts.ask_look(session, make.actor(session, "county"), way.entry.id, make.ids.new(), None)


def test_the_part_of_a_department_without_liaison_is_taken_back(way, browse):
    way.to_county()
    way.dispatch(coop=[way.world.bodies["ecology"]])
    county, address = browse("county"), f"/reports/{way.entry.id}/beside/part"
    with way.world.store.read() as session:
        part = session.scalars(select(Assignment.id).where(Assignment.role == "coop")).one()
    fields = {"part-part": part, "part-reason": "nobody left"}
    answer = county.post(address, **fields)
    assert answer.status_code == 422 and "Someone is posted to Ecology Bureau now" in answer.text
    gone(way.world, "liaison_other")
    assert "take its part back" in county.get(f"/reports/{way.entry.id}").text
    assert browse("township_a").post(address, **fields).status_code == 404, "who dispatches"
    assert [county.post(address, **fields).status_code for _ in range(2)] == [303, 303]
    page = county.get(f"/reports/{way.entry.id}").text
    assert "take its part back" not in page and "Cooperating part taken back" in page and "nobody left" in page


# --- what pages say ---


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_says_since_when_nobody_is_there_and_who_can_take_it_back(way, browse, lang):
    way.move("township_a", "give_back", missing=["place"])
    with way.world.store.write() as session:
        accounts.end_posting(session, SYSTEM, posting_of(way.world, "officer_a1"))
    township = browse("township_a")
    township.get(f"/language?lang={lang}")
    page = township.get(f"/reports/{way.entry.id}").text
    today = clock.today()
    said = {
        "en": f"With: grid officer of Village A1, but nobody has been posted there since {today.day} {today:%b}; "
        "township office of Town A can take it back",
        "zh": f"现在归甲1村网格员，但{today.month}月{today.day}日起那里没有人在岗；甲镇环保所可以收回",
    }[lang]
    assert said in page, re.findall(r'class="holder">[^<]*', page)


def test_a_report_that_is_sent_into_an_empty_township_is_kept_and_says_so(world, browse):
    gone(world, *TOWNSHIPS)
    entry = make.report(world.grids["A1"])
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    receipt = browse("officer_a1").get(f"/reports/{entry.id}/receipt").text
    assert "nobody has been posted there" in receipt and "county office can take it back" in receipt
    county = browse("county")
    assert "Nobody to act" in county.get("/desk").text and str(entry.id) in county.get("/desk?tab=nobody").text


def listed(world, login="county"):
    with world.store.read() as session:
        return [r.id for r in tabs.Desk(session, make.actor(session, login), clock.now()).rows("nobody", 0, 99)]


def test_what_waits_beside_the_state_with_nobody_is_listed_too(way):
    way.to_county()
    way.dispatch(coop=[way.world.bodies["ecology"]])
    assert listed(way.world) == []
    gone(way.world, "liaison_other")
    assert listed(way.world) == listed(way.world, "township_a") == [way.entry.id], "the cooperating part"
    with way.world.store.write() as session:
        accounts.resume(session, SYSTEM, way.world.people["liaison_other"])
        side_acts.ask_look(session, make.actor(session, "county"), way.entry.id, make.ids.new(), None)
    assert listed(way.world) == []
    gone(way.world, "officer_a1")
    assert listed(way.world) == [way.entry.id], "the look"


def test_what_was_settled_on_the_spot_and_nobody_else_can_look_at_islisted(world):
    """The only supervisor typed it for the officer, and the county office is empty."""
    typed = make.report(
        world.grids["B1"], problems=("dust",), settle=True, person_id=world.people["officer_b1"], severity="minor"
    )
    with world.store.write() as session:
        service.submit(session, make.actor(session, "township_b"), typed)
    gone(world, "county")
    assert listed(world, "leader") == []
    gone(world, "county_two")
    assert listed(world, "leader") == [typed.id]


def test_the_desk_lists_the_seats_in_which_nobody_sits_those_that_hold_something_first(way, browse):
    way.move("township_a", "give_back", missing=["place"])
    gone(way.world, "officer_a1", "committee_a1")
    page = browse("township_a").get("/desk?tab=vacant").text
    rows = [re.sub(r"<[^>]+>", " ", row) for row in page.split('<li class="row">')[1:]]
    assert [row.split()[1] for row in rows] == ["A1", "A3", "A1"]
    assert "1 report waits here" in rows[0] and "nobody since" in rows[0] and "Post someone" in rows[0]
    assert "nobody was ever posted here" in rows[1] and "waits" not in rows[1]
    assert re.search(r'tab=vacant"[^>]*><span>Nobody posted</span> <span class="tab-count[^"]*">3<', page)
    leader = browse("leader").get("/desk?tab=vacant").text
    assert leader.count('<li class="row">') == 5 and "Post someone" not in leader, "B2, B3 besides"
