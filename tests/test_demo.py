"""The invented county in small: made through the services, whole, with log-ins only where it is a demo."""

import gzip
import json
import shutil
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from gis import invent
from tests.short import FULL
from webapp.core import clock
from webapp.core.calendar import load
from webapp.core.models import Attachment
from webapp.demo import desks, place, things, weeks
from webapp.desk import first_day, tabs
from webapp.duty import dispatching, scope
from webapp.duty.models import Duty
from webapp.grid.models import MapLayer
from webapp.ops import verify
from webapp.patrol.models import Patrol, PatrolObject, Visit
from webapp.people.models import Person
from webapp.people.queries import actor_of
from webapp.report import details, late
from webapp.report import queries as report_queries
from webapp.report.models import Assignment, Report, ReportAttachment, ReportEvent, ReportJoint, ReportProblem
from webapp.report.workflow import STATES


@pytest.fixture(scope="module", autouse=True)
def small():
    """Three townships, twenty villages, three weeks."""
    whole = invent.county
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(invent, "county", lambda: whole(townships=3, villages=20))
        patch.setattr(weeks, "WEEKS", 3)
        yield


@pytest.fixture(scope="module")
def made(small, tmp_path_factory):
    """The folder of a small demo made now, which nobody opens."""
    folder = tmp_path_factory.mktemp("made")
    place.opened(folder, fresh=False, say=lambda words: None)[1].close()
    return folder


@pytest.fixture
def demo(made, tmp_path):
    """A small demo of the test's own."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    config, store = place.opened(tmp_path, fresh=False, say=lambda words: None)
    yield config, store
    store.close()


def test_a_demo_is_a_county_at_work(demo):
    _, store = demo
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Patrol)) > 40
        assert session.scalar(select(func.count()).select_from(Visit)) > 100
        assert set(session.scalars(select(Report.state))) == set(STATES)
        assert session.scalar(select(func.count()).select_from(Report).where(Report.due_at < clock.now()))
        assert session.scalars(select(ReportJoint.report_id)).all()
        assert session.scalar(select(func.max(Report.received_at))) <= clock.now()
        numbers = session.execute(select(Report.number, Report.received_at).order_by(Report.number)).all()
        assert [at for _, at in numbers] == sorted(at for _, at in numbers)
    assert not list(verify.verify_reports(store))


def test_every_dispatch_of_the_demo_cites_a_duty_that_fits_its_problem(demo):
    _, store = demo
    with store.read() as session:
        made = session.scalars(
            select(Assignment).where(Assignment.role == "lead", Assignment.ground.is_not(None))
        ).all()
        codes = {row.report_id: details.problem_codes(session, row.report_id) for row in made}
        assert len(made) > 3 and {row.ground for row in made} == {"duty"}
        for row in made:
            duty = session.get_one(Duty, row.duty_id)
            assert row.doubt is None and dispatching.doubt(session, duty, codes[row.report_id]) is None, duty.code
        assert scope.decisions(session, "004", "13"), "what the county decided is there to be seen"


def test_a_demo_lacks_what_counties_lack_and_its_first_day_says_so(demo):
    _, store = demo
    with store.read() as session:
        county = session.scalars(select(Person).where(Person.login == "county")).one()
        found = {each.step.key: len(each.lines) for each in first_day.found(session, actor_of(session, county.id))}
    assert {key: found[key] for key in ("supervisors", "officers", "objects", "departments")} == {
        "supervisors": 0,
        "officers": 3,  # of one of them the officer left during the story
        "objects": 2,
        "departments": 1,
    }
    assert found["limits"] > 10


def test_roads_and_waters_lie_under_the_borders(demo):
    _, store = demo
    with store.read() as session:
        body = session.scalar(select(MapLayer.body).where(MapLayer.name.like("backdrop%")))
    told = json.loads(gzip.decompress(body))
    assert len(told["roads"]["lines"]) >= 1 and len(told["waters"]["lines"]) >= 1


def test_in_one_village_nobody_is_posted_and_what_was_returned_there_waits(demo):
    _, store = demo
    with store.read() as session:
        township = session.scalars(select(Person.id).where(Person.login == "township")).one()
        desk = tabs.Desk(session, actor_of(session, township), clock.now())
        waiting = desk.rows("nobody", 0, 99)
        (vacancy,) = desk.rows("vacant", 0, 99)
        assert {report.grid_id for report in waiting} == {vacancy.seat.grid_id}
        assert {report.state for report in waiting} == {"returned"} and vacancy.waiting == len(waiting) > 0
        assert (clock.today() - vacancy.since).days == desks.LEFT_DAYS
        rounds = select(func.max(Patrol.received_at)).where(Patrol.grid_id == vacancy.seat.grid_id)
        assert clock.day(session.scalar(rounds)) <= vacancy.since, "he walked no more"


MONDAY = datetime(2026, 11, 29, 16, tzinfo=UTC)  # the county's midnight
#: By every thirteenth half hour of a week in the full run (each about two seconds), else some at which a scene goes on
#: past midnight.
HALF_HOURS = range(0, 7 * 48, 13) if FULL else (46, 5 * 48 + 10)


@pytest.fixture(scope="module", params=HALF_HOURS)
def made_then(small, request, tmp_path_factory):
    """A small demo made at some half hour of a week, and that moment."""
    moment = MONDAY + timedelta(minutes=30 * request.param)
    with clock.at(moment):
        _, store = place.opened(tmp_path_factory.mktemp("hour"), fresh=False, say=lambda words: None)
    yield moment, store
    store.close()


@pytest.fixture
def of_that_hour(made_then):
    """The demo, with the clock still standing at the moment at which it was made."""
    moment, store = made_then
    with clock.at(moment):
        yield store


def test_whenever_it_is_made_every_sample_desk_has_work_on_it(of_that_hour):
    for login, wanted in (
        ("township", ("review", "to_check", "overdue")),
        ("county", ("dispatch", "to_check")),
        ("department", ("receive", "handling", "overdue")),
        ("station", ("station",)),
    ):
        with of_that_hour.read() as session:
            person = session.scalars(select(Person).where(Person.login == login)).one()
            numbers = tabs.Desk(session, actor_of(session, person.id), clock.now()).counts()
        assert all(numbers[tab] for tab in wanted), (login, numbers)
    with of_that_hour.read() as session:
        county = session.scalars(select(Person).where(Person.login == "county")).one()
        late_with = late.Overdue(session, actor_of(session, county.id), clock.now()).rows()
    assert len({row.role for row in late_with}) > 2, "desks of several kinds have something overdue"


def test_desks_act_in_office_hours_and_officers_by_daylight(of_that_hour):
    with of_that_hour.read() as session:
        days = load(session, time(18))
        events = session.execute(select(ReportEvent.at, ReportEvent.role)).all()
        patrols = session.scalars(select(Patrol.received_at)).all()
    acts = [(at.astimezone(clock.ZONE), role) for at, role in events]
    assert len(acts) > 60 and len({role for _, role in acts}) >= 5
    at_night = [
        (at, role) for at, role in acts if role != "grid_officer" and not time(8, 30) <= at.time() <= time(18, 0)
    ]
    assert not at_night
    assert not [(at, role) for at, role in acts if role != "grid_officer" and not days.is_workday(at.date())]
    walked = [at.astimezone(clock.ZONE).time() for at in patrols] + [at.time() for at, role in acts]
    assert not [at for at in walked if not time(6, 30) <= at <= time(19, 10)]


def test_a_demo_is_made_once_and_anew_when_asked(demo, tmp_path, monkeypatch):
    config, _ = demo
    said = []
    again, store = place.opened(tmp_path, fresh=False, say=said.append)
    store.close()
    assert (again, said) == (config, [])
    _, store = place.opened(tmp_path, fresh=True, say=said.append)
    store.close()
    assert said


def test_a_demo_older_than_a_day_says_so(demo):
    from dataclasses import replace

    from webapp.app import create_app

    config, store = demo
    english = "/language?lang=en&next=/login"
    fresh = create_app(config, store).test_client().get(english, follow_redirects=True).text
    assert "invented" in fresh and "--fresh" not in fresh
    aged = create_app(replace(config, demo_made=clock.today() - timedelta(days=2)), store)
    old = aged.test_client().get(english, follow_redirects=True).text
    assert "--fresh" in old


def test_only_the_listed_people_can_log_in_and_only_in_a_demo(demo):
    import re

    from webapp.app import create_app
    from webapp.config import Config

    config, store = demo
    with store.read() as session:
        listed = set(session.scalars(select(Person.login).where(Person.is_demo)))
        able = set(session.scalars(select(Person.login).where(Person.password_hash.is_not(None))))
    assert listed == able

    def log_in(app):
        client = app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]
        return client.post(
            "/login", data={"login": "officer", "secret": "wangge-demo", "csrf_token": token}
        ).status_code

    assert log_in(create_app(config, store)) == 302
    assert log_in(create_app(Config("", config.data_dir, config.secret_key), store)) == 422


def test_a_state_that_no_scene_was_written_for_gets_one() -> None:
    assert {desks.ends_in(scene) for scene in desks.further(())} == set(STATES)
    less = [scene for scene in desks.SCENES if desks.ends_in(scene) != "handling"]
    assert [scene.moves for scene in desks.further(less)] == [("raise", "dispatch", "receive")]


def test_each_trouble_of_the_county_has_results_reasons_and_doubts_of_its_own() -> None:
    known = {code for troubles in things.TROUBLES.values() for code, *_ in troubles}
    assert set(things.FITTING) == known
    said = [words for done, *reasons in things.FITTING.values() for words in (*done, *reasons)]
    assert len(said) == len(set(said))


def test_what_a_desk_writes_fits_the_matter(demo):
    _, store = demo
    with store.read() as session:
        rows = session.execute(
            select(ReportProblem.problem, ReportEvent.action, ReportEvent.given)
            .join(ReportEvent, ReportEvent.report_id == ReportProblem.report_id)
            .where(ReportEvent.action.in_(("handle", "raise", "redo")))
        ).all()
    assert {action for _, action, _ in rows} >= {"handle", "raise"}
    for problem, action, given in rows:
        done, too_much, not_yet = things.FITTING[problem]
        wanted = {"handle": (*done, things.DOUBTFUL), "raise": (too_much,), "redo": (not_yet,)}[action]
        assert given.get("done", given.get("reason")) in wanted, (problem, action)


def test_there_is_one_photo_and_it_is_of_the_building_site_it_hangs_on(demo):
    config, store = demo
    with store.read() as session:
        found = session.execute(
            select(PatrolObject.type, ReportProblem.problem, Attachment.sha256)
            .join(Report, Report.object_id == PatrolObject.id)
            .join(ReportProblem, ReportProblem.report_id == Report.id)
            .join(ReportAttachment, ReportAttachment.report_id == Report.id)
            .join(Attachment, Attachment.id == ReportAttachment.attachment_id)
        ).all()
    assert [(type_, problem) for type_, problem, _ in found] == [("construction_site", "dust")]
    assert not list(verify.verify_store(store, config.data_dir))


def test_the_start_tells_the_way_of_one_matter_and_what_is_never_kept(demo):
    config, store = demo
    told = list(place.welcome(config, store, "http://127.0.0.1:8000/"))
    first = next(number for number, line in enumerate(told) if line.startswith("One matter, 20"))
    steps = [line.split() for line in told[first + 1 : first + 7]]
    assert [step[0] for step in steps] == list("123456")
    assert [step[4] for step in steps] == ["village", "township", "county", "department", "village", "township2"]
    assert "004:219" in told[first + 3] and "Housing" in told[first + 3]
    at = [datetime.strptime(" ".join(step[1:4]), "%d %b %H:%M") for step in steps]
    assert len(set(at)) == 6
    assert told[first + 7].startswith("Never kept: where people walk")
    assert told[-1] == "Open http://127.0.0.1:8000/ in a browser. Ctrl-C stops it."
    assert not [line for line in told if "county_office" in line or "grid_officer" in line]
    number = told[first].split()[2].rstrip(":")
    with store.read() as session:
        report = session.scalars(select(Report).where(Report.number == number)).one()
        assert report.state == "closed"
        for login in ("township", "county", "department"):
            person = session.scalars(select(Person).where(Person.login == login)).one()
            assert report_queries.one(session, actor_of(session, person.id), report.id), login
