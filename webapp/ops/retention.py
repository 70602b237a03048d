"""What is deleted when its time has come. The privacy page (feedback/privacy.py) promises these periods.

Stands above the domains, because it deletes from several. ``wangge sweep`` calls it.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import audit, clock, files, settings
from ..core.db import Store
from ..core.models import AuditEntry, Throttle
from ..feedback.models import Feedback
from ..feedback.privacy import ENDED, LEAST_LOG_MONTHS
from ..login.models import LoginCode, LoginSession
from ..patrol.models import Patrol
from ..report.models import Photo

BATCH = 2000  # rows of each kind in one write, so that a first run does not hold others up
PHOTOS = {"originals": Photo.sha256, "copies": Photo.copy}
_OLDEST = 1970 * 12  # a period longer than the calendar deletes nothing


def purge(session: Session, most: int = BATCH) -> dict[str, int]:
    """Delete what is past its period, at most ``most`` rows of each kind; how many of each kind went.

    May run at any time, twice, and on several machines; all zeros means that nothing is left to do. Once a day is enough.
    """
    gone = {kind: act(session, most) for kind, act in ACTS.items()}
    if any(gone.values()):
        audit.note(session, None, "retention.purge", "retention", **gone)
    return gone


def drop_photos(store: Store, data_dir: Path) -> int:
    """Delete photo files that came with a form which was never put right; how many. No lock is held meanwhile."""
    return sum(
        files.drop(data_dir, file)
        for kind, column in PHOTOS.items()
        for file in _unnamed(store, files.lain(data_dir, kind), column)
    )


def _unnamed(store: Store, found: list[Path], column: Any) -> list[Path]:
    named: set[str] = set()
    for start in range(0, len(found), BATCH):
        with store.read() as session:
            named |= set(
                session.scalars(select(column).where(column.in_([file.name for file in found[start : start + BATCH]])))
            )
    return [file for file in found if file.name not in named]


def months_before(on: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month when it is shorter."""
    year, month = divmod(max(on.year * 12 + on.month - 1 - months, _OLDEST), 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def _months_ago(months: int) -> datetime:
    return clock.start(months_before(clock.today(), months))


def _feedback(session: Session, most: int) -> int:
    """Counted from the answer, so that its writer had time to read it; a message without one stays."""
    before = _months_ago(settings.get(session, "feedback_months"))
    return _delete(session, Feedback, Feedback.id, Feedback.answered_at < before, most)


def _log(session: Session, most: int) -> int:
    before = _months_ago(max(settings.get(session, "log_months"), LEAST_LOG_MONTHS))
    return _delete(session, AuditEntry, AuditEntry.id, AuditEntry.at < before, most)


def _places(session: Session, most: int) -> int:
    """An officer's exact point on a round; the round and its village stay."""
    before = clock.start(clock.today() - timedelta(days=settings.get(session, "place_days")))
    old = (
        select(Patrol.id)
        .where(
            Patrol.occurred_at < before,
            or_(Patrol.lon.is_not(None), Patrol.lat.is_not(None), Patrol.accuracy_m.is_not(None)),
        )
        .limit(most)
    )
    return _rows(session, update(Patrol).where(Patrol.id.in_(old)).values(lon=None, lat=None, accuracy_m=None))


def _sessions(session: Session, most: int) -> int:
    before = clock.now() - ENDED
    ended = or_(LoginSession.revoked_at < before, LoginSession.expires_at < before)
    return _delete(session, LoginSession, LoginSession.id, ended, most)


def _codes(session: Session, most: int) -> int:
    before = clock.now() - ENDED
    ended = or_(LoginCode.used_at < before, LoginCode.expires_at < before)
    return _delete(session, LoginCode, LoginCode.id, ended, most)


def _tries(session: Session, most: int) -> int:
    """Failed log-ins (account name, network address) whose window has passed: they brake nobody any more."""
    before = clock.now() - timedelta(minutes=settings.get(session, "lock_minutes"))
    return _delete(session, Throttle, Throttle.key, Throttle.since < before, most)


def _delete(session: Session, model: Any, key: Any, past: Condition, most: int) -> int:
    return _rows(session, delete(model).where(key.in_(select(key).where(past).limit(most))))


def _rows(session: Session, statement: Any) -> int:
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]


ACTS: dict[str, Callable[[Session, int], int]] = {
    "feedback": _feedback,
    "log": _log,
    "places": _places,
    "sessions": _sessions,
    "codes": _codes,
    "tries": _tries,
}
