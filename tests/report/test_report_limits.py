"""What bounds a move: the page it was made on, the days it sets, who may be handed what, and what is looked at again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import make
from tests.report.conftest import DUE
from webapp.core import clock
from webapp.core.calendar import limit_after
from webapp.core.errors import Refused, Stale
from webapp.report import queries, service, side_acts
from webapp.report.models import Assignment, Report


def test_a_village_committee_is_handed_no_matter_of_enforcement(way):
    with pytest.raises(Refused, match="enforcement"):
        way.move("township_a", "assign", body=way.world.bodies["committee_a1"], due=DUE)
    assert way.move("township_a", "assign", body=way.world.bodies["station_a"], due=DUE) == "station"


def test_a_page_of_another_state_is_stale(way):
    way.move("township_a", "raise", reason="x")
    with pytest.raises(Stale):
        way.move("township_a_two", "dismiss", seen="township", reason="y")
    assert way.state() == "county"


def test_a_page_of_the_same_state_before_a_redo_is_stale(way):
    way.move("township_a", "assign", body=way.world.bodies["station_a"], due=DUE)
    way.move("station_a", "handle", result="true", done="cleared")
    seen = way.seen("township_a_two")
    way.move("township_a", "redo", reason="still dirty")
    way.move("station_a", "handle", result="not_true", done="nothing done this time")
    with pytest.raises(Stale):
        way.move("township_a_two", "confirm", seen=seen, note="clean")
    assert way.state() == "station_done"
    assert way.move("township_a_two", "confirm", seen=way.seen("township_a_two"), note="clean") == "closed"


def test_an_act_beside_the_state_makes_no_page_stale(way):
    seen = way.seen("township_a")
    way.corrected("dust")
    assert way.move("township_a", "raise", seen=seen, reason="x") == "county"


def test_a_redo_begins_the_limit_anew_and_the_day_beside_the_name_says_the_same(way):
    far = (clock.today() + timedelta(days=200)).isoformat()
    way.move("township_a", "assign", body=way.world.bodies["station_a"], due=far)
    way.move("station_a", "handle", result="true", done="cleared")
    way.move("township_a", "redo", reason="still dirty")
    with way.world.store.read() as session:
        due = clock.day(session.get(Report, way.entry.id).due_at)
    assert way.lead().due_on == due < clock.today() + timedelta(days=60)


@pytest.mark.parametrize("days", [-1, 367])
def test_no_day_is_set_in_the_past_or_beyond_a_year(way, days):
    with pytest.raises(Refused):
        way.move(
            "township_a",
            "assign",
            body=way.world.bodies["station_a"],
            due=(clock.today() + timedelta(days=days)).isoformat(),
        )


def test_a_dispatch_due_before_the_limit_of_receiving_is_due_that_day(way):
    way.to_county()
    way.dispatch(due=clock.today().isoformat())
    with way.world.store.read() as session:
        assert clock.day(session.get(Report, way.entry.id).due_at) == clock.today()


def test_a_dispatch_due_after_the_limit_of_receiving_is_to_be_received_within_that_limit(way):
    way.to_county()
    way.dispatch(due=(clock.today() + timedelta(days=90)).isoformat())
    with way.world.store.read() as session:
        report = session.get(Report, way.entry.id)
        assert report.due_at == limit_after(session, "receive", report.state_since)


def test_a_cooperating_department_has_its_own_limit_and_is_done_when_it_has_reported(way):
    way.to_county()
    way.dispatch(coop=[way.world.bodies["ecology"]], due=(clock.today() + timedelta(days=300)).isoformat())

    def part():
        with way.world.store.read() as session:
            return session.scalars(select(Assignment).where(Assignment.role == "coop")).one()

    assert clock.today() < part().due_on < clock.today() + timedelta(days=30)

    def waits():
        with way.world.store.read() as session:
            other = make.actor(session, "liaison_other")
            assert queries.one(session, other, way.entry.id), "it stays readable"
            return len(session.scalars(queries.readable(other).where(queries.cooperates(other))).all())

    assert waits() == 1
    event = make.ids.new()
    for _ in range(2):  # sent twice
        with way.world.store.write() as session:
            side_acts.add_result(session, make.actor(session, "liaison_other"), way.entry.id, event, "measured")
    assert part().to_at is not None and waits() == 0
    assert way.lead().to_at is None


def test_a_better_place_is_added_to_the_first_one(way):
    way.move("township_a", "give_back", missing=["place"])
    way.move("officer_a1", "supplement", note="asked around", place="behind the second row")
    with way.world.store.read() as session:
        assert session.get(Report, way.entry.id).place == f"{way.entry.place}；behind the second row"


def test_what_was_settled_and_is_not_in_order_is_taken_up_by_the_township_once(world):
    entry = make.report(world.grids["A1"], problems=("rubbish_dumping",), settle=True)
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)

    def take_up():
        with world.store.write() as session:
            return service.move(
                session,
                make.actor(session, "township_a"),
                entry.id,
                make.move("unsettle", "closed", reason="still there"),
            ).state

    assert take_up() == "township"
    with world.store.write() as session:
        report = session.get(Report, entry.id)
        assert report.due_at and not report.waits_for_sample
        actor = make.actor(session, "township_a")
        service.move(session, actor, entry.id, make.move("dismiss", "township", reason="x"))
        service.move(
            session, make.actor(session, "county"), entry.id, make.move("reopen", "void", reason="wrongly dismissed")
        )
    with pytest.raises(Refused):
        take_up()


def test_who_settled_it_for_the_officer_does_not_take_it_up(world):
    entry = make.report(
        world.grids["A1"], problems=("rubbish_dumping",), settle=True, person_id=world.people["officer_a1"]
    )
    with world.store.write() as session:
        service.submit(session, make.actor(session, "township_a"), entry)
    with pytest.raises(Refused, match="yourself"), world.store.write() as session:
        service.move(session, make.actor(session, "township_a"), entry.id, make.move("unsettle", "closed", reason="x"))


def test_a_closed_report_keeps_its_problem(way):
    way.move("township_a", "dismiss", reason="x")
    with pytest.raises(Refused, match="closed"):
        way.corrected("dust")
