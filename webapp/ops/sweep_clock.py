"""Whether this machine's clock can be right, asked before anything is deleted because its time has come.

A dead battery, a snapshot of a virtual machine or a slip sets a clock years ahead, and what a sweep then deletes nobody
gets back. So the database keeps the day of the last sweep, and a sweep on a day too far from it is refused. Days are
the county's. Why, and what to do after months without power: docs/decisions/0020.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..config import command
from ..core import audit, clock, numbers
from ..core.models import AuditEntry
from ..login.models import LoginSession
from ..patrol.models import Patrol
from ..report.models import ReportEvent

#: Our own safety numbers; no rule of law names them.
AHEAD = timedelta(days=14)  # longer than any holiday; a clock that is wrong by less deletes by so much too early
BEHIND = timedelta(days=1)  # of two machines one is past midnight first
NAME = "swept-day"
#: What tells of the last work done, before there was a sweep to remember.
MOMENTS = (AuditEntry.at, ReportEvent.at, Patrol.received_at, LoginSession.seen_at)
HOW_TO_GO_ON = (
    "If the clock is wrong, set it right. If it is right, because the county was switched off meanwhile, or was swept "
    "under a wrong clock, say so once: {command}"
)


class ImplausibleClock(Exception):
    """Today is too far from the last day that is known; the message, for operators, says which and what to do."""


def believe(session: Session) -> None:
    """Remember today as the day of the last sweep; ImplausibleClock when it cannot be that."""
    last, today = last_day(session), clock.today()
    if last is not None and not -BEHIND <= today - last <= AHEAD:
        raise ImplausibleClock(_why(last, today))
    _remember(session, today)


def confirm(session: Session) -> None:
    """An operator says that today is right; it stands in the log."""
    last, today = last_day(session), clock.today()
    audit.note(session, None, "retention.clock", "retention", before=last and last.isoformat(), after=today.isoformat())
    _remember(session, today)


def last_day(session: Session) -> date | None:
    """The day of the last sweep; before the first one, of the newest record. None in a county without records."""
    swept = numbers.last(session, NAME)
    if swept:
        return date.fromordinal(swept)
    newest = _newest(session.scalar(select(func.max(column))) for column in MOMENTS)
    return clock.day(newest) if newest else None


def _newest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _remember(session: Session, today: date) -> None:
    if numbers.last(session, NAME) != today.toordinal():
        numbers.keep(session, NAME, today.toordinal())


def _why(last: date, today: date) -> str:
    days = abs((today - last).days)
    apart = f"{days:,} days later; {AHEAD.days} are believed" if today > last else f"{days:,} days earlier"
    return (
        f"Nothing was deleted. This machine's clock says {today}, and the last day of work or of a sweep was {last}: "
        f"that is {apart}. {HOW_TO_GO_ON.format(command=command('sweep --yes-the-clock-is-right'))}"
    )
