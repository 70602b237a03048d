"""A brake on guessing that all workers share: failed tries are counted in rows."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, not_, or_, select
from sqlalchemy.orm import Session

from . import clock
from .models import Throttle


def blocked(session: Session, limits: dict[str, int], window: timedelta) -> bool:
    """Whether any key has used up its number of failures, and the window since then has not passed."""
    rows = session.execute(
        select(Throttle.key, Throttle.count).where(Throttle.key.in_(limits), not_(_passed(clock.now(), window)))
    )
    return any(count >= limits[key] for key, count in rows)


def _passed(now: datetime, window: timedelta) -> ColumnElement[bool]:
    """One that begins later than a window can was begun under a clock that was ahead: it brakes nobody for a year."""
    return or_(Throttle.since <= now - window, Throttle.since > now + window)


def count(session: Session, limits: dict[str, int], window: timedelta) -> None:
    """One more failure under each key. A window that has passed starts anew; the last allowed failure starts it too.

    One statement a key, so that two workers that fail at the same moment both count.
    """
    now = clock.now()
    for key, most in sorted(limits.items()):
        passed = _passed(now, window)
        session.execute(
            _insert(session)
            .values(key=key, since=now, count=1)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "count": case((passed, 1), else_=Throttle.count + 1),
                    "since": case((or_(passed, Throttle.count + 1 >= most), now), else_=Throttle.since),
                },
            )
        )


def _insert(session: Session) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    return insert(Throttle)


def forget(session: Session, keys: list[str]) -> None:
    """A success wipes the failures under these keys."""
    session.execute(delete(Throttle).where(Throttle.key.in_(keys)))
