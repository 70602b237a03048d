"""What one tap did can be taken back at once by who did it, while nobody else has acted; both stand in the history."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests import make
from tests.report.conftest import hidden, move_fields, picture
from tests.report.test_report_evidence import ask, handled
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.core.models import Setting
from webapp.core.process import CANNOT
from webapp.core.retention import history_open
from webapp.ops import verify
from webapp.report import details, queries, service, side_acts
from webapp.report.models import Report, ReportEvent, SiteLook
from webapp.report.workflow import TOO_LATE

KEPT = ("state", "state_since", "due_at", "sampled_at")


def as_is(way):
    """What a take-back has to bring again."""
    with way.world.store.read() as session:
        report = session.get_one(Report, way.entry.id)
        return {name: getattr(report, name) for name in KEPT}


def actions(way):
    with way.world.store.read() as session:
        events = session.scalars(select(ReportEvent).where(ReportEvent.report_id == way.entry.id))
        return [event.action for event in sorted(events, key=lambda event: event.seq)]


def offered(way, login):
    """Whether the page offers to take the last move back; the list says the same."""
    with way.world.store.read() as session:
        actor = make.actor(session, login)
        moves = queries.one(session, actor, way.entry.id).moves
        assert queries.moves(session, actor, [way.entry.id])[way.entry.id] == moves
        return "undo" in {move.action for move in moves}


def say(way, act, login, *args, **more):
    with way.world.store.write() as session:
        act(session, make.actor(session, login), *args, **more)


def last(way):
    with way.world.store.read() as session:
        events = select(ReportEvent.id).where(ReportEvent.report_id == way.entry.id)
        return session.scalars(events.order_by(ReportEvent.seq.desc())).first()


def dispatched(way):
    way.to_county()
    way.dispatch()
    return as_is(way)


def test_a_receipt_is_taken_back_and_the_clock_is_the_one_before(way):
    now = clock.now()
    with clock.at(now):
        before, lead = dispatched(way), way.lead().id
    with clock.at(now + timedelta(hours=3)):
        assert way.move("liaison", "receive") == "handling"
        received = as_is(way)
        assert received["due_at"] != before["due_at"] and offered(way, "liaison")
    with clock.at(now + timedelta(hours=3, seconds=59)):
        assert way.move("liaison", "undo") == "department"
    assert as_is(way) == before, "since when and until when too"
    assert way.lead().id == lead and actions(way)[-2:] == ["receive", "undo"]
    assert verify.verify_reports(way.world.store) == []
    assert not offered(way, "liaison")
    with clock.at(now + timedelta(hours=5)):
        assert way.move("liaison", "receive") == "handling"
        assert way.move("liaison", "undo") == "department"
        assert as_is(way) == before, "a second time as the first"
        way.move("liaison", "bounce", duty_or_none="none", reason="not ours")
    assert verify.verify_reports(way.world.store) == []


def test_what_the_county_closed_with_one_tap_it_takes_back(way):
    with clock.at(clock.now()):
        way.move("township_a", "handle", result="true", done="swept")
    before = as_is(way)
    way.move("county", "confirm")
    assert as_is(way)["due_at"] is None and offered(way, "county")
    assert way.move("county", "undo") == "township_done"
    assert as_is(way) == before
    assert verify.verify_reports(way.world.store) == []
    assert way.move("county", "redo", reason="not clean") == "township"


def refused(way, login, why=TOO_LATE):
    was, said = as_is(way), actions(way)
    assert not offered(way, login)
    with pytest.raises(Refused, match=re.escape(why)):
        way.move(login, "undo")
    assert (as_is(way), actions(way)) == (was, said)


def test_after_the_window_nothing_is_taken_back_and_the_county_sets_it(way):
    dispatched(way)
    now = clock.now()
    with clock.at(now):
        way.move("liaison", "receive")
    with clock.at(now + timedelta(seconds=61)):
        refused(way, "liaison")
        with way.world.store.write() as session:
            session.execute(update(Setting).where(Setting.key == "undo_seconds").values(value="90"))
        assert offered(way, "liaison")
    with clock.at(now + timedelta(seconds=91)):
        refused(way, "liaison")


def test_a_county_that_was_not_seeded_since_the_update_works_on_and_takes_nothing_back(way):
    dispatched(way)
    with way.world.store.write() as session:
        session.delete(session.get_one(Setting, "undo_seconds"))
    assert way.move("liaison", "receive") == "handling"
    refused(way, "liaison")


def test_a_colleague_takes_nothing_back(way):
    with way.world.store.write() as session:
        make.person(session, "liaison_two", "department_liaison", body=way.world.bodies["housing"])
    dispatched(way)
    way.move("liaison", "receive")
    refused(way, "liaison_two")
    assert offered(way, "liaison")


@pytest.mark.parametrize("meanwhile", ["look", "correction"])
def test_when_somebody_acted_meanwhile_even_beside_the_state_it_stays(way, meanwhile):
    dispatched(way)
    way.move("liaison", "receive")
    if meanwhile == "look":
        ask(way)
    else:
        way.corrected("dust")
    refused(way, "liaison")


def test_only_what_one_tap_did_is_taken_back_and_never_a_taking_back(way):
    """A person with two hats passes as the township what he could take back as the county."""
    with way.world.store.write() as session:
        make.posting(session, way.world.people["township_a_two"], "county_office", grid=way.world.grids["county"])
    handled(way)
    way.move("township_a_two", "confirm", note="clean")
    refused(way, "township_a_two")
    way.move("county", "reopen", reason="smokes")
    way.dispatch()
    way.move("liaison", "receive")
    way.move("liaison", "undo")
    refused(way, "liaison", CANNOT)
    way.move("liaison", "receive")
    way.move("liaison", "handle", result="true", done="fined")
    refused(way, "liaison", CANNOT)


def test_a_taking_back_sent_twice_happens_once(way):
    dispatched(way)
    way.move("liaison", "receive")
    id_, seen = make.ids.new(), way.seen("liaison")
    for _ in range(2):
        assert way.move("liaison", "undo", id=id_, seen=seen) == "department"
    assert actions(way)[-2:] == ["receive", "undo"]


def test_a_replay_sees_a_taking_back_that_leads_elsewhere(way):
    dispatched(way)
    way.move("liaison", "receive")
    way.move("liaison", "undo")
    late = clock.now() + timedelta(days=9)
    with way.world.store.write() as session:
        with history_open(session, "a test"):
            session.execute(update(ReportEvent).where(ReportEvent.action == "undo").values(due_after=late))
        session.execute(update(Report).values(due_at=late))
    found = [finding.what for finding in verify.verify_reports(way.world.store)]
    assert any("undo: not back to where the move before it came from" in what for what in found), found


def test_the_button_stands_on_the_page_and_needs_no_second_one(way, browse):
    dispatched(way)
    liaison = browse("liaison")
    liaison.post(f"/reports/{way.entry.id}/receive", **move_fields(liaison, way.entry.id, "receive", note="seen"))
    page = liaison.get(f"/reports/{way.entry.id}").text
    assert "Undo</button>" in page and "seen" in page.split("History")[1]
    fields = {"id": hidden(page, "id"), "seen": hidden(page, "seen")}
    back = liaison.post(f"/reports/{way.entry.id}/undo", follow=True, **fields)
    assert "Undone. The Housing Bureau still has to receive it by" in back.text
    assert "Why here: Housing Bureau undid its receipt" in back.text
    late = liaison.post(f"/reports/{way.entry.id}/undo", **fields | {"id": str(make.ids.new())})
    assert late.status_code == 409


# --- acts beside the state ---


def answered(way, note="a heap"):
    look = ask(way)
    form = make.ids.new()
    say(way, side_acts.answer_look, "officer_a1", look, "not_yet", note, event_id=form)
    return look, form


def test_an_answer_to_a_look_is_taken_back_and_given_again(way):
    handled(way)
    look, form = answered(way)
    say(way, side_acts.undo, "officer_a1", way.entry.id, form)
    say(way, side_acts.undo, "officer_a1", way.entry.id, form)
    with way.world.store.read() as session:
        row = session.get_one(SiteLook, look)
        assert (row.answer, row.note, row.answered_by, row.answered_at) == (None, None, None, None)
        mine = queries.open_looks(session, make.actor(session, "officer_a1"))
        assert [each.id for each, _ in mine] == [look]
    say(way, side_acts.answer_look, "officer_a1", look, "not_yet", "a heap", event_id=form)  # the first form, late
    with way.world.store.read() as session:
        assert session.get_one(SiteLook, look).answer is None, "what was taken back does not come back by itself"
    say(way, side_acts.answer_look, "officer_a1", look, "right", None, event_id=make.ids.new())
    assert actions(way)[-4:] == ["ask_look", "look_answer", "undo", "look_answer"]
    assert verify.verify_reports(way.world.store) == []
    with way.world.store.read() as session:
        assert session.get_one(SiteLook, look).answer == "right"


def test_an_answer_stays_when_it_is_late_anothers_or_acted_upon(way):
    handled(way)
    now = clock.now()
    with clock.at(now):
        look, form = answered(way)
    with way.world.store.write() as session:
        make.posting(session, way.world.people["officer_a2"], "grid_officer", grid=way.world.grids["A1"])
    with (
        pytest.raises(
            Refused,
            match="Only the person who did it can undo it, right afterwards and only while nobody else has acted",
        ),
        clock.at(now + timedelta(seconds=5)),
    ):
        say(way, side_acts.undo, "officer_a2", way.entry.id, form)
    with (
        pytest.raises(
            Refused,
            match="Only the person who did it can undo it, right afterwards and only while nobody else has acted",
        ),
        clock.at(now + timedelta(seconds=61)),
    ):
        say(way, side_acts.undo, "officer_a1", way.entry.id, form)
    way.move("township_a", "redo", reason="a heap")
    with (
        pytest.raises(
            Refused,
            match="Only the person who did it can undo it, right afterwards and only while nobody else has acted",
        ),
        clock.at(now + timedelta(seconds=9)),
    ):
        say(way, side_acts.undo, "officer_a1", way.entry.id, form)
    with way.world.store.read() as session:
        assert session.get_one(SiteLook, look).answer == "not_yet"


def test_of_two_reports_each_answer_is_taken_back_for_itself(way, world):
    other = type(way)(world)
    for each in (way, other):
        handled(each)
    (first, form), (second, other_form) = answered(way), answered(other)
    with pytest.raises(Refused, match="right after"):
        say(way, side_acts.undo, "officer_a1", way.entry.id, other_form)
    say(way, side_acts.undo, "officer_a1", way.entry.id, form)
    with way.world.store.read() as session:
        assert session.get_one(SiteLook, first).answer is None
        assert session.get_one(SiteLook, second).answer == "not_yet"


def test_the_officer_answers_in_two_lines_at_home_and_takes_it_back_there(way, browse):
    handled(way)
    look, officer = ask(way), browse("officer_a1")
    home = officer.get("/home").text
    lines = home.split('class="row-acts answer"')[1].split("</details>")[0]
    assert all(f'name="{name}"' in lines for name in ("answer", "note", "photos", "id"))
    ids = re.findall(r'\bid="([^"]+)"', home)
    assert len(ids) == len(set(ids)), "two forms on a page do not share an id"
    fields = {"id": hidden(lines, "id"), "answer": "not_yet", "note": "a heap"}
    after = officer.post(f"/looks/{look}", follow=True, **fields, photos=(picture(), "a.jpg")).text
    assert "Your answer has arrived: Not fixed yet." in after and "Just answered" in after
    event = re.search(r'name="event" value="([^"]+)"', after)[1]
    back = officer.post(f"/reports/{way.entry.id}/beside/undo", follow=True, event=event).text
    assert "Undone. It is as it was before." in back and "Just answered" not in back
    assert 'class="row-acts answer"' in back
    history = browse("township_a").get(f"/reports/{way.entry.id}").text.split("History")[1]
    assert "Undo</strong>" in history and "Site visit answered" in history


def test_a_second_look_at_what_was_settled_is_taken_back_and_done_again(world, browse):
    entry = make.report(world.grids["A1"], problems=("smell",), settle=True)
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    township = browse("township_a")
    for times in (1, 2):
        page = township.get(f"/reports/{entry.id}").text
        form = page.split("Spot-check (settled on the spot)")[1].split("</form>")[0]
        fields = {"id": hidden(form, "id"), "note": "clean"}
        after = township.post(f"/reports/{entry.id}/beside/sample", follow=True, **fields, photos=(picture(), "a.jpg"))
        assert "Spot-checked, in order." in after.text
        with world.store.read() as session:
            assert session.get_one(Report, entry.id).sampled_at is not None
            assert len(details.photos(session, entry.id)) == times
        if times == 1:
            event = re.search(r'name="event" value="([^"]+)"', after.text)[1]
            township.post(f"/reports/{entry.id}/beside/undo", event=event)
            with world.store.read() as session:
                assert session.get_one(Report, entry.id).sampled_at is None
    with world.store.read() as session:
        said = session.scalars(select(ReportEvent.action).order_by(ReportEvent.seq)).all()
    assert said == ["settle", "sample", "undo", "sample"] and verify.verify_reports(world.store) == []
