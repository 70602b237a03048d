"""What is past its period goes, what is not stays, and a second run finds nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests import make
from webapp.core import audit, clock, clock_mark, ids, numbers, throttle
from webapp.core.errors import Conflict
from webapp.core.models import AuditEntry, Setting, Throttle
from webapp.core.retention import history_open, months_before
from webapp.feedback import service as feedback_service
from webapp.feedback.models import Feedback
from webapp.feedback.service import Message
from webapp.login.models import LoginCode, LoginSession
from webapp.ops.retention import purge
from webapp.patrol import service as patrol_service
from webapp.patrol.models import Patrol, Visit

NOW = datetime(2027, 9, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
NOTHING = dict.fromkeys(("feedback", "log", "places", "proposal_places", "sessions", "codes", "tries", "people"), 0)


@pytest.fixture
def quiet(world):
    """The small county with an empty log, so that only what a test puts there is counted, and swept that day."""
    with world.store.write() as session:
        with history_open(session, "a test"):
            session.query(AuditEntry).delete()
        numbers.keep(session, clock_mark.MARK, clock_mark.minutes(NOW))
    return world


def run(world, at=NOW, **more):
    with clock.at(at), world.store.write() as session:
        return purge(session, **more)


def number(world, model):
    with world.store.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def set_to(world, key, value):
    with world.store.write() as session:
        session.get_one(Setting, key).value = str(value)


def feedback(world, written, answered=None):
    entry = Message(ids.new(), "/", "Hm.")
    with world.store.write() as session:
        with clock.at(written):
            feedback_service.send(session, make.actor(session, "officer_a1"), entry)
        if answered:
            with clock.at(answered):
                feedback_service.answer(session, make.actor(session, "county"), entry.id, "Aha.")
    return entry.id


def test_feedback_goes_its_months_after_the_answer_and_never_before_one(quiet):
    old = feedback(quiet, NOW - 400 * DAY, NOW - 370 * DAY)
    fresh = feedback(quiet, NOW - 400 * DAY, NOW - 360 * DAY)
    waits = feedback(quiet, NOW - 400 * DAY)
    assert run(quiet)["feedback"] == 1
    with quiet.store.read() as session:
        left = set(session.scalars(select(Feedback.id)))
    assert left == {fresh, waits} and old not in left
    set_to(quiet, "feedback_months", 1)
    assert run(quiet)["feedback"] == 1


def test_an_officers_point_goes_after_its_days_and_the_round_stays(quiet):
    def walk(at):
        entry = make.patrol(
            quiet.grids["A1"], {quiet.things["farm_a1"]: "normal"}, at=at, lon=110.0, lat=35.0, accuracy_m=12.0
        )
        with clock.at(at), quiet.store.write() as session:
            patrol_service.record(session, make.actor(session, "officer_a1"), entry)
        return entry

    old, fresh = walk(NOW - 92 * DAY), walk(NOW - 89 * DAY)
    assert run(quiet)["places"] == 1
    with quiet.store.read() as session:
        points = {row.id: (row.lon, row.lat, row.accuracy_m) for row in session.scalars(select(Patrol))}
    assert points == {old.id: (None, None, None), fresh.id: (110.0, 35.0, 12.0)}
    assert number(quiet, Visit) == 2
    with clock.at(NOW), quiet.store.write() as session:  # a late resend still gets its first receipt
        assert patrol_service.record(session, make.actor(session, "officer_a1"), old).received_at == old.occurred_at
    other = old.visits[0].__class__(old.visits[0].object_id, "problem")
    for changed in ({"note": "x"}, {"visits": (other,)}, {"occurred_at": NOW}, {"grid_id": quiet.grids["A2"]}):
        with clock.at(NOW), quiet.store.write() as session, pytest.raises(Conflict):
            patrol_service.record(session, make.actor(session, "officer_a1"), replace(old, **changed))
    with clock.at(NOW), quiet.store.write() as session, pytest.raises(Conflict):
        patrol_service.record(session, make.actor(session, "township_a"), old)


def test_an_officers_point_goes_by_the_day_he_was_there_not_by_the_day_it_was_sent(quiet):
    entry = make.patrol(quiet.grids["A1"], {quiet.things["farm_a1"]: "normal"}, at=NOW - 92 * DAY, lon=110.0, lat=35.0)
    with clock.at(NOW - DAY), quiet.store.write() as session:
        patrol_service.record(session, make.actor(session, "officer_a1"), entry)
    assert run(quiet)["places"] == 1


@pytest.mark.parametrize("months, kept", [(12, {300, 200, 100}), (8, {200, 100}), (1, {100})])
def test_the_log_goes_after_its_months_but_never_before_six(quiet, months, kept):
    set_to(quiet, "log_months", months)
    with quiet.store.write() as session:
        for days in (400, 300, 200, 100) if months != 1 else (400, 300, 200, 190, 100):
            with clock.at(NOW - days * DAY):
                audit.note(session, None, "test", f"day:{days}")
    run(quiet)
    with quiet.store.read() as session:
        things = session.scalars(select(AuditEntry.thing).where(AuditEntry.action == "test"))
        assert {int(thing.removeprefix("day:")) for thing in things} == kept


def test_ended_log_ins_go_a_week_later_and_live_ones_stay(quiet):
    def session_row(name, expires, revoked=None):
        return LoginSession(
            token_hash=name,
            person_id=quiet.people["officer_a1"],
            device="x",
            is_remembered=True,
            created_at=NOW - 100 * DAY,
            seen_at=NOW,
            expires_at=expires,
            revoked_at=revoked,
        )

    with quiet.store.write() as session:
        session.add_all(
            [
                session_row("live", NOW + DAY),
                session_row("ended yesterday", NOW - DAY),
                session_row("ended long ago", NOW - 8 * DAY),
                session_row("revoked yesterday", NOW + DAY, NOW - DAY),
                session_row("revoked long ago", NOW + DAY, NOW - 8 * DAY),
            ]
        )
    assert run(quiet)["sessions"] == 2
    with quiet.store.read() as session:
        assert set(session.scalars(select(LoginSession.token_hash))) == {"live", "ended yesterday", "revoked yesterday"}


def test_used_and_expired_codes_go_a_week_later_and_open_ones_stay(quiet):
    def code(name, expires, used=None):
        return LoginCode(
            person_id=quiet.people["officer_a1"],
            code_hash=name,
            given_by=quiet.people["township_a"],
            given_at=NOW - 30 * DAY,
            expires_at=expires,
            used_at=used,
        )

    with quiet.store.write() as session:
        session.add_all(
            [
                code("open", NOW + DAY),
                code("expired", NOW - 8 * DAY),
                code("just expired", NOW - DAY),
                code("used", NOW + DAY, NOW - 8 * DAY),
                code("just used", NOW + DAY, NOW - DAY),
            ]
        )
    assert run(quiet)["codes"] == 2
    with quiet.store.read() as session:
        assert set(session.scalars(select(LoginCode.code_hash))) == {"open", "just expired", "just used"}


def test_failed_tries_go_when_they_brake_nobody_any_more(quiet):
    window = timedelta(minutes=15)
    for name, ago in (("old", 16), ("fresh", 14)):
        with clock.at(NOW - timedelta(minutes=ago)), quiet.store.write() as session:
            throttle.count(session, {f"login:{name}:10.0.0.1": 5}, window)
    assert run(quiet)["tries"] == 1
    with quiet.store.read() as session:
        assert list(session.scalars(select(Throttle.key))) == ["login:fresh:10.0.0.1"]


def test_a_second_run_finds_nothing_and_writes_nothing(quiet):
    feedback(quiet, NOW - 400 * DAY, NOW - 370 * DAY)
    assert run(quiet)["feedback"] == 1
    before = number(quiet, AuditEntry)
    assert run(quiet) == NOTHING
    assert number(quiet, AuditEntry) == before


def test_what_went_stands_in_the_log_as_a_number(quiet):
    feedback(quiet, NOW - 400 * DAY, NOW - 370 * DAY)
    run(quiet)
    with quiet.store.read() as session:
        note = session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.purge")).one()
    assert note.person_id is None and note.detail["feedback"] == 1


def test_one_run_deletes_a_bounded_number_and_the_next_goes_on(quiet):
    for _ in range(3):
        feedback(quiet, NOW - 400 * DAY, NOW - 370 * DAY)
    assert [run(quiet, most=2)["feedback"] for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize(
    "on, months, expected",
    [
        (date(2026, 9, 7), 12, date(2025, 9, 7)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 9, 7), 100_000, date(1970, 1, 7)),
    ],
)
def test_months_count_by_the_calendar(on, months, expected):
    assert months_before(on, months) == expected
