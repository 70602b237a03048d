"""What of log-ins is deleted when its time has come; the privacy page promises these periods."""

from datetime import datetime, timedelta

from sqlalchemy import and_, not_, or_
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import clock, settings
from ..core.models import Throttle
from ..core.retention import Expiry, log_months, months_ago
from .models import LoginCode, LoginSession
from .queries import watched

#: So long an ended log-in or code still stands, for who helps by phone: "your code was used at ten".
ENDED = timedelta(days=7)


def _ended_log_ins(_session: Session) -> Condition:
    before = clock.now() - ENDED
    return or_(LoginSession.revoked_at < before, LoginSession.expires_at < before)


def _spent_codes(session: Session) -> Condition:
    """Used, or run out; those of the list ``queries.codes`` stay as long as the log."""
    log = months_ago(log_months(session))
    return or_(and_(_spent(clock.now() - ENDED), not_(watched())), _spent(log))


def _spent(before: datetime) -> Condition:
    return or_(LoginCode.used_at < before, LoginCode.expires_at < before)


def _passed_tries(session: Session) -> Condition:
    """Failed log-ins (account name, network address) whose window has passed: they brake nobody any more."""
    return Throttle.since < clock.now() - timedelta(minutes=settings.get(session, "lock_minutes"))


SESSIONS = Expiry(LoginSession.id, LoginSession.expires_at, _ended_log_ins)
CODES = Expiry(LoginCode.id, LoginCode.expires_at, _spent_codes)
TRIES = Expiry(Throttle.key, Throttle.since, _passed_tries)
