"""Lists of people as offices write them: each kind that was seen, small, with the outcome that is right for it."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from tests import make
from tests.accounts.test_sheet import counts
from webapp.accounts import service, sheet_acts, sheet_logins
from webapp.accounts.sheet import PEOPLE
from webapp.core import cells, sheet
from webapp.people.models import Person, Posting

DELIVERED = Path(__file__).parents[3] / "shared" / "data" / "deliveries" / "sheets"
HEAD = ["姓名", "手机号", "角色", "网格编码", "任职日期"]
ROLL = [
    ["赵强敏", "13900000000", "网格员", "甲1村", "2024-08-23"],
    ["刘娜杰", "13900000001", "村级网格员", "甲2村", "2024-09-14"],
    ["𠮷娜艳", "13900000005", "网格长", "乙1村", "2024-03-25"],
    ["李 强", "13900000006", "网格长", "甲镇", "2024-03-25"],
]


def book(*rows):
    """A workbook of one sheet."""
    made, data = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(data)
    return data.getvalue()


def text(*rows):
    """The same as CSV."""
    return "\r\n".join(",".join(str(cell or "") for cell in row) for row in rows).encode("utf-8-sig")


def rehearsed(world, data, by="county"):
    """What a file would do."""
    with world.store.read() as session:
        return sheet_acts.rehearse(session, make.actor(session, by), PEOPLE.read(data).rows)


def brought_in(world, data, by="county"):
    """A file looked at and confirmed: what is stored is what was shown."""
    shown = rehearsed(world, data, by)
    assert [(each.row.number, each.refusal.message % each.refusal.params) for each in shown.findings] == []
    lines = PEOPLE.unpack(sheet.pack(shown.lines))
    with world.store.write() as session:
        done = sheet_acts.apply(session, make.actor(session, by), lines, {})
    assert (done.findings, done.people, done.postings) == ([], shown.people, shown.postings)
    return shown


def logins(world):
    """Log-in name → name, of those that the county made."""
    with world.store.read() as session:
        rows = session.execute(select(Person.login, Person.zh).where(Person.created_by == world.people["county"]))
        return dict(rows.all())


def wrong(outcome):
    """Row, column and message of what was found."""
    return [(each.row.number, each.column, each.refusal.message) for each in outcome.findings]


# --- names for the log-in ---


def test_a_roll_without_log_in_names_gets_them_proposed_shown_and_kept_as_shown(world):
    shown = brought_in(world, text(HEAD, *ROLL))
    assert shown.proposals == [
        ("2", "赵强敏", "zhaoqiangmin"),
        ("3", "刘娜杰", "liunajie"),
        ("4", "𠮷娜艳", "13900000005"),
        ("5", "李强", "liqiang"),
    ]
    assert logins(world) == {login: zh for _, zh, login in shown.proposals}
    assert shown.roles == {
        ("网格员", "grid_officer"): 1,
        ("村级网格员", "grid_officer"): 1,
        ("网格长", "grid_officer"): 1,
        ("网格长", "leader"): 1,
    }


def test_the_same_roll_again_makes_nobody_twice(world):
    brought_in(world, text(HEAD, *ROLL))
    before = counts(world)
    again = brought_in(world, text(HEAD, *ROLL))
    assert (again.changes(), again.unchanged, again.proposals) == (False, 4, [])
    assert counts(world) == before


def test_a_confirmation_sent_twice_makes_nobody_twice_and_never_posts_somebody_else_of_that_name(world):
    shown = rehearsed(world, text(HEAD, *ROLL[:2]))
    lines = PEOPLE.unpack(sheet.pack(shown.lines))
    with world.store.write() as session:
        service.create_person(
            session,
            make.actor(session, "county"),
            service.PersonEntry("liunajie", "刘娜杰", phone="13811111111"),
            service.PostingEntry("grid_officer", world.grids["B2"], None, date(2026, 1, 1)),
        )
        outcome = sheet_acts.apply(session, make.actor(session, "county"), lines, {})
    assert wrong(outcome) == [(3, "login", sheet_acts.TAKEN_MEANWHILE)]
    with world.store.write() as session:
        for expected in (1, 0):
            done = sheet_acts.apply(session, make.actor(session, "county"), lines[:1], {})
            assert (done.findings, len(done.people), done.postings) == ([], expected, expected)


def test_people_of_one_name_are_told_apart_by_their_telephones_and_never_guessed(world):
    two = [["王丽", "13900000001", "网格员", "甲1村"], ["王丽", "13900000002", "网格员", "甲2村"]]
    assert [login for *_, login in brought_in(world, text(HEAD[:4], *two)).proposals] == ["wangli", "wangli2"]
    one = [["张伟", "13900000003", "网格员", "甲1村"], ["张伟", "13900000003", "网格员", "甲2村"]]
    shown = brought_in(world, text(HEAD[:4], *one))
    assert (len(shown.people), shown.postings) == (1, 2)
    for unsure in (
        [["陈静", "", "网格员", "甲1村"], ["陈静", "", "网格员", "甲2村"]],
        [["陈静", "", "网格员", "甲1村"], ["陈静", "", "网格员", "甲1村"]],
        [["陈静", "13900000004", "网格员", "甲1村"], ["陈静", "13900000005", "网格员", "甲1村"]],
    ):
        assert wrong(rehearsed(world, text(HEAD[:4], *unsure))) == [(3, "login", sheet_acts.WHO_IS_IT)]
    unsure = [["王丽", "", "网格员", "乙1村"]]
    assert wrong(rehearsed(world, text(HEAD[:4], *unsure))) == [(2, "login", sheet_acts.WHO_IS_IT)]


def test_somebody_beyond_reach_is_never_named_and_his_log_in_name_not_given_again(world):
    brought_in(world, text(HEAD[:4], ["王丽", "", "网格员", "乙1村"]))
    shown = rehearsed(world, text(HEAD[:4], ["王丽", "", "网格员", "甲1村"]), by="township_a")
    assert (wrong(shown), shown.proposals) == ([], [("2", "王丽", "wangli2")])


def test_a_name_that_gives_no_log_in_name_is_a_finding():
    assert sheet_logins.proposed("𠮷", None, ()) is None
    assert sheet_logins.proposed("欧阳修", "13900000001", {"ouyangxiu", "ouyangxiu2"}) == "ouyangxiu3"


# --- the samples ---


@pytest.mark.parametrize(
    ("of", "filled", "made"),
    [
        ("", {"姓名": "赵强敏", "角色": "网格员", "网格": "甲1村"}, ["赵强敏"]),
        ("?of=bodies", {"单位": "县水利局"}, ["县水利局"]),
    ],
)
def test_a_sample_is_filled_in_below_its_explanations_and_comes_in(world, browse, of, filled, made):
    browser = browse("county")
    browser.get("/language?lang=zh")
    sample = openpyxl.load_workbook(io.BytesIO(browser.get(f"/people/import/sample{of}").data))
    heads = {cell.value: cell.column for cell in sample.active[3]}
    assert all(cell.value for cell in sample.active[2] if cell.column in heads.values() and cell.column == 1)
    for name, value in filled.items():
        sample.active.cell(4, heads[name], value)
    data = io.BytesIO()
    sample.save(data)
    shown = brought_in(world, data.getvalue())
    assert [zh for _, zh, _ in shown.people] + shown.bodies == made


# --- what stands where ---


def test_a_role_of_a_list_is_what_its_place_makes_it_and_an_empty_place_is_said_to_be_empty(world):
    rows = [
        ["甲", "1", "县网格办", ""],
        ["乙", "2", "领导", ""],
        ["丙", "3", "网格员", ""],
        ["丁", "4", "环保所", ""],
        ["戊", "5", "联络员", ""],
        ["己", "6", "村长", "甲1村"],
        ["庚", "7", "", "甲1村"],
    ]
    outcome = rehearsed(world, text(HEAD[:4], *rows), by="admin")
    assert wrong(outcome) == [
        (2, "grid", "The cell is empty. Write the county."),
        (3, "grid", "The cell is empty. Write the county or the township."),
        (4, "grid", "The cell is empty. Write the village."),
        (5, "grid", "The cell is empty. Write the township."),
        (6, "body", "The cell is empty. Write the department."),
        (7, "role", "There is no role with this name."),
        (8, "role", cells.IS_EMPTY),
    ]


def test_the_township_may_stand_in_a_column_of_its_own(world):
    from webapp.grid.models import GridVersion

    with world.store.write() as session:
        for short in ("A1", "B1"):
            session.scalar(select(GridVersion).where(GridVersion.grid_id == world.grids[short])).zh = "新村"
    rows = [["甲", "1", "网格员", "乙镇", "新村"], ["乙", "2", "环保所", "甲镇", ""]]
    brought_in(world, text(["姓名", "电话", "角色", "所属乡镇", "行政村"], *rows))
    with world.store.read() as session:
        found = session.execute(
            select(Person.zh, Posting.grid_id)
            .join(Posting, Posting.person_id == Person.id)
            .where(Person.zh.in_(["甲", "乙"]))
        )
        assert dict(found.all()) == {"甲": world.grids["B1"], "乙": world.grids["A"]}


def codes(world, rows):
    """The rows with the villages' codes, as GIS exports them."""
    with world.store.read() as session:
        names = {cell.zh: cell.code for cell in make.grid_service.queries.cells_where(session, True)}
    return [[cell if at != 3 else names.get(cell, cell) for at, cell in enumerate(row)] for row in rows]


def wide(text_):
    """Digits as a Chinese keyboard types them."""
    return text_.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})


MARKED = ["*姓名", "手机号码（必填）", "角色*", "网格代码（12位）", "任职日期"]
KINDS = {
    "title rows, a merged title, signatures": lambda roll: book(
        ["城北街道网格员名册"], ["填报单位：", None, None, "2026年"], HEAD, *roll, ["合计", "3人"],
        ["填表人：张三", None, None, "审核人：李四"],
    ),
    "marks at the headings": lambda roll: text(MARKED, *roll),
    "days as Excel's numbers": lambda roll: book(HEAD, *([*row[:4], 45527] for row in roll)),
    "days without a mark": lambda roll: book(HEAD, *([*row[:4], 20240823] for row in roll)),
    "full-width digits": lambda roll: text(HEAD, *([a, wide(b), c, wide(d), e] for a, b, c, d, e in roll)),
    "codes and numbers as numbers": lambda roll: book(HEAD, *([a, float(b), c, float(d), e] for a, b, c, d, e in roll))
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_office_list_comes_in(world, kind):
    shown = brought_in(world, KINDS[kind](codes(world, ROLL[:3])))
    assert (len(shown.people), shown.postings) == (3, 3)
    with world.store.read() as session:
        people = select(Person.phone).where(Person.created_by == world.people["county"]).order_by(Person.phone)
        assert list(session.scalars(people)) == ["13900000000", "13900000001", "13900000005"]
        first = session.scalar(
            select(Posting.valid_from).join(Person, Person.id == Posting.person_id).where(Person.zh == "赵强敏")
        )
    assert first == date(2024, 8, 23)


def test_a_character_that_is_none_is_refused_with_its_row_and_not_taken_out(world):
    row = ["赵强敏", "139\x0000000", "网格员", "甲1村", "2024-08-23"]
    assert wrong(rehearsed(world, text(HEAD, row, ROLL[1]))) == [(2, "phone", cells.IS_DAMAGED)]


@pytest.mark.skipif(not DELIVERED.is_dir(), reason="the delivered sheets are not here")
@pytest.mark.parametrize(
    ("name", "rows", "faults"),
    [
        ("full_width.csv", 12, 0),
        ("good_no_login.csv", 12, 0),
        ("nul.csv", 12, 1),
        ("serial.xlsx", 12, 0),
        ("title_rows.xlsx", 12, 0),
    ],
)
def test_the_delivered_sheets_are_read(name, rows, faults):
    given, broken = PEOPLE.read((DELIVERED / name).read_bytes()), 0
    for row in given.rows:
        try:
            values = PEOPLE.values(row)
            assert values["grid"].isascii() and len(values["grid"]) == 12 and isinstance(values["first"], date)
        except sheet.Refused:
            broken += 1
    assert (len(given.rows), broken) == (rows, faults)
