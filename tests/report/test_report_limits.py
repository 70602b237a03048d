"""What bounds a move: the page it was made on, the days it sets, who may be handed what,
and what is looked at again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import make
from tests.report.conftest import due_day
from webapp.core import calendar, clock
from webapp.core.errors import Refused, Stale
from webapp.report import queries, service, side_acts
from webapp.report.models import Assignment, Report


def test_a_village_committee_is_handed_no_matter_of_enforcement(way):
    with pytest.raises(Refused, match="enforcement"):
        way.move("township_a", "assign", body=way.world.bodies["committee_a1"], due=due_day())
    assert way.move("township_a", "assign", body=way.world.bodies["station_a"], due=due_day()) == "station"


@pytest.mark.parametrize("problems", [("smoke",), ("smoke", "smell"), ("smell", "sewage"), ("dust", "smell", "sewage")])
def test_one_matter_of_enforcement_among_several_problems_is_enough(way, browse, problems):
    way.corrected(*problems)
    page = browse("township_a").get(f"/reports/{way.entry.id}/assign").text
    assert "Town A team" in page and "Village A1 committee" not in page, "nor is it offered"
    with pytest.raises(Refused, match="enforcement") as refusal:
        way.move("township_a", "assign", body=way.world.bodies["committee_a1"], due=due_day())
    assert refusal.value.field == "body" and way.state() == "township"


def test_a_matter_none_of_whose_problems_needs_enforcement_goes_to_the_village_committee(way, browse):
    way.corrected("dust", "smell")
    assert "Village A1 committee" in browse("township_a").get(f"/reports/{way.entry.id}/assign").text
    assert way.move("township_a", "assign", body=way.world.bodies["committee_a1"], due=due_day()) == "station"


@pytest.mark.parametrize("problems", [("smoke",), ("smell", "smoke"), ("sewage", "smell"), ("dust", "sewage", "smell")])
def test_one_matter_of_enforcement_among_several_problems_cannot_be_settled_on_the_spot(world, problems):
    with world.store.write() as session, pytest.raises(Refused, match="settled on the spot"):
        entry = make.report(world.grids["A1"], problems=problems, settle=True)
        service.submit(session, make.actor(session, "officer_a1"), entry)


@pytest.mark.parametrize(("severity", "problems"), [("moderate", ("smell",)), ("emergency", ("smell", "dust"))])
def test_what_is_not_minor_cannot_be_settled_on_the_spot_though_it_needs_no_enforcement(world, severity, problems):
    with world.store.write() as session, pytest.raises(Refused, match="settled on the spot"):
        entry = make.report(world.grids["A1"], problems=problems, severity=severity, settle=True)
        service.submit(session, make.actor(session, "officer_a1"), entry)


def test_several_minor_problems_that_need_no_enforcement_are_settled_on_the_spot(world):
    with world.store.write() as session:
        entry = make.report(world.grids["A1"], problems=("smell", "dust"), settle=True)
        assert service.submit(session, make.actor(session, "officer_a1"), entry).state == "closed"


def test_a_page_of_another_state_is_stale(way):
    way.move("township_a", "raise", reason="x")
    with pytest.raises(Stale):
        way.move("township_a_two", "dismiss", seen="township", reason="y")
    assert way.state() == "county"


def test_a_page_of_the_same_state_before_a_redo_is_stale(way):
    way.move("township_a", "assign", body=way.world.bodies["station_a"], due=due_day())
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


@pytest.mark.parametrize(("days", "why"), [(-1, "today or a later day"), (367, "within a year")])
def test_no_day_is_set_in_the_past_or_beyond_a_year(way, days, why):
    with pytest.raises(Refused, match=why) as refusal:
        way.move(
            "township_a",
            "assign",
            body=way.world.bodies["station_a"],
            due=(clock.today() + timedelta(days=days)).isoformat(),
        )
    assert refusal.value.field == "due" and way.state() == "township"


@pytest.mark.parametrize("days", [0, 366])
def test_today_and_the_last_day_of_a_year_can_be_set(way, days):
    due = clock.today() + timedelta(days=days)
    way.move("township_a", "assign", body=way.world.bodies["station_a"], due=due.isoformat())
    assert way.lead().due_on == due


def limit(way, code):
    """When a limit that begins now runs out."""
    with way.world.store.read() as session:
        return calendar.limit_after(session, code, clock.now())


def due(way):
    with way.world.store.read() as session:
        return session.get(Report, way.entry.id).due_at


MONDAY = datetime(2026, 9, 7, 1, tzinfo=UTC)  # a week without a holiday, nine in the morning
END_OF_WORK = timedelta(hours=9)


def test_what_a_department_has_to_receive_is_due_on_the_desks_day_or_at_the_limit_whichever_is_sooner(way):
    with clock.at(MONDAY):
        way.to_county()
        at_the_limit = limit(way, "receive")
        assert MONDAY + END_OF_WORK < at_the_limit < MONDAY + timedelta(days=30)
        way.dispatch(due="2026-09-07")
        assert due(way) == MONDAY + END_OF_WORK, "the day is sooner"
        way.move("liaison", "bounce", duty_or_none="none", reason="x")
        way.dispatch(due="2026-12-01")
        assert due(way) == at_the_limit, "the limit is sooner"


@pytest.mark.parametrize("day", ["2026-09-07", "2027-03-01"])
def test_where_the_work_is_done_the_desks_day_takes_the_place_of_the_limit_sooner_or_later(way, day):
    with clock.at(MONDAY):
        at_the_limit = limit(way, "handle")
        way.to_county()
        way.dispatch(due=day)
        way.move("liaison", "receive")
        assert clock.day(due(way)).isoformat() == day
        assert (due(way) < at_the_limit) == (day == "2026-09-07")


@pytest.mark.parametrize("day", ["2026-09-07", "2027-03-01"])
def test_the_desks_day_takes_the_place_of_a_stations_limit_sooner_or_later(way, day):
    with clock.at(MONDAY):
        at_the_limit = limit(way, "station_handle")
        way.move("township_a", "assign", body=way.world.bodies["station_a"], due=day)
        assert clock.day(due(way)).isoformat() == day
        assert (due(way) < at_the_limit) == (day == "2026-09-07")


@pytest.mark.parametrize(("day", "sooner"), [("2026-09-07", "the desk's day"), ("2027-03-01", "the limit")])
def test_what_a_cooperating_department_does_is_due_on_the_desks_day_or_at_its_limit_whichever_is_sooner(
    way, day, sooner
):
    with clock.at(MONDAY):
        way.to_county()
        way.dispatch(coop=[way.world.bodies["ecology"]], due=day)
        by_limit = clock.day(limit(way, "coop_result"))
    with way.world.store.read() as session:
        theirs = session.scalars(select(Assignment.due_on).where(Assignment.role == "coop")).one()
    assert theirs == {"the desk's day": date.fromisoformat(day), "the limit": by_limit}[sooner]


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

    def move(login, action, seen, **given):
        with world.store.write() as session:
            return service.move(session, make.actor(session, login), entry.id, make.move(action, seen, **given)).state

    def take_up():
        return move("township_a", "unsettle", "closed", reason="still there")

    assert take_up() == "township"
    with world.store.write() as session:
        report = session.get(Report, entry.id)
        assert report.due_at and not report.waits_for_sample
    with pytest.raises(Stale):
        take_up()
    move("township_a", "dismiss", "township", reason="x")
    move("county", "reopen", "void", reason="wrongly dismissed")
    move("county", "give_back", "county", reason="the township's")
    move("township_a", "handle", "township", result="true", done="swept")
    assert move("county", "confirm", "township_done") == "closed"
    with pytest.raises(Refused, match="This cannot be done at this stage"):
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
