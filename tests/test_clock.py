"""A server clock that goes back or ahead: nobody is thrown out, nothing true is refused for good, nothing is deleted,
and it is said in the log, on /readyz, on the administrator's pages and by ``verify-reports``."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests import make
from webapp.core import clock, clock_mark, ids, numbers, passwords, throttle
from webapp.core.clock_mark import MARK, SLACK, minutes
from webapp.core.errors import Busy, Refused
from webapp.core.models import AuditEntry
from webapp.login import service as login_service
from webapp.login.brake import Where
from webapp.login.models import LoginCode
from webapp.ops import sweep_clock, sweeper
from webapp.ops.retention import purge, sweep
from webapp.ops.sweep_clock import ImplausibleClock
from webapp.ops.verify import verify_reports
from webapp.patrol import service as patrol_service
from webapp.report import service as report_service

DAY, YEAR = timedelta(days=1), timedelta(days=365)
JSON = {"Accept": "application/json"}


@pytest.fixture
def now():
    """The moment that is; the county of the tests was made a little before."""
    return clock.now()


@pytest.fixture
def county(world, now):
    """A county whose mark stands at this moment."""
    with world.store.write() as session:
        sweep_clock.look(session, sweep_clock.newest(session))
        numbers.keep(session, MARK, minutes(now))
    return world


@pytest.fixture
def machine(monkeypatch):
    """``machine(moment)`` sets the clock of the machine itself, from which signatures take their time too."""
    import itsdangerous.timed

    def set_to(moment):
        monkeypatch.setattr(clock, "machine", lambda: moment)
        monkeypatch.setattr(clock_mark, "database_time", lambda _db: None)
        monkeypatch.setattr(itsdangerous.timed.time, "time", moment.timestamp)

    return set_to


# --- back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [1, 400])
def test_a_desk_stays_logged_in_when_the_clock_goes_back(county, browse, machine, now, days):
    desks = [browse(login) for login in ("township_a", "county", "officer_a1")]
    with_rights = now - days * DAY >= datetime(2026, 1, 2, tzinfo=UTC)  # of the tests' postings
    machine(now - days * DAY)
    for desk in desks:
        assert desk.client.get("/account").status_code == 200
        if with_rights:
            assert desk.get("/").status_code == 200
    machine(now + timedelta(minutes=5))
    assert [desk.client.get("/account").status_code for desk in desks] == [200, 200, 200]


def send_round(browser, world, at):
    """A round as the phone's own code sends it."""
    body = {
        "id": str(ids.new()),
        "grid": world.grids["A1"],
        "occurred_at": at.isoformat(),
        "visits": [{"object": world.things["farm_a1"], "result": "normal"}],
    }
    return browser.client.post(
        "/patrols", json=body, headers=JSON | {"X-CSRFToken": browser.token(), "Origin": "http://localhost"}
    )


@pytest.mark.parametrize("days", [1, 10])
def test_a_true_time_is_put_off_and_not_refused_while_the_clock_is_behind(county, now, days):
    with clock.at(now - days * DAY), county.store.write() as session:
        officer = make.actor(session, "officer_a1")
        for at in (now, now + timedelta(hours=5)):
            with pytest.raises(Busy) as later:
                report_service.submit(session, officer, make.report(county.grids["A1"], occurred_at=at))
            assert (later.value.status, later.value.field) == (503, "occurred_on")
            with pytest.raises(Busy):
                entry = make.patrol(county.grids["A1"], {county.things["farm_a1"]: "normal"}, at=at)
                patrol_service.record(session, officer, entry)
    with clock.at(now + timedelta(hours=6)), county.store.write() as session:
        report_service.submit(session, officer, make.report(county.grids["A1"], occurred_at=at))


@pytest.mark.parametrize("ahead", [SLACK + timedelta(minutes=1), DAY, YEAR])
def test_a_time_to_come_is_refused_as_before_where_the_clock_is_right(county, now, ahead):
    with clock.at(now), county.store.write() as session, pytest.raises(Refused) as refusal:
        late = make.report(county.grids["A1"], occurred_at=now + ahead)
        report_service.submit(session, make.actor(session, "officer_a1"), late)
    assert (refusal.value.status, refusal.value.message) == (422, clock_mark.TO_COME)


def test_a_time_that_cannot_have_come_is_refused_for_good_also_while_the_clock_is_behind(county, now):
    with clock.at(now - DAY), county.store.write() as session, pytest.raises(Refused) as refusal:
        late = make.report(county.grids["A1"], occurred_at=now + 15 * DAY)
        report_service.submit(session, make.actor(session, "officer_a1"), late)
    assert refusal.value.status == 422


def test_the_phone_and_the_form_are_told_to_come_again_later(county, browse, machine, now):
    browser = browse("officer_a1")
    machine(now - DAY)
    told = send_round(browser, county, now)
    assert (told.status_code, told.headers["Retry-After"]) == (503, "60") and "clock" in told.json["error"]
    start = browser.get(f"/grids/{county.grids['A1']}/report")
    assert start.status_code == 200
    form = browser.post(
        "/reports",
        id=str(ids.new()),
        grid=str(county.grids["A1"]),
        occurred_on=clock.day(now).isoformat(),
        place="x",
        problem="smoke",
        severity="minor",
        first_measure="not_heeded",
        note="kept words",
    )
    assert form.status_code == 503 and "kept words" in form.text
    machine(now + timedelta(minutes=1))
    assert send_round(browser, county, now).status_code == 201


def test_a_clock_that_is_behind_is_said_on_readyz_and_on_the_administrators_pages_only(county, browse, machine, now):
    admin, office = browse("admin"), browse("county")
    assert browse().get("/readyz").json["clock"] == "ok"
    machine(now - DAY)
    answer = browse().get("/readyz")
    assert (answer.status_code, answer.json["clock"]) == (200, "behind")
    assert "clock is behind" in admin.get("/people").text
    assert "clock is behind" not in office.get("/desk").text


def test_the_servers_log_says_it_at_start_when_it_changes_and_once_an_hour(county, machine, now, caplog):
    watch = sweeper.ClockWatch(county.store)

    def said(at):
        caplog.clear()
        machine(at)
        with caplog.at_level(logging.WARNING, "wangge.clock"):
            watch()
        return [record.getMessage() for record in caplog.records]

    assert said(now + timedelta(minutes=1)) == []
    (told,) = said(now - DAY)
    assert "1 days earlier" in told and "wangge sweep --really" in told
    assert [said(now - DAY + turn * timedelta(minutes=1)) for turn in range(1, 59)] == [[]] * 58
    assert len(said(now - DAY + timedelta(hours=1))) == 1, "an hour later again"
    assert said(now + timedelta(minutes=2)) == ["The clock can be right again."]
    assert len(said(now - 400 * DAY)) == 1


def test_before_there_is_a_mark_the_newest_record_tells_that_the_clock_is_behind(world, machine, now):
    machine(now - DAY)
    sweeper.ClockWatch(world.store)()
    with world.store.read() as session:
        assert clock_mark.fault(session).kind == "behind"


def test_verify_reports_names_a_number_that_came_before_the_one_before_it(county, now):
    for at in (now, now + timedelta(minutes=1), now - DAY, now - DAY + timedelta(minutes=5), now + DAY):
        with clock.at(at), county.store.write() as session:
            receipt = report_service.submit(session, make.actor(session, "officer_a1"), make.report(county.grids["A1"]))
        if at == now - DAY:
            back = receipt.number
    assert [(finding.kind, finding.place) for finding in verify_reports(county.store)] == [("clock", back)]


# --- ahead ---------------------------------------------------------------------------------------------


def test_a_year_ahead_for_an_hour_loses_no_log_in_and_no_row_and_then_all_goes_on(
    county, browse, machine, now, tmp_path
):
    phone, desk, admin = browse("officer_a1"), browse("township_a"), browse("admin")
    with county.store.read() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
    for turn in range(0, 60, 20):
        machine(now + YEAR + timedelta(minutes=turn))
        sweeper.ClockWatch(county.store)()
        with pytest.raises(ImplausibleClock, match="later; 14 are believed"):
            sweep(county.store, tmp_path)
        assert [each.client.get("/account").status_code for each in (phone, desk)] == [302, 302]
        assert browse().get("/readyz").json["clock"] == "ahead"
    again = browse("admin")
    assert "far ahead" in again.get("/people").text
    machine(now + timedelta(minutes=5))
    assert [each.client.get("/account").status_code for each in (phone, desk, admin)] == [200, 200, 200]
    with county.store.read() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) > before
    with pytest.raises(ImplausibleClock, match="there are records of"):
        sweep(county.store, tmp_path)
    assert browse().get("/readyz").json["clock"] == "later"
    assert "records of a later time" in admin.get("/people").text
    sweep(county.store, tmp_path, really=True)
    assert browse().get("/readyz").json["clock"] == "ok"
    assert again.client.get("/account").status_code == 302, "a log-in of that hour would have lasted a year"
    machine(now + 2 * DAY)
    sweep(county.store, tmp_path)
    assert send_round(browse("officer_a1"), county, now + DAY).status_code == 201


def test_a_brake_of_a_year_ahead_holds_nobody_when_the_clock_is_right_again(county, now):
    window, few = timedelta(minutes=15), {"login:x": 3}
    with clock.at(now + YEAR), county.store.write() as session:
        for _ in range(3):
            throttle.count(session, few, window)
        assert throttle.wait(session, few, window)
    with clock.at(now), county.store.write() as session:
        assert not throttle.wait(session, few, window)
        for _ in range(3):
            throttle.count(session, few, window)
        assert throttle.wait(session, few, window)
    with clock.at(now - timedelta(minutes=5)), county.store.read() as session:
        assert throttle.wait(session, few, window), "a clock that is a little behind lets nobody go on guessing"


def test_a_code_given_a_year_ahead_does_not_last_a_year(county, now):
    with county.store.write() as session:
        session.add(
            LoginCode(
                person_id=county.people["officer_a1"],
                code_hash=passwords.make("482109"),
                given_by=county.people["township_a"],
                given_at=now + YEAR,
                expires_at=now + YEAR + DAY,
            )
        )
    with county.store.read() as session, clock.at(now), pytest.raises(Refused, match="do not match"):
        login_service.check(session, "officer_a1", "482109", Where("10.0.0.1"))
    with county.store.read() as session, clock.at(now + YEAR + SLACK):
        login_service.check(session, "officer_a1", "482109", Where("10.0.0.1"))


def test_borders_are_not_put_in_force_under_a_clock_that_cannot_be_right(store, now):
    with store.write() as session:
        numbers.keep(session, MARK, minutes(now))
    with clock.at(now + YEAR), pytest.raises(Busy, match="clock"), store.write() as session:
        make.grids(session, on=clock.day(now))
    with store.write() as session, clock.at(now):
        make.grids(session, on=clock.day(now))


def test_a_clock_that_differs_from_the_databases_deletes_nothing(county, monkeypatch, now):
    monkeypatch.setattr(clock_mark, "database_time", lambda _db: clock.machine() - timedelta(hours=2))
    with (
        county.store.write() as session,
        pytest.raises(ImplausibleClock, match="of the database's machine"),
    ):
        purge(session)
    monkeypatch.setattr(clock_mark, "database_time", lambda _db: clock.machine() - timedelta(minutes=50))
    with county.store.write() as session:
        purge(session)


def test_postgresql_is_asked_for_its_time_and_sqlite_is_not(store):
    with store.read() as session:
        theirs = clock_mark.database_time(session)
    assert theirs is None if store.is_sqlite else abs(theirs - clock.machine()) < timedelta(minutes=1)


def test_the_mark_goes_on_and_never_under_a_clock_that_cannot_be_right(county, now):
    def mark(at):
        with clock.at(at), county.store.write() as session:
            clock_mark.go_on(session)
            return clock_mark.moment(numbers.last(session, MARK)) - now.replace(second=0, microsecond=0)

    assert mark(now + timedelta(minutes=3)) == timedelta(minutes=3)
    assert mark(now - DAY) == timedelta(minutes=3)
    assert mark(now + YEAR) == timedelta(minutes=3)
    assert mark(now + 13 * DAY) == 13 * DAY


def test_a_look_at_the_clock_makes_no_mark_where_nobody_looked_at_the_records(store, now):
    with clock.at(now + YEAR), store.write() as session:
        clock_mark.go_on(session)
        assert numbers.last(session, MARK) == 0
