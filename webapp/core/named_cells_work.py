"""Somebody's own workbook, filled: values go into the cells to which it gives names, lists downwards from theirs.

A name is a "defined name" of the workbook for one cell, or for cells that are merged into one. The names of a list lie
in one row, its pattern: every further row of the list looks like it, and what stands below moves down. Everything else
stays as it was made. What would come out wrong is refused when the workbook is looked at, before anybody relies on it.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter, range_boundaries

from .errors import N_
from .named_cells import Known, List, Seen
from .sheet_file import UNREADABLE, check_archive, refused

MOMENT, DAY = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
LONGEST = 32_767  # characters of a cell
STRANGE = re.compile(r"vbaProject|externalLinks/|embeddings/|activeX/|ctrlProps/")
DRAWN = re.compile(r"xl/(?:drawings|media|charts)/")

NO_NAME = N_("No cell of this file has a name that is known here. Begin with the sample: its cells have them all.")
NOT_A_CELL = N_("The name %(name)s belongs to no single cell. Give it to one cell, or delete the name.")
NOT_IN_A_ROW = N_("The names of one list belong into one row of one sheet: %(name)s and %(other)s do not lie so.")
TWO_IN_A_ROW = N_("Two lists begin in the same row: %(name)s and %(other)s. Put one below the other.")
FORMULA_BELOW = N_(
    "%(sheet)s, cell %(cell)s: below a list there may be no formula, as it would not move with its cells. Put it above "
    "the list, or on another sheet."
)
MERGED_ACROSS = N_("%(sheet)s: the merged cells %(cell)s reach over more than the row in which a list begins.")
STRANGE_PARTS = N_("This file has macros, links to other files or objects in it. Save it as a plain xlsx without them.")


@dataclass(frozen=True)
class Cell:
    """Where a name points."""

    name: str
    sheet: str
    row: int
    column: int


def look(data: bytes, known: Known) -> Seen:
    """What there is to fill in a workbook. Refused (field ``sheet``) where it cannot be filled."""
    book, cells, others = _opened(data, known)
    _check(book, cells, known)
    book.save(io.BytesIO())  # what cannot be written again is found now
    return Seen([cell.name for cell in cells], others, any(map(DRAWN.search, _members(data))))


def fill(data: bytes, values: Mapping[str, Any], lists: Mapping[str, List]) -> bytes:
    """The workbook with these values, and the rows of these lists. Refused as ``look`` does."""
    known = dict.fromkeys(values, "") | {name: key for key, each in lists.items() for name in each.names}
    book, cells, _others = _opened(data, known)
    _check(book, cells, known)
    for cell in cells:
        if not known[cell.name]:
            _put(book[cell.sheet].cell(cell.row, cell.column), values[cell.name])
    for each, pattern in sorted(_patterns(cells, known).items(), key=lambda item: -item[1][0].row):
        _fill_list(book[pattern[0].sheet], pattern, lists[each])
    _forget_names(book, known)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- what there is ---


def _opened(data: bytes, known: Known) -> tuple[Any, list[Cell], list[str]]:
    check_archive(data)
    if any(map(STRANGE.search, _members(data))):
        raise refused(STRANGE_PARTS)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # whatever a broken file makes the reader say
        raise refused(UNREADABLE) from error
    named = {name.lower(): name for name in known}
    found = list(_defined(book))
    cells = [_cell(book, named[name.lower()], defined) for name, defined in found if name.lower() in named]
    return book, cells, [name for name, _defined in found if name.lower() not in named]


def _members(data: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def _defined(book: Any) -> Iterator[tuple[str, Any]]:
    """All names, of the workbook and of its sheets; those that the program itself gives are none."""
    for holder in (book, *book.worksheets):
        for name, defined in holder.defined_names.items():
            if not name.startswith("_xl"):
                yield name, defined


def _cell(book: Any, name: str, defined: Any) -> Cell:
    places = list(defined.destinations) if defined.type == "RANGE" else []
    if len(places) != 1 or places[0][0] not in book.sheetnames:
        raise refused(NOT_A_CELL, name=name)
    sheet, where = places[0]
    try:
        left, top, right, bottom = range_boundaries(where)
    except ValueError as error:
        raise refused(NOT_A_CELL, name=name) from error
    if left is None or top is None or right is None or bottom is None:  # whole rows or columns
        raise refused(NOT_A_CELL, name=name)
    if not _is_one(book[sheet], (left, top, right, bottom)):
        raise refused(NOT_A_CELL, name=name)
    return Cell(name, sheet, top, left)


def _is_one(sheet: Any, box: tuple[int, int, int, int]) -> bool:
    """Whether a box is one cell, or cells that were merged into one; one of these but the first is none."""
    left, top, right, bottom = box
    for merged in sheet.merged_cells.ranges:
        if merged.min_col <= left <= merged.max_col and merged.min_row <= top <= merged.max_row:
            return box == merged.bounds or box == (merged.min_col, merged.min_row) * 2
    return (left, top) == (right, bottom)


def _patterns(cells: Iterable[Cell], known: Known) -> dict[str, list[Cell]]:
    """The named cells of each list."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        if known[cell.name]:
            found.setdefault(known[cell.name], []).append(cell)
    return found


def _check(book: Any, cells: Sequence[Cell], known: Known) -> None:
    if not cells:
        raise refused(NO_NAME)
    rows: dict[tuple[str, int], Cell] = {}
    for pattern in _patterns(cells, known).values():
        first = pattern[0]
        for cell in pattern:
            if (cell.sheet, cell.row) != (first.sheet, first.row):
                raise refused(NOT_IN_A_ROW, name=first.name, other=cell.name)
        other = rows.setdefault((first.sheet, first.row), first)
        if other is not first:
            raise refused(TWO_IN_A_ROW, name=other.name, other=first.name)
        _check_room(book[first.sheet], first.row)


def _check_room(sheet: Any, row: int) -> None:
    """Whether what stands below the row can move down."""
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_row != merged.max_row:
            raise refused(MERGED_ACROSS, sheet=sheet.title, cell=merged.coord)
    for cells in sheet.iter_rows(min_row=row + 1):
        for cell in cells:
            if cell.data_type == "f":
                raise refused(FORMULA_BELOW, sheet=sheet.title, cell=cell.coordinate)


# --- filling ---


def _put(cell: Any, value: Any) -> None:
    """A text is a text, whatever it begins with; a moment or a day keeps the form that the cell gives to days."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST]
        cell.data_type = "s"
        return
    was_dated = cell.is_date
    cell.value = value
    if isinstance(value, date) and not was_dated:
        cell.number_format = MOMENT if isinstance(value, datetime) else DAY


def _fill_list(sheet: Any, pattern: Sequence[Cell], given: List) -> None:
    row, more = pattern[0].row, max(0, len(given.rows) - 1)
    model = [(cell.column, cell.value, copy(cell._style)) for cell in sheet[row] if not _is_covered(cell)]
    merges = [each.bounds for each in sheet.merged_cells.ranges if each.min_row == row]
    _make_room(sheet, row, more)
    for number in range(row + 1, row + more + 1):
        _like(sheet, row, number, model, merges)
    for number, values in enumerate(given.rows or [[None] * len(given.names)], row):
        said = dict(zip(given.names, values, strict=True))
        for cell in pattern:
            _put(sheet.cell(number, cell.column), said[cell.name])


def _is_covered(cell: Any) -> bool:
    return type(cell).__name__ == "MergedCell"


def _make_room(sheet: Any, row: int, more: int) -> None:
    """Move what stands below a row down, with its merged cells, heights and the area that is printed."""
    last = sheet.max_row
    if not more or last <= row:
        return
    heights = {number: sheet.row_dimensions[number].height for number in range(row + 1, last + 1)}
    for merged in [each for each in sheet.merged_cells.ranges if each.min_row > row]:
        merged.shift(row_shift=more)
    sheet.move_range(f"A{row + 1}:{get_column_letter(sheet.max_column)}{last}", rows=more)
    for number in range(row + 1, last + more + 1):
        sheet.row_dimensions[number].height = heights.get(number - more)


def _like(sheet: Any, row: int, number: int, model: Sequence[tuple[int, Any, Any]], merges: Sequence[Any]) -> None:
    """Make a row of a list look like its first: styles, height, merged cells, and what stands there unnamed."""
    sheet.row_dimensions[number].height = sheet.row_dimensions[row].height
    for column, value, style in model:
        cell = sheet.cell(number, column)
        cell._style = copy(style)
        if isinstance(value, str) and value.startswith("="):
            letter = get_column_letter(column)
            value = Translator(value, f"{letter}{row}").translate_formula(f"{letter}{number}")
        cell.value = value
    for left, _top, right, _bottom in merges:
        sheet.merge_cells(start_row=number, end_row=number, start_column=left, end_column=right)


def _forget_names(book: Any, known: Iterable[str]) -> None:
    """Take the names out, which point to where their cells were."""
    ours = {name.lower() for name in known}
    for holder in (book, *book.worksheets):
        for name in [name for name in holder.defined_names if name.lower() in ours]:
            del holder.defined_names[name]
