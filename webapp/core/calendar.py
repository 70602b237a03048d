"""Working time: from a moment and a limit to the moment it runs out. Days come from rows, never from code."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from . import audit, clock, settings
from .models import AuditEntry, CalendarDay, Setting, TimeLimit

DAY = timedelta(days=1)
WORK_DAY = "work_day"  # the unit of limits that follow the calendar


@dataclass(frozen=True)
class Calendar:
    """Exceptions to Monday-Friday, the years whose notice is out, and the hour a working day ends."""

    exceptions: Mapping[date, bool]
    confirmed_years: frozenset[int]
    closes: time

    def is_workday(self, on: date) -> bool:
        """Whether offices work on this day."""
        return self.exceptions.get(on, on.weekday() < 5)

    def is_provisional(self, on: date) -> bool:
        """Whether a day of its year is only a guess, because nobody has confirmed it by a notice."""
        return on.year not in self.confirmed_years

    def changed(self, days: Mapping[date, bool | None]) -> "Calendar":
        """The same with some days worked or not; None leaves a day to its weekday."""
        exceptions = {**self.exceptions, **days}
        return replace(self, exceptions={on: work for on, work in exceptions.items() if work is not None})

    def after(self, start: datetime, number: int, unit: str) -> datetime:
        """The moment a limit of ``number`` ``unit`` runs out, counted from ``start``.

        Days start to count on the day after and run out when that day's office closes.
        """
        if unit == "hour":
            return start + timedelta(hours=number)
        if unit == "minute":
            return start + timedelta(minutes=number)
        on = clock.day(start)
        if unit == "calendar_day":
            return clock.at_hour(on + number * DAY, self.closes)
        return clock.at_hour(self._workday(on, number), self.closes)

    def back(self, on: date, number: int) -> date:
        """The work day that lies ``number`` work days before a day."""
        return self._workday(on, number, -DAY)

    def _workday(self, on: date, number: int, step: timedelta = DAY) -> date:
        while number:
            on += step
            number -= self.is_workday(on)
        return on


def load(session: Session, closes: time) -> Calendar:
    """The calendar as the rows stand now."""
    rows = session.execute(_DAYS).all()
    return Calendar({on: work for on, work, _ in rows}, _confirmed((on, sure) for on, _, sure in rows), closes)


_DAYS = select(CalendarDay.on, CalendarDay.is_workday, CalendarDay.is_confirmed).where(~CalendarDay.is_out)
_SURE = select(CalendarDay.on, CalendarDay.is_confirmed).where(
    CalendarDay.on.between(bindparam("first"), bindparam("last")), ~CalendarDay.is_out
)


def _confirmed(days: Iterable[tuple[date, bool]]) -> frozenset[int]:
    """The years that have days, all of them confirmed."""
    sure = list(days)
    return frozenset({on.year for on, _ in sure} - {on.year for on, is_sure in sure if not is_sure})


def provisional(session: Session, years: Collection[int]) -> frozenset[int]:
    """Which of these years nobody has confirmed by a notice."""
    if not years:
        return frozenset()
    rows = session.execute(_SURE, {"first": date(min(years), 1, 1), "last": date(max(years), 12, 31)})
    return frozenset(years) - _confirmed((on, sure) for on, sure in rows)


def hold(session: Session, *, to_change: bool = False) -> None:
    """Keep the calendar as it is until the write ends, together with others who count by it; ``to_change``: alone.

    Who sets a limit holds it before the thing that gets the limit, so that no limit is counted by the days of before
    while these are changed. The row of the setting ``work_to`` stands for the calendar.
    """
    session.execute(select(Setting.key).where(Setting.key == "work_to").with_for_update(read=not to_change))


def limit(session: Session, code: str) -> TimeLimit:
    """The limit's row. LookupError, with its code, when there is none: a fault of the program or of its seeds."""
    row = session.scalar(_LIMIT, {"code": code})
    if row is None:
        raise LookupError(f"no time limit {code!r} in the database: is it in seeds/settings/limits.csv, and seeded?")
    return row


_LIMIT = select(TimeLimit).where(TimeLimit.code == bindparam("code"))


def limit_after(session: Session, code: str, since: datetime) -> datetime:
    """When a limit's row runs out, counted from a moment."""
    row = limit(session, code)
    return load(session, settings.get(session, "work_to")).after(since, row.number, row.unit)


class Numbers:
    """The number of each limit that is counted in work days, as it was at a moment: the log knows what it was, and in
    which unit."""

    def __init__(self, session: Session):
        rows = session.scalars(select(TimeLimit))
        self._now: dict[str, dict[str, Any]] = {row.code: {"number": row.number, "unit": row.unit} for row in rows}
        changes = session.execute(
            select(AuditEntry.thing, AuditEntry.at, AuditEntry.detail)
            .where(
                AuditEntry.thing.in_([f"time_limit:{code}" for code in self._now]),
                AuditEntry.action.in_(("limit.change", "seed.change")),
            )
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        )
        self._before: dict[str, list[tuple[datetime, dict[str, Any]]]] = {}
        for thing, at, detail in changes:
            before = audit.said(detail).get("before")
            was = before if isinstance(before, dict) else {"number": before}
            self._before.setdefault(thing.partition(":")[2], []).append((at, was))

    def at(self, code: str, moment: datetime) -> int | None:
        """The limit's work days at a moment; None where it was not counted in work days, or is not now."""
        known = self._now.get(code, {})
        if known.get("unit") != WORK_DAY:
            return None
        for at, was in self._before.get(code, ()):  # back from today, change by change
            known = known | was if at > moment else known
        number = known.get("number")
        return number if known.get("unit") == WORK_DAY and isinstance(number, int) else None
