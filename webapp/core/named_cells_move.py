"""Room for more rows in a sheet of a workbook: what stands below moves down with all that is said of it, and what goes
over the row that is repeated grows."""

from collections.abc import Sequence
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.utils import absolute_coordinate, quote_sheetname, range_boundaries
from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.merge import MergedCellRange

Box = tuple[int, int, int, int]  # first column and row, last column and row


def place(defined: Any) -> tuple[str, Box] | None:
    """The sheet and the box of a name that stands for one box of cells; None for any other."""
    places = list(defined.destinations) if defined.type == "RANGE" else []
    if len(places) != 1:
        return None
    try:
        left, top, right, bottom = range_boundaries(places[0][1])
    except ValueError:
        return None
    if left is None or top is None or right is None or bottom is None:  # whole rows or columns
        return None
    return places[0][0].replace("''", "'"), (left, top, right, bottom)


def make_room(book: Any, sheet: Any, row: int, more: int) -> None:
    """Move what stands below ``row`` down by ``more`` rows."""
    for each, column in sorted((at for at in sheet._cells if at[0] > row), reverse=True):
        sheet._move_cell(each, column, more, 0, False)
        moved = sheet._cells[each + more, column]
        if moved.hyperlink:
            moved.hyperlink.ref = moved.coordinate
    for merged in [each for each in sheet.merged_cells.ranges if each.min_row > row]:
        merged.shift(row_shift=more)
    _move_rows(sheet, row, more)
    _move_said(sheet, row, more)
    for holder in (book, *book.worksheets):
        for defined in holder.defined_names.values():
            _move_name(defined, sheet.title, row, more)


def _grown(where: str, row: int, more: int) -> str:
    """A range after the move: below the row it is further down, over the row it is longer."""
    box = CellRange(where)
    if box.min_row > row:
        box.shift(row_shift=more)
    elif box.max_row >= row:
        box.expand(down=more)
    return box.coord


def _grown_all(where: Any, row: int, more: int) -> MultiCellRange:
    return MultiCellRange([_grown(each.coord, row, more) for each in where.ranges])


def _move_rows(sheet: Any, row: int, more: int) -> None:
    """Heights, what is hidden or grouped, and where a page ends."""
    dimensions = sheet.row_dimensions
    for number in sorted((each for each in dimensions if each > row), reverse=True):
        dimension = dimensions.pop(number)
        dimension.index = number + more
        dimensions[number + more] = dimension
    for page in sheet.row_breaks.brk:
        page.id += more if page.id >= row else 0


def _move_said(sheet: Any, row: int, more: int) -> None:
    """What is said of ranges of the sheet: what is printed, filters, tables, formats, what may be typed."""
    if sheet.print_area:
        areas = sheet.print_area if isinstance(sheet.print_area, list) else sheet.print_area.split(",")
        sheet.print_area = ",".join(_grown(area.rpartition("!")[2], row, more) for area in areas)
    for filtered in (sheet.auto_filter, *(table.autoFilter for table in sheet.tables.values())):
        if filtered is not None and filtered.ref:
            filtered.ref = _grown(filtered.ref, row, more)
    for table in sheet.tables.values():
        table.ref = _grown(table.ref, row, more)
    for allowed in sheet.data_validations.dataValidation:
        allowed.sqref = _grown_all(allowed.sqref, row, more)
    moved = ConditionalFormattingList()
    for each in sheet.conditional_formatting:
        for rule in each.rules:
            moved.add(str(_grown_all(each.sqref, row, more)), rule)
    sheet.conditional_formatting = moved


def _move_name(defined: Any, title: str, row: int, more: int) -> None:
    found = place(defined)
    if found is None or found[0] != title:
        return
    left, top, right, bottom = found[1]
    box = CellRange(min_col=left, min_row=top, max_col=right, max_row=bottom)
    defined.attr_text = f"{quote_sheetname(title)}!{absolute_coordinate(_grown(box.coord, row, more))}"


def merge(sheet: Any, row: int, boxes: Sequence[Box]) -> None:
    """Merge cells of a row as those of these boxes are; ``merge_cells`` would go through all there are each time."""
    for left, _top, right, _bottom in boxes:
        made = MergedCellRange(sheet, CellRange(min_col=left, min_row=row, max_col=right, max_row=row).coord)
        made.format()
        sheet.merged_cells.ranges.add(made)
