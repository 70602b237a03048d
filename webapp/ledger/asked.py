"""Why each field that must be filled in is asked for here."""

from ..core.asked import Asked
from ..core.errors import N_

ASKED = (Asked(N_("Ledger"), "PeriodForm", {"span": N_("It says which days the ledger is of.")}),)
