"""The sheet of people: read safely, checked row by row, all or nothing, and nothing new the second time."""

import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from sqlalchemy import func, select

from tests import cost, make
from webapp.access import SYSTEM
from webapp.accounts import service, sheet_acts
from webapp.accounts.sheet import PEOPLE
from webapp.core import cells as texts
from webapp.core import clock, sheet_file
from webapp.core import sheet as sheets
from webapp.core.errors import Refused
from webapp.people.models import Body, Person, Posting

HEAD = ["姓名", "拼音", "登录名", "电话", "角色", "网格代码", "单位", "起", "止"]
ROWS = [
    ["王小明", "Wang Xiaoming", "wangxm", 13800000001, "网格员", "甲1村", None, date(2026, 9, 1), None],
    ["李四", None, "lisi", None, "乡镇环保所", "999901100000", None, "2026年9月1日", None],
    ["赵六", None, "zhaoliu", None, "联络员", None, "县水利局", None, None],
    ["孙七", None, "sunqi", None, "station officer", "乙镇", "乙镇农业中心", None, None],
    ["周八", None, "zhouba", None, "检查人员", "测试县", None, None, "2030/1/31"],
    [None, None, None, None, None, "乙2村", "乙2村委会", None, None],
]


def xlsx(rows, head=HEAD):
    """The bytes of a workbook."""
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def rows_of(data):
    """The rows of a file."""
    return PEOPLE.read(data).rows


def csv_bytes(rows, codec="utf-8-sig", mark=","):
    """The bytes of a text sheet."""
    return "\r\n".join(mark.join("" if cell is None else str(cell) for cell in row) for row in [HEAD, *rows]).encode(
        codec
    )


def run(world, data, by="county", hashes=None, keep=True):
    """Carry a sheet out as somebody; kept when it is clean."""
    lines = rows_of(data)
    with world.store.write() as session:
        actor = SYSTEM if by is SYSTEM else make.actor(session, by)
        return (
            sheet_acts.apply(session, actor, lines, hashes or {})
            if keep
            else sheet_acts.rehearse(session, actor, lines)
        )


def wrong(outcome):
    """Row, column and message of what was found."""
    return [(found.row.number, found.column, found.refusal.message) for found in outcome.findings]


def counts(world):
    """How many people, postings and bodies there are."""
    with world.store.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in (Person, Posting, Body)]


# --- reading ---


@pytest.mark.parametrize(
    "data",
    [
        xlsx(ROWS),
        csv_bytes(ROWS),
        csv_bytes(ROWS, "utf-8"),
        csv_bytes(ROWS, "gb18030"),
        csv_bytes(ROWS, "utf-16", "\t"),
        csv_bytes(ROWS, "gbk", ";"),
    ],
    ids=["xlsx", "utf8-mark", "utf8", "gb18030", "utf16-tabs", "gbk-semicolons"],
)
def test_every_way_of_saving_gives_the_same_rows(data):
    lines = rows_of(data)
    assert [line.number for line in lines] == [2, 3, 4, 5, 6, 7]
    assert lines[0].cells == {
        "zh": "王小明",
        "en": "Wang Xiaoming",
        "login": "wangxm",
        "phone": "13800000001",
        "role": "网格员",
        "grid": "甲1村",
        "first": "2026-09-01",
    }


def test_english_headings_and_unknown_columns_are_fine_and_blank_rows_left_out():
    data = xlsx([["Ann", "ann", "x"], [None, None, None], ["Bob", "bob", "y"]], ["Name", "Log-in name", "Shoe size"])
    assert [(line.number, line.cells) for line in rows_of(data)] == [
        (2, {"zh": "Ann", "login": "ann"}),
        (4, {"zh": "Bob", "login": "bob"}),
    ]


def test_whole_numbers_days_and_moments_become_plain_text():
    data = xlsx([[13800000001.0, datetime(2026, 9, 1, 0, 0), "x"]], ["电话", "起", "登录名"])
    assert rows_of(data)[0].cells == {"phone": "13800000001", "first": "2026-09-01", "login": "x"}


def test_a_formula_counts_as_its_value_and_where_none_is_kept_or_text_looks_like_one_the_row_is_wrong(world):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "登录名", "角色", "网格"])
    book.active.append(["x", "a1", "网格员", "甲1村"])
    book.active["A2"].value, book.active["A2"].data_type = "=1+1", "s"
    book.active.append(['=HYPERLINK("http://evil.example")', "a2", "网格员", "甲1村"])
    data = io.BytesIO()
    book.save(data)
    assert wrong(run(world, data.getvalue())) == [(2, "zh", texts.IS_FORMULA), (3, "zh", texts.IS_FORMULA)]
    cell = '<c r="A2" t="str"><f>VLOOKUP(B2,Z:Z,1)</f><v>名单上的</v></c>'.encode()
    kept = rewritten(lambda body: re.sub(rb'<c r="A2".*?</c>', cell, body))
    assert rows_of(kept)[0].cells["zh"] == "名单上的"


def entity_bomb():
    """A workbook whose sheet begins with a document type that defines entities."""
    source, data = zipfile.ZipFile(io.BytesIO(xlsx(ROWS))), io.BytesIO()
    with zipfile.ZipFile(data, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            if name.endswith("sheet1.xml"):
                body = b'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]>' + body.replace("王小明".encode(), b"&a;")
            target.writestr(name, body)
    return data.getvalue()


def zip_bomb():
    """A good workbook that would unpack to more than is allowed."""
    data = io.BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/blank.bin", b" " * (sheet_file.MAX_UNPACKED + 1))
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 nonsense",
        zip_bomb(),
        entity_bomb(),
        b"a" * (sheet_file.MAX_BYTES + 1),
        b"one,two\n1,2",
        "姓名,登录名".encode(),
        "登录名,login\na,b".encode(),
        b"\xff\xfe\x00\xd8\x00\xd8",
        b"\x81\xff\xff\xff",
    ],
    ids=["empty", "broken", "zip-bomb", "entities", "large", "no-headings", "no-rows", "doubled", "utf16", "bytes"],
)
def test_a_file_that_is_no_sheet_is_refused_with_a_sentence(data):
    with pytest.raises(Refused) as refusal:
        rows_of(data)
    assert refusal.value.field == "sheet"


def rewritten(change, data=None):
    """A workbook with the text of its sheet changed."""
    source, out = zipfile.ZipFile(io.BytesIO(data or xlsx(ROWS))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            target.writestr(name, change(body) if name.endswith("sheet1.xml") else body)
    return out.getvalue()


@pytest.mark.parametrize("number", [b'r="5000000"', b"r='5000000'", b'r="&#53;000000"', b'r="20000"'])
def test_a_row_said_to_be_the_five_millionth_costs_little_and_is_not_left_out_in_silence(number):
    with cost.at_most(seconds=5), pytest.raises(Refused, match="below row"):
        rows_of(rewritten(lambda body: body.replace(b'r="3"', number, 1)))
    assert len(rows_of(rewritten(lambda body: body.replace(b'<row r="7"', b'<row r="9999"')))) == len(ROWS)


def test_rows_that_hold_a_format_and_nothing_else_are_no_rows():
    blank = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(8, 30_000))
    data = rewritten(lambda body: body.replace(b"</sheetData>", blank + b"</sheetData>"))
    assert len(rows_of(data)) == len(ROWS)


def test_of_a_long_cell_only_so_much_is_read_as_shows_that_it_is_too_long():
    cells = rows_of(xlsx([["名" * 30_000, "a1"]], ["姓名", "登录名"]))[0].cells
    assert len(cells["zh"]) == texts.MAX_CELL + 1


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    assert len(rows_of(csv_bytes(ROWS[:3]))) == 3
    with pytest.raises(Refused, match="Too many"):
        rows_of(csv_bytes(ROWS[:4]))


def test_rows_survive_the_page_that_asks_to_confirm_and_nothing_else_does():
    lines = rows_of(xlsx(ROWS))
    assert PEOPLE.unpack(sheets.pack(lines)) == lines
    for text in (
        "",
        "{",
        "[1]",
        "[]",
        '[["x", {}, ""]]',
        '[[1, ["a"], ""]]',
        "[[Infinity,{},1]]",
        "[[NaN,{},1]]",
        '[[2, {"zh": "x"}, 7]]',
        "[[1e999,{},1]]",
        "[" * 5000,
        "[[" + "9" * 5000 + ",{},1]]",
    ):
        with pytest.raises(Refused, match="no rows" if text == "[]" else "form is damaged"):
            PEOPLE.unpack(text)


# --- carrying out ---


def test_people_bodies_and_postings_come_in(world):
    outcome = run(world, xlsx(ROWS), hashes={"wangxm": "a-hash"})
    assert wrong(outcome) == []
    assert [login for login, _, _ in outcome.people] == ["wangxm", "lisi", "zhaoliu", "sunqi", "zhouba"]
    assert outcome.bodies == ["县水利局", "乙镇农业中心", "乙2村委会"]
    with world.store.read() as session:
        rows = session.execute(
            select(Person.login, Posting.role, Posting.grid_id, Body.kind, Posting.valid_from, Posting.valid_to)
            .join(Posting, Posting.person_id == Person.id)
            .outerjoin(Body, Body.id == Posting.body_id)
            .where(Person.created_by == world.people["county"])
            .order_by(Person.id)
        ).all()
    today = clock.today()
    assert [tuple(row) for row in rows] == [
        ("wangxm", "grid_officer", world.grids["A1"], None, date(2026, 9, 1), None),
        ("lisi", "township_supervisor", world.grids["A"], None, date(2026, 9, 1), None),
        ("zhaoliu", "department_liaison", None, "department", today, None),
        ("sunqi", "station_officer", None, "station", today, None),
        ("zhouba", "inspector", world.grids["county"], None, today, date(2030, 2, 1)),
    ]


def test_the_same_sheet_again_changes_nothing_and_says_so(world):
    run(world, xlsx(ROWS))
    before = counts(world)
    outcome = run(world, csv_bytes(ROWS, "gb18030"))
    assert (wrong(outcome), outcome.changes(), outcome.unchanged) == ([], False, len(ROWS))
    assert counts(world) == before


def test_the_same_sheet_does_not_bring_back_a_posting_that_was_ended(world):
    run(world, xlsx(ROWS[:1]))
    with world.store.write() as session:
        posting = session.scalar(
            select(Posting.id).join(Person, Person.id == Posting.person_id).where(Person.login == "wangxm")
        )
        service.end_posting(session, make.actor(session, "county"), posting)
    assert not run(world, xlsx(ROWS[:1])).changes()


BAD = [
    (["名", None, None, None, "网格员", None, None, None, None], "grid"),
    ([None, None, "x1", None, "网格员", "甲1村", None, None, None], "zh"),
    (["名", None, "x2", None, None, "甲1村", None, None, None], "role"),
    (["名", None, "x3", None, "村长", "甲1村", None, None, None], "role"),
    (["名", None, "x4", None, "网格员", "没有村", None, None, None], "grid"),
    (["名", None, "x5", None, "网格员", "甲镇", None, None, None], "grid"),
    (["名", None, "x6", None, "网格员", "甲1村", None, "昨天", None], "first"),
    (["名", None, "x7", None, "网格员", "甲1村", None, "2026-02-30", None], "first"),
    (["名", None, "x8", None, "网格员", "甲1村", None, "2026-09-02", "2026-09-01"], "last"),
    (["名", None, "x9", None, "检查人员", "测试县", None, None, None], "last"),
    (["名", None, "two words", None, "网格员", "甲1村", None, None, None], "login"),
    (["名", None, "admin", None, "网格员", "甲1村", None, None, None], "login"),
    (["名", None, "officer_a1", None, "网格员", "甲2村", None, None, None], "login"),
    (["名", None, "y1", None, "县网格办", "测试县", None, None, None], "role"),
    (["名", None, "y2", None, "经办人", None, "某某所", None, None], "grid"),
    (["名", None, "y3", None, "联络员", "甲镇", "某某局", None, None], "grid"),
    (["名", None, "z1", None, "联络员", None, "县住建局", None, None], "role"),  # somebody holds that
    (["名" * 81, None, "y4", None, "网格员", "甲1村", None, None, None], "zh"),
    (["名", None, "y6", None, "网格员", "甲1村", None, None, "9999-12-31"], "last"),
    (["名", None, "y7", None, "网格员", "甲1村", None, "1949-10-01", None], "first"),
    (["名", "x" * 300, "y5", None, "网格员", "甲1村", None, None, None], "en"),
]


@pytest.mark.parametrize("row, column", BAD)
def test_a_wrong_row_is_named_with_its_column_and_nothing_comes_in(world, row, column):
    before = counts(world)
    outcome = run(world, xlsx([ROWS[0], row, ROWS[2]]))
    assert [(found.row.number, found.column) for found in outcome.findings] == [(3, column)]
    assert counts(world) == before


def test_all_wrong_rows_are_named_at_once(world):
    rows = [row for row, _ in BAD]
    assert [found.row.number for found in run(world, xlsx(rows)).findings] == list(range(2, len(rows) + 2))


def test_rehearsing_keeps_nothing(world):
    before = counts(world)
    outcome = run(world, xlsx(ROWS), keep=False)
    assert outcome.changes()
    assert counts(world) == before


def test_a_township_brings_in_its_own_people_only(world):
    rows = [
        ["名", None, "n1", None, "网格员", "甲1村", None, None, None],
        ["名", None, "n2", None, "网格员", "乙1村", None, None, None],
        ["名", None, "n3", None, "乡镇环保所", "甲镇", None, None, None],
    ]
    assert [(found.row.number, found.column) for found in run(world, xlsx(rows), by="township_a").findings] == [
        (3, "grid"),
        (4, "role"),
    ]


def test_nobody_gives_himself_a_posting_by_a_sheet(world):
    rows = [["county", None, "county", None, "网格员", "甲1村", None, None, None]]
    outcome = run(world, xlsx(rows))
    assert "You cannot give yourself a posting" in outcome.findings[0].refusal.message
    assert not outcome.changes()


def test_ones_own_row_that_says_what_stands_already_is_no_mistake(world):
    outcome = run(world, xlsx([["county", None, "county", None, "县网格办", "测试县", None, None, None]]))
    assert (wrong(outcome), outcome.unchanged) == ([], 1)


def test_other_days_than_those_that_stand_are_a_finding(world):
    run(world, xlsx(ROWS[:1]))
    other = [*ROWS[0][:7], "2026-10-01", None]
    assert [found.column for found in run(world, xlsx([other])).findings] == ["first"]
    other = [*ROWS[0][:8], "2030-01-01"]
    assert [found.column for found in run(world, xlsx([other])).findings] == ["last"]


def test_somebody_with_two_villages_has_two_rows(world):
    rows = [["名", None, "n1", None, "网格员", village, None, None, None] for village in ("甲1村", "甲2村")]
    outcome = run(world, xlsx(rows), by="township_a")
    assert (wrong(outcome), len(outcome.people), outcome.postings) == ([], 1, 2)


def test_two_people_under_one_log_in_name_are_a_finding(world):
    rows = [
        ["甲", None, "n1", None, "网格员", "甲1村", None, None, None],
        ["乙", None, "n1", None, "网格员", "甲2村", None, None, None],
    ]
    assert wrong(run(world, xlsx(rows))) == [(3, "login", sheet_acts.TAKEN)]


def test_a_name_that_two_grids_share_is_told_apart_by_its_township(world):
    from webapp.grid.models import GridVersion

    with world.store.write() as session:
        for short in ("A1", "B1"):
            session.scalar(select(GridVersion).where(GridVersion.grid_id == world.grids[short])).zh = "新村"
    row = ["名", None, "n1", None, "网格员", "新村", None, None, None]
    assert [found.column for found in run(world, xlsx([row])).findings] == ["grid"]
    row[5] = "乙镇/新村"
    assert wrong(run(world, xlsx([row]))) == []
    with world.store.read() as session:
        assert (
            session.scalar(
                select(Posting.grid_id).join(Person, Person.id == Posting.person_id).where(Person.login == "n1")
            )
            == world.grids["B1"]
        )


def test_a_department_can_be_tied_to_its_duties(world):
    head = [*HEAD, "职能部门"]
    rows = [[None] * 6 + ["县水利局", None, None, "水利（水务）部门"], [None] * 6 + ["某局", None, None, "没有的部门"]]
    assert [(found.row.number, found.column) for found in run(world, xlsx(rows, head)).findings] == [(3, "canonical")]
    run(world, xlsx(rows[:1], head))
    with world.store.read() as session:
        assert session.scalar(select(Body.canonical).where(Body.zh == "县水利局")) == "water"
