"""What of feedback is about one person, for the file that he gets of it."""

from ..core.errors import N_
from ..core.own import acts, shown
from .models import Feedback

OWN = (
    acts(
        110,
        N_("My feedback"),
        *(Feedback.person_id, Feedback.at),
        shown(N_("Page"), Feedback.page),
        shown(N_("Message"), Feedback.text),
        shown(N_("Answered at"), Feedback.answered_at),
        shown(N_("Answer"), Feedback.answer),
    ),
    acts(
        111,
        N_("Feedback that I answered"),
        *(Feedback.answered_by, Feedback.answered_at),
        shown(N_("My answer"), Feedback.answer),
    ),
)
