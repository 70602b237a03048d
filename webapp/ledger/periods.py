"""Which days a ledger is of: a week, a month, a quarter, or any days. Without a database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..core import clock
from ..core.errors import N_

DAY = timedelta(days=1)
LONGEST = 366  # days of one ledger


@dataclass(frozen=True)
class Period:
    """County days from ``first`` to ``last``, both included; ``span`` is a key of SPANS."""

    span: str
    first: date
    last: date

    @property
    def before(self) -> "Period":
        """The period of the same kind that ends the day before this one begins."""
        return around(self.span, self.first - DAY, self.first - DAY * self.length)

    @property
    def after(self) -> "Period":
        """The one that begins the day after."""
        return around(self.span, self.last + DAY, self.last + DAY, self.length)

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def moments(period: Period) -> dict[str, Any]:
    """The start of its first day (``since``) and of the day after its last (``until``)."""
    return {"since": clock.start(period.first), "until": clock.start(period.last + DAY)}


def week(on: date) -> tuple[date, date]:
    """Monday to Sunday."""
    monday = on - DAY * on.weekday()
    return monday, monday + 6 * DAY


def month(on: date) -> tuple[date, date]:
    """The month of the calendar."""
    return _months(on.year, on.month, 1)


def quarter(on: date) -> tuple[date, date]:
    """The quarter of the calendar."""
    return _months(on.year, on.month - (on.month - 1) % 3, 3)


def _months(year: int, first: int, number: int) -> tuple[date, date]:
    after = first + number
    return date(year, first, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1) - DAY


#: The kinds of periods, each with its word and what finds the days around one of them.
SPANS = {
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "days": N_("Other days"),
}
_AROUND: dict[str, Callable[[date], tuple[date, date]]] = {"week": week, "month": month, "quarter": quarter}


def around(span: str, on: date, first: date | None = None, length: int | None = None) -> Period:
    """The period of a kind in which a day lies. Of other days: from ``first`` on, up to that day or of that length."""
    if span in _AROUND:
        return Period(span, *_AROUND[span](on))
    begins = first or on
    return Period("days", begins, begins + DAY * (length - 1) if length else on)
