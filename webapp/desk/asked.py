"""Why each field that must be filled in is asked for here."""

from ..core.asked import NAME, Asked
from ..core.errors import N_

DAY = N_("Open limits are counted by it.")
NOTICE = N_("A day off or on must be traceable to who decided it.")
ASKED = (
    Asked(N_("Day of the calendar"), "DayForm", {"kind": DAY, "zh": NAME, "source": NOTICE}),
    Asked(N_("Days of the calendar"), "RunForm", {"first": DAY}),
    Asked(N_("Confirm the year"), "ConfirmForm", {"source": NOTICE}),
)
