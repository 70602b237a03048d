"""The latest minute that this county has lived through: what the clock of a machine is held against.

A dead battery, a snapshot of a virtual machine or a slip sets a clock years ahead or back. What is done because a time
has come cannot always be taken back, so whoever does such a thing asks ``fault`` first. The mark stands in the
database, is shared by all machines and travels with a backup. It goes on by itself, but only under a clock that can be
right, and only an operator's word moves it otherwise. Which act is guarded by what: docs/decisions/0037.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from . import clock, numbers
from .errors import N_, Busy, Refused
from .models import Counter

#: Our own safety numbers; no rule of law names them.
AHEAD = timedelta(days=14)  # longer than any holiday; a clock that is wrong by less does all by so much too early
SLACK = timedelta(minutes=10)  # what clocks of several machines, or of a phone, may differ
DAY = timedelta(days=1)  # of two machines one is past midnight first
APART = timedelta(hours=1)  # between the program's machine and the database's

#: Minutes since 1970, kept as numbers: the mark; the newest record that is later than its time; that which an operator
#: has seen and let stand.
MARK, LATER, LET_STAND = "clock-mark", "clock-later", "clock-let-stand"

NOT_NOW = N_("The server's clock may be wrong. This was not saved. Please send it again later.")
TO_COME = N_("This day has not come yet.")


@dataclass(frozen=True)
class Fault:
    """What is wrong with the clock. ``kind`` is behind, ahead (of the mark), apart (from the database's clock) or later
    (records that bear a later time than now); ``against`` is what it was held against."""

    kind: str
    against: datetime

    def forbids(self, now: datetime) -> bool:
        """Whether nothing may be done now that cannot be taken back: a clock that is behind by less than a day does
        it too late, which harms nobody."""
        return self.kind in ("ahead", "apart") or self.against - now > DAY


def minutes(moment: datetime) -> int:
    """As a number for the database; seconds would outgrow its column in 2038."""
    return int(moment.timestamp()) // 60


def moment(number: int) -> datetime:
    """The first moment of a minute that was kept as a number."""
    return datetime.fromtimestamp(number * 60, UTC)


def fault(db: Session | Connection) -> Fault | None:
    """What is wrong with this machine's clock, as far as the database knows; reads two numbers."""
    now, kept, theirs = clock.now(), _kept(db), database_time(db)
    if theirs is not None and abs(theirs - clock.machine()) > APART:
        return Fault("apart", theirs)
    mark, later = kept.get(MARK), kept.get(LATER, 0)
    if mark is not None and now - moment(mark) > AHEAD + SLACK:
        return Fault("ahead", moment(mark))
    if mark is not None and moment(mark) - now > SLACK:
        return Fault("behind", moment(mark))
    return Fault("later", moment(later)) if moment(later) - now > SLACK else None


def known_fault(db: Session) -> Fault | None:
    """The same for a page that is shown in any case: none where the database does not answer, which is said there."""
    try:
        return fault(db)
    except SQLAlchemyError:
        return None


def _kept(db: Session | Connection) -> dict[str, int]:
    rows = db.execute(select(Counter.name, Counter.value).where(Counter.name.in_((MARK, LATER))))
    return {row.name: row.value for row in rows}


def database_time(db: Session | Connection) -> datetime | None:
    """The time of the database's machine; None for SQLite, which runs on ours."""
    is_file = (db.get_bind() if isinstance(db, Session) else db).dialect.name == "sqlite"
    return None if is_file else db.scalar(select(func.clock_timestamp()))


def go_on(session: Session) -> Fault | None:
    """Let the mark go on to now; the fault, and under a clock that is ahead or apart no step, when there is one.

    Makes no mark where there is none: only what has looked at the records may (ops/sweep_clock.py).
    """
    found = fault(session)
    if found is None or found.kind == "later":
        numbers.lift(session, MARK, minutes(clock.now()))
    return found


def refuse_if_wrong(session: Session) -> None:
    """Busy where nothing may be done now that cannot be taken back."""
    found = fault(session)
    if found is not None and found.forbids(clock.now()):
        raise Busy(NOT_NOW, again=60)


def refuse_to_come(db: Session | Connection, at: datetime, field: str = "occurred_on") -> None:
    """Refused for a moment that has not come. Busy where the fault may be ours: our clock is behind what the county has
    lived through, and the moment lies near that. It is taken in neither case; the sender keeps it and tries again."""
    if at <= clock.now() + SLACK:
        return
    if may_have_come(db, at):
        raise Busy(NOT_NOW, field=field, again=60)
    raise Refused(TO_COME, field=field)


def may_have_come(db: Session | Connection, at: datetime) -> bool:
    """Whether a moment later than our clock may have been all the same."""
    found = fault(db)
    return found is not None and found.kind != "ahead" and at <= found.against + AHEAD
