"""Why each field that must be filled in is asked for here."""

from ..core.asked import NAME, WHEN, Asked
from ..core.errors import N_

CODE = N_("Sheets and borders find the grid by its code.")
SURVEY = N_("Surveying and Mapping Law, article 47: classified data may not be passed on.")
ASKED = (
    Asked(N_("Borders"), "BordersForm", {"is_open": SURVEY}),
    Asked(N_("Roads and waters"), "BackdropForm", {"is_open": SURVEY}),
    Asked(N_("Changes of borders"), "ProposalForm", {"since": WHEN}),
    Asked(N_("Name, code, place"), "GridForm", {"zh": NAME, "code": CODE}),
    Asked(N_("Add a grid"), "NewGridForm", {"zh": NAME, "code": CODE}),
)
