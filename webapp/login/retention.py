"""What of log-ins is deleted when its time has come; the privacy page promises these periods."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, not_, or_, select
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import clock, settings
from ..core.models import Throttle
from ..core.retention import ERASING, Expiry, log_months, months_ago
from ..people.models import Person
from . import brake
from .models import LoginCode, LoginSession, RecoveryCode, SecondFactor
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


def forget(session: Session, people: Sequence[int]) -> None:
    """The log-ins, codes and second factors of people who are forgotten, and what was counted under their names."""
    brake.clear(session, *session.scalars(select(Person.login).where(Person.id.in_(people))))
    for model in (LoginSession, LoginCode, SecondFactor, RecoveryCode):
        session.execute(delete(model).where(model.person_id.in_(people)), execution_options=ERASING)
