"""Messages are deleted when their time has come; the privacy page promises the period."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import settings
from ..core.retention import ERASING, Expiry, months_ago
from .models import Feedback


def _answered_long_ago(session: Session) -> Condition:
    """Counted from the answer, so that its writer had time to read it; a message without one stays."""
    return Feedback.answered_at < months_ago(settings.get(session, "feedback_months"))


MESSAGES = Expiry(Feedback.id, Feedback.answered_at, _answered_long_ago)


def forget(session: Session, people: Sequence[int]) -> None:
    """What people who are forgotten wrote about the system."""
    session.execute(delete(Feedback).where(Feedback.person_id.in_(people)), execution_options=ERASING)
