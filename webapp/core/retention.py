"""Deleting what is past its time, a batch at a time: what the domains' ``retention.py`` share."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from . import clock, settings
from .chain_link import HistoryOpen
from .chain_tables import APPEND_ONLY
from .chain_watch import BY_RULE

#: Cybersecurity Law, article 21(3): network logs are kept for no less than six months. A county may only set more.
LEAST_LOG_MONTHS = 6
#: Of a statement by which something is to be forgotten: see chain_forget.py.
ERASING = {"synchronize_session": False, BY_RULE: True}
_OLDEST = 1970 * 12  # a period longer than the calendar deletes nothing


def months_before(on: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month when it is shorter."""
    year, month = divmod(max(on.year * 12 + on.month - 1 - months, _OLDEST), 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def months_ago(months: int) -> datetime:
    """The first moment of the county's day so many months ago."""
    return clock.start(months_before(clock.today(), months))


def log_months(session: Session) -> int:
    """How long the log stands: the county's months, never fewer than the law's."""
    return max(settings.get(session, "log_months"), LEAST_LOG_MONTHS)


@contextmanager
def history_open(session: Session, reason: str) -> Iterator[None]:
    """Let this transaction delete what the database holds to be only added to (chain_tables.py).

    PostgreSQL refuses it to a log-in that has no right to: see OWNER_DATABASE_URL.
    """
    session.execute(insert(HistoryOpen).values(reason=reason))
    yield
    session.execute(delete(HistoryOpen))


class Look(NamedTuple):
    """What is past its time: how much, and how old the oldest and the newest of it are."""

    number: int
    oldest: datetime | None
    newest: datetime | None


class Rule(Protocol):
    """What the sweep asks of each kind of what goes in time."""

    def drop(self, session: Session, most: int) -> int:
        """Let at most ``most`` of them go; how many went."""

    def look(self, session: Session) -> Look:
        """What would go now."""


@dataclass(frozen=True)
class Expiry:
    """One kind of rows that go when their time has come: ``past`` says which, and ``at`` is what makes them old.

    ``key`` is their primary key. With ``blanks`` the rows stay, and these columns hold these values from then on.
    """

    key: Any
    at: Any
    past: Callable[[Session], ColumnElement[bool]]
    blanks: Mapping[str, Any] = field(default_factory=dict)

    def drop(self, session: Session, most: int) -> int:
        """Delete at most ``most`` of them; how many went. The chain keeps that a rule did it, and forgets what they
        said (chain_forget.py)."""
        some = self.key.in_(select(self.key).where(self.past(session)).limit(most))
        model = self.key.class_
        statement = update(model).values(self.blanks) if self.blanks else delete(model)
        with history_open(session, "retention") if model.__tablename__ in APPEND_ONLY else nullcontext():
            return session.execute(statement.where(some), execution_options=ERASING).rowcount  # type: ignore[attr-defined]

    def look(self, session: Session) -> Look:
        """What would go now."""
        query = select(func.count(), func.min(self.at), func.max(self.at)).select_from(self.key.class_)
        return Look(*session.execute(query.where(self.past(session))).one())
