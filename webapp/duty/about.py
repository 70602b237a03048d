"""What the duty lists announce: their main page, log lines, what they keep about people, and their seeds."""

import json
from dataclasses import asdict
from typing import Any

from ..core.announce import About, DataUse, MenuEntry, SettingRule
from ..core.errors import N_
from ..core.load import SeedTable
from . import own
from .everyday import check_own
from .models import Department, Document, Duty, Figure, ProblemDuty, ProblemType, Succession

STANDS_ON = ("people",)


def _document(row: Any) -> dict[str, Any]:
    """What a document holds in lists, each entry as the plain words of its dataclass."""
    names = "parts", "unsure", "no_duty"
    return {name: json.loads(json.dumps([asdict(each) for each in getattr(row, name)])) for name in names}


def _link(row: Any) -> dict[str, Any]:
    return {"duty": row.duty or None}


ABOUT = About(
    menu=(MenuEntry(40, "duty.read", N_("Duties"), "duty.index"),),
    acts={
        "duty.name": N_("Department named for a duty"),
        "document.decide": N_("Decision on what applies here"),
        "problem_duty.add": N_("Duty linked to a problem"),
        "problem_duty.change": N_("Duty of a problem changed"),
        "problem_duty.confirm": N_("Duty of a problem confirmed"),
        "problem_duty.remove": N_("Duty of a problem removed"),
        "succession.confirm": N_("Present name confirmed"),
    },
    things={
        "department": N_("departments"),
        "document": N_("documents"),
        "duty": N_("duty"),
        "problem_duty": N_("duty of a problem"),
        "problem_type": N_("problems"),
        "figure": N_("figures"),
        "succession": N_("succession"),
    },
    facts={
        "confirmed": N_("confirmed"),
        "part": N_("part"),
        "reason": N_("reason"),
    },
    own=own.OWN,
    privacy={
        N_("Settings and log"): (
            DataUse(
                "duty: confirmed_at confirmed_by; succession: confirmed_at confirmed_by; "
                "problem_duty: confirmed_at confirmed_by changed_at changed_by; "
                "document_decision: decided_at decided_by reason",
                N_("Who confirmed whose duty something is, and when"),
                N_("So that a rule can be traced."),
                "replaced",
                "duty.read",
            ),
        ),
    },
    settings={"everyday_words": SettingRule("setting.edit", check=check_own, is_long=True)},
    # a vanished row is retired and a returning one is in force again; documents and departments stay, retired rows name
    # them
    seeds={
        "documents": SeedTable(Document, _document),
        "departments": SeedTable(Department),
        "succession": SeedTable(Succession, key=("body", "canonical"), after=("departments",)),
        "duties": SeedTable(Duty, key=("code",), after=("documents", "departments")),
        "problem_types": SeedTable(ProblemType),  # reports name them, so one that the seeds no longer have stays
        "problem_duties": SeedTable(ProblemDuty, _link, key=("problem", "duty"), after=("problem_types", "duties")),
        "figures": SeedTable(Figure, key=("code",), after=("documents", "departments")),
    },
)
