"""What the duty lists announce: their main page, log lines, what they keep about people, and their seeds."""

from typing import Any

from ..core.announce import About, DataUse, MenuEntry
from ..core.errors import N_
from ..core.load import SeedTable
from .models import Department, Document, Duty, Figure, Succession

STANDS_ON = ("people",)


def _document(row: Any) -> dict[str, Any]:
    return {
        "unsure": [{"zh": each.zh, "en": each.en} for each in row.unsure],
        "no_duty": [{"lines": list(each.lines), "zh": each.zh, "en": each.en} for each in row.no_duty],
    }


ABOUT = About(
    menu=(MenuEntry(40, "duty.read", N_("Duties"), "duty.index"),),
    acts={
        "duty.name": N_("Department of a duty named"),
        "succession.confirm": N_("Present name confirmed"),
    },
    things={
        "department": N_("departments"),
        "document": N_("documents"),
        "duty": N_("duty"),
        "figure": N_("figures"),
        "succession": N_("succession"),
    },
    facts={
        "confirmed": N_("confirmed"),
    },
    privacy={
        N_("Settings and log"): (
            DataUse(
                "duty: confirmed_at confirmed_by; succession: confirmed_at confirmed_by",
                N_("Who confirmed whose duty something is, and when"),
                N_("So that a rule can be traced."),
                "replaced",
                "duty.read",
            ),
        ),
    },
    # a vanished row is retired and a returning one is in force again; documents and departments stay, retired rows name
    # them
    seeds={
        "documents": SeedTable(Document, _document),
        "departments": SeedTable(Department),
        "succession": SeedTable(Succession, key=("body", "canonical"), after=("departments",)),
        "duties": SeedTable(Duty, key=("code",), after=("documents", "departments")),
        "figures": SeedTable(Figure, key=("code",), after=("documents", "departments")),
    },
)
