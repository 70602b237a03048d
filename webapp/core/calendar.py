"""Working time: from a moment and a limit to the moment it runs out. Days come from rows, never from code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock, settings
from .models import CalendarDay, TimeLimit

DAY = timedelta(days=1)


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
        """Whether the year's notice was not out when the rows were made."""
        return on.year not in self.confirmed_years

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
    rows = session.execute(select(CalendarDay.on, CalendarDay.is_workday, CalendarDay.is_confirmed)).all()
    return Calendar({on: work for on, work, _ in rows}, frozenset(on.year for on, _, sure in rows if sure), closes)


def limit(session: Session, code: str) -> TimeLimit:
    """The limit's row. LookupError, with its code, when there is none: a fault of the program or of its seeds."""
    row = session.get(TimeLimit, code)
    if row is None:
        raise LookupError(f"no time limit {code!r} in the database: is it in seeds/settings/limits.csv, and seeded?")
    return row


def limit_after(session: Session, code: str, since: datetime) -> datetime:
    """When a limit's row runs out, counted from a moment."""
    row = limit(session, code)
    return load(session, settings.get(session, "work_to")).after(since, row.number, row.unit)
