"""Why each field that must be filled in is asked for here."""

from ..core.asked import NAME, PERSON, WHEN, Asked
from ..core.errors import N_

ASKED = (
    Asked(N_("Grid card"), "CardForm", {"valid_from": WHEN}),
    Asked(N_("Unit grid"), "UnitForm", {"zh": NAME}),
    Asked(N_("Who looks after it"), "UnitPersonForm", {"zh": PERSON, "from_on": WHEN}),
    Asked(N_("Person of the office above"), "UpperForm", {"first": WHEN}),
)
