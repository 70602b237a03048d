"""A brake on guessing that all workers share: failed tries are counted in rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, not_, or_, select, update
from sqlalchemy.orm import Session

from . import clock
from .models import Throttle


def wait(session: Session, limits: dict[str, int], window: timedelta) -> timedelta | None:
    """How long until every key has room again; None when the next try may be looked at.

    A key that has used up its number of failures is full until the window since then has passed.
    """
    now = clock.now()
    rows = session.execute(
        select(Throttle.key, Throttle.count, Throttle.since).where(Throttle.key.in_(limits), not_(_passed(now, window)))
    )
    return max((since + window - now for key, count, since in rows if count >= limits[key]), default=None)


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


def forget(session: Session, keys: Sequence[str]) -> None:
    """A success wipes the failures under these keys."""
    session.execute(delete(Throttle).where(Throttle.key.in_(keys)))


def forget_all(session: Session, beginnings: Sequence[str]) -> None:
    """Wipe the failures under every key that begins so."""
    for beginning in beginnings:
        session.execute(delete(Throttle).where(Throttle.key.startswith(beginning, autoescape=True)))


def take_back(session: Session, key: str, others: Sequence[str], window: timedelta) -> None:
    """Wipe the failures under a key; under the others, which counted them too, that many fewer stand then."""
    within = Throttle.since > clock.now() - window
    failures = session.scalar(select(Throttle.count).where(Throttle.key == key, within)) or 0
    session.execute(delete(Throttle).where(Throttle.key == key))
    if failures:
        session.execute(update(Throttle).where(Throttle.key.in_(others)).values(count=Throttle.count - failures))
        session.execute(delete(Throttle).where(Throttle.key.in_(others), Throttle.count <= 0))
