"""The reader of sheets: a domain declares columns; where the headings stand, what is left out, what a cell may say."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from webapp.core import cells, sheet, sheet_file, workbook
from webapp.core.errors import TOO_LONG, Refused
from webapp.core.sheet import Sheet, SheetRow, declared

BEES = Sheet(
    "Hives",
    declared(
        """
column  reader  required  example  headings
owner   name    yes       -        养蜂人,主人
code    code    yes       -        编号,蜂箱编号
since   day     -         -        起,日期
weight  number  -         -        重量
note    text    -         -        备注说明
""",
        {"owner": "Keeper", "code": "Hive", "since": "Since", "weight": "Weight", "note": "Remark"},
    ),
    frozenset({"owner", "code"}),
    "no headings",
    needs_all=True,
)


def xlsx(*leaves, hidden=(), mac=False):
    """A workbook of (name, rows)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    if mac:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for name, rows in leaves:
        made = book.create_sheet(name)
        made.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            made.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def read(*rows, **more):
    """The rows of a workbook of one sheet."""
    return BEES.read(xlsx(("一", rows), **more))


def told(given):
    """The sentences about the reading, filled in."""
    return [note.message % note.params for note in given.notes]


HEAD = ["养蜂人", "编号", "起"]


def test_the_headings_are_the_row_of_the_first_ten_with_most_that_we_know():
    given = read(
        ["甲县养蜂人登记表"], ["填报单位：", None, "2026年"], ["养蜂人", "备注"], HEAD, ["王强", "1", "2026-09-01"]
    )
    assert given.rows == [SheetRow(5, {"owner": "王强", "code": "1", "since": "2026-09-01"})]
    assert told(given) == ["Sheet “一”: the headings are in row 4."]
    with pytest.raises(Refused, match="no headings"):
        read(*([["标题"]] * 10), HEAD, ["王强", "1"])


@pytest.mark.parametrize(
    "head",
    [
        ["*养蜂人", "编号（12位）", "起 止 [日期]"],
        ["养 蜂\n人", "编号*（必填）", "备注"],
        ["养蜂人：", "【编号】编号", "x"],
        ["Keeper", "HIVE", "Since"],
        ["主人（必填项）", "＊编号", "x"],
    ],
)
def test_marks_brackets_and_blanks_in_headings_are_no_hindrance(head):
    assert read(head, ["王强", "1"]).rows[0].cells.keys() == {"owner", "code"}


def test_every_sheet_with_our_headings_is_read_and_the_others_are_named():
    data = xlsx(
        ("说明", [["请填写第二页"]]),
        ("甲镇", [["名册"], HEAD, ["王强", "1"]]),
        ("乙镇", [["编号", "养蜂人"], ["2", "李丽"]]),
        ("选项", [HEAD, ["藏", "9"]]),
        hidden=["选项"],
    )
    given = BEES.read(data)
    assert [(row.where, row.cells["owner"], row.cells["code"]) for row in given.rows] == [
        ("甲镇 3", "王强", "1"),
        ("乙镇 2", "李丽", "2"),
    ]
    assert told(given) == [
        "Hidden sheets were left out: 选项",
        "Sheet “说明” was left out: it has no headings we recognise.",
        "Sheet “甲镇”: the headings are in row 2.",
        "Sheet “乙镇”: the headings are in row 1.",
    ]
    assert BEES.unpack(sheet.pack(given.rows)) == given.rows


@pytest.mark.parametrize(
    "row",
    [
        ["合计", None, "2"], ["合　计：", None, "2"], ["共 2 人"],
        ["填表人：李四", None, "审核人：王五"], ["制表日期", None, "2026-9-1"], ["备注：请按时填报"], ["负责人签字："],
    ],
)  # fmt: skip
def test_a_row_that_closes_or_signs_the_list_is_left_out_and_said(row):
    given = read(HEAD, ["王强", "1"], row)
    assert [line.number for line in given.rows] == [2]
    assert any("Row 3 was left out as a total or a signature" in line for line in told(given))


def test_an_entry_that_begins_like_a_closing_row_is_an_entry():
    assert len(read(HEAD, ["合计", "1", "2026-09-01"]).rows) == 1
    assert len(read(HEAD, ["注册员", "1"], ["合计村合作社", None]).rows) == 2


def test_columns_and_rows_we_do_not_know_are_named():
    given = read(["序号", *HEAD, "鞋码"], [1, "王强", "1", None, 42], [2, None, None, None, 39], [3], ["见附页"])
    assert len(given.rows) == 1
    assert told(given) == [
        "Columns we do not recognise were left out: 序号, 鞋码",
        "Row 5 was left out, because it has nothing in a column we recognise: 见附页",
    ]


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("2026-09-01", date(2026, 9, 1)),
        (datetime(2026, 9, 1), date(2026, 9, 1)),
        (46266, date(2026, 9, 1)),
        ("46266", date(2026, 9, 1)),
        (46266.0, date(2026, 9, 1)),
        (20260901, date(2026, 9, 1)),
        ("２０２６．９．１", date(2026, 9, 1)),
        ("2026年9月1日", date(2026, 9, 1)),
        ("2026/9/1 00:00:00", date(2026, 9, 1)),
    ],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(typed, means):
    row = read(HEAD, ["王强", "1", typed]).rows[0]
    assert BEES.values(row)["since"] == means


def test_numbers_of_days_of_an_old_mac_begin_later():
    row = read(HEAD, ["王强", "1", 46266 - 1462], mac=True).rows[0]
    assert BEES.values(row)["since"] == date(2026, 9, 1)


@pytest.mark.parametrize("typed", ["2026-02-30", "九月", "202609", "9月1日", "1e5"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(Refused) as refusal:
        BEES.values(read(HEAD, ["王强", "1", typed]).rows[0])
    assert refusal.value.field == "since"


@pytest.mark.parametrize(
    ("column", "typed", "means"),
    [
        ("owner", "王　 强", "王强"),
        ("owner", "Ann  Lee", "Ann Lee"),
        ("owner", "王\n强", "王强"),
        ("owner", "王\u200b强\ufeff", "王强"),
        ("owner", "𠮷㙍䶮", "𠮷㙍䶮"),
        ("code", "３３０１２２", "330122"),
        ("code", "330122100200.0", "330122100200"),
        ("code", 330122100200.0, "330122100200"),
        ("weight", "１２．５", 12.5),
        ("weight", "115°47′15.6″", 115.7876666),
        ("weight", "115度30分", 115.5),
    ],
)
def test_what_people_type_is_cleaned(column, typed, means):
    cells_ = {"owner": "甲", "code": "1"} | {column: typed}
    row = BEES.read(
        xlsx(("一", [["养蜂人", "编号", "重量"], [cells_["owner"], cells_["code"], cells_.get("weight")]]))
    ).rows[0]
    found = BEES.values(row)[column]
    assert found == (pytest.approx(means) if column == "weight" else means)


def test_marks_without_a_width_are_taken_out_with_a_word():
    given = read(HEAD, ["王\u200b强", "1"])
    assert told(given) == ["Row 2: invisible characters were removed."]


@pytest.mark.parametrize(
    ("column", "typed", "message"),
    [
        ("owner", "#REF!", cells.IS_ERROR),
        ("owner", "#n/a", cells.IS_ERROR),
        ("owner", '=HYPERLINK("http://127.0.0.1","x")', cells.IS_FORMULA),
        ("owner", "＝1+1", cells.IS_FORMULA),
        ("owner", "王\u202e强", cells.IS_TURNED),
        ("owner", "王\x00强", cells.IS_DAMAGED),
        ("owner", "王\ufffd强", cells.IS_DAMAGED),
        ("owner", "王" * 201, TOO_LONG),
        ("code", "3.3E+11", cells.SHORTENED),
        ("weight", "很重", cells.NO_NUMBER),
        ("weight", "nan", cells.NO_NUMBER),
        ("weight", "1e400", cells.NO_NUMBER),
        ("code", "", cells.IS_EMPTY),
        ("owner", "\u200b", cells.IS_EMPTY),
    ],
)
def test_what_is_no_value_is_refused_with_what_to_write(column, typed, message):
    row = {"owner": "甲", "code": "1", "weight": "1"} | {column: typed}
    text = "养蜂人\t编号\t重量\n" + "\t".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row.values())
    with pytest.raises(Refused) as refusal:
        BEES.values(BEES.read(text.encode()).rows[0])
    assert (refusal.value.field, refusal.value.message) == (column, message)


def test_a_title_row_without_the_mark_between_cells_does_not_hide_which_mark_it_is():
    given = BEES.read("甲县名册\n填报：2026年\n养蜂人;编号\n王强;1\n".encode("gb18030"))
    assert given.rows[0].cells == {"owner": "王强", "code": "1"}


@pytest.mark.parametrize(
    "data", [b"<html><table><tr><td>x</td></tr></table></html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""]
)
def test_pages_and_old_books_under_another_name_are_told_to_be_saved_as_xlsx(data):
    with pytest.raises(Refused, match="Choose a file" if not data else "Save it as xlsx"):
        BEES.read(data)


def test_all_sheets_of_a_file_together_have_the_limits_of_one(monkeypatch):
    monkeypatch.setattr(sheet, "MAX_ROWS", 3)
    leaf = [HEAD, ["王强", "1"], ["李丽", "2"]]
    with pytest.raises(Refused, match="Too many rows"):
        BEES.read(xlsx(("甲", leaf), ("乙", leaf)))
    monkeypatch.setattr(sheet_file, "LONGEST", 5)
    with pytest.raises(Refused, match="below row"):
        BEES.read(xlsx(("甲", leaf), ("乙", leaf)))


def test_what_we_write_ourselves_is_read_again_with_its_rows_of_explanation():
    above = [["Hives: fill in below"], ["who keeps it", "its code", "a day"]]
    data = workbook.book("Hives", [("养蜂人*", 10), ("编号*", 10), ("起", 10)], [["王强", "007", "2026-09-01"]], above)
    given = BEES.read(data.getvalue())
    assert given.rows == [SheetRow(4, {"owner": "王强", "code": "007", "since": "2026-09-01"})]
