"""Days and moments as both languages write them, in the county's time."""

from datetime import UTC, date, datetime

import pytest

from webapp.app import App
from webapp.core import clock
from webapp.web.language import day, moment

NOW = datetime(2026, 9, 4, 8, tzinfo=UTC)
LATE = datetime(2026, 9, 4, 16, 5, tzinfo=UTC)  # five past midnight of the fifth in the county


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["9月5日 00:05", "2025年12月31日 23:59", "9月5日", "2027年1月2日"]),
        ("en", ["5 Sep, 00:05", "31 Dec 2025, 23:59", "5 Sep", "2 Jan 2027"]),
    ],
)
def test_days_and_moments_are_the_countys(app: App, language: str, expected: list[str]) -> None:
    with app.test_request_context(headers={"Accept-Language": language}), clock.at(NOW):
        before = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)
        assert [moment(LATE), moment(before), day(LATE), day(date(2027, 1, 2))] == expected
        assert moment(None) == day(None) == ""
