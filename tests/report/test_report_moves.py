"""The way of a report, move by move: who may, what it needs, whose it then is."""

from itertools import pairwise

import pytest
from sqlalchemy import select

from tests import make
from tests.report.conftest import due_day
from webapp.core import clock
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.duty.models import Duty
from webapp.grid.models import Grid
from webapp.report import details, effects, queries, service, side_acts
from webapp.report.models import Assignment, Report, ReportEvent


def test_from_the_village_to_the_department_and_closed_by_the_township(way):
    assert way.to_county() == "county"
    assert way.dispatch() == "department"
    assert way.move("liaison", "receive") == "handling"
    assert way.move("liaison", "handle", result="true", done="covered") == "department_done"
    assert way.move("township_a", "confirm", note="looked, clean") == "closed"
    with way.world.store.read() as session:
        events = session.scalars(select(ReportEvent).order_by(ReportEvent.seq)).all()
        assert [event.action for event in events] == ["submit", "raise", "dispatch", "receive", "handle", "confirm"]
        assert [event.seq for event in events] == [1, 2, 3, 4, 5, 6]
        assert all(before.to_state == after.from_state for before, after in pairwise(events))


def test_a_dispatch_names_the_duty_with_document_and_line(way):
    way.to_county()
    way.dispatch()
    with way.world.store.read() as session:
        lead = session.scalars(select(Assignment)).one()
        duty = session.get(Duty, lead.duty_id)
        assert (lead.ground, duty.canonical) == ("duty", "housing")
        assert duty.document and duty.line_from > 0


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"duty": None}, "ground", "Choose a duty of this department"),
        ({"duty": 999_999}, "ground", "Choose a duty of this department"),
        ({"ground": "minutes"}, "ground_text", "Say which minutes"),
        ({"ground": "guess"}, "ground", "Choose a ground"),
        ({"due": "2020-01-01"}, "due", "today or a later day"),
        ({"body": 999_999}, "body", "Choose a department"),
        ({"body": None}, "body", "fill this in"),
        ({"coop": [999_999]}, "body", "Choose a department"),
    ],
)
def test_a_dispatch_without_a_true_ground_body_or_day_is_refused_and_changes_nothing(way, change, field, why):
    way.to_county()
    with pytest.raises(Refused, match=why) as refusal:
        way.dispatch(**change)
    assert refusal.value.field == field
    assert way.state() == "county"
    with way.world.store.read() as session:
        assert not session.scalars(select(Assignment.id)).all()


def test_a_dispatch_on_another_departments_duty_is_refused(way):
    way.to_county()
    with way.world.store.read() as session:
        foreign = session.scalars(select(Duty.id).where(Duty.canonical == "water", Duty.valid_to.is_(None))).first()
    with pytest.raises(Refused, match="Choose a duty of this department"):
        way.dispatch(duty=foreign)


def test_a_dispatch_goes_on_when_no_duty_fits_with_a_reason(way):
    way.to_county()
    assert way.dispatch(ground="none_listed", duty=None, ground_text="nothing on the list fits") == "department"


def test_a_station_cannot_be_dispatched_to_and_a_department_cannot_be_handed_to_by_a_township(way):
    with pytest.raises(Refused, match="or a station of this township"):
        way.move("township_a", "assign", body=way.world.bodies["housing"], due=due_day())
    way.to_county()
    with pytest.raises(Refused, match="Choose a department"):
        way.dispatch(body=way.world.bodies["station_a"], ground="none_listed", ground_text="x")


def test_the_committee_of_the_reports_own_village_comes_first_and_no_other_villages_is_offered(way):
    way.corrected("dust")
    with way.world.store.write() as session:
        other = make.body(session, "committee", way.world.grids["A2"], "甲2村委会", "Committee A2")
        make.body(session, "committee", way.world.grids["A3"], "甲3村委会", "Committee A3")
        other = other.id
    with way.world.store.read() as session:
        actor = make.actor(session, "township_a")
        path = session.get(Grid, way.world.grids["A1"]).path
        offered = [body.id for body in effects.near_bodies(session, actor, path)]
    assert offered == [way.world.bodies["committee_a1"], way.world.bodies["station_a"]]
    with pytest.raises(Refused, match="own village"):
        way.move("township_a", "assign", body=other, due=due_day())


def test_hand_out_to_a_committee_and_the_township_checks(way):
    way.corrected("dust")
    way.move("township_a", "assign", body=way.world.bodies["committee_a1"], due=due_day())
    with pytest.raises(NotFound):
        way.move("station_a", "handle", result="true", done="x")
    assert way.move("committee_a1", "handle", result="true", done="cleared") == "station_done"
    assert way.move("township_a", "redo", reason="still dirty") == "station"
    assert way.move("committee_a1", "handle", result="true", done="cleared again") == "station_done"
    assert way.move("township_a", "confirm", note="clean") == "closed"


def test_what_the_township_handled_itself_the_county_confirms(way):
    assert way.move("township_a", "handle", result="true", done="swept") == "township_done"
    with pytest.raises(Refused, match="at this stage"):
        way.move("township_a", "confirm", note="x")
    assert way.move("county", "confirm") == "closed"


def test_nobody_closes_what_he_handled_even_with_a_second_role(way):
    world = way.world
    with world.store.write() as session:
        make.posting(session, world.people["township_a"], "county_office", grid=world.grids["county"])
    way.move("township_a", "handle", result="true", done="swept")
    with pytest.raises(Refused, match="yourself"):
        way.move("township_a", "confirm")
    assert way.move("county", "confirm") == "closed"


def test_a_list_offers_no_closing_to_who_handled_it_and_offers_it_to_another(way):
    world, other = way.world, make.report(way.world.grids["A1"])
    with world.store.write() as session:
        make.posting(session, world.people["township_a"], "county_office", grid=world.grids["county"])
        service.submit(session, make.actor(session, "officer_a1"), other)
    way.move("township_a", "handle", result="true", done="swept")

    def offered(login):
        with world.store.read() as session:
            found = queries.moves(session, make.actor(session, login), [way.entry.id, other.id])
            return {id_: {move.action for move in moves} for id_, moves in found.items()}

    assert offered("county")[way.entry.id] == {"confirm", "redo"}
    assert offered("township_a")[way.entry.id] == {"redo"}
    assert "handle" in offered("township_a")[other.id]


def test_a_list_offers_taking_up_again_only_of_what_waits_to_be_looked_at(world):
    settled, looked_at = (make.report(world.grids["A1"], problems=("noise",), settle=True) for _ in range(2))
    with world.store.write() as session:
        for entry in (settled, looked_at):
            service.submit(session, make.actor(session, "officer_a1"), entry)
        side_acts.sample(session, make.actor(session, "township_a"), looked_at.id, None)
    with world.store.read() as session:
        found = queries.moves(session, make.actor(session, "township_a"), [settled.id, looked_at.id])
        assert [[move.action for move in found[entry.id]] for entry in (settled, looked_at)] == [["unsettle"], []]


def test_a_role_counts_only_where_it_reaches(way):
    """Officer here and township elsewhere: not the township of this report."""
    world = way.world
    with world.store.write() as session:
        make.posting(session, world.people["officer_a1"], "township_supervisor", grid=world.grids["B"])
    with world.store.read() as session:
        found = queries.one(session, make.actor(session, "officer_a1"), way.entry.id)
        assert found.roles == {"grid_officer"}
    with pytest.raises(Refused, match="at this stage"):
        way.move("officer_a1", "raise", reason="x")


def test_return_answer_and_second_answer(way):
    assert way.move("township_a", "give_back", missing=["place"]) == "returned"
    with way.world.store.read() as session:
        assert session.get(Report, way.entry.id).due_at is not None
    assert way.move("officer_a1", "supplement", place="behind the school") == "township"
    way.move("township_a", "give_back", missing=["facts"])
    assert way.move("officer_a1", "cannot_add", reason="gone") == "township"


def test_not_ours_goes_back_to_the_county_with_the_reason_and_leaves_the_department_able_to_read(way):
    way.to_county()
    way.dispatch()
    assert way.move("liaison", "bounce", duty_or_none="none", reason="not our road") == "county"
    with way.world.store.read() as session:
        found = queries.one(session, make.actor(session, "liaison"), way.entry.id)
        assert found.roles == frozenset()
        assert session.scalars(select(Assignment.to_at)).one() is not None
    assert way.dispatch("ecology") == "department"


def test_only_the_lead_moves_and_a_cooperating_body_adds_its_result(way):
    way.to_county()
    way.dispatch(coop=[way.world.bodies["ecology"]])
    with pytest.raises(Refused, match="at this stage"):
        way.move("liaison_other", "receive")
    with way.world.store.write() as session:
        side_acts.add_result(
            session, make.actor(session, "liaison_other"), way.entry.id, make.ids.new(), "took a sample"
        )
    assert way.state() == "department"
    with pytest.raises(Refused, match="does not cooperate"), way.world.store.write() as session:
        side_acts.add_result(session, make.actor(session, "liaison"), way.entry.id, make.ids.new(), "x")


def test_there_is_exactly_one_lead_at_a_time(way):
    from sqlalchemy.exc import IntegrityError

    way.to_county()
    way.dispatch()
    with pytest.raises(IntegrityError), way.world.store.write() as session:
        session.add(
            Assignment(report_id=way.entry.id, body_id=way.world.bodies["ecology"], role="lead", from_at=clock.now())
        )
        session.flush()


def test_the_due_day_of_a_dispatch_becomes_the_clock_once_received(way):
    way.to_department()
    with way.world.store.read() as session:
        due = session.get(Report, way.entry.id).due_at.astimezone(clock.ZONE)
        assert (due.date().isoformat(), due.hour) == (due_day(), 18)


def test_a_move_sent_twice_happens_once(way):
    id_ = make.ids.new()
    way.move("township_a", "raise", id=id_, seen="township", reason="x")
    assert way.move("township_a", "raise", id=id_, seen="township", reason="x") == "county"
    with pytest.raises(Conflict):
        way.move("township_a", "raise", id=id_, seen="township", reason="y")
    with way.world.store.read() as session:
        assert len(session.scalars(select(ReportEvent.id)).all()) == 2


def test_reopen_keeps_number_and_history(way):
    way.move("township_a", "handle", result="true", done="x")
    way.move("county", "confirm")
    with way.world.store.read() as session:
        number = session.get(Report, way.entry.id).number
    assert way.move("county", "reopen", reason="smoking again") == "county"
    with way.world.store.read() as session:
        assert session.get(Report, way.entry.id).number == number
        assert len(session.scalars(select(ReportEvent.id)).all()) == 4


def test_it_is_back_is_a_new_linked_report(way):
    way.move("township_a", "handle", result="true", done="x")
    way.move("county", "confirm")
    again = make.report(way.world.grids["A1"], recurs_id=way.entry.id)
    with way.world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), again)
    with way.world.store.read() as session:
        actor = make.actor(session, "township_a")
        assert [r.id for r in queries.recurrences(session, actor, way.entry.id)] == [again.id]


@pytest.mark.parametrize("login", ["officer_a2", "township_b", "liaison", "station_a", "admin", "auditor"])
def test_who_it_does_not_concern_finds_nothing(way, login):
    with pytest.raises(NotFound):
        way.move(login, "raise", seen="township", reason="x")


@pytest.mark.parametrize("login", ["leader", "inspector"])
def test_who_only_reads_moves_nothing(way, login):
    with pytest.raises(Refused, match="at this stage"):
        way.move(login, "raise", reason="x")


def test_a_site_look_is_asked_once_answered_once_and_moves_nothing(way):
    world, look = way.world, make.ids.new()
    with world.store.write() as session:
        side_acts.ask_look(session, make.actor(session, "township_a"), way.entry.id, look, "clean?")
    with (
        pytest.raises(Refused, match="Someone has already been asked to go and look, and has not answered yet"),
        world.store.write() as session,
    ):
        side_acts.ask_look(session, make.actor(session, "township_a"), way.entry.id, make.ids.new(), None)
    with world.store.read() as session:
        assert [found.id for found, _ in queries.open_looks(session, make.actor(session, "officer_a1"))] == [look]
        assert queries.open_looks(session, make.actor(session, "officer_a2")) == []
    with pytest.raises(NotFound), world.store.write() as session:
        side_acts.answer_look(session, make.actor(session, "officer_a2"), look, "right", None)
    for _ in range(2):
        with world.store.write() as session:
            side_acts.answer_look(session, make.actor(session, "officer_a1"), look, "not_yet", "still there")
    assert way.state() == "township"
    with world.store.read() as session:
        actions = session.scalars(select(ReportEvent.action).order_by(ReportEvent.seq)).all()
        assert actions == ["submit", "ask_look", "look_answer"]


def test_the_township_corrects_the_problem_and_both_stand_in_the_history(way):
    with way.world.store.write() as session:
        side_acts.correct_problems(session, make.actor(session, "township_a"), way.entry.id, make.ids.new(), ["dust"])
    with way.world.store.read() as session:
        assert [p.code for p in details.problems(session, [way.entry.id])[way.entry.id]] == ["dust"]
        given = session.scalars(select(ReportEvent.given).where(ReportEvent.action == "correct")).one()
        assert given == {"before": ["smoke"], "after": ["dust"]}


def test_nobody_samples_what_he_settled_himself(world):
    entry = make.report(
        world.grids["A1"], problems=("rubbish_dumping",), settle=True, person_id=world.people["officer_a1"]
    )
    with world.store.write() as session:
        service.submit(session, make.actor(session, "township_a"), entry)
    with pytest.raises(Refused, match="yourself"), world.store.write() as session:
        side_acts.sample(session, make.actor(session, "township_a"), entry.id, None)
    with world.store.write() as session:
        side_acts.sample(session, make.actor(session, "township_a_two"), entry.id, "fine")
    with world.store.read() as session:
        assert session.get(Report, entry.id).sampled_at is not None


def test_a_posting_that_ended_ends_the_right_and_the_record_keeps_its_author(way):
    world = way.world
    from webapp.people.models import Posting

    with world.store.write() as session:
        posting = session.scalars(select(Posting).where(Posting.person_id == world.people["officer_a1"])).one()
        posting.valid_to = clock.today()
    with world.store.read() as session:
        with pytest.raises(NotFound):
            queries.one(session, make.actor(session, "officer_a1"), way.entry.id)
        assert session.get(Report, way.entry.id).found_by == world.people["officer_a1"]


def test_an_act_beside_the_state_is_done_in_the_role_that_reaches_the_report(way):
    """Township of B and county office in one person: in A he is the county."""
    world = way.world
    with world.store.write() as session:
        make.posting(session, world.people["township_b"], "county_office", grid=world.grids["county"])
        look, ids = make.ids.new(), make.ids.new()
        side_acts.ask_look(session, make.actor(session, "township_b"), way.entry.id, look, "clean?")
        side_acts.correct_problems(session, make.actor(session, "township_b"), way.entry.id, ids, ["dust"])
        acts = select(ReportEvent.action, ReportEvent.role).where(ReportEvent.to_state.is_(None))
        assert sorted(map(tuple, session.execute(acts))) == [
            ("ask_look", "county_office"),
            ("correct", "county_office"),
        ]
