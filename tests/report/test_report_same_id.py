"""An id is one entry: the same again is the first, anything else under it is a conflict and changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests import make
from tests.report.conftest import due_day
from webapp.core import clock
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.files import PhotoFile
from webapp.people.models import Body
from webapp.report import facts, service, side_acts
from webapp.report.models import Assignment, Report, ReportEvent

PHOTO = PhotoFile("a" * 64, "b" * 64, 10, 10)


def submit(world, login, entry):
    with world.store.write() as session:
        return service.submit(session, make.actor(session, login), entry)


def events(world):
    with world.store.read() as session:
        return session.scalar(select(func.count()).select_from(ReportEvent))


@pytest.fixture
def other(way):
    """A second report of the same village."""
    entry = make.report(way.world.grids["A1"])
    submit(way.world, "officer_a1", entry)
    return entry.id


def test_a_report_with_other_photos_is_another_entry(world):
    entry = make.report(world.grids["A1"], photos=(PHOTO,))
    first = submit(world, "officer_a1", entry)
    assert submit(world, "officer_a1", entry) == first
    with pytest.raises(Conflict):
        submit(world, "officer_a1", replace(entry, photos=()))


def test_a_receipt_lists_the_photos_of_the_report_and_none_of_a_later_move(way):
    world = way.world
    entry = make.report(world.grids["A1"], photos=(PHOTO,))
    submit(world, "officer_a1", entry)
    with world.store.write() as session:
        later = replace(
            make.move("handle", "township", result="true", done="x"), photos=(replace(PHOTO, sha256="c" * 64),)
        )
        service.move(session, make.actor(session, "township_a"), entry.id, later)
    assert submit(world, "officer_a1", entry).photos == ("a" * 64,)


def test_a_moves_id_belongs_to_its_author_its_photos_and_its_report(way, other):
    world, sent = way.world, make.move("raise", "township", reason="x")

    def move(login, id_, entry):
        with world.store.write() as session:
            service.move(session, make.actor(session, login), id_, entry)

    move("township_a", way.entry.id, sent)
    before = events(world)
    move("township_a", way.entry.id, sent)
    for login, id_, entry in (
        ("township_a_two", way.entry.id, sent),
        ("township_a", other, sent),
        ("township_a", way.entry.id, replace(sent, photos=(PHOTO,))),
    ):
        with pytest.raises(Conflict):
            move(login, id_, entry)
    assert events(world) == before


def test_a_looks_id_belongs_to_its_report_question_and_author(way, other):
    world, look = way.world, make.ids.new()

    def ask(login, id_, question):
        with world.store.write() as session:
            side_acts.ask_look(session, make.actor(session, login), id_, look, question)

    ask("township_a", way.entry.id, "clean?")
    ask("township_a", way.entry.id, "clean?")
    for login, id_, question in (
        ("township_a", way.entry.id, "dry?"),
        ("township_a_two", way.entry.id, "clean?"),
        ("township_a", other, "clean?"),
    ):
        with pytest.raises(Conflict):
            ask(login, id_, question)


def test_a_corrections_id_belongs_to_its_report_codes_and_author(way, other):
    world, id_ = way.world, make.ids.new()

    def correct(login, report_id, *codes):
        with world.store.write() as session:
            side_acts.correct_problems(session, make.actor(session, login), report_id, id_, codes)

    correct("township_a", way.entry.id, "dust", "smell")
    correct("township_a", way.entry.id, "smell", "dust")
    for login, report_id, codes in (
        ("township_a", way.entry.id, ["noise"]),
        ("township_a_two", way.entry.id, ["dust", "smell"]),
        ("township_a", other, ["dust", "smell"]),
    ):
        with pytest.raises(Conflict):
            correct(login, report_id, *codes)
    with pytest.raises(Refused, match="Choose"):
        way.corrected("dust", "no_such_thing")


def test_a_cooperating_results_id_belongs_to_its_words_and_nothing_is_added_once_it_ended(way):
    way.to_county()
    way.dispatch(coop=[way.world.bodies["ecology"]] * 3)
    with way.world.store.read() as session:
        assert session.scalar(select(func.count()).where(Assignment.role == "coop")) == 1
    id_ = make.ids.new()

    def result(event, words):
        with way.world.store.write() as session:
            side_acts.add_result(session, make.actor(session, "liaison_other"), way.entry.id, event, words)

    result(id_, "measured")
    result(id_, "measured")
    with pytest.raises(Conflict):
        result(id_, "measured twice")
    with pytest.raises(Refused, match="does not cooperate"):
        result(make.ids.new(), "one thing more")


def test_a_second_look_by_another_desk_is_told_and_by_the_same_is_the_first(world):
    entry = make.report(world.grids["A1"], problems=("rubbish_dumping",), settle=True)
    submit(world, "officer_a1", entry)

    def sample(login, note):
        with world.store.write() as session:
            side_acts.sample(session, make.actor(session, login), entry.id, note)

    sample("township_a", "fine")
    sample("township_a", "fine")
    for login, note in (("township_a_two", "still dirty!"), ("township_a", "or not")):
        with pytest.raises(Refused, match="already"):
            sample(login, note)


def test_the_finder_does_not_sample_what_another_entered_for_him(world):
    entry = make.report(
        world.grids["A1"], problems=("rubbish_dumping",), settle=True, person_id=world.people["officer_a1"]
    )
    submit(world, "township_a", entry)
    with world.store.write() as session:
        make.posting(session, world.people["officer_a1"], "township_supervisor", grid=world.grids["A"])
    with pytest.raises(Refused, match="yourself"), world.store.write() as session:
        side_acts.sample(session, make.actor(session, "officer_a1"), entry.id, None)


def test_what_was_not_settled_is_not_sampled(way):
    way.move("township_a", "handle", result="true", done="x")
    way.move("county", "confirm")
    with pytest.raises(Refused, match="This was already spot-checked"), way.world.store.write() as session:
        side_acts.sample(session, make.actor(session, "township_a"), way.entry.id, None)


def test_a_settled_matter_that_the_county_reopened_waits_for_no_second_look(world):
    entry = make.report(world.grids["A1"], problems=("rubbish_dumping",), settle=True)
    submit(world, "officer_a1", entry)
    with world.store.write() as session:
        service.move(session, make.actor(session, "county"), entry.id, make.move("reopen", "closed", reason="x"))
    with world.store.read() as session:
        assert not session.scalars(select(Report.id).where(facts.waits_for_sample())).all()


def test_nobody_is_asked_to_look_at_what_is_closed(way):
    way.move("township_a", "dismiss", reason="x")
    with pytest.raises(Refused, match="closed"), way.world.store.write() as session:
        side_acts.ask_look(session, make.actor(session, "township_a"), way.entry.id, make.ids.new(), None)


@pytest.mark.parametrize("body", ["housing", "station_a"])
@pytest.mark.parametrize("gone", ["closed", "without people"])
def test_nothing_goes_to_a_body_that_is_closed_or_that_nobody_speaks_for(way, body, gone):
    from webapp.people.models import Person

    with way.world.store.write() as session:
        if gone == "closed":
            session.get(Body, way.world.bodies[body]).closed_on = clock.today()
        else:
            session.get(
                Person, way.world.people["liaison" if body == "housing" else "station_a"]
            ).suspended_at = clock.now()
    if body == "housing":
        way.to_county()
    of_its_kind = "Choose a department" if body == "housing" else "or a station of this township"
    why = of_its_kind if gone == "closed" else "Nobody is posted to"
    with pytest.raises(Refused, match=why) as refusal:
        way.dispatch() if body == "housing" else way.move(
            "township_a", "assign", body=way.world.bodies[body], due=due_day()
        )
    assert refusal.value.field == "body"
    with way.world.store.read() as session:
        assert not session.scalars(select(Assignment.id)).all()


def test_a_township_hands_nothing_to_a_station_of_another_township(way):
    with way.world.store.write() as session:
        station = make.body(session, "station", way.world.grids["B"], "乙镇综合执法队", "Town B team").id
        make.posting(session, way.world.people["station_a"], "station_officer", body=station)
        make.posting(session, way.world.people["township_a"], "township_supervisor", grid=way.world.grids["B"])
    with pytest.raises(Refused, match="this township"):
        way.move("township_a", "assign", body=station, due=due_day())


def test_the_year_of_a_number_is_the_countys(world):
    with clock.at(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)):  # half past midnight of New Year's Day in the county
        assert submit(world, "officer_a1", make.report(world.grids["A1"])).number == "2027-00001"
    with clock.at(datetime(2026, 12, 31, 15, 30, tzinfo=UTC)):
        assert submit(world, "officer_a1", make.report(world.grids["A1"])).number == "2026-00001"


def test_an_object_of_another_village_and_a_round_of_another_are_no_part_of_a_report(way):
    world = way.world
    with world.store.write() as session:
        make.posting(session, world.people["officer_a1"], "grid_officer", grid=world.grids["A2"])
    with pytest.raises(Refused, match="another village"):
        submit(world, "officer_a1", make.report(world.grids["A1"], object_id=world.things["farm_a2"]))
    from webapp.patrol.service import record

    round_ = make.patrol(world.grids["B1"], {world.things["farm_b1"]: "normal"})
    with world.store.write() as session:
        record(session, make.actor(session, "officer_b1"), round_)
    with pytest.raises(NotFound):
        submit(world, "officer_a1", make.report(world.grids["A1"], patrol_id=round_.id))


def test_an_officer_reports_in_nobody_elses_name(world):
    with world.store.write() as session:
        make.posting(session, world.people["officer_a2"], "grid_officer", grid=world.grids["A1"])
    with pytest.raises(Refused, match="officer"):
        submit(world, "officer_a1", make.report(world.grids["A1"], person_id=world.people["officer_a2"]))


@pytest.mark.parametrize("place", ["A", "county", "A1"])
def test_the_other_one_of_a_border_is_another_village(world, place):
    with pytest.raises(Refused, match="other village"):
        submit(world, "officer_a1", make.report(world.grids["A1"], joint=(world.grids[place],)))


def test_a_department_sees_no_finders_name_whatever_else_its_liaison_is(way, browse):
    with way.world.store.write() as session:
        make.posting(session, way.world.people["liaison"], "grid_officer", grid=way.world.grids["B1"])
    way.to_county()
    way.dispatch()
    page = browse("liaison").get(f"/reports/{way.entry.id}").text
    assert "grid of Village A1" in page and "officer_a1" not in page


def test_no_move_for_days_counts_work_days(way):
    from webapp.report import desk

    monday = datetime(2026, 9, 7, 1, tzinfo=UTC)
    with clock.at(monday), way.world.store.read() as session:
        since = desk.moments(session, monday).stuck_since
    assert clock.day(since).isoformat() == "2026-09-02", "three work days before Monday the 7th"
    assert clock.day(since + timedelta(hours=1)).isoformat() == "2026-09-02"
