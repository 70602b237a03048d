"""Somebody's own workbook, filled: values go into the cells to which it gives names, lists downwards from theirs.

A name is a "defined name" of the workbook for one cell, or for cells that are merged into one. The names of a list lie
in one row, its pattern: every further row of the list looks like it, and what stands below moves down, with all that
is said of it there: names, filters, conditional formats, what may be typed, what is printed. The name of a column comes
to be all its cells, so that a formula may sum it. Formulas themselves stay as they are: one that would come to look at
other cells is refused when the workbook is looked at.
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
from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter, range_boundaries

from . import named_cells_move
from .errors import N_
from .named_cells import NOT_READ, Known, List, Seen
from .sheet_file import LONGEST as LAST_ROW
from .sheet_file import check_archive, refused

MOMENT, DAY = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
LONGEST = 32_767  # characters of a cell
SAID = 20  # names that are listed at most
STRANGE = re.compile(r"vbaProject|externalLinks/|embeddings/|activeX/|ctrlProps/|chartsheets/")
DRAWN = re.compile(r"xl/(?:drawings/drawing|media/|charts/)")
NO_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")  # what XML has no place for, and openpyxl lets through

NO_NAME = N_("No cell of this file has a name that is known here. Begin with the sample, whose cells have names.")
NOT_A_CELL = N_("These names belong to no single cell: %(names)s. Give each to one cell, or delete the name.")
NOT_IN_A_ROW = N_(
    "The names of one list belong into one row of one sheet: %(name)s (%(sheet)s) and %(other)s (%(beside)s) do not "
    "lie so."
)
TWO_IN_A_ROW = N_("Two lists begin in the same row: %(name)s and %(other)s. Put one below the other.")
FORMULA_BELOW = N_(
    "%(sheet)s, cell %(cell)s: a formula may neither stand below a list nor refer to cells there, as they move when "
    "the list grows. Put it above the list, and use the names of the list's columns in it."
)
ARRAY = N_("%(sheet)s, cell %(cell)s: the row of a list may not have a formula for several cells.")
MERGED_ACROSS = N_("%(sheet)s: the merged cells %(cell)s reach over more than the row in which a list begins.")
STRANGE_PARTS = N_(
    "This file has macros, sheets that are charts, links to other files or objects in it. Save it as a plain xlsx "
    "without them."
)
TOO_LONG = N_("%(sheet)s: below the list there is no room for so many rows.")


@dataclass(frozen=True)
class Cell:
    """Where a name points."""

    name: str
    sheet: str
    row: int
    column: int


def look(data: bytes, known: Known) -> Seen:
    """What there is to fill in a workbook. Refused (field ``sheet``) where it cannot be filled, which is tried."""
    members, book, cells, others = _ready(data, known)
    names = list(dict.fromkeys(cell.name for cell in cells))
    tried = {
        each: [cell.name for cell in cells if known[cell.name] == each] for each in {known[name] for name in names}
    }
    lists = {each: List(columns, [columns, columns]) for each, columns in tried.items() if each}
    _fill(book, cells, known, {cell.name: cell.name for cell in cells}, lists)
    book.save(io.BytesIO())  # what cannot be written again is found now
    is_drawn = any(map(DRAWN.search, members)) or _has_extensions(data)
    return Seen(names, others[:SAID], len(others), is_drawn)


def fill(data: bytes, values: Mapping[str, Any], lists: Mapping[str, List]) -> bytes:
    """The workbook with these values, and the rows of these lists. Refused as ``look`` does."""
    known = dict.fromkeys(values, "") | {name: key for key, each in lists.items() for name in each.names}
    _members, book, cells, _others = _ready(data, known)
    _fill(book, cells, known, values, lists)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- what there is ---


def _ready(data: bytes, known: Known) -> tuple[list[str], Any, list[Cell], list[str]]:
    """The files in it, the workbook, the cells with known names, and the other names. Refused where it cannot be
    filled."""
    members = _checked(data)
    book = _opened(data)
    cells, others = _named(book, known)
    _check(book, cells, known)
    return members, book, cells, others


def _checked(data: bytes) -> list[str]:
    """The files in it. Refused for more than may be unpacked, and for what is not carried over."""
    check_archive(data)
    members = zipfile.ZipFile(io.BytesIO(data)).namelist()
    if any(map(STRANGE.search, members)):
        raise refused(STRANGE_PARTS)
    return members


def _has_extensions(data: bytes) -> bool:
    """Whether a sheet has what only newer programs know, such as bars in cells: it does not come along."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<extLst" in archive.read(name) for name in sheets)


def _opened(data: bytes) -> Any:
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False, rich_text=True)
    except MemoryError:
        raise
    except Exception as error:  # whatever a broken file makes the reader say
        raise refused(NOT_READ) from error
    book.template = False
    return book


def _named(book: Any, known: Known) -> tuple[list[Cell], list[str]]:
    """The cells of known names, and all other names."""
    ours = {name.lower(): name for name in known}
    all_ = list(_defined(book))
    found = [
        (name, _cell(book, ours[name.lower()], defined))
        for name, defined in all_
        if name.lower() in ours and "#REF!" not in defined.attr_text  # the cell of such a one was deleted
    ]
    wrong = [name for name, cell in found if cell is None]
    if wrong:
        raise refused(NOT_A_CELL, names=", ".join(wrong[:SAID]))
    others = dict.fromkeys(name for name, _defined in all_ if name.lower() not in ours)
    return [cell for _name, cell in found if cell is not None], [*others]


def _defined(book: Any) -> Iterator[tuple[str, Any]]:
    """All names, of the workbook and of its sheets; those that the program itself gives are none."""
    for holder in (book, *book.worksheets):
        for name, defined in holder.defined_names.items():
            if not name.startswith("_xl"):
                yield name, defined


def _cell(book: Any, name: str, defined: Any) -> Cell | None:
    found = named_cells_move.place(defined)
    if found is None or found[0] not in book.sheetnames or not _is_one(book[found[0]], found[1]):
        return None
    sheet, (left, top, _right, _bottom) = found
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
                raise refused(NOT_IN_A_ROW, name=first.name, other=cell.name, sheet=first.sheet, beside=cell.sheet)
        other = rows.setdefault((first.sheet, first.row), first)
        if other is not first:
            raise refused(TWO_IN_A_ROW, name=other.name, other=first.name)
        _check_pattern(book[first.sheet], first.row)
    highest = {sheet: min(row for of, row in rows if of == sheet) for sheet, _row in rows}
    for sheet in book.worksheets:
        _check_formulas(sheet, highest)


def _check_pattern(sheet: Any, row: int) -> None:
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_row != merged.max_row:
            raise refused(MERGED_ACROSS, sheet=sheet.title, cell=merged.coord)
    for cell in sheet[row]:
        if cell.data_type == "f" and not isinstance(cell.value, str):
            raise refused(ARRAY, sheet=sheet.title, cell=cell.coordinate)


def _check_formulas(sheet: Any, highest: Mapping[str, int]) -> None:
    """``highest``: of each sheet with a list, the row in which the first begins."""
    for (row, _column), cell in sheet._cells.items():
        if cell.data_type != "f":
            continue
        is_below = row > highest.get(sheet.title, LAST_ROW)
        if is_below or any(last > highest[of] for of, last in _looked_at(sheet, cell, highest)):
            raise refused(FORMULA_BELOW, sheet=sheet.title, cell=cell.coordinate)


def _looked_at(sheet: Any, cell: Any, highest: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Each sheet with a list, and the last row there, to which a formula refers."""
    formula = cell.value if isinstance(cell.value, str) else getattr(cell.value, "text", None) or "="
    for token in Tokenizer(formula).items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            before, _mark, where = token.value.rpartition("!")
            of = before.strip("'").replace("''", "'") or sheet.title
            last = _last_row(where)
            if of in highest and last:
                yield of, last


def _last_row(where: str) -> int:
    """The last row of a reference; 0 where it is a name, or whole columns."""
    try:
        return range_boundaries(where)[3] or 0
    except ValueError:
        return 0


# --- filling ---


def _fill(book: Any, cells: Sequence[Cell], known: Known, values: Mapping[str, Any], lists: Mapping[str, List]) -> None:
    for cell in cells:
        if not known[cell.name]:
            _put(book[cell.sheet].cell(cell.row, cell.column), values[cell.name])
    for each, pattern in sorted(_patterns(cells, known).items(), key=lambda item: -item[1][0].row):
        _fill_list(book, pattern, lists[each])


def _put(cell: Any, value: Any) -> None:
    """A text is a text, whatever it begins with; a moment or a day keeps the form that the cell gives to days."""
    if isinstance(value, str):
        cell.value = NO_TEXT.sub("", ILLEGAL_CHARACTERS_RE.sub("", value))[:LONGEST]
        cell.data_type = "s"
        return
    format_ = cell.number_format
    cell.value = value
    if isinstance(value, date):
        usual = MOMENT if isinstance(value, datetime) else DAY
        cell.number_format = format_ if is_date_format(format_) else usual


def _fill_list(book: Any, pattern: Sequence[Cell], given: List) -> None:
    sheet, row, more = book[pattern[0].sheet], pattern[0].row, max(0, len(given.rows) - 1)
    if max((each for each, _column in sheet._cells), default=row) + more > LAST_ROW:
        raise refused(TOO_LONG, sheet=sheet.title)
    model = [
        (cell.column, cell.value, cell.data_type, copy(cell._style)) for cell in sheet[row] if not _is_covered(cell)
    ]
    merges = [each.bounds for each in sheet.merged_cells.ranges if each.min_row == row]
    if more:
        named_cells_move.make_room(book, sheet, row, more)
    for number in range(row + 1, row + more + 1):
        _like(sheet, row, number, model)
        named_cells_move.merge(sheet, number, merges)
    for number, values in enumerate(given.rows or [[None] * len(given.names)], row):
        said = dict(zip(given.names, values, strict=True))
        for cell in pattern:
            _put(sheet.cell(number, cell.column), said[cell.name])


def _is_covered(cell: Any) -> bool:
    return type(cell).__name__ == "MergedCell"


def _like(sheet: Any, row: int, number: int, model: Sequence[tuple[int, Any, str, Any]]) -> None:
    """Make a row of a list look like its first: height, styles, and what stands there unnamed."""
    if row in sheet.row_dimensions:
        sheet.row_dimensions[number].height = sheet.row_dimensions[row].height
    for column, value, data_type, style in model:
        cell = sheet.cell(number, column)
        cell._style = copy(style)
        if data_type == "f":
            letter = get_column_letter(column)
            value = Translator(value, f"{letter}{row}").translate_formula(f"{letter}{number}")
        cell.value = value
        cell.data_type = data_type
