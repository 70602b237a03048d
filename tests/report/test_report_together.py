"""Two at one report in the same moment: who waited acts on what the other left, or not at all."""

import threading
import time
from contextlib import contextmanager

from tests import make
from tests.report.conftest import due_day
from webapp.core.errors import Refused
from webapp.report import service, side_acts
from webapp.report.models import ReportEvent

PATIENCE = 30


@contextmanager
def meanwhile(store, act):
    """A write in which the block runs, while ``act`` waits in another; yields what that one will have come to."""
    outcome = []

    def other():
        try:
            with store.write() as session:
                act(session)
            outcome.append("done")
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=other)
    with store.write() as session:
        yield session, outcome
        session.flush()
        thread.start()
        time.sleep(0.5)  # until it waits, for the lock of SQLite or for the row
        assert not outcome
    thread.join(PATIENCE)


def test_a_department_that_lost_it_while_waiting_does_not_receive_it(way):
    way.to_county()
    way.dispatch()
    world, id_ = way.world, way.entry.id

    def receive(session):
        service.move(session, make.actor(session, "liaison"), id_, make.move("receive", "department"))

    with meanwhile(world.store, receive) as (session, outcome):
        service.move(
            session,
            make.actor(session, "liaison"),
            id_,
            make.move("bounce", "department", duty_or_none="none", reason="x"),
        )
        given = {"body": world.bodies["ecology"], "ground": "minutes", "ground_text": "x", "due": due_day()}
        service.move(session, make.actor(session, "county"), id_, make.move("dispatch", "county", **given))
    assert isinstance(outcome[0], Refused), outcome
    assert way.state() == "department"
    assert way.lead().body_id == world.bodies["ecology"]


def test_a_look_is_answered_while_the_report_is_moved_and_both_stand(way):
    world, look = way.world, make.ids.new()
    with world.store.write() as session:
        side_acts.ask_look(session, make.actor(session, "township_a"), way.entry.id, look, "clean?")

    def answer(session):
        side_acts.answer_look(session, make.actor(session, "officer_a1"), look, "right", "all gone")

    with meanwhile(world.store, answer) as (session, outcome):
        service.move(
            session, make.actor(session, "township_a"), way.entry.id, make.move("raise", "township", reason="x")
        )
    assert outcome == ["done"]
    with world.store.read() as session:
        events = session.query(ReportEvent).order_by(ReportEvent.seq)
        assert [event.action for event in events] == ["submit", "ask_look", "raise", "look_answer"]


def test_two_answers_at_one_moment_are_one(way):
    world, look = way.world, make.ids.new()
    with world.store.write() as session:
        make.posting(session, world.people["officer_a2"], "grid_officer", grid=world.grids["A1"])
        side_acts.ask_look(session, make.actor(session, "township_a"), way.entry.id, look, "clean?")

    def answer(session):
        side_acts.answer_look(session, make.actor(session, "officer_a2"), look, "not_yet", "still there")

    with meanwhile(world.store, answer) as (session, outcome):
        side_acts.answer_look(session, make.actor(session, "officer_a1"), look, "right", "all gone")
    assert isinstance(outcome[0], Refused)
