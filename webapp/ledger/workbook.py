"""A ledger as a workbook: figures on the first sheet, then a sheet for each part, ready to be printed on A4."""

from collections.abc import Sequence
from typing import IO, Any

from ..core import clock
from ..core.errors import N_
from ..core.tongue import Tongue
from ..core.workbook import several
from .figures import NAMES, Figures
from .making import Ledger, Sheet
from .sentences import FIGURES, LATE_HEAD, late_mark, title, until

WIDTH = 16  # of a column, in characters


def name(ledger: Ledger) -> str:
    """What its file is called."""
    return f"{ledger.cell.code}-{ledger.period.first.isoformat()}-{ledger.period.last.isoformat()}.xlsx"


def write(ledger: Ledger, tongue: Tongue, out: IO[bytes]) -> None:
    """The workbook."""
    word = tongue.word
    above = [title(ledger, tongue), until(ledger, tongue)]
    parts: list[Any] = [(word(N_("Figures")), _figure_heads(tongue), _figure_rows(ledger, tongue))]
    parts += [(sheet.title, _heads(sheet, tongue), _rows(sheet, tongue)) for sheet in ledger.sheets]
    cover = [(word(N_("Part of the ledger")), 3 * WIDTH), (word(N_("Rows")), WIDTH)]
    several(out, word(N_("Ledger")), above, cover, parts)


def _figure_heads(tongue: Tongue) -> list[tuple[str, int]]:
    words = [N_("Code"), N_("Grid"), *(FIGURES[name] for name in NAMES)]
    return [(tongue.word(each), WIDTH) for each in words]


def _figure_rows(ledger: Ledger, tongue: Tongue) -> list[list[Any]]:
    rows = [[each.code, tongue.name(each.zh, each.en), *counts(each.figures)] for each in ledger.lines]
    return [*rows, ["", tongue.word(N_("All together")), *counts(ledger.total)]]


def counts(figures: Figures) -> list[int]:
    """The figures in their order."""
    return [getattr(figures, name) for name in NAMES]


def _heads(sheet: Sheet, tongue: Tongue) -> list[tuple[str, int]]:
    return [*((head, WIDTH) for head in sheet.heads), (tongue.word(LATE_HEAD), WIDTH)]


def _rows(sheet: Sheet, tongue: Tongue) -> Sequence[Any]:
    return [[*row.cells, late_mark(row, tongue)] for row in sheet.rows]


def minute(cell: Any) -> Any:
    """A cell on a page: a moment to the minute, in county time."""
    return clock.minute(cell) if hasattr(cell, "hour") else "" if cell is None else cell
