"""What taking records out announces: its main page and the words of its log lines. What can be taken out, each domain
says itself (``exports`` of its ``about.py``)."""

from ..core.announce import About, MenuEntry
from ..core.errors import N_

STANDS_ON = ("report",)
ABOUT = About(
    menu=(MenuEntry(55, "export.make", N_("Export"), "export.index"),),
    acts={"export.make": N_("Records taken out as a file")},
    things={"export": N_("file of")},
    facts={
        "days": N_("days"),
        "format": N_("format"),
        "rows": N_("rows"),
    },
)
