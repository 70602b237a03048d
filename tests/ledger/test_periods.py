"""Which days a ledger is of."""

from datetime import date, timedelta

import pytest

from webapp.ledger.periods import SPANS, around


@pytest.mark.parametrize("span", [span for span in SPANS if span != "days"])
def test_periods_of_a_kind_follow_each_other_without_a_gap_and_without_a_common_day(span):
    period = around(span, date(2023, 12, 31))
    for _ in range(40):
        later = period.after
        assert later.first == period.last + timedelta(days=1) and later.before == period
        period = later


@pytest.mark.parametrize("span", [span for span in SPANS if span != "days"])
def test_each_day_lies_in_the_one_period_that_is_found_for_it(span):
    for number in range(900):
        day = date(2023, 12, 1) + timedelta(days=number)
        found = around(span, day)
        assert found.first <= day <= found.last and around(span, found.first) == around(span, found.last) == found


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("week", date(2026, 8, 31), date(2026, 9, 6)),
        ("month", date(2026, 9, 1), date(2026, 9, 30)),
        ("quarter", date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_the_days_around_a_friday(span, first, last):
    found = around(span, date(2026, 9, 4))
    assert (found.first, found.last) == (first, last)


def test_other_days_lead_to_as_many_days_before_and_after():
    period = around("days", date(2026, 9, 4), date(2026, 9, 1))
    assert (period.first, period.last, period.length) == (date(2026, 9, 1), date(2026, 9, 4), 4)
    assert (period.before.first, period.before.last) == (date(2026, 8, 28), date(2026, 8, 31))
    assert (period.after.first, period.after.last) == (date(2026, 9, 5), date(2026, 9, 8))
    assert period.after.before == period
