"""The village's answer to "please go and look": refused, it comes back with what was typed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import make
from webapp.core import clock
from webapp.report import service, side_acts
from webapp.report.models import SiteLook


@pytest.fixture
def look(world):
    """The township asks the officer of A1 whether the ditch is clean."""
    entry, look_id = make.report(world.grids["A1"]), make.ids.new()
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
        side_acts.ask_look(session, make.actor(session, "township_a"), entry.id, look_id, "is the ditch clean?")
    return look_id


def answers(world):
    with world.store.read() as session:
        return session.execute(select(SiteLook.answer, SiteLook.note)).all()


def test_an_answer_from_a_second_tab_comes_back_with_what_was_typed(world, browse, look):
    officer = browse("officer_a1")
    assert officer.post(f"/looks/{look}", answer="right", note="all clean").status_code == 303
    answer = officer.post(f"/looks/{look}", answer="not_yet", note="a heap lies behind the wall")
    assert answer.status_code == 422
    assert "This site visit was already answered." in answer.text.split('id="note-error"')[1].split("</p>")[0]
    assert "a heap lies behind the wall" in answer.text.split("<textarea")[1]
    assert "Fixed" in answer.text and "all clean" in answer.text and "is the ditch clean?" in answer.text
    assert answers(world) == [("right", "all clean")]


def test_an_answer_of_a_second_officer_comes_back_with_what_was_typed(world, browse, look):
    with world.store.write() as session:
        make.posting(session, world.people["officer_a2"], "grid_officer", grid=world.grids["A1"])
    browse("officer_a1").post(f"/looks/{look}", answer="right")
    answer = browse("officer_a2").post(f"/looks/{look}", answer="not_yet", note="still black")
    assert answer.status_code == 422 and "still black" in answer.text and "already answered" in answer.text
    assert answers(world) == [("right", None)]


def test_the_same_answer_twice_is_received_twice(world, browse, look):
    officer = browse("officer_a1")
    assert [officer.post(f"/looks/{look}", answer="right", note="x").status_code for _ in range(2)] == [303, 303]


def test_a_note_that_is_too_long_is_said_beside_it_and_kept_with_the_answer(world, browse, look):
    long = "water " * 100
    answer = browse("officer_a1").post(f"/looks/{look}", answer="not_yet", note=long)
    assert answer.status_code == 422
    assert "At most 500 characters." in answer.text.split('id="note-error"')[1].split("</p>")[0]
    assert "Choose one." not in answer.text
    assert long.strip() in answer.text
    assert 'value="not_yet" checked' in answer.text
    assert answers(world) == [(None, None)]


def test_an_answer_without_a_choice_is_asked_for_it_and_keeps_the_note(world, browse, look):
    answer = browse("officer_a1").post(f"/looks/{look}", note="I went there")
    assert answer.status_code == 422
    assert "Choose one." in answer.text.split('id="answer-error"')[1].split("</p>")[0]
    assert "I went there" in answer.text


def test_whose_look_it_is_not_finds_nothing_even_with_a_bad_answer(browse, look):
    for note in ("x", "x" * 501):
        assert browse("officer_b1").post(f"/looks/{look}", answer="right", note=note).status_code == 404


def test_an_overdue_look_is_marked_on_the_officers_home(world, browse, look):
    officer = browse("officer_a1")
    before = officer.get("/home").text.split("is the ditch clean?")[0]
    assert ">overdue<" not in before
    with world.store.write() as session:
        session.get_one(SiteLook, look).due_at = clock.now() - timedelta(hours=3)
    page = officer.get("/home").text
    assert ">overdue<" in page.split("is the ditch clean?")[0]
    assert " late</p>" in page.split("is the ditch clean?")[1]
