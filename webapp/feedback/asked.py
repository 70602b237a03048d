"""Why each field that must be filled in is asked for here."""

from ..core.asked import Asked
from ..core.errors import N_

MESSAGE = N_("It is the message.")
ASKED = (
    Asked(N_("Feedback"), "MessageForm", {"text": MESSAGE}),
    Asked(N_("Answer"), "AnswerForm", {"answer": MESSAGE}),
)
