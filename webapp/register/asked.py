"""Why each field that must be filled in is asked for here."""

from ..core.asked import WHEN, Asked
from ..core.errors import N_

PAPER = N_("A file name of a phone does not say what it is.")
ASKED = (
    Asked(N_("Who answers for it"), "PersonForm", {"from_on": WHEN}),
    Asked(N_("Stage"), "StepForm", {"on": WHEN}),
    Asked(N_("Papers and photos"), "PaperForm", {"about": PAPER}),
)
