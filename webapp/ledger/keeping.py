"""The text in which a ledger is kept that was handed in: JSON, of a numbered form, that later programs go on reading.

Numbers and texts are themselves; a moment is {"m": "2026-09-04T07:42:00+00:00"}, a day {"d": "2026-09-04"}. The cells
of fields that hold somebody's own words are empty.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from ..core.errors import N_, Refused
from ..core.json_text import parsed
from .figures import Figures, Line
from .parts import PARTS
from .records import Row

FORM = 1
LATER = N_("This ledger was handed in with a later version of the program, which is needed to read it.")


@dataclass(frozen=True)
class KeptSheet:
    """A part as it was handed in: the fields of its columns, their headings, and its rows."""

    part: str
    keys: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Said:
    """All that a ledger said: code and names of its grid, its figures, its parts."""

    code: str
    zh: str
    en: str
    lines: Sequence[Line]
    sheets: Sequence[KeptSheet]


def written(grid: Any, lines: Iterable[Line], sheets: Iterable[Any]) -> str:
    """The text. ``grid`` has a code and names, ``sheets`` have what a KeptSheet has."""
    said = {
        "form": FORM,
        "grid": [grid.code, grid.zh, grid.en],
        "lines": [[line.code, line.zh, line.en, asdict(line.figures)] for line in lines],
        "sheets": [_sheet(sheet) for sheet in sheets],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _sheet(sheet: Any) -> dict[str, Any]:
    live = [key in PARTS[sheet.part].live for key in sheet.keys]
    rows = [
        [
            row.ref.hex,
            int(row.is_late),
            [None if own else _cell(cell) for own, cell in zip(live, row.cells, strict=True)],
        ]
        for row in sheet.rows
    ]
    return {"part": sheet.part, "keys": list(sheet.keys), "heads": list(sheet.heads), "rows": rows}


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"m": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value if value is None or isinstance(value, int | float | str) else str(value)


def read(text: str) -> Said:
    """What a text says. Refused for a form that this program does not know."""
    said = parsed(text)
    if said["form"] != FORM:
        raise Refused(LATER)
    lines = [Line(code, zh, en, Figures(**figures)) for code, zh, en, figures in said["lines"]]
    code, zh, en = said["grid"]
    return Said(code, zh, en, lines, [_read_sheet(sheet) for sheet in said["sheets"]])


def _read_sheet(sheet: dict[str, Any]) -> KeptSheet:
    rows = [
        Row(uuid.UUID(ref), bool(is_late), [_value(cell) for cell in cells]) for ref, is_late, cells in sheet["rows"]
    ]
    return KeptSheet(sheet["part"], sheet["keys"], sheet["heads"], rows)


def _value(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    return datetime.fromisoformat(cell["m"]) if "m" in cell else date.fromisoformat(cell["d"])
