"""Tables as xlsx: every cell is text, so that codes keep their zeros and nothing is ever a formula."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Head = Sequence[tuple[str, int]]  # heading and width in characters


def book(title: str, head: Head, rows: Iterable[Iterable[Any]], above: Sequence[Sequence[str]] = ()) -> BytesIO:
    """An A4 landscape workbook of one sheet, the heading row kept in sight and on every printed page.

    ``above``: rows of explanation over the headings; one with a single cell is a line of its own.
    """
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as made:
        plain = made.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        strong = made.add_format({"num_format": "@", "text_wrap": True, "bold": True, "bottom": 1})
        words = made.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "font_color": "#555555"})
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
