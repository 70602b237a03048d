"""The only source of the time of day. Stored moments are UTC; a day is the county's day."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")  # one legal time in all of China

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)  # beyond them a date is a slip, or "for ever"

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """This moment, UTC, to the millisecond (what both engines and JavaScript keep alike)."""
    moment = _set.get() or machine()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def machine() -> datetime:
    """This moment as the machine has it, also where another is set: to hold it against another machine's."""
    return datetime.now(UTC)


def today() -> date:
    """The county's day."""
    return day(now())


def day(moment: datetime) -> date:
    """The county's day in which a moment lies."""
    return moment.astimezone(ZONE).date()


def minute(moment: datetime) -> str:
    """A moment to the minute, as the county's clocks show it, for who runs the machine."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def is_near(on: date) -> bool:
    """Whether a day that somebody wrote can be meant; all sums with such days come out."""
    return EARLIEST <= on <= LATEST


def start(on: date) -> datetime:
    """The first moment of a county day, UTC."""
    return at_hour(on, time())


def at_hour(on: date, hour: time) -> datetime:
    """A wall-clock time of a county day, UTC."""
    return datetime.combine(on, hour, ZONE).astimezone(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Set the clock: the invented county lives through its eight weeks this way, and tests do."""
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
