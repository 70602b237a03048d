"""Whether this machine's clock can be right, asked before anything is deleted because its time has come.

The mark of ``core/clock_mark.py`` goes on with every sweep and every minute of ``serve``; here it is made, held against
the newest records, and set by an operator's word. Why, and what to do after months without power: docs/decisions/0020
and 0037.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..config import command
from ..core import audit, clock, numbers
from ..core.clock_mark import AHEAD, LATER, LET_STAND, MARK, Fault, fault, go_on, minutes, moment
from ..core.db import Store
from ..core.models import AuditEntry
from ..login import service as login_service
from ..login.models import LoginSession
from ..patrol.models import Patrol
from ..report.models import ReportEvent

#: What tells of the last work done.
MOMENTS = (AuditEntry.at, ReportEvent.at, Patrol.received_at, LoginSession.seen_at)
HOW_TO_GO_ON = (
    "If the clock is wrong, set it right. If it is right, because the county was switched off meanwhile, or worked "
    "under a wrong clock, say so once: {command}"
)
#: What each fault is, in words; ``{now}`` is the day of this machine, ``{against}`` what it was held against.
SAID = {
    "ahead": "This machine's clock says {now}, and the last day of work or of a sweep was {against}: that is {days:,} "
    "days later; {most} are believed.",
    "behind": "This machine's clock says {now}, and the last day of work or of a sweep was {against}: that is {days:,} "
    "days earlier.",
    "later": "This machine's clock says {now}, and there are records of {against}: that is {days:,} days earlier.",
    "apart": "This machine's clock says {now_at}, and the clock of the database's machine {against_at}.",
}


class ImplausibleClock(Exception):
    """The clock cannot be right; the message, for operators, says why and what to do."""


def look(session: Session, at: datetime | None) -> Fault | None:
    """Hold the clock against the newest record (``newest``, which takes a while and is read before the write), and note
    what that showed for whoever asks later; makes the mark."""
    if at is not None and not numbers.last(session, MARK):
        numbers.keep(session, MARK, minutes(at))
    elif at is not None and minutes(at) > numbers.last(session, LET_STAND):
        numbers.keep(session, LATER, minutes(at) if at > clock.now() else 0)
    return fault(session)


def believe(session: Session) -> None:
    """Let the mark go on to now; ImplausibleClock when it cannot be now."""
    found = fault(session) if numbers.last(session, MARK) else look(session, newest(session))
    if found is not None and found.forbids(clock.now()):
        raise ImplausibleClock(f"Nothing was deleted. {said(found)}")
    if not numbers.last(session, MARK):
        numbers.keep(session, MARK, minutes(clock.now()))
    go_on(session)


def look_at_all(store: Store) -> Fault | None:
    """``look`` with the newest record, which is read before any lock."""
    with store.read() as session:
        at = newest(session)
    with store.write() as session:
        return look(session, at)


def refusal(store: Store) -> str:
    """Why a sweep would be refused now, in words; empty when it would not."""
    found = look_at_all(store)
    return said(found) if found is not None and found.forbids(clock.now()) else ""


def confirm(session: Session) -> None:
    """An operator says that the clock is right; it stands in the log. Log-ins and codes of a later time end."""
    last, at, now = last_moment(session), newest(session), clock.now()
    before = last and clock.day(last).isoformat()
    ended = login_service.end_of_later(session, now)
    audit.note(
        session, None, "retention.clock", "retention", before=before, after=clock.today().isoformat(), sessions=ended
    )
    numbers.keep(session, MARK, minutes(now))
    numbers.keep(session, LATER, 0)
    numbers.keep(session, LET_STAND, minutes(at) if at is not None and at > now else 0)


def last_moment(session: Session) -> datetime | None:
    """The mark; before there is one, the moment of the newest record. None in a county without records."""
    mark = numbers.last(session, MARK)
    return moment(mark) if mark else newest(session)


def newest(session: Session) -> datetime | None:
    """The moment of the newest record."""
    found = (session.scalar(select(func.max(column))) for column in MOMENTS)
    return max((at for at in found if at is not None), default=None)


def said(found: Fault) -> str:
    """A fault in words for who runs the machine, and how to go on."""
    now, against = clock.now(), found.against
    words = SAID[found.kind].format(
        now=clock.day(now),
        against=clock.day(against),
        now_at=clock.minute(clock.machine()),
        against_at=clock.minute(against),
        days=abs((clock.day(now) - clock.day(against)).days),
        most=AHEAD.days,
    )
    return f"{words} {HOW_TO_GO_ON.format(command=command('sweep --really'))}"
