"""What ledgers announce: their main page, the words of their log lines, what they keep about people, their columns."""

from typing import Any

from ..core.announce import About, DataUse, MenuEntry
from ..core.errors import N_
from ..core.load import SeedTable
from . import own
from .models import LedgerColumn

STANDS_ON = ("report",)


def _ours(_row: Any) -> dict[str, Any]:
    """A delivered column has the heading of its field."""
    return {"heading": None}


ABOUT = About(
    menu=(MenuEntry(52, "ledger.read", N_("Ledger"), "ledger.start"),),
    acts={
        "ledger.keep": N_("Ledger handed in"),
        "ledger.take": N_("Ledger taken out as a file"),
        "ledger.columns": N_("Columns of the ledger set"),
        "ledger.template": N_("Own form of the ledger added"),
        "ledger.template_end": N_("Own form of the ledger no longer used"),
    },
    things={
        "ledger": N_("part of the ledger"),
        "ledger_column": N_("column of the ledger"),
        "ledger_template": N_("own form of the ledger"),
    },
    facts={
        "columns": N_("columns"),
        "days": N_("days"),
        "file": N_("file"),
        "rows": N_("rows"),
    },
    own=own.OWN,
    seeds={"ledger_columns": SeedTable(LedgerColumn, _ours)},
    privacy={
        N_("Ledgers"): (
            DataUse(
                "kept_ledger: kept_by as_of; ledger_column: changed_by changed_at; ledger_template: added_by added_at "
                "ended_by ended_at",
                N_("Who handed a ledger in, or set its columns or its form, and when"),
                N_("So that a ledger can be traced. What it lists names no person."),
                "record",
                "ledger.read",
            ),
        ),
    },
)
