"""The clock and the ids it orders: UTC to the millisecond, the county's day, and a clock that tests can set."""

import threading
import time as system
import uuid
from datetime import UTC, date, datetime, time

import pytest

from webapp.core import clock, ids

SIX = datetime(2026, 2, 28, 22, 0, tzinfo=UTC)


def test_now_is_this_moment_in_utc_to_the_millisecond() -> None:
    now = clock.now()
    assert now.tzinfo is UTC and now.microsecond % 1000 == 0
    assert abs(now.timestamp() - system.time()) < 5


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 2, 28, 15, 59, 59, 999999, UTC), date(2026, 2, 28)),
        (datetime(2026, 2, 28, 16, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 1, 1, 0, 30, tzinfo=clock.ZONE), date(2026, 1, 1)),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), date(2026, 1, 1)),
    ],
)
def test_a_day_is_the_countys_day(moment: datetime, day: date) -> None:
    assert clock.day(moment) == day


def test_a_day_starts_at_midnight_in_the_county() -> None:
    assert clock.start(date(2026, 3, 1)) == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert clock.at_hour(date(2026, 3, 1), time(17, 30)) == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert clock.day(clock.start(date(2026, 3, 1))) == date(2026, 3, 1)


def test_a_set_clock_stands_and_comes_off_again_even_after_a_fault() -> None:
    with clock.at(SIX.astimezone(clock.ZONE)):
        assert (clock.now(), clock.now().tzinfo, clock.today()) == (SIX, UTC, date(2026, 3, 1))
        with pytest.raises(ZeroDivisionError), clock.at(datetime(2020, 1, 1, tzinfo=UTC)):
            assert clock.today().year == 2020
            raise ZeroDivisionError
        assert clock.now() == SIX
    assert clock.now().timestamp() == pytest.approx(system.time(), abs=5)


def test_a_clock_set_in_one_thread_is_not_set_in_another() -> None:
    seen: list[datetime] = []
    with clock.at(SIX):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0].timestamp() == pytest.approx(system.time(), abs=5)


def test_ids_are_version_7_and_carry_their_millisecond() -> None:
    with clock.at(SIX):
        made = [ids.new() for _ in range(10_000)]
    assert len(set(made)) == 10_000
    assert {(each.version, each.variant) for each in made} == {(7, uuid.RFC_4122)}
    assert {each.int >> 80 for each in made} == {int(SIX.timestamp() * 1000)}


def test_later_ids_are_greater() -> None:
    made = []
    for turn in range(100):
        with clock.at(datetime.fromtimestamp(1_780_000_000 + turn / 1000, UTC)):
            made.append(ids.new())
    assert made == sorted(made)
