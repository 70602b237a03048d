"""When a limit runs out, against a walk from day to day; and the calendar of the seeds against a second opinion."""

import os
import random
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import chinese_calendar
import pytest

from webapp.core import calendar, clock
from webapp.core.calendar import Calendar
from webapp.core.db import Store
from webapp.core.models import TimeLimit

works = cache(chinese_calendar.is_workday)  # the other calendar
TRIES = 20_000 if os.environ.get("WANGGE_FULL") == "1" else 500
CLOSES = time(17, 30)
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)  # what chinesecalendar knows
DAY = timedelta(days=1)


def days(first: date, last: date) -> list[date]:
    """Every day from one to another, both included."""
    return [first + turn * DAY for turn in range((last - first).days + 1)]


@pytest.fixture(scope="module")
def whole() -> Calendar:
    """23 years with their holidays and make-up workdays, as exceptions to Monday-Friday."""
    odd = {on: works(on) for on in days(FIRST, LAST) if works(on) != (on.weekday() < 5)}
    return Calendar(odd, frozenset(range(2004, 2027)), CLOSES)


def walk(start: datetime, number: int) -> date:
    """The ``number``-th workday after the county day of ``start``, in the other calendar, day by day."""
    on = (start + timedelta(hours=8)).date()
    return [day for day in days(on + DAY, on + 40 * DAY) if works(day)][number - 1]


def test_workdays_are_counted_as_a_walk_from_day_to_day_counts_them(whole: Calendar) -> None:
    chance = random.Random(22)
    first, last = datetime(2004, 1, 1, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
    for _ in range(TRIES):
        start = first + timedelta(seconds=chance.randrange(int((last - first).total_seconds())))
        number = chance.randint(1, 15)
        due = datetime.combine(walk(start, number), time(9, 30), UTC)  # 17:30 in the county
        assert whole.after(start, number, "work_day") == due, (start, number)


@pytest.mark.parametrize(
    ("start", "number", "unit", "due"),
    [
        ("2026-03-02T01:00Z", 1, "work_day", "2026-03-03T09:30Z"),  # a Monday morning
        ("2026-03-06T15:59Z", 1, "work_day", "2026-03-09T09:30Z"),  # Friday before midnight in the county
        ("2026-03-06T16:00Z", 1, "work_day", "2026-03-09T09:30Z"),  # Saturday begins: the same
        ("2026-03-05T16:00Z", 1, "work_day", "2026-03-09T09:30Z"),  # Friday begins
        ("2026-02-14T01:00Z", 1, "work_day", "2026-02-24T09:30Z"),  # over Spring Festival
        ("2026-02-13T01:00Z", 1, "work_day", "2026-02-14T09:30Z"),  # to a Saturday made up for it
        ("2026-03-06T01:00Z", 2, "calendar_day", "2026-03-08T09:30Z"),
        ("2026-03-06T16:00Z", 2, "calendar_day", "2026-03-09T09:30Z"),
        ("2026-03-06T15:30Z", 5, "hour", "2026-03-06T20:30Z"),
        ("2026-03-06T15:30Z", 45, "minute", "2026-03-06T16:15Z"),
    ],
)
def test_a_limit_runs_out_at(whole: Calendar, start: str, number: int, unit: str, due: str) -> None:
    assert whole.after(datetime.fromisoformat(start), number, unit) == datetime.fromisoformat(due)


def test_an_answer_does_not_depend_on_the_zone_the_start_is_written_in(whole: Calendar) -> None:
    start = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
    assert whole.after(start.astimezone(clock.ZONE), 3, "work_day") == whole.after(start, 3, "work_day")


def seeded_calendar(store: Store) -> Calendar:
    """The calendar as seeded."""
    with store.read() as session:
        return calendar.load(session, CLOSES)


def test_the_seeded_years_are_the_states_calendar(store: Store) -> None:
    seeded = seeded_calendar(store)
    assert {2025, 2026} <= seeded.confirmed_years
    different = [on for on in days(date(2025, 1, 1), LAST) if seeded.is_workday(on) != works(on)]
    assert different == []


def test_a_year_without_a_notice_is_provisional_and_still_gives_a_date(store: Store) -> None:
    seeded = seeded_calendar(store)
    due = seeded.after(datetime(2026, 12, 28, 1, tzinfo=UTC), 10, "work_day")
    assert clock.day(due).year == 2027 and seeded.is_provisional(clock.day(due))
    assert not seeded.is_provisional(date(2026, 12, 31))
    assert not seeded.is_workday(date(2027, 1, 1)), "New Year's Day is fixed by regulation"
    assert seeded.after(datetime(2031, 5, 5, 1, tzinfo=UTC), 1, "work_day") == datetime(2031, 5, 6, 9, 30, tzinfo=UTC)


def test_a_limit_is_its_row(store: Store) -> None:
    with store.read() as session:
        assert isinstance(calendar.limit(session, "review"), TimeLimit)
        units = {calendar.limit(session, code).unit for code in ("review", "emergency_review")}
    assert units <= {"hour", "minute", "work_day", "calendar_day"}


def test_a_limit_that_is_not_there_is_named(store: Store) -> None:
    with store.read() as session, pytest.raises(LookupError, match="no time limit 'no_such'"):
        calendar.limit(session, "no_such")


def brute_force(calendar_: Calendar, start: datetime, number: int, unit: str) -> datetime:
    """The same limit, by going from day to day, or from minute to minute, in county time."""
    here = start.astimezone(clock.ZONE)
    if unit in ("hour", "minute"):
        for _ in range(number * (60 if unit == "hour" else 1)):
            here += timedelta(minutes=1)
        return here.astimezone(UTC)
    on = here.date()
    while number:
        on += DAY
        number -= unit == "calendar_day" or works(on)
    return datetime.combine(on, CLOSES, clock.ZONE).astimezone(UTC)


def test_limits_of_every_unit_run_out_where_a_walk_arrives(whole: Calendar) -> None:
    chance = random.Random(2004)
    first, last = datetime(2004, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    made_up = 0
    for _ in range(min(TRIES, 300) if TRIES == 500 else TRIES):
        start = first + timedelta(seconds=chance.randrange(int((last - first).total_seconds())))
        number, unit = chance.randint(0, 30), chance.choice(("work_day", "calendar_day", "hour", "minute"))
        due = whole.after(start, number, unit)
        assert due == brute_force(whole, start, number, unit), (start, number, unit)
        made_up += unit == "work_day" and clock.day(due).weekday() > 4
    assert made_up, "none of them ran out on a made-up Saturday or Sunday"


@pytest.mark.parametrize("year", [1999, 2003, 2028, 2099])
def test_a_year_nobody_knows_gives_every_unit_a_date_and_is_provisional(whole: Calendar, year: int) -> None:
    for unit in ("work_day", "calendar_day", "hour", "minute"):
        due = whole.after(datetime(year, 5, 3, tzinfo=UTC), 20, unit)
        assert due.year == year and whole.is_provisional(clock.day(due))
