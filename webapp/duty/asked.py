"""Why each field that must be filled in is asked for here."""

from ..core.asked import HISTORY, WHEN, Asked
from ..core.errors import N_

STANDING = N_("A dispatch shows it as this county's reading beside the document.")
RANK = N_("A dispatch proposes in this order.")
ASKED = (
    Asked(N_("Decision of the county"), "DecisionForm", {"standing": STANDING, "from_on": WHEN, "reason": HISTORY}),
    Asked(N_("Duty for a problem"), "LinkForm", {"rank": RANK, "role": STANDING}),
)
