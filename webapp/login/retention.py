"""What of log-ins is deleted when its time has come; the privacy page promises these periods."""

from datetime import datetime, timedelta

from sqlalchemy import and_, not_, or_
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import clock, settings
from ..core.models import Throttle
from ..core.retention import delete_some, log_months, months_ago
from .models import LoginCode, LoginSession
from .queries import watched

#: So long an ended log-in or code still stands, for who helps by phone: "your code was used at ten".
ENDED = timedelta(days=7)


def sessions(session: Session, most: int) -> int:
    """Log-ins that ended."""
    before = clock.now() - ENDED
    ended = or_(LoginSession.revoked_at < before, LoginSession.expires_at < before)
    return delete_some(session, LoginSession, LoginSession.id, ended, most)


def codes(session: Session, most: int) -> int:
    """One-time codes that were used or ran out; those of the list ``queries.codes`` stay as long as the log."""
    log = months_ago(log_months(session))
    past = or_(and_(_ended(clock.now() - ENDED), not_(watched())), _ended(log))
    return delete_some(session, LoginCode, LoginCode.id, past, most)


def _ended(before: datetime) -> Condition:
    return or_(LoginCode.used_at < before, LoginCode.expires_at < before)


def tries(session: Session, most: int) -> int:
    """Failed log-ins (account name, network address) whose window has passed: they brake nobody any more."""
    before = clock.now() - timedelta(minutes=settings.get(session, "lock_minutes"))
    return delete_some(session, Throttle, Throttle.key, Throttle.since < before, most)
