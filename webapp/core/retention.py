"""Deleting what is past its time, a batch at a time:
the sums and statements that the domains' ``retention.py`` share."""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from . import clock, settings
from .chain_link import HistoryOpen
from .chain_tables import APPEND_ONLY
from .chain_watch import BY_RULE

#: Cybersecurity Law, article 21(3): network logs are kept for no less than six months. A county may only set more.
LEAST_LOG_MONTHS = 6
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


def delete_some(session: Session, model: Any, key: Any, past: ColumnElement[bool], most: int) -> int:
    """Delete at most ``most`` rows that are past their time; how many went. The chain keeps that a rule did it."""
    gone = delete(model).where(key.in_(select(key).where(past).limit(most))).execution_options(**{BY_RULE: True})
    with history_open(session, "retention") if model.__tablename__ in APPEND_ONLY else nullcontext():
        return run(session, gone)


@contextmanager
def history_open(session: Session, reason: str) -> Iterator[None]:
    """Let this transaction delete what the database holds to be only added to (chain_tables.py).

    PostgreSQL refuses it to a log-in that has no right to: see OWNER_DATABASE_URL.
    """
    session.execute(insert(HistoryOpen).values(reason=reason))
    yield
    session.execute(delete(HistoryOpen))


def run(session: Session, statement: Any) -> int:
    """Execute a DELETE or UPDATE; how many rows it changed."""
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
