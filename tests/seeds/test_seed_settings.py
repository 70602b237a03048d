"""The settings' tables: every clock, word and day that the rest of the product counts on is there and sound."""

from collections import Counter
from datetime import date, time, timedelta

import pytest

import seeds
from webapp.patrol.frequency import UNITS

READERS = {"int": int, "bool": {"yes": True, "no": False}.__getitem__, "text": str, "time": time.fromisoformat}
TABLES = ("limits", "problem_types", "object_types", "topics", "type_topics")
TABLES += ("words", "settings", "calendar", "contacts")


def codes(name):
    """The codes of a settings table."""
    return {row.code for row in seeds.read(name)}


@pytest.mark.parametrize("name", TABLES)
def test_every_value_says_where_it_comes_from(name):
    assert [row.origin for row in seeds.read(name) if not row.source] == []


@pytest.mark.parametrize("name", ["limits", "problem_types", "object_types", "topics", "words", "settings", "contacts"])
def test_every_row_has_words_in_both_languages(name):
    assert [row.origin for row in seeds.read(name) if not (row.zh and row.en)] == []


@pytest.mark.parametrize("name", ["problem_types", "object_types", "topics", "contacts"])
def test_the_order_of_a_list_is_complete(name):
    assert sorted(row.order for row in seeds.read(name)) == list(range(1, len(seeds.read(name)) + 1))


def test_the_order_of_each_kind_of_word_is_complete():
    orders = {}
    for word in seeds.read("words"):
        orders.setdefault(word.kind, []).append(word.order)
    assert {kind: found for kind, found in orders.items() if sorted(found) != list(range(1, len(found) + 1))} == {}


def test_every_clock_of_the_workflow_has_a_limit():
    clocks = {"review", "supplement", "handle", "check", "dispatch", "receive"}
    assert clocks | {"station_handle", "look", "coop_result", "emergency_review"} <= codes("limits")


def test_limits_and_frequencies_are_more_than_nothing():
    assert all(limit.number > 0 for limit in seeds.read("limits"))
    often = [*seeds.read("frequency_rules"), *seeds.read("frequency_templates")]
    assert all(1 <= row.every <= UNITS[row.unit].most for row in often)


def test_each_type_of_object_is_delivered_with_how_often_it_is_visited():
    assert [row.type for row in seeds.read("frequency_rules")] == [kind.code for kind in seeds.read("object_types")]


def test_settings_can_be_read_as_their_type():
    for setting in seeds.read("settings"):
        READERS[setting.type](setting.value)


def test_the_categories_of_problems_are_words():
    known = {word.code for word in seeds.read("words") if word.kind == "category"}
    assert {problem.category for problem in seeds.read("problem_types")} - known == {""}


def test_only_trouble_at_a_water_source_asks_for_an_emergency_and_it_needs_enforcement():
    asking = [problem for problem in seeds.read("problem_types") if problem.asks_emergency]
    assert [(problem.code, problem.needs_enforcement) for problem in asking] == [("water_source", True)]


def days_off(year):
    """The days of a year that are not worked, by the calendar's rows over the plain week."""
    special = {day.date: day.kind for day in seeds.read("calendar")}
    every = (date(year, 1, 1) + timedelta(n) for n in range(366))
    return {
        day for day in every
        if day.year == year and special.get(day, "holiday" if day.weekday() >= 5 else "work") == "holiday"
    }  # fmt: skip


@pytest.mark.parametrize("year", [2025, 2026])
def test_days_off_are_those_of_the_state_council_notice(year):
    oracle = pytest.importorskip("chinese_calendar")
    assert days_off(year) == set(oracle.get_holidays(date(year, 1, 1), date(year, 12, 31)))


def test_a_year_is_confirmed_as_a_whole_or_not_at_all():
    assert Counter((day.date.year, day.confirmed) for day in seeds.read("calendar")).keys() == {
        (2025, True),
        (2026, True),
        (2027, False),
    }


def test_the_provisional_year_has_the_thirteen_statutory_days_and_no_make_up_work():
    days = [day for day in seeds.read("calendar") if day.date.year == 2027]
    assert Counter(day.kind for day in days) == {"holiday": 13}


def test_make_up_work_falls_on_weekends():
    assert all(day.date.weekday() >= 5 for day in seeds.read("calendar") if day.kind == "make_up_work_day")


def test_the_emergency_numbers_are_the_national_ones():
    assert [contact.number for contact in seeds.read("contacts")] == ["12369", "110", "119", "120"]
