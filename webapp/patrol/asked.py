"""Why each field that must be filled in is asked for here."""

from ..core.asked import FOUND, HISTORY, Asked
from ..core.errors import N_

ASKED = (
    Asked(N_("Object"), "ObjectForm", {"zh": FOUND}),
    Asked(N_("A place that is not on the list"), "ProposeForm", {"zh": FOUND}),
    Asked(N_("Take off the list"), "RetireForm", {"why": HISTORY}),
    Asked(N_("Propose to stop visits"), "StopForm", {"why": HISTORY}),
    Asked(N_("How often objects are visited"), "FrequencyForm", {"source": HISTORY}),
    Asked(N_("Answer a proposal"), "DeclineForm", {"why": HISTORY}),
)
