"""Tables as xlsx: a text is text, so that codes keep their zeros and nothing is ever a formula.

In ``book`` every cell is text; in ``several`` moments, days and numbers are what they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import chain
from typing import IO, Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from . import clock

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Head = Sequence[tuple[str, int]]  # heading and width in characters
Part = tuple[str, Head, Iterable[Iterable[Any]]]  # a sheet: its title, its headings, its rows
PLAIN = {"num_format": "@", "text_wrap": True, "valign": "top"}
STRONG = {"num_format": "@", "text_wrap": True, "bold": True, "bottom": 1}
FIRST_YEAR = 1900  # of the days that a spreadsheet knows


def book(title: str, head: Head, rows: Iterable[Iterable[Any]], above: Sequence[Sequence[str]] = ()) -> BytesIO:
    """An A4 landscape workbook of one sheet, the heading row kept in sight and on every printed page.

    ``above``: rows of explanation over the headings; one with a single cell is a line of its own.
    """
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as made:
        plain, strong = made.add_format(PLAIN), made.add_format(STRONG)
        words = made.add_format(PLAIN | {"font_color": "#555555"})
        line = made.add_format({"num_format": "@", "bold": True})
        sheet = made.add_worksheet(title[:31])
        for index, (_heading, width) in enumerate(head):
            sheet.set_column(index, index, width, plain)
        _page(sheet, len(above))
        for number, cells in enumerate(above):
            _row(sheet, number, cells, words if len(cells) > 1 else line)
        _row(sheet, len(above), (heading for heading, _width in head), strong)
        for number, row in enumerate(rows, len(above) + 1):
            _row(sheet, number, row, plain)
    out.seek(0)
    return out


def _page(sheet: Any, first: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first)
    sheet.freeze_panes(first + 1, 1)


def _row(sheet: Any, number: int, cells: Iterable[Any], style: Any) -> None:
    for index, cell in enumerate(cells):
        if cell is not None and cell != "":
            sheet.write_string(number, index, str(cell), style)


# --- several sheets, with moments, days and numbers ---


class _Styles(NamedTuple):
    """How a cell looks, by what is in it."""

    text: Any
    heading: Any
    moment: Any
    day: Any
    number: Any


def several(out: IO[bytes], title: str, above: Sequence[str], head: Head, parts: Iterable[Part]) -> None:
    """A workbook of several sheets, written row by row as the rows come. The first sheet has the lines ``above`` and
    lists the parts, each with how many rows it has; a part without rows has no sheet of its own."""
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as made:
        formats: tuple[dict[str, Any], ...] = (
            PLAIN,
            STRONG,
            {"num_format": "yyyy-mm-dd hh:mm:ss"},
            {"num_format": "yyyy-mm-dd"},
            {},
        )
        styles = _Styles(*(made.add_format({"valign": "top"} | each) for each in formats))
        cover, lines = made.add_worksheet(title[:31]), [*above, ""]
        cover.set_column(0, 0, head[0][1])
        for number, line in enumerate(lines):
            cover.write_string(number, 0, line, made.add_format({"num_format": "@"}))
        _row(cover, len(lines), (heading for heading, _width in head), styles.heading)
        for number, (name, heads, rows) in enumerate(parts, len(lines) + 1):
            _cells(cover, number, (name, _part(made, styles, name, heads, iter(rows))), styles)


def _part(made: Any, styles: _Styles, title: str, head: Head, rows: Iterator[Iterable[Any]]) -> int:
    """A sheet of its own, if there is a row for it; how many there are."""
    first = next(rows, None)
    if first is None:
        return 0
    sheet = made.add_worksheet(title[:31])
    for index, (_heading, width) in enumerate(head):
        sheet.set_column(index, index, width)
    _page(sheet, 0)
    _row(sheet, 0, (heading for heading, _width in head), styles.heading)
    number = 0
    for number, row in enumerate(chain((first,), rows), 1):
        _cells(sheet, number, row, styles)
    return number


def _cells(sheet: Any, number: int, cells: Iterable[Any], styles: _Styles) -> None:
    for index, cell in enumerate(cells):
        if isinstance(cell, date) and cell.year > FIRST_YEAR:
            is_moment = isinstance(cell, datetime)
            at = cell.astimezone(clock.ZONE).replace(tzinfo=None) if isinstance(cell, datetime) else cell
            sheet.write_datetime(number, index, at, styles.moment if is_moment else styles.day)
        elif isinstance(cell, int | float) and not isinstance(cell, bool):
            sheet.write_number(number, index, cell, styles.number)
        elif cell is not None and cell != "":
            sheet.write_string(number, index, str(cell), styles.text)


# --- a form to be filled, whose cells have names ---


class NamedLeaf(NamedTuple):
    """A sheet of a form: its title, what stands one below the other with a named cell beside it, and the headings of a
    list with a row of named cells below them. Both are pairs of a text and a name."""

    title: str
    values: Sequence[tuple[str, str]]
    columns: Sequence[tuple[str, str]]


def named(out: IO[bytes], leaves: Iterable[NamedLeaf], width: int = 16) -> None:
    """An A4 landscape workbook in which each named cell holds its name."""
    with xlsxwriter.Workbook(out) as made:
        strong, line = made.add_format(STRONG), made.add_format({"num_format": "@"})
        for leaf in leaves:
            sheet = made.add_worksheet(leaf.title[:31])
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.set_column(0, len(leaf.columns), width)
            for row, (word, name) in enumerate(leaf.values):
                sheet.write_string(row, 0, word, line)
                _named_cell(made, sheet, row, 1, name)
            below = len(leaf.values) + bool(leaf.values)
            for column, (word, name) in enumerate(leaf.columns):
                sheet.write_string(below, column, word, strong)
                _named_cell(made, sheet, below + 1, column, name)


def _named_cell(made: Any, sheet: Any, row: int, column: int, name: str) -> None:
    sheet.write_string(row, column, name)
    where = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    made.define_name(name, f"='{sheet.name}'!{where}")
