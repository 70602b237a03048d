"""The box on every page: kept once, read and answered by the county office only, its answer seen by the writer."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from webapp.core import clock, ids
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.feedback import queries, service
from webapp.feedback.models import Feedback
from webapp.feedback.service import Message

MONDAY = datetime(2026, 9, 7, 1, tzinfo=UTC)  # 9:00 in the county


def message(text="The button is too small.", page="/home", id=None):
    return Message(id or ids.new(), page, text)


def send(world, login, entry, at=MONDAY):
    with clock.at(at), world.store.write() as session:
        return service.send(session, make.actor(session, login), entry)


def answer(world, login, message_id, text="It will grow.", at=MONDAY):
    with clock.at(at), world.store.write() as session:
        service.answer(session, make.actor(session, login), message_id, text)


def inbox(world, login="county", **more):
    with world.store.read() as session:
        return queries.inbox(session, make.actor(session, login), **{"answered": False} | more)


def test_a_message_sent_twice_is_there_once_and_was_received_once(world):
    entry = message()
    first = send(world, "officer_a1", entry)
    again = send(world, "officer_a1", entry, MONDAY + timedelta(hours=3))
    assert again == first == MONDAY
    assert [line.message.text for line in inbox(world)] == [entry.text]


@pytest.mark.parametrize(
    "login, change", [("officer_a1", {"text": "Something else."}), ("officer_a1", {"page": "/map"}), ("officer_a2", {})]
)
def test_an_id_with_other_content_or_from_somebody_else_is_a_conflict(world, login, change):
    entry = message()
    send(world, "officer_a1", entry)
    with pytest.raises(Conflict):
        send(world, login, Message(**{"id": entry.id, "page": entry.page, "text": entry.text} | change))


def test_what_waits_longest_stands_first(world):
    for day, text in ((2, "third"), (0, "first"), (1, "second")):
        send(world, "officer_a1", message(text), MONDAY + timedelta(days=day))
    assert [line.message.text for line in inbox(world)] == ["first", "second", "third"]


def test_an_answer_is_due_after_the_work_days_of_the_limit_row(world):
    send(world, "officer_a1", message())
    (line,) = inbox(world)
    assert clock.day(line.due_at).isoformat() == "2026-09-14"  # five work days after a Monday: the next one
    with clock.at(line.due_at - timedelta(minutes=1)):
        assert not line.is_late
    with clock.at(line.due_at + timedelta(minutes=1)):
        assert line.is_late


def test_the_county_office_sees_who_wrote_and_where_he_was_posted_that_day(world):
    send(world, "officer_a1", message())
    with world.store.write() as session:
        ended = session.get(make.Posting, make.actor(session, "officer_a1").postings[0].id)
        ended.valid_to = clock.day(MONDAY) + timedelta(days=1)
        make.posting(
            session,
            world.people["officer_a1"],
            "grid_officer",
            grid=world.grids["B1"],
            since=clock.day(MONDAY) + timedelta(days=1),
        )
    (line,) = inbox(world)
    assert line.person.login == "officer_a1"
    assert [place.grid.en for place in line.places] == ["Village A1"]


def test_an_answered_message_leaves_what_waits_and_counts_follow_the_lists(world):
    done, waits = message("done"), message("waits")
    send(world, "officer_a1", done)
    send(world, "officer_a2", waits)
    answer(world, "county", done.id)
    with world.store.read() as session:
        assert queries.counts(session, make.actor(session, "county")) == (1, 1)
    assert [line.message.id for line in inbox(world)] == [waits.id]
    assert [line.message.answer for line in inbox(world, answered=True)] == ["It will grow."]


@pytest.mark.parametrize(
    "login", ["officer_a1", "township_a", "liaison", "committee_a1", "leader", "inspector", "admin", "auditor"]
)
def test_nobody_but_the_county_office_reads_or_answers_what_others_wrote(world, login):
    entry = message()
    send(world, "officer_a2", entry)
    assert inbox(world, login) == []
    with pytest.raises(NotFound):
        answer(world, login, entry.id)
    with world.store.read() as session:
        assert queries.mine(session, make.actor(session, login)) == []


def test_the_same_answer_sent_twice_is_one_and_another_one_is_refused(world):
    entry = message()
    send(world, "officer_a1", entry)
    answer(world, "county", entry.id)
    answer(world, "county", entry.id, at=MONDAY + timedelta(days=1))
    for login, text in (("county", "No."), ("county_two", "It will grow.")):
        with pytest.raises(Refused, match="answered already"):
            answer(world, login, entry.id, text)
    with world.store.read() as session:
        kept = session.get(Feedback, entry.id)
        assert (kept.answer, kept.answered_at) == ("It will grow.", MONDAY)


# --- the pages ---


def field(page, name):
    return re.search(rf'name="{name}" [^>]*value="([^"]*)"', page.text)[1]


def test_an_officer_writes_the_county_answers_and_the_officer_reads_it(browse):
    officer, county = browse("officer_a1"), browse("county")
    page = officer.get("/feedback?page=/home")
    sent = officer.post("/feedback", follow=True, id=field(page, "id"), page=field(page, "page"), text="Too <small>.")
    assert "Received" in sent.text and "Too &lt;small&gt;." in sent.text and "about the page /home" in sent.text
    waiting = county.get("/feedback/inbox")
    assert "officer_a1 · Village A1" in waiting.text
    form, message_id = re.search(r'name="(m([0-9a-f]{32})-answer)"', waiting.text).groups()
    county.post(f"/feedback/{uuid.UUID(message_id)}/answer", **{form: "It will grow."})
    mine = officer.get("/feedback/mine").text
    assert "It will grow." in mine
    assert "county" not in mine.split("<main")[1].split("</main")[0]  # the answer, not who gave it


def test_an_empty_message_is_refused_beside_the_field(browse):
    officer = browse("officer_a1")
    answered = officer.post("/feedback", id=str(ids.new()), page="/", text="  \n ")
    assert answered.status_code == 422
    assert 'id="text-error"' in answered.text


def test_a_text_changed_after_sending_is_kept_and_can_go_as_a_new_message(browse):
    officer, id_ = browse("officer_a1"), str(ids.new())
    officer.post("/feedback", id=id_, page="/", text="First.")
    second = officer.post("/feedback", id=id_, page="/", text="First, and more.")
    assert second.status_code == 409 and "First, and more." in second.text
    officer.post("/feedback", id=field(second, "id"), page="/", text="First, and more.")
    assert {"First.", "First, and more."} <= set(
        re.findall(r'class="pre">([^<]*)<', officer.get("/feedback/mine").text)
    )


def test_a_refused_answer_keeps_what_was_typed(browse, world):
    entry = message()
    send(world, "officer_a1", entry)
    county, form = browse("county"), f"m{entry.id.hex}-answer"
    assert county.post(f"/feedback/{entry.id}/answer", **{form: " "}).status_code == 422
    answer(world, "county_two", entry.id)
    late = county.post(f"/feedback/{entry.id}/answer", **{form: "My own words."})
    assert late.status_code == 422 and "My own words." in late.text and "It will grow." in late.text


def test_the_page_a_message_is_about_is_a_path_of_this_site(browse):
    page = browse("officer_a1").get("/feedback?page=//evil.example/x")
    assert field(page, "page") == "/"


def test_only_the_county_office_opens_the_inbox(browse):
    assert browse("county").get("/feedback/inbox").status_code == 200
    assert browse("township_a").get("/feedback/inbox").status_code == 403
    assert browse("auditor").get("/feedback").status_code == 200
