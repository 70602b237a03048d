"""Why each field that must be filled in is asked for here."""

from ..core.asked import LOGIN, NAME, PERSON, WHEN, WHO, Asked
from ..core.errors import N_

ASKED = (
    Asked(N_("New account"), "NewPersonForm", {"login": LOGIN, "zh": PERSON, "place": WHO, "first": WHEN}),
    Asked(N_("New posting"), "PostingForm", {"place": WHO, "first": WHEN}),
    Asked(N_("Acting for somebody"), "StandInForm", {"first": WHEN, "last": WHEN}),
    Asked(N_("Name and telephone"), "NamesForm", {"zh": PERSON}),
    Asked(N_("Body"), "BodyForm", {"zh": NAME}),
)
