"""Sent again after something else: the same form is the same entry, and what was taken back is said to be."""

import re

import pytest
from sqlalchemy import select

from tests import make
from tests.report.conftest import hidden, picture
from webapp.core import clock, ids, waiting
from webapp.report import service, side_acts
from webapp.report.models import Report, SiteLook


@pytest.fixture
def look(way):
    """A look asked of the village after the department reported its result."""
    way.to_department()
    way.move("liaison", "handle", result="true", done="swept")
    asked = ids.new()
    with way.world.store.write() as session:
        side_acts.ask_look(session, make.actor(session, "township_a"), way.entry.id, asked, "clean?")
    return asked


def answer(way, look, said, event_id=None, **more):
    with way.world.store.write() as session:
        side_acts.answer_look(session, make.actor(session, "officer_a1"), look, said, None, event_id=event_id, **more)


def test_closing_against_a_look_counts_once_and_a_late_one_keeps_its_reason(way, look, browse):
    answer(way, look, "not_yet", ids.new())
    township, address = browse("township_a"), f"/reports/{way.entry.id}/confirm"
    page = township.get(address).text
    fields = {"id": hidden(page, "id"), "seen": hidden(page, "seen"), "note": "I went", "against": "seen it myself"}
    assert [township.post(address, **fields).status_code for _ in range(2)] == [303, 303]
    assert way.state() == "closed"
    late = township.post(address, **fields | {"id": str(ids.new())})
    assert late.status_code == 409
    assert "seen it myself" in late.text and "I went" in late.text
    with way.world.store.read() as session:
        made = [event for event in session.scalars(select(service.ReportEvent)) if event.action == "confirm"]
        assert len(made) == 1 and made[0].given["against"] == "seen it myself"


ARRIVED, TAKEN_BACK = "Your answer has arrived", "Undone. It is as it was before."


def test_an_answer_that_comes_again_after_it_was_taken_back_is_told_that_it_does_not_count(way, look, browse):
    officer, address = browse("officer_a1"), f"/looks/{look}"
    event_id = re.search(rf'looks/{look}".*?name="id"[^>]*value="([^"]+)"', officer.get("/").text, re.S)[1]
    fields = {"id": event_id, "answer": "right", "note": ""}
    assert ARRIVED in officer.post(address, follow=True, **fields).text
    officer.post(f"/reports/{way.entry.id}/beside/undo", event=event_id)
    again = officer.post(address, follow=True, **fields).text
    assert TAKEN_BACK in again and ARRIVED not in again
    with way.world.store.read() as session:
        assert session.get_one(SiteLook, look).answer is None
    answer(way, look, "not_yet", ids.new())


def test_so_is_a_second_look_at_what_was_settled(world, browse):
    entry = make.report(world.grids["A1"], settle=True, problems=("smell",), severity="minor")
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    township, address = browse("township_a"), f"/reports/{entry.id}/beside/sample"
    page = township.get(f"/reports/{entry.id}").text
    event_id = re.search(r'beside/sample".*?name="id"[^>]*value="([^"]+)"', page, re.S)[1]
    assert "Spot-checked, in order." in township.post(address, follow=True, id=event_id, note="").text
    township.post(f"/reports/{entry.id}/beside/undo", event=event_id)
    again = township.post(address, follow=True, id=event_id, note="").text
    assert TAKEN_BACK in again and "Spot-checked, in order." not in again
    with world.store.read() as session:
        assert session.get_one(Report, entry.id).sampled_at is None


def test_the_photos_of_an_answer_take_no_more_room(way, look, browse, app):
    officer = browse("officer_a1")
    page = officer.get("/").text
    event_id = re.search(rf'looks/{look}".*?name="id"[^>]*value="([^"]+)"', page, re.S)[1]
    photos = [(picture(colour), f"{colour}.jpg") for colour in ("red", "blue")]
    assert officer.post(f"/looks/{look}", id=event_id, answer="right", note="", photos=photos).status_code == 303
    person, data_dir = way.world.people["officer_a1"], app.config["WANGGE"].data_dir
    assert waiting.has_room(data_dir, person, ids.new(), 1)


def test_a_look_that_was_taken_back_is_not_shown_as_answered_by_the_village(way, look, browse):
    with way.world.store.write() as session:
        row = session.get_one(SiteLook, look)
        row.answer, row.note, row.answered_at = "withdrawn", "nobody there", clock.now()
        row.answered_by = way.world.people["township_a"]
    page = browse("officer_a1").get(f"/looks/{look}").text
    assert "Taken back, nobody there" in page and "Not yet, nobody" not in page


def test_the_brief_of_a_dispatch_says_the_place_in_the_readers_language(world, browse):
    entry = make.report(world.grids["A1"], object_id=world.things["kiln_a1"], place="砖窑旧址")
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
        raised = make.move("raise", "township", reason="x")
        service.move(session, make.actor(session, "township_a"), entry.id, raised)
    page = browse("county").get(f"/reports/{entry.id}/dispatch").text
    assert "Village A1 · Old kiln" in page and "Village A1 · 砖窑旧址" not in page


def test_an_object_is_linked_for_who_may_look_it_up_alone(world, browse):
    entry = make.report(world.grids["A1"], object_id=world.things["kiln_a1"], joint=(world.grids["A2"],))
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
    link = f'href="/objects/{world.things["kiln_a1"]}"'
    found = {who: browse(who).get(f"/reports/{entry.id}") for who in ("officer_a1", "officer_a2", "township_a")}
    assert {who: (page.status_code, link in page.text) for who, page in found.items()} == {
        "officer_a1": (200, True),
        "officer_a2": (200, False),
        "township_a": (200, True),
    }
