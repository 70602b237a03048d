"""Filling somebody's own workbook: what it is made of stays, what would come out wrong is refused beforehand."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from tests.short import count
from webapp.core import named_cells
from webapp.core.errors import Refused
from webapp.core.named_cells import List

KNOWN = {"whose": "", "total": "", "at": "", "kilns_name": "kilns", "kilns_note": "kilns", "ponds_name": "ponds"}
AT = datetime(2026, 9, 4, 7, 42, tzinfo=UTC)


NAMES = ("whose", "kilns_name", "kilns_note", "ponds_name")


def workbook(change: Any = None, **names: str) -> bytes:
    """A form of a county: a heading, one list with a footer below it, a second list, and its names."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账 A"
    sheet["A1"].font, sheet["A5"].font = Font(bold=True), Font(italic=True)
    sheet["A1"], sheet["A4"], sheet["C5"], sheet["D5"] = "heading", "Kiln", "镇", "=ROW()-4"
    sheet["A6"], sheet["A9"], sheet["E1"] = "Signed:", "x", "=1+1"
    sheet.merge_cells("A6:B6")
    sheet.merge_cells("A2:C2")
    sheet.row_dimensions[6].height = 40
    given = {"whose": "$A$2:$C$2", "kilns_name": "$A$5", "kilns_note": "$B$5", "ponds_name": "$A$9"} | names
    for name, where in given.items():
        if where:
            full = where if "!" in where or "(" in where else f"'{sheet.title}'!{where}"
            book.defined_names[name] = DefinedName(name, attr_text=full)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def filled(data: bytes, kilns: list[list[Any]], ponds: list[list[Any]] = (), **values: Any) -> Any:  # type: ignore[assignment]
    said = {"whose": "甲镇", "total": 7, "at": AT} | values
    lists = {"kilns": List(("kilns_name", "kilns_note"), kilns), "ponds": List(("ponds_name",), ponds)}
    return openpyxl.load_workbook(io.BytesIO(named_cells.fill(data, said, lists)))


def column(sheet: Any, letter: str) -> list[Any]:
    return [cell.value for cell in sheet[letter]]


def test_values_and_two_lists_go_in_and_everything_else_stays_as_it_was_made() -> None:
    book = filled(workbook(), [["one", "a"], ["two", "b"], ["three", None]], [["p"], ["q"]])
    sheet = book["台账 A"]
    assert column(sheet, "A") == [
        "heading",
        "甲镇",
        None,
        "Kiln",
        "one",
        "two",
        "three",
        "Signed:",
        None,
        None,
        "p",
        "q",
    ]
    assert column(sheet, "B")[4:7] == ["a", "b", None]
    assert column(sheet, "C")[4:7] == ["镇"] * 3 and column(sheet, "D")[4:7] == ["=ROW()-4"] * 3
    assert [sheet.cell(row, 1).font.i for row in (4, 5, 6, 7, 8)] == [False, True, True, True, False]
    assert {merged.coord for merged in sheet.merged_cells.ranges} == {"A2:C2", "A8:B8"}
    assert sheet.row_dimensions[8].height == 40 and sheet.row_dimensions[6].height is None
    assert sheet["A1"].font.b and sheet["E1"].value == "=1+1"


def test_a_list_without_rows_leaves_its_row_empty_and_nothing_moves() -> None:
    sheet = filled(workbook(), [])["台账 A"]
    assert column(sheet, "A")[4:6] == [None, "Signed:"] and sheet["A9"].value is None


def test_a_row_of_a_list_repeats_its_merged_cells_and_moves_its_formula_along() -> None:
    def wide(book: Any) -> None:
        book.active.merge_cells("E5:F5")
        book.active["G5"] = "=A5&B5"

    sheet = filled(workbook(wide), [["one", "a"], ["two", "b"]])["台账 A"]
    assert {"E5:F5", "E6:F6"} <= {merged.coord for merged in sheet.merged_cells.ranges}
    assert [sheet["G5"].value, sheet["G6"].value] == ["=A5&B5", "=A6&B6"]


def test_a_text_is_never_a_formula_and_a_moment_stands_in_county_time() -> None:
    sheet = filled(workbook(total="$E$2", at="$E$3"), [["=1+1", "a\x00b"]], whose="=cmd()")["台账 A"]
    assert [sheet[at].data_type for at in ("A2", "A5")] == ["s", "s"] and sheet["A5"].value == "=1+1"
    assert sheet["B5"].value == "ab" and sheet["E2"].value == 7
    assert sheet["E3"].value == datetime(2026, 9, 4, 15, 42) and sheet["E3"].number_format == "yyyy-mm-dd hh:mm"


def test_a_cell_that_has_a_form_for_days_keeps_it() -> None:
    def dated(book: Any) -> None:
        book.active["E3"] = "at"
        book.active["E3"].number_format = 'yyyy"年"m"月"d"日"'

    sheet = filled(workbook(dated, at="$E$3"), [], at=date(2026, 9, 4))["台账 A"]
    assert sheet["E3"].number_format == 'yyyy"年"m"月"d"日"' and sheet["E3"].value.day == 4


def test_a_text_in_the_row_of_a_list_stays_a_text_in_every_row() -> None:
    def typed(book: Any) -> None:
        book.active["G5"] = "=1+1"
        book.active["G5"].data_type = "s"

    sheet = filled(workbook(typed, whose="$F$5"), [["a", "b"]] * 3, whose='=HYPERLINK("x")')["台账 A"]
    assert {sheet.cell(row, column).data_type for row in (5, 6, 7) for column in (6, 7)} == {"s"}
    assert sheet["F7"].value == '=HYPERLINK("x")'


def test_names_stay_with_their_cells_and_that_of_a_column_becomes_all_of_it() -> None:
    book = filled(workbook(total="$E$6", mine="$E$6"), [["one", "a"], ["two", "b"], ["three", "c"]], [["p"]])
    sheet = book["台账 A"]
    where = {name: defined.attr_text.rpartition("!")[2] for name, defined in book.defined_names.items()}
    assert where["kilns_name"] == "$A$5:$A$7" and where["ponds_name"] == "$A$11"
    assert where["total"] == where["mine"] == "$E$8" and sheet["E8"].value == 7


def test_what_is_said_of_rows_and_ranges_moves_and_grows_with_the_list() -> None:
    def said(book: Any) -> None:
        sheet = book.active
        sheet.print_area = "A1:D9"
        sheet.auto_filter.ref = "A4:D5"
        sheet.row_dimensions[7].hidden = True
        sheet.conditional_formatting.add("B5", CellIsRule("equal", ["1"], font=Font(bold=True)))
        sheet.conditional_formatting.add("B9", CellIsRule("equal", ["2"], font=Font(bold=True)))
        allowed = DataValidation("list", formula1='"a,b"')
        allowed.add("B5")
        sheet.add_data_validation(allowed)
        sheet["A6"].hyperlink = "https://example.org"
        sheet["F7"], sheet["F8"] = "head", "cell"
        sheet.add_table(Table(displayName="t", ref="F7:F8"))

    sheet = filled(workbook(said), [["one", "a"], ["two", "b"], ["three", "c"]])["台账 A"]
    assert sheet.print_area == "'台账 A'!$A$1:$D$11" and sheet.auto_filter.ref == "A4:D7"
    assert sheet.row_dimensions[9].hidden and not sheet.row_dimensions[7].hidden
    assert [str(each.sqref) for each in sheet.conditional_formatting] == ["B5:B7", "B11"]
    assert [str(each.sqref) for each in sheet.data_validations.dataValidation] == ["B5:B7"]
    assert sheet["A8"].hyperlink.ref == "A8" and sheet["A6"].hyperlink is None
    assert sheet.tables["t"].ref == "F9:F10" and sheet["F9"].value == "head"


def test_many_rows_with_merged_cells_are_no_work_and_a_lone_cell_far_below_neither() -> None:
    def wide(book: Any) -> None:
        book.active.merge_cells("E5:F5")
        book.active["A600000"].font = Font(bold=True)

    sheet = filled(workbook(wide), [["a", "b"]] * count(1000, 4000))["台账 A"]
    assert len([each for each in sheet.merged_cells.ranges if each.min_col == 5]) == count(1000, 4000)


def test_more_rows_than_a_sheet_has_are_refused_in_words() -> None:
    def low(book: Any) -> None:
        book.active["A1048575"] = "end"

    with pytest.raises(Refused, match="no room for so many rows"):
        filled(workbook(low), [["a", "b"]] * 3)


def test_what_xml_has_no_place_for_is_left_out() -> None:
    assert filled(workbook(), [["a\uffffb\ufffe", "\ud800c"]])["台账 A"]["A5"].value == "ab"


def test_rich_text_stays_and_a_workbook_that_was_saved_as_a_template_is_one_no_more() -> None:
    def rich(book: Any) -> None:
        book.active["A1"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"))
        book.template = True

    data = named_cells.fill(workbook(rich), {"whose": "x"}, {})
    book = openpyxl.load_workbook(io.BytesIO(data), rich_text=True)
    assert isinstance(book["台账 A"]["A1"].value, CellRichText) and not book.template


def test_what_there_is_to_fill_is_said_and_other_names_are_left_alone() -> None:
    seen = named_cells.look(workbook(WHOSE="$E$4", my_own="$F$1:$G$9", whose=""), KNOWN)
    assert sorted(seen.used) == ["kilns_name", "kilns_note", "ponds_name", "whose"]
    assert seen.unknown == ["my_own"] and seen.unknown_count == 1 and not seen.is_drawn


def test_of_many_other_names_the_first_are_said_and_how_many_there_are() -> None:
    seen = named_cells.look(workbook(**{f"name_{number}": "$F$1" for number in range(300)}), KNOWN)
    assert len(seen.unknown) == 20 and seen.unknown_count == 300


def with_formula(book: Any) -> None:
    book.active["B7"] = "=SUM(B5:B6)"


def refers_below(book: Any) -> None:
    book.active["G5"] = "=A5&$A$6"


def from_another_sheet(book: Any) -> None:
    book.create_sheet("Other")["A1"] = "=1+SUM('台账 A'!A1:A6)"


def of_several_cells(book: Any) -> None:
    book.active["G5"] = ArrayFormula("G5", "=SUM(LEN(A5:B5))")


def merged_across(book: Any) -> None:
    book.active.merge_cells("C5:C7")


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "Choose a file first"),
        (b"no workbook", "cannot be read as a workbook"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"PK\x03\x04" + bytes(3 * 2**20), "too large"),
        (workbook(**dict.fromkeys(NAMES, "")), "No cell of this file has a name"),
        (workbook(whose="$A$1:$B$3"), "belong to no single cell"),
        (workbook(whose="$B$2"), "belong to no single cell"),
        (workbook(whose="$A:$A"), "belong to no single cell"),
        (workbook(**dict.fromkeys(NAMES, "'台账 A'!#REF!")), "No cell of this file has a name"),
        (workbook(whose="SUM($A$1,$A$2)"), "belong to no single cell"),
        (workbook(kilns_note="$B$7"), "belong into one row of one sheet"),
        (workbook(ponds_name="$D$5"), "Two lists begin in the same row"),
        (workbook(with_formula), "may neither stand below a list"),
        (workbook(refers_below), "may neither stand below a list"),
        (workbook(from_another_sheet), "may neither stand below a list"),
        (workbook(of_several_cells), "formula for several cells"),
        (workbook(merged_across), "reach over more than the row"),
    ],
)
def test_what_cannot_be_filled_is_refused_when_it_is_looked_at(data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        named_cells.look(data, KNOWN)


def test_a_file_with_macros_is_refused() -> None:
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(Refused, match="macros"):
        named_cells.look(out.getvalue(), KNOWN)


def test_a_drawing_is_told() -> None:
    def drawn(book: Any) -> None:
        chart = BarChart()
        chart.add_data(Reference(book.active, min_col=5, min_row=1, max_row=3))
        book.active.add_chart(chart, "H1")

    assert named_cells.look(workbook(drawn), KNOWN).is_drawn
