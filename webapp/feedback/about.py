"""What feedback announces: its main page, log lines, what it keeps about people and for how long."""

from ..core.announce import About, DataUse, MenuEntry, setting_rules
from ..core.errors import N_
from . import own, queries, retention

STANDS_ON = ("login",)
ABOUT = About(
    menu=(MenuEntry(70, "feedback.answer", N_("Answer feedback"), "feedback.inbox"),),
    acts={
        "feedback.answer": N_("Feedback answered"),
    },
    things={
        "feedback": N_("feedback message"),
    },
    facts={
        "feedback": N_("feedback"),
    },
    own=own.OWN,
    privacy={
        N_("Feedback"): (
            DataUse(
                "feedback: id person_id at page text answer answered_by answered_at",
                N_("Your message, the page it is about, and the answer"),
                N_("So that this system gets better."),
                "feedback",
                "oneself feedback.answer",
                N_("You see the answer, not who wrote it."),
            ),
        ),
    },
    settings=setting_rules("""
key                   right         least  unit   group
feedback_months       setting.edit  -      month  kept
"""),
    sweep={"feedback": retention.MESSAGES},
    forget=retention.forget,
    in_hand=queries.in_hand,
)
