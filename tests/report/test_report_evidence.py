"""What a look says stands where the matter is decided, and closing against it says why."""

import html
import re

import pytest
from sqlalchemy import select

from tests import make
from tests.report.conftest import due_day, hidden, move_fields, picture
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.core.process import FILL_IN
from webapp.ops import verify
from webapp.report import details, evidence, facts, queries, side_acts
from webapp.report.models import Report, ReportEvent, SiteLook

LOOKED = "Visited on {day} by the grid officer of Village A1: Not fixed yet; a heap lies behind the wall"


def ask(way, login="township_a"):
    """The township asks for a look; its id."""
    look_id = make.ids.new()
    with way.world.store.write() as session:
        side_acts.ask_look(session, make.actor(session, login), way.entry.id, look_id, "clean?")
    return look_id


def answer(way, look_id, said="not_yet", note=None, login="officer_a1", **more):
    with way.world.store.write() as session:
        side_acts.answer_look(session, make.actor(session, login), look_id, said, note, **more)


def handled(way):
    """The station reports a result; again after a redo."""
    if way.state() == "township":
        way.move("township_a", "assign", body=way.world.bodies["station_a"], due=due_day())
    return way.move("station_a", "handle", result="true", done="swept")


def against(way, login="township_a"):
    """Whether closing asks why, as the list and the page alike have it."""
    with way.world.store.read() as session:
        actor = make.actor(session, login)
        moves = queries.moves(session, actor, [way.entry.id])[way.entry.id]
        assert moves == queries.one(session, actor, way.entry.id).moves
        assert {move.action for move in moves} == {"confirm", "redo"}
        confirm = next(move for move in moves if move.action == "confirm")
        assert (moves[0].action == "redo") == ("against" in confirm.needs), "what the look says is the first button"
        return "against" in confirm.needs


def closed_by(way, login="township_a", **given):
    return way.move(login, "confirm", **given)


def test_a_look_that_says_not_put_right_stands_in_the_row_in_why_here_and_over_the_form_that_closes(way, browse):
    handled(way)
    look = ask(way)
    officer, township = browse("officer_a1"), browse("township_a")
    fields = {"answer": "not_yet", "note": "a heap lies behind the wall", "id": str(make.ids.new())}
    assert officer.post(f"/looks/{look}", **fields, photos=(picture(), "heap.jpg")).status_code == 303
    sentence = LOOKED.format(day=f"{clock.today():%-d %b}")
    row = township.get("/desk").text.split("row-body")[1].split("</li>")[0]
    page, form = (township.get(f"/reports/{way.entry.id}{tail}").text for tail in ("", "/confirm"))
    top = form.split("<main")[1].split("</h1>")[1].split("<form")[0]
    standing = page.split('class="standing"')[1].split('class="actions"')[0]
    with way.world.store.read() as session:
        photo = evidence.details.look_photos(session, [session.get_one(SiteLook, look)])[look][0]
    for place in (row, standing, top):
        assert sentence in place and f"/photos/{photo}" in place and "tone-late" in place
    assert "officer_a1" not in row + standing + top
    buttons = re.findall(r'class="btn( btn-filled)?" href="[^"]*/(redo|confirm)"', page)
    assert buttons == [(" btn-filled", "redo"), ("", "confirm")]
    assert re.findall(r'href="[^"]*/(redo|confirm)"', row) == ["redo", "confirm"]


def test_closing_against_a_look_asks_why_on_the_page_and_in_the_service_and_keeps_it(way, browse):
    handled(way)
    answer(way, ask(way))
    with pytest.raises(Refused, match=FILL_IN) as refusal:
        closed_by(way, note="clean")
    assert refusal.value.field == "against"
    township = browse("township_a")
    fields = move_fields(township, way.entry.id, "confirm", note="clean to me")
    refused = township.post(f"/reports/{way.entry.id}/confirm", **fields)
    assert refused.status_code == 422 and way.state() == "station_done"
    assert "Please fill this in." in refused.text.split('id="against-error"')[1].split("</p>")[0]
    assert "clean to me" in refused.text
    done = township.post(f"/reports/{way.entry.id}/confirm", **fields | {"against": "the heap is another matter"})
    assert done.status_code == 303 and way.state() == "closed"
    with way.world.store.read() as session:
        last = session.scalars(select(ReportEvent).order_by(ReportEvent.seq.desc())).first()
        assert last.given == {"note": "clean to me", "against": "the heap is another matter"}
    assert "the heap is another matter" in township.get(f"/reports/{way.entry.id}").text.split("History")[1]
    assert verify.verify_reports(way.world.store) == []


def test_an_answer_that_comes_while_the_form_is_open_is_shown_and_asked_about(way, browse):
    handled(way)
    look, township = ask(way), browse("township_a")
    fields = move_fields(township, way.entry.id, "confirm", note="clean to me")
    answer(way, look, note="still black")
    refused = township.post(f"/reports/{way.entry.id}/confirm", **fields)
    assert refused.status_code == 422 and "still black" in refused.text and "clean to me" in refused.text
    assert 'id="against"' in refused.text and way.state() == "station_done"


def test_what_the_township_handled_itself_the_county_closes_against_a_look_with_a_reason(way):
    way.move("township_a", "handle", result="true", done="swept")
    answer(way, ask(way, "county"))
    assert against(way, "county")
    with pytest.raises(Refused, match=FILL_IN):
        closed_by(way, "county")
    assert closed_by(way, "county", against="photos of today show it clean") == "closed"


def test_only_looks_since_the_work_was_last_done_count(way):
    """Asked before the redo and answered after the new result: it says how things stand now."""
    handled(way)
    first = ask(way)
    assert not against(way), "a look that waits for its answer bars nothing"
    answer(way, first)
    assert against(way)
    way.move("township_a", "redo", reason="look again")
    late = ask(way)
    handled(way)
    assert not against(way), "the first answer was to the result before"
    answer(way, late)
    assert against(way)
    way.move("township_a", "redo", reason="again")
    handled(way)
    assert not against(way)


def test_an_answer_between_redo_and_the_next_result_is_history(way):
    handled(way)
    look = ask(way)
    way.move("township_a", "redo", reason="look again")
    answer(way, look)
    with way.world.store.read() as session:
        assert [each.answer for each in facts.looks_that_count(session, [way.entry.id])] == ["not_yet"]
    handled(way)
    assert not against(way)
    with way.world.store.read() as session:
        assert facts.looks_that_count(session, [way.entry.id]) == []
    assert closed_by(way, note="clean") == "closed"


@pytest.mark.parametrize("said", [("right", "not_yet"), ("not_yet", "right"), ("not_yet", "not_yet")])
def test_of_several_looks_one_that_says_not_put_right_is_enough(way, said):
    handled(way)
    for each in said:
        answer(way, ask(way), each)
    assert against(way)


def test_looks_that_say_put_right_bar_nothing(way):
    handled(way)
    for note in ("clean", "still clean"):
        answer(way, ask(way), "right", note)
    assert not against(way)
    assert closed_by(way, note="clean") == "closed"


def test_looks_of_two_villages_both_count_and_each_is_named(way, browse):
    """A matter on a border: the other village was asked as well."""
    handled(way)
    answer(way, ask(way), "right", "our side is clean")
    with way.world.store.write() as session:
        session.add(
            SiteLook(
                id=make.ids.new(),
                report_id=way.entry.id,
                grid_id=way.world.grids["A2"],
                asked_by=way.world.people["township_a"],
                asked_at=clock.now(),
                due_at=clock.now(),
                answer="not_yet",
                answered_by=way.world.people["officer_a2"],
                answered_at=clock.now(),
                note="ours is not",
            )
        )
    assert against(way)
    page = browse("township_a").get(f"/reports/{way.entry.id}/confirm").text
    assert re.findall(r"by the grid officer of (Village A\d): (Fixed|Not fixed yet)", page) == [
        ("Village A1", "Fixed"),
        ("Village A2", "Not fixed yet"),
    ]


def test_a_look_without_an_answer_is_said_so_beside_the_decision(way, browse):
    handled(way)
    ask(way)
    for address in ("/desk", f"/reports/{way.entry.id}", f"/reports/{way.entry.id}/confirm"):
        assert "no answer yet: grid officer of Village A1" in browse("township_a").get(address).text, address


def test_what_ended_shows_no_look_as_if_it_were_to_be_decided(way, browse):
    handled(way)
    answer(way, ask(way), "right", "clean")
    closed_by(way, note="clean")
    assert 'class="seen"' not in browse("township_a").get(f"/reports/{way.entry.id}").text


def test_another_report_is_not_touched_by_a_look(way, world):
    handled(way)
    answer(way, ask(way))
    other = type(way)(world)
    handled(other)
    assert against(way) and not against(other)


def test_an_answer_with_a_photo_is_received_once_and_its_twin_is_known(way, browse):
    handled(way)
    look, officer = ask(way), browse("officer_a1")
    page = officer.get(f"/looks/{look}?answer=not_yet").text
    assert 'value="not_yet" checked' in page
    fields = {"answer": "not_yet", "note": "still", "id": hidden(page, "id")}
    for _ in range(2):
        assert officer.post(f"/looks/{look}", **fields, photos=(picture(), "a.jpg")).status_code == 303
    other = officer.post(f"/looks/{look}", **fields | {"note": "other words"})
    assert other.status_code == 409 and "other words" in other.text
    with way.world.store.read() as session:
        assert len(details.photos(session, way.entry.id)) == 1
        assert session.get_one(Report, way.entry.id).state == "station_done"
    again = officer.post(f"/looks/{look}", **fields | {"id": str(make.ids.new())}, photos=(picture("blue"), "b.jpg"))
    assert again.status_code == 422 and "b.jpg" in again.text, "a photo more is never thought to be received"


def test_why_it_is_closed_comes_back_as_text_when_the_form_is_refused(way, browse):
    handled(way)
    answer(way, ask(way))
    township = browse("township_a")
    typed = '"\'></textarea></title><b class="broken-against"><i>&lt;'
    fields = move_fields(township, way.entry.id, "confirm", note="", against=typed)
    refused = township.post(f"/reports/{way.entry.id}/confirm", **fields)
    assert refused.status_code == 422 and '<b class="broken-against">' not in refused.text
    assert html.unescape(refused.text.split('id="against"')[1].split("</textarea>")[0].split(">\n", 1)[1]) == typed
