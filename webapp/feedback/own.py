"""What of feedback is about one person, for the file that he gets of it."""

from ..core.errors import N_
from ..core.own import ME, OwnSheet, shown
from .models import Feedback

SENT = OwnSheet(
    110,
    N_("My feedback"),
    Feedback,
    Feedback.person_id == ME,
    (
        shown(N_("When"), Feedback.at),
        shown(N_("Page"), Feedback.page),
        shown(N_("Message"), Feedback.text),
        shown(N_("Answered at"), Feedback.answered_at),
        shown(N_("Answer"), Feedback.answer),
    ),
    (Feedback.at, Feedback.id),
)
ANSWERED = OwnSheet(
    111,
    N_("Feedback that I answered"),
    Feedback,
    Feedback.answered_by == ME,
    (shown(N_("When"), Feedback.answered_at), shown(N_("My answer"), Feedback.answer)),
    (Feedback.answered_at, Feedback.id),
)
OWN = (SENT, ANSWERED)
