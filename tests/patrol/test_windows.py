"""patrol/windows.py: one visit fills one window, and every window is counted once."""

import itertools
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import literal, select

from tests import make
from webapp.core import clock
from webapp.core.db import Moment, day_number
from webapp.patrol import coverage, service
from webapp.patrol.frequency import Rule, Rules
from webapp.patrol.models import PatrolObject
from webapp.patrol.windows import Outcome, Window, Windows, outcome, regular

LEAP = date(2028, 2, 29)


def windows_of(*ends):
    return Windows(Window(first, last) for first, last in ends)


def of_life(since, days, first, last, until=None):
    """Those of an object that a rule of all the year asks for, and that is no longer there on ``until``."""
    rules = Rules([Rule(1, "farm", False, None, None, days, "day", None, None)])
    on = [None if day is None else date.fromordinal(day + 1000) for day in (since, until, first, last)]
    return [Window(a - 1000, b - 1000) for a, b in rules.windows("farm", False, *on)]


def by_hand(since, days, first, last, until):
    """The same, day by day: a window ends on each last day of an interval on which the object is there."""
    ends = (day for day in range(max(since, first), last + 1) if (day - since + 1) % days == 0)
    return [Window(day - days + 1, day) for day in ends if until is None or day < until]


def test_thirty_days_of_a_weekly_object_are_four_windows():
    assert regular(100, 7, 100, 129) == [(100, 106), (107, 113), (114, 120), (121, 127)]


def test_windows_are_counted_from_the_objects_first_day_whatever_the_period():
    rng = random.Random(28)
    for _ in range(5000):
        since, days, first = rng.randrange(60), rng.randrange(1, 40), rng.randrange(60)
        last, until = first + rng.randrange(60), rng.choice((None, since + rng.randrange(90)))
        asked = (since, days, first, last, until)
        assert of_life(since, days, first, last, until) == by_hand(*asked), asked
        assert regular(since, days, first, last) == by_hand(since, days, first, last, None), asked


def test_periods_that_follow_each_other_count_every_window_once():
    """Whatever the cut, the parts give the whole: months of different lengths add up to the year."""
    rng = random.Random(1)
    for _ in range(300):
        since, days = rng.randrange(400), rng.randrange(1, 100)
        cuts = [0, *sorted(rng.sample(range(1, 366), 11)), 366]
        parts = [window for a, b in itertools.pairwise(cuts) for window in regular(since, days, a, b - 1)]
        assert parts == regular(since, days, 0, 365)


@pytest.mark.parametrize(
    ("since", "until", "ends"),
    [
        (100, None, [106, 113, 120]),
        (100, 114, [106, 113]),  # gone on the 114th day: the window of the 113th was whole
        (100, 113, [106]),  # gone one day before: that one was never due
        (115, None, []),  # too new: its first window still runs
        (114, None, [120]),
        (100, 100, []),
        (90, 103, []),  # its last whole window ended before the period
    ],
)
def test_an_object_counts_only_with_the_windows_that_end_within_its_life(since, until, ends):
    assert [window.last for window in of_life(since, 7, 100, 120, until)] == ends


def test_a_leap_day_and_a_long_period_are_days_like_others():
    since = (LEAP - timedelta(days=1)).toordinal()
    made = regular(since, 1, LEAP.toordinal(), LEAP.toordinal() + 1)
    assert [date.fromordinal(window.last) for window in made] == [LEAP, date(2028, 3, 1)]
    ten_years = regular(since, 7, since, since + 3652)
    assert len(ten_years) == 521
    assert outcome(Windows(ten_years), range(since, since + 3653), ()) == Outcome(521, 521, 0)


def test_an_interval_of_no_days_is_refused():
    with pytest.raises(ValueError, match="an interval of 0 days"):
        regular(0, 0, 0, 10)


def test_several_visits_in_one_window_fill_one():
    week, next_ = (1, 7), (8, 14)
    assert outcome(windows_of(week, next_), [1, 2, 7, 7], ()) == Outcome(2, 1, 0)
    assert outcome(windows_of(week, next_), [7, 8], ()) == Outcome(2, 2, 0)


def test_a_visit_before_the_period_fills_the_window_that_the_period_cuts():
    cut = regular(1, 7, 6, 20)
    assert cut[0] == (1, 7)
    assert outcome(Windows(cut), [2], ()) == Outcome(2, 1, 0)


def test_what_could_not_be_seen_fills_nothing_and_stands_apart_once():
    week, next_, last = (1, 7), (8, 14), (15, 21)
    assert outcome(windows_of(week, next_, last), [3], [2, 9, 10]) == Outcome(3, 1, 1)


def test_a_visit_in_no_window_counts_nothing():
    """A pause or a season leaves gaps; what was done there is no debt and no credit."""
    assert outcome(windows_of((1, 7), (20, 26)), [8, 19, 0, 27], [10]) == Outcome(2, 0, 0)


def test_no_windows_are_no_debt():
    assert outcome(Windows([]), [1, 2], [3]) == Outcome(0, 0, 0)


@pytest.mark.parametrize("pair", [((1, 7), (7, 13)), ((8, 14), (1, 7)), ((1, 7), (1, 7))])
def test_windows_that_overlap_or_stand_in_no_order_are_refused(pair):
    with pytest.raises(ValueError, match="overlap"):
        windows_of(*pair)


def test_no_visits_whatever_their_number_and_days_fill_more_than_there_is():
    """Of any windows and any visits: never more seen than due, nothing counted twice, more visits never less seen."""
    rng = random.Random(7)
    for _ in range(3000):
        edges = sorted(rng.sample(range(120), 2 * rng.randrange(1, 12)))
        windows = windows_of(*zip(edges[::2], edges[1::2], strict=True))
        seen, tried = ([rng.randrange(120) for _ in range(rng.randrange(30))] for _ in range(2))
        made = outcome(windows, seen, tried)
        inside = [sum(a <= day <= b for day in seen) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        assert made.seen == sum(number > 0 for number in inside)
        assert made.seen + made.could_not_see <= made.due == len(edges) // 2
        assert made == outcome(windows, reversed(seen), tried * 2)
        assert outcome(windows, [*seen, rng.randrange(120)], tried).seen >= made.seen
        assert outcome(windows, seen, [*tried, *seen]) == outcome(windows, seen, tried)


# --- the same in the database ---


def test_the_day_of_a_moment_is_the_countys_day_in_the_database_too(store):
    """Around midnight in Shanghai, which is 16:00 in UTC; to the millisecond, with which moments are kept."""
    offsets = (-1000, -1, 0, 1, 999, 43_200_000)
    moments = [clock.start(date(2026, 3, 1)) + timedelta(milliseconds=off) for off in offsets]
    for moment in [*moments, clock.start(LEAP) - timedelta(milliseconds=1), clock.start(LEAP)]:
        with store.read() as session:
            found = session.scalar(select(day_number(literal(moment, Moment))))
        assert date.fromordinal(found) == clock.day(moment), moment


def test_coverage_of_several_objects_is_what_the_windows_say(world):
    """Visits spread at random over twelve weeks, one object retired, one new: counted by the database and by hand."""
    rng, today = random.Random(3), clock.today()
    with world.store.write() as session:
        names = ("farm_a1", "kiln_a1", "farm_a2", "kiln_a2")
        things = [session.get_one(PatrolObject, world.things[name]) for name in names]
        things.append(make.thing(session, world.grids["A2"], "新厂", "New", "enterprise", today - timedelta(days=9)))
        things[1].valid_to = today - timedelta(days=20)
        days = {thing.id: (14 if thing.type == "livestock_farm" else 7) for thing in things}
        lives = {thing.id: (thing.grid_id, thing.valid_from, thing.valid_to) for thing in things}
    sent = {id_: [] for id_ in lives}
    walkers = {world.grids[name]: f"officer_{name.lower()}" for name in ("A1", "A2")}
    for ago in rng.sample(range(1, 84), 30):
        moment = clock.now() - timedelta(days=ago, minutes=rng.randrange(1440))
        on = clock.day(moment)
        there = [id_ for id_, (_g, since, until) in lives.items() if since <= on and (until is None or on < until)]
        for id_ in there:
            result = rng.choice(("normal", "problem", "could_not_see"))
            sent[id_].append((on.toordinal(), result))
            with world.store.write() as session:
                entry = make.patrol(lives[id_][0], {id_: result}, at=moment)
                service.record(session, make.actor(session, walkers[lives[id_][0]]), entry)
    for first, last in ((83, 0), (30, 0), (40, 15), (6, 0), (0, 0)):
        begin, end = today - timedelta(days=first), today - timedelta(days=last)
        expected = Counter()
        for id_, (grid, since, until) in lives.items():
            gone = until and until.toordinal()
            made = by_hand(since.toordinal(), days[id_], begin.toordinal(), end.toordinal(), gone)
            seen, tried = (
                [on for on, result in sent[id_] if (result != "could_not_see") is it] for it in (True, False)
            )
            for word, number in outcome(Windows(made), seen, tried)._asdict().items():
                expected[word, grid] += number
        with world.store.read() as session:
            tally = coverage.due_and_seen(session, make.actor(session, "township_a"), begin, end)
        counted = {(word, grid): getattr(tally, word)[grid] for word, grid in expected}
        assert counted == dict(expected), (first, last)
