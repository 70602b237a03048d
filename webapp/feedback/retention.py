"""Messages are deleted when their time has come; the privacy page promises the period."""

from sqlalchemy.orm import Session

from ..core import settings
from ..core.retention import delete_some, months_ago
from .models import Feedback


def messages(session: Session, most: int) -> int:
    """Counted from the answer, so that its writer had time to read it; a message without one stays."""
    before = months_ago(settings.get(session, "feedback_months"))
    return delete_some(session, Feedback, Feedback.id, Feedback.answered_at < before, most)
