"""A ledger in a workbook of the county's own: the names of cells that it fills, and a sample that has them all."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import IO, Any

from ..core import named_cells
from ..core.errors import N_
from ..core.named_cells import List
from ..core.tongue import Tongue
from ..core.workbook import NamedLeaf, named
from .figures import NAMES, Line
from .making import Ledger, Sheet, headings, keys
from .parts import PARTS
from .records import Column
from .sentences import FIGURES, LATE_HEAD, late_mark, summary, title, until

GRIDS = "grids"  # the list of the figures by grid

#: The single values but the figures, and what each is.
WORDS = {
    "title": N_("Title of the ledger"),
    "as_of": N_("As of when"),
    "grid_name": N_("Grid"),
    "grid_code": N_("Code"),
    "first_day": N_("First day"),
    "last_day": N_("Last day"),
    "summary": N_("All figures as one text"),
}


@cache
def known() -> dict[str, str]:
    """Each name that a cell may have, and the list that it belongs to; an empty text for a single value."""
    single = [*WORDS, *_totals(), *(f"{part}_{what}" for part in PARTS for what in ("rows", "late"))]
    lists = {GRIDS: _of_grids(), **{part: _of_part(part) for part in PARTS}}
    return dict.fromkeys(single, "") | {name: key for key, names in lists.items() for name in names}


def _totals() -> list[str]:
    return [f"total_{name}" for name in NAMES]


def _of_grids() -> list[str]:
    return [f"{GRIDS}_{name}" for name in ("code", "name", *NAMES)]


def _of_part(part: str) -> list[str]:
    return [f"{part}_{name}" for name in (*sorted(PARTS[part].fields), "mark")]


def write(ledger: Ledger, template: bytes, tongue: Tongue, out: IO[bytes]) -> None:
    """The template with what the ledger says. Refused (field ``sheet``) for more than can be filled in."""
    lists = {GRIDS: List(_of_grids(), [_line(line, tongue) for line in ledger.lines])}
    for sheet in ledger.sheets:
        if sheet.part in PARTS:
            lists[sheet.part] = List(_of_part(sheet.part), _rows(sheet, tongue))
    out.write(named_cells.fill(template, _values(ledger, tongue), lists))


def _values(ledger: Ledger, tongue: Tongue) -> dict[str, Any]:
    cell, period, total = ledger.cell, ledger.period, ledger.total
    words = {
        "title": title(ledger, tongue),
        "as_of": until(ledger, tongue),
        "grid_name": tongue.name(cell.zh, cell.en),
        "grid_code": cell.code,
        "first_day": period.first,
        "last_day": period.last,
        "summary": summary(ledger, tongue),
    }
    counts = {f"total_{name}": getattr(total, name) for name in NAMES}
    for sheet in ledger.sheets:
        counts |= {f"{sheet.part}_rows": sheet.number, f"{sheet.part}_late": sheet.late}
    return words | counts


def _line(line: Line, tongue: Tongue) -> list[Any]:
    return [line.code, tongue.name(line.zh, line.en), *(getattr(line.figures, name) for name in NAMES)]


def _rows(sheet: Sheet, tongue: Tongue) -> list[list[Any]]:
    """A field that is no column of this ledger is empty."""
    made = []
    for row in sheet.rows:
        said = dict(zip(sheet.keys, row.cells, strict=True))
        made.append([*(said.get(key) for key in sorted(PARTS[sheet.part].fields)), late_mark(row, tongue)])
    return made


# --- the sample ---


def sample(shown: Mapping[str, Sequence[Column]], tongue: Tongue, out: IO[bytes]) -> None:
    """A workbook with every single value, the figures, and the county's columns: each cell named, its name in it."""
    words = [(tongue.word(word), name) for name, word in _single().items()]
    counts = [tongue.word(FIGURES[name]) for name in NAMES]
    heads = [tongue.word(N_("Code")), tongue.word(N_("Grid")), *counts]
    leaves = [NamedLeaf(tongue.word(N_("Figures")), words, list(zip(heads, _of_grids(), strict=True)))]
    for part, columns in shown.items():
        heads = [*headings(columns, tongue), tongue.word(LATE_HEAD)]
        names = [f"{part}_{key}" for key in (*keys(columns), "mark")]
        leaves.append(NamedLeaf(tongue.word(PARTS[part].title), [], list(zip(heads, names, strict=True))))
    named(out, leaves)


def _single() -> dict[str, str]:
    return WORDS | {f"total_{name}": FIGURES[name] for name in NAMES}


# --- what the page says of names ---


def meanings() -> list[tuple[str, str]]:
    """Each name, and what it stands for, as a msgid."""
    lists = {f"{GRIDS}_code": N_("Code"), f"{GRIDS}_name": N_("Grid")} | {
        f"{GRIDS}_{key}": FIGURES[key] for key in NAMES
    }
    for part, about in PARTS.items():
        lists |= {f"{part}_rows": N_("Rows"), f"{part}_late": LATE_HEAD}
        lists |= {f"{part}_{key}": field.heading for key, field in sorted(about.fields.items())}
        lists[f"{part}_mark"] = LATE_HEAD
    return list((_single() | lists).items())


def empty(used: Sequence[str], shown: Mapping[str, Sequence[Column]]) -> list[str]:
    """Of the names of a workbook those that stay empty, as their fields are no columns of the ledger."""
    columns = {f"{part}_{key}" for part, each in shown.items() for key in keys(each)}
    fields = {f"{part}_{key}" for part, about in PARTS.items() for key in about.fields}
    return [name for name in used if name in fields - columns]
