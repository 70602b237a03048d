"""patrol/frequency.py: which rule holds on a day, which windows follow, when an object is due.

Compared with a reading of the rules day by day, which knows no sums.
"""

import itertools
import random
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest

from tests.short import count
from webapp.patrol.frequency import UNITS, Rule, Rules
from webapp.patrol.windows import Window, Windows

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)


def rule(id_: int, every: int | None, unit: str = "day", key: bool = False, **more: object) -> Rule:
    given = {"season_from": None, "season_until": None, "valid_from": None, "valid_to": None} | more
    return Rule(id_, "farm", key, given["season_from"], given["season_until"], every, unit, given["valid_from"],  # type: ignore[arg-type]
                given["valid_to"])  # type: ignore[arg-type]  # fmt: skip


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


# --- the reading day by day ---


def is_in_season(each: Rule, day: date) -> bool:
    return lies_between(each.season_from, each.season_until, day)


@cache
def lies_between(season_from: str | None, season_until: str | None, day: date) -> bool:
    """By going through the days from each first day of the season until its last."""
    if season_from is None:
        return True
    at = day
    for _ in range(366):
        if f"{at:%m-%d}" == season_from:
            return True
        at -= DAY
        if f"{at:%m-%d}" == season_until or (season_until == "02-29" and (at + DAY).day == 1 == at.month - 1):
            return False
    return False


def holding(rules: list[Rule], is_key: bool, day: date) -> Rule | None:
    best: Rule | None = None
    for each in rules:
        fits = (each.valid_from is None or each.valid_from <= day) and (each.valid_to is None or day < each.valid_to)
        if not fits or (each.for_key and not is_key) or not is_in_season(each, day):
            continue
        rank = (each.season_from is not None, each.for_key)
        if best is None or rank > (best.season_from is not None, best.for_key):
            best = each
    return best


def is_last_of_unit(day: date, unit: str) -> bool:
    end = monthrange(day.year, day.month)[1]
    return {
        "week": day.weekday() == 6,
        "ten_days": day.day in (10, 20, end),
        "half_month": day.day in (15, end),
        "month": day.day == end,
        "quarter": day.day == end and day.month % 3 == 0,
        "half_year": day.day == end and day.month in (6, 12),
        "year": day.day == end and day.month == 12,
    }[unit]


def by_hand(rules: list[Rule], is_key: bool, since: date, until: date | None, first: date, last: date) -> list[Window]:
    """Windows of one unit, grown day by day; one that another rule cuts is thrown away."""
    found: list[Window] = []
    held, begun, is_whole = None, since, False
    for day in days(since, last):
        if until and day >= until:
            break
        now = holding(rules, is_key, day)
        if now != held:
            held, begun = now, day
            is_whole = bool(now) and (now.unit == "day" or day == FIRST or is_last_of_unit(day - DAY, now.unit))
        if held is None or held.every is None:
            continue
        if held.unit == "day":
            is_end, is_whole = (day - begun).days + 1 == held.every, True
        else:
            is_end = is_last_of_unit(day, held.unit)
        if is_end:
            if is_whole and day >= first:
                found.append(Window(begun.toordinal(), day.toordinal()))
            begun, is_whole = day + DAY, True
    return found


def some_rules(rng: random.Random) -> list[Rule]:
    """Rules that follow each other, one for key objects, one or two seasons; units of one, for that is what
    ``by_hand`` can tell."""
    turn = FIRST + timedelta(days=rng.randrange(900))
    unit = rng.choice(list(UNITS))
    found = [
        rule(1, rng.choice((None, 1, 7, 30)), valid_to=turn),
        rule(2, 1 if unit != "day" else rng.randrange(1, 60), unit, valid_from=turn),
    ]
    if rng.random() < 0.5:
        found.append(rule(3, rng.randrange(1, 9), key=True, valid_from=FIRST + timedelta(days=rng.randrange(900))))
    if rng.random() < 0.7:
        first, last = rng.choice((("05-10", "07-20"), ("11-15", "03-15"), ("12-31", "01-01"), ("01-20", "02-29")))
        found.append(
            rule(4, rng.choice((None, 1, 5)), rng.choice(("day", "day")), season_from=first, season_until=last)
        )
    return found


def test_windows_are_what_a_reading_day_by_day_gives() -> None:
    rng = random.Random(7)
    ends = 0
    for _ in range(count(80, 400)):
        rules, is_key = some_rules(rng), rng.random() < 0.5
        since = FIRST + timedelta(days=rng.randrange(500))
        until = rng.choice((None, since + timedelta(days=rng.randrange(1, 700))))
        first = FIRST + timedelta(days=rng.randrange(700))
        last = first + timedelta(days=rng.randrange(380))
        asked = is_key, since, until, first, last
        found = Rules(rules).windows("farm", *asked)
        assert found == by_hand(rules, *asked), (rules, asked)
        Windows(found)  # none overlaps another
        ends += len(found)
    assert ends > count(1000, 5000)


def test_which_rule_holds_is_what_a_reading_day_by_day_gives() -> None:
    rng = random.Random(8)
    for _ in range(count(8, 60)):
        rules = some_rules(rng)
        asked = Rules(rules)
        for day in days(FIRST, LAST):
            for is_key in (False, True):
                assert asked.on("farm", is_key, day) == holding(rules, is_key, day), (rules, day, is_key)


def test_parts_of_a_year_count_every_window_once() -> None:
    rng = random.Random(9)
    for _ in range(100):
        rules = Rules(some_rules(rng))
        since, year = FIRST + timedelta(days=rng.randrange(400)), (date(2027, 1, 1), date(2027, 12, 31))
        cuts = [year[0], *sorted(rng.sample(list(days(year[0] + DAY, year[1])), 5)), year[1] + DAY]
        parts = [
            window
            for a, b in itertools.pairwise(cuts)
            for window in rules.windows("farm", False, since, None, a, b - DAY)
        ]
        assert parts == rules.windows("farm", False, since, None, *year)


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit != "day"])
@pytest.mark.parametrize("every", [1, 2])
def test_units_of_the_calendar_lie_side_by_side(unit: str, every: int) -> None:
    if every > UNITS[unit].most:
        return
    rules = Rules([rule(1, every, unit)])
    found = rules.windows("farm", False, date(2020, 1, 1), None, date(2021, 1, 1), date(2028, 12, 31))
    for one, other in itertools.pairwise(found):
        assert other.first == one.last + 1
    longest = max(window.last - window.first + 1 for window in found)
    assert every * UNITS[unit].days * 0.9 <= longest <= rules.longest(date(2021, 1, 1), LAST)["farm"]
    assert all(is_last_of_unit(date.fromordinal(window.last), unit) for window in found)
    assert len(found) == sum(is_last_of_unit(day, unit) for day in days(date(2021, 1, 1), LAST)) // every + (
        unit == "week" and every == 2 and found[0].first % 14 != 1
    )


TODAY = date(2026, 11, 30)  # a Monday


@pytest.mark.parametrize(
    ("rules", "is_key", "since", "seen", "due"),
    [
        ([rule(1, 7)], False, "2026-11-01", None, "2026-11-01"),
        ([rule(1, 7)], False, "2026-11-01", "2026-11-20", "2026-11-27"),
        ([rule(1, 7)], False, "2026-11-25", "2026-11-02", "2026-11-25"),
        ([rule(1, 1, "week")], False, "2026-11-01", "2026-11-29", "2026-11-30"),
        ([rule(1, 1, "week")], False, "2026-11-01", "2026-11-30", "2026-12-07"),
        ([rule(1, 2, "month")], False, "2026-01-01", "2026-10-31", "2026-11-01"),
        ([rule(1, 2, "month")], False, "2026-01-01", "2026-11-02", "2027-01-01"),
        ([rule(1, 1, "ten_days")], False, "2026-01-01", "2026-11-21", "2026-12-01"),
        ([rule(1, 7), rule(2, 3, key=True)], True, "2026-01-01", "2026-11-28", "2026-12-01"),
        ([rule(1, 7), rule(2, 3, key=True)], False, "2026-01-01", "2026-11-28", "2026-12-05"),
        ([rule(1, 30), rule(2, 1, season_from="11-15", season_until="03-15")], False, "2026-01-01", "2026-11-10",
         "2026-11-15"),  # of the season, not of the days before it
        ([rule(1, 30, valid_to=TODAY), rule(2, 2, valid_from=TODAY)], False, "2026-01-01", "2026-11-10", "2026-11-30"),
        ([rule(1, None)], False, "2026-01-01", "2026-11-10", None),
        ([rule(1, 30), rule(2, None, season_from="05-10", season_until="11-29")], False, "2026-01-01", "2026-05-01",
         "2026-11-30"),  # while nothing was due, nothing became overdue
        ([rule(1, 1), rule(2, 30, key=True, valid_to=TODAY)], True, "2026-01-01", "2026-11-10", "2026-11-30"),
        ([rule(1, 30), rule(2, 30, season_from="01-01", season_until="01-31")], False, "2025-01-01", "2025-12-30",
         "2026-02-01"),
        ([rule(1, 7), rule(2, None, season_from="11-15", season_until="03-15")], False, "2026-01-01", None, None),
        ([], False, "2026-01-01", None, None),
    ],
)  # fmt: skip
def test_due_now_goes_by_the_rule_of_today_and_the_last_visit(
    rules: list[Rule], is_key: bool, since: str, seen: str | None, due: str | None
) -> None:
    last = date.fromisoformat(seen).toordinal() if seen else None
    found = Rules(rules).of(TODAY).due_on("farm", is_key, date.fromisoformat(since), last)
    assert (found and found.isoformat()) == due


def test_a_rule_of_another_type_says_nothing() -> None:
    assert Rules([rule(1, 7)]).on("kiln", False, TODAY) is None
    assert Rules([rule(1, 7)]).windows("kiln", False, FIRST, None, FIRST, LAST) == []
    assert Rules([rule(1, None)]).longest(FIRST, LAST) == {}
    over = rule(1, 1, "year", valid_to=date(2026, 3, 1))
    assert Rules([over, rule(2, 7)]).longest(TODAY, TODAY) == {"farm": 7}, "one that has ended reaches no further back"
