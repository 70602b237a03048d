"""Why each field that must be filled in is asked for here."""

from ..core.asked import Asked
from ..core.errors import N_

CHOICE = N_("Without it there is nothing to make.")
ASKED = (Asked(N_("Export"), "ExportForm", {"kind": CHOICE, "format": CHOICE}),)
