"""What of ledgers is about one person, for the file that he gets of it."""

from datetime import date, datetime

from sqlalchemy import and_
from sqlalchemy.orm import join

from ..core import clock
from ..core.errors import N_
from ..core.own import ME, OwnSheet, acts, name, shown, word_of
from ..core.tongue import Tongue
from ..grid import queries as grids
from ..grid.models import GridVersion
from .models import KeptLedger, LedgerColumn, LedgerTemplate
from .parts import PARTS
from .periods import DAY


def _day(_tongue: Tongue, begins: datetime) -> date:
    return clock.day(begins)


def _day_before(_tongue: Tongue, ends: datetime) -> date:
    return clock.day(ends) - DAY


_OF_GRID = and_(GridVersion.grid_id == KeptLedger.grid_id, grids.current())
HANDED_IN = OwnSheet(
    180,
    N_("Ledgers that I handed in"),
    join(KeptLedger, GridVersion, _OF_GRID),
    KeptLedger.kept_by == ME,
    (
        shown(N_("When"), KeptLedger.as_of),
        shown(N_("Grid"), GridVersion.zh, GridVersion.en, say=name),
        shown(N_("First day"), KeptLedger.begins, say=_day),
        shown(N_("Last day"), KeptLedger.ends, say=_day_before),
    ),
    (KeptLedger.as_of, KeptLedger.id),
)
COLUMNS = acts(
    181,
    N_("Ledger columns that I set"),
    *(LedgerColumn.changed_by, LedgerColumn.changed_at),
    shown(N_("Part of the ledger"), LedgerColumn.part, say=word_of({key: part.title for key, part in PARTS.items()})),
    shown(N_("Column"), LedgerColumn.name),
)
ADDED = acts(
    182,
    N_("Ledger forms that I added"),
    *(LedgerTemplate.added_by, LedgerTemplate.added_at),
    shown(N_("File"), LedgerTemplate.file_name),
)
ENDED = acts(
    183,
    N_("Ledger forms that I ended"),
    *(LedgerTemplate.ended_by, LedgerTemplate.ended_at),
    shown(N_("File"), LedgerTemplate.file_name),
)
OWN = (HANDED_IN, COLUMNS, ADDED, ENDED)
