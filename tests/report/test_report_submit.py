"""Submitting a problem: once, with a number, in the right village, by who may."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests import make
from webapp.core import clock
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.report import queries, service
from webapp.report.models import Report, ReportEvent, ReportJoint


def submit(world, login, entry):
    with world.store.write() as session:
        return service.submit(session, make.actor(session, login), entry)


def test_a_report_gets_a_number_that_can_be_spoken_and_goes_to_the_township(world):
    receipt = submit(world, "officer_a1", make.report(world.grids["A1"]))
    assert receipt.number == f"{clock.today().year}-00001"
    assert receipt.state == "township"
    assert submit(world, "officer_a1", make.report(world.grids["A1"])).number.endswith("-00002")


@pytest.mark.parametrize(
    "moment, number",
    [
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), "2026-00001"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027-00001"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2027-00001"),
    ],
)
def test_the_year_of_a_number_is_the_countys_not_greenwichs(world, moment, number):
    with clock.at(moment):
        assert submit(world, "officer_a1", make.report(world.grids["A1"])).number == number


def test_the_same_report_sent_twice_is_one_record_one_number_and_one_receipt(world):
    entry = make.report(world.grids["A1"])
    assert submit(world, "officer_a1", entry) == submit(world, "officer_a1", entry)
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 1
        assert session.scalar(select(func.count()).select_from(ReportEvent)) == 1


def test_a_resend_after_the_township_moved_it_still_gets_the_first_receipt(world):
    entry = make.report(world.grids["A1"])
    first = submit(world, "officer_a1", entry)
    with world.store.write() as session:
        service.move(session, make.actor(session, "township_a"), entry.id, make.move("raise", "township", reason="x"))
    assert submit(world, "officer_a1", entry) == first


@pytest.mark.parametrize(("login", "change"), [("officer_a1", {"note": "other"}), ("officer_a2", {})])
def test_a_taken_id_is_a_conflict_for_other_content_and_for_others(world, login, change):
    entry = make.report(world.grids["A1"])
    submit(world, "officer_a1", entry)
    with pytest.raises(Conflict):
        submit(world, login, replace(entry, **change))


def test_a_report_from_a_village_that_is_not_his_is_not_found(world):
    with pytest.raises(NotFound):
        submit(world, "officer_a1", make.report(world.grids["A2"]))


def test_a_refused_report_uses_up_no_number(world):
    with pytest.raises(Refused, match="what the problem is"):
        submit(world, "officer_a1", make.report(world.grids["A1"], problems=("no such",)))
    assert submit(world, "officer_a1", make.report(world.grids["A1"])).number.endswith("-00001")


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"problems": ()}, "problem", "what the problem is"),
        ({"problems": ("no such",)}, "problem", "what the problem is"),
        ({"problems": ("smoke", "no such")}, "problem", "what the problem is"),
        ({"severity": "awful"}, "severity", "Choose one"),
        ({"first_measure": "none such"}, "first_measure", "Choose one"),
        ({"occurred_at": make.days(1)}, "occurred_on", "not come yet"),
    ],
)
def test_what_no_list_knows_is_refused(world, change, field, why):
    change = {name: clock.now() + value if name == "occurred_at" else value for name, value in change.items()}
    with pytest.raises(Refused, match=why) as refusal:
        submit(world, "officer_a1", make.report(world.grids["A1"], **change))
    assert refusal.value.field == field


def test_a_point_in_another_village_must_name_it_as_the_other_one(world):
    in_a2 = {"lon": 110.015, "lat": 35.005, "accuracy_m": 5}
    with pytest.raises(Refused) as refusal:
        submit(world, "officer_a1", make.report(world.grids["A1"], **in_a2))
    assert refusal.value.field == "joint"
    submit(world, "officer_a1", make.report(world.grids["A1"], **in_a2, joint=(world.grids["A2"],)))


def test_the_joint_village_and_its_township_see_the_report_and_the_lead_township_acts(world):
    entry = make.report(world.grids["A1"], joint=(world.grids["B1"],))
    submit(world, "officer_a1", entry)
    with world.store.read() as session:
        for login in ("officer_b1", "township_b"):
            found = queries.one(session, make.actor(session, login), entry.id)
            assert found.moves == ()
        assert queries.one(session, make.actor(session, "township_a"), entry.id).moves
        with pytest.raises(NotFound):
            queries.one(session, make.actor(session, "officer_a2"), entry.id)
        assert session.scalars(select(ReportJoint.grid_id)).all() == [world.grids["B1"]]


def test_minor_and_without_enforcement_may_be_settled_on_the_spot_and_waits_to_be_sampled(world):
    entry = make.report(world.grids["A1"], problems=("rubbish_dumping",), first_measure="cleared", settle=True)
    assert submit(world, "officer_a1", entry).state == "closed"
    with world.store.read() as session:
        report = session.get(Report, entry.id)
        assert (report.settled, report.sampled_at, report.due_at) == (True, None, None)


@pytest.mark.parametrize(
    "change", [{"severity": "moderate"}, {"problems": ("smoke",)}, {"problems": ("rubbish_dumping", "sewage")}]
)
def test_a_village_never_settles_what_is_not_minor_or_calls_for_enforcement(world, change):
    given = {"problems": ("rubbish_dumping",), "settle": True} | change
    with pytest.raises(Refused, match="minor"):
        submit(world, "officer_a1", make.report(world.grids["A1"], **given))


def test_a_township_enters_for_a_named_officer_of_that_village_only(world):
    entry = make.report(world.grids["A1"], person_id=world.people["officer_a1"])
    submit(world, "township_a", entry)
    with world.store.read() as session:
        report = session.get(Report, entry.id)
        assert (report.found_by, report.entered_by, report.entry_mode) == (
            world.people["officer_a1"],
            world.people["township_a"],
            "for_someone",
        )
    with pytest.raises(Refused, match="officer of this village who found it"):
        submit(world, "township_a", make.report(world.grids["A1"], person_id=world.people["officer_b1"]))
    with pytest.raises(Refused, match="officer of this village who found it"):
        submit(world, "township_a", make.report(world.grids["A1"]))


@pytest.mark.parametrize(("login", "role"), [("officer_a1", "grid_officer"), ("township_a", "township_supervisor")])
def test_the_history_says_in_which_role_it_was_sent(world, login, role):
    submit(world, login, make.report(world.grids["A1"], person_id=world.people["officer_a1"]))
    with world.store.read() as session:
        assert session.scalars(select(ReportEvent.role)).one() == role


def test_an_emergency_has_the_short_clock(world):
    entry = make.report(world.grids["A1"], severity="emergency")
    submit(world, "officer_a1", entry)
    with world.store.read() as session:
        report = session.get(Report, entry.id)
        assert (report.due_at - report.received_at).total_seconds() == 3600


def test_links_to_what_one_may_not_see_are_not_found(world):
    other = make.report(world.grids["B1"])
    submit(world, "officer_b1", other)
    for change in ({"recurs_id": other.id}, {"object_id": world.things["farm_b1"]}):
        with pytest.raises(NotFound):
            submit(world, "officer_a1", make.report(world.grids["A1"], **change))
