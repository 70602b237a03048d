"""A clock that cannot be right deletes nothing: no row and no file; and a county that was away can go on."""

import logging
import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from tests import make
from webapp.core import audit, clock, files, ids, throttle
from webapp.core.models import AuditEntry, Throttle
from webapp.core.retention import history_open
from webapp.feedback import service as feedback_service
from webapp.feedback.models import Feedback
from webapp.feedback.service import Message
from webapp.login.models import LoginCode, LoginSession
from webapp.ops import sweep_clock, sweeper
from webapp.ops.retention import sweep
from webapp.ops.sweep_clock import AHEAD, ImplausibleClock
from webapp.patrol import service as patrol_service
from webapp.patrol.models import Patrol
from webapp.report import service as report_service
from webapp.report.models import ReportEvent

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
BATTERY_DEAD = datetime(2037, 1, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def county(world, tmp_path):
    """A county at work, swept today: a row of each kind that a sweep deletes in time, and files that wait a day."""
    with clock.at(NOW), world.store.write() as session:
        with history_open(session, "a test"):
            session.execute(delete(AuditEntry))
        officer, office = make.actor(session, "officer_a1"), make.actor(session, "county")
        audit.note(session, None, "test", "day:today")
        told = Message(ids.new(), "/", "Hm.")
        feedback_service.send(session, officer, told)
        feedback_service.answer(session, office, told.id, "Aha.")
        walked = {world.things["farm_a1"]: "normal", world.things["kiln_a1"]: "normal"}
        patrol_service.record(session, officer, make.patrol(world.grids["A1"], walked, lon=110.005, lat=35.005))
        throttle.count(session, {"login:somebody:10.0.0.1": 5}, timedelta(minutes=15))
        session.add_all([log_in(world, "open"), log_in(world, "ended"), code(world)])
    assert swept(world, tmp_path, NOW) == {}
    for file in (tmp_path / "tmp" / "part", tmp_path / "photos" / "copies" / "aa" / "aabb"):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"x")
        two_days_ago = time.time() - 2 * files.DAY
        os.utime(file, (two_days_ago, two_days_ago))
    return world


def log_in(world, name):
    return LoginSession(
        token_hash=name,
        person_id=world.people["officer_a1"],
        device="x",
        is_remembered=True,
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + 90 * DAY,
        revoked_at=NOW if name == "ended" else None,
    )


def code(world):
    return LoginCode(
        person_id=world.people["officer_a2"],
        code_hash="x",
        given_by=world.people["township_a"],
        given_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
    )


def swept(world, data_dir, at, **more):
    """What a sweep at that moment deleted, by kind; kinds of which nothing went are left out."""
    with clock.at(at):
        return {kind: number for kind, number in sweep(world.store, data_dir, **more).gone.items() if number}


def there(world, data_dir):
    """How much there is of all that a sweep deletes."""
    with world.store.read() as session:
        rows = [
            session.scalar(select(func.count()).select_from(model))
            for model in (AuditEntry, Feedback, LoginSession, LoginCode, Throttle)
        ]
        points = session.scalar(select(func.count()).where(Patrol.lon.is_not(None)))
    return [*rows, points, len([file for file in data_dir.rglob("*") if file.parent.name in ("tmp", "aa")])]


@pytest.mark.parametrize("at", [BATTERY_DEAD, NOW + AHEAD + DAY, NOW - 2 * DAY, datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_sweep_under_a_clock_that_cannot_be_right_deletes_no_row_and_no_file(county, tmp_path, at):
    before = there(county, tmp_path)
    assert all(before)
    for _ in range(2):
        with pytest.raises(ImplausibleClock, match="Nothing was deleted"):
            swept(county, tmp_path, at)
        assert there(county, tmp_path) == before


def test_the_refusal_names_both_days_how_far_apart_they_are_and_what_to_do(county, tmp_path):
    with pytest.raises(ImplausibleClock) as far:
        swept(county, tmp_path, BATTERY_DEAD)
    assert "clock says 2037-01-01" in str(far.value) and "sweep was 2026-11-28" in str(far.value)
    assert "3,687 days later; 14 are believed" in str(far.value)
    assert "wangge sweep --really" in str(far.value)
    with pytest.raises(ImplausibleClock, match=r"clock says 2026-11-18, .* 2026-11-28: that is 10 days earlier"):
        swept(county, tmp_path, NOW - 10 * DAY)


def test_what_people_do_under_the_wrong_clock_does_not_make_it_right(county, tmp_path):
    with clock.at(BATTERY_DEAD), county.store.write() as session:
        officer = make.actor(session, "officer_a1")
        audit.note(session, None, "test", "day:wrong")
        patrol_service.record(session, officer, make.patrol(county.grids["A1"], {county.things["farm_a1"]: "normal"}))
        report_service.submit(session, officer, make.report(county.grids["A1"]))
    before = there(county, tmp_path)
    with pytest.raises(ImplausibleClock, match="2037"):
        swept(county, tmp_path, BATTERY_DEAD + DAY)
    assert there(county, tmp_path) == before


def test_when_the_clock_is_set_right_again_the_sweep_goes_on_by_itself(county, tmp_path):
    with pytest.raises(ImplausibleClock, match="2037"):
        swept(county, tmp_path, BATTERY_DEAD)
    assert swept(county, tmp_path, NOW + DAY) == {"tries": 1, "uploads": 1, "photos": 1}


@pytest.mark.parametrize("days", [-1, 0, 1, 14])
def test_a_sweep_within_the_days_that_are_believed_deletes_what_is_past_its_time(county, tmp_path, days):
    gone = swept(county, tmp_path, NOW + days * DAY)
    assert {"uploads": 1, "photos": 1}.items() <= gone.items()
    assert ("sessions" in gone, "codes" in gone) == (days == 14, days == 14)


def test_sweeps_that_come_in_time_carry_on_for_ever(county, tmp_path):
    at, gone = NOW, set()
    for _ in range(30):
        at += AHEAD
        gone |= set(swept(county, tmp_path, at))
    assert gone == {"feedback", "log", "places", "sessions", "codes", "tries", "uploads", "photos"}


def test_a_county_that_was_switched_off_for_months_goes_on_once_somebody_says_so(county, tmp_path):
    late = NOW + 200 * DAY
    with pytest.raises(ImplausibleClock, match="200 days later"):
        swept(county, tmp_path, late)
    gone = swept(county, tmp_path, late, really=True)
    assert gone == {"places": 1, "sessions": 2, "codes": 1, "tries": 1, "uploads": 1, "photos": 1}
    assert swept(county, tmp_path, late + DAY) == {}, "and from then on by itself"
    with county.store.read() as session:
        said = session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.clock")).one()
    assert (said.person_id, said.detail) == (None, {"before": "2026-11-28", "after": "2027-06-16", "sessions": 0})


def test_a_wrong_day_that_was_said_to_be_right_is_mended_the_same_way(county, tmp_path):
    swept(county, tmp_path, BATTERY_DEAD, really=True)
    with pytest.raises(ImplausibleClock, match="earlier"):
        swept(county, tmp_path, NOW)
    swept(county, tmp_path, NOW, really=True)
    assert swept(county, tmp_path, NOW + DAY) == {}


KINDS = (AuditEntry.at, ReportEvent.at, Patrol.received_at, LoginSession.seen_at)


@pytest.mark.parametrize("column", KINDS, ids=str)
def test_before_the_first_sweep_the_newest_record_of_each_kind_tells_the_day(world, tmp_path, column):
    with world.store.write() as session:
        with history_open(session, "a test"):
            session.execute(delete(AuditEntry))
        assert sweep_clock.last_moment(session) is None
        with clock.at(NOW - 60 * DAY):
            one_record(world, session, column)
        assert clock.day(sweep_clock.last_moment(session)) == clock.day(NOW - 60 * DAY)
        with clock.at(NOW):
            one_record(world, session, column)
        assert clock.day(sweep_clock.last_moment(session)) == clock.day(NOW)
    with pytest.raises(ImplausibleClock, match="2026-11-28"):
        swept(world, tmp_path, BATTERY_DEAD)
    swept(world, tmp_path, NOW + DAY)


@pytest.mark.parametrize("newest", KINDS, ids=str)
def test_of_several_kinds_the_newest_record_tells_the_day(world, newest):
    with world.store.write() as session:
        with history_open(session, "a test"):
            session.execute(delete(AuditEntry))
        for column in KINDS:
            with clock.at(NOW - (1 if column is newest else 60) * DAY):
                one_record(world, session, column)
        assert clock.day(sweep_clock.last_moment(session)) == clock.day(NOW - DAY)


def one_record(world, session, column):
    officer = make.actor(session, "officer_a1")
    if column is AuditEntry.at:
        audit.note(session, None, "test", "one")
    elif column is Patrol.received_at:
        patrol_service.record(session, officer, make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}))
    elif column is ReportEvent.at:
        report_service.submit(session, officer, make.report(world.grids["A1"]))
    else:
        row = log_in(world, ids.new().hex)
        row.seen_at = clock.now()
        session.add(row)
    session.flush()


def test_a_county_without_any_record_believes_its_clock(store, tmp_path):
    with store.write() as session, history_open(session, "a test"):
        session.execute(delete(AuditEntry))
    with clock.at(BATTERY_DEAD):
        assert not any(sweep(store, tmp_path).gone.values())


def test_the_thread_of_serve_says_each_time_that_it_was_refused_and_why(county, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(sweeper, "HOUR", 0.01)
    before, stop = there(county, tmp_path), threading.Event()
    with caplog.at_level(logging.WARNING, "wangge.sweep"):
        thread = sweeper.start(lambda: swept(county, tmp_path, BATTERY_DEAD), stop)
        wait_for(lambda: len(caplog.records) >= 3)
        stop.set()
        thread.join(20)
    said = caplog.records[0].getMessage()
    assert "refused" in said and "2037-01-01" in said and "--really" in said
    assert not any(record.exc_info for record in caplog.records), "it is no fault, and needs no traceback"
    assert there(county, tmp_path) == before


def wait_for(true, seconds=20):
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:
        time.sleep(0.01)
    assert true()
