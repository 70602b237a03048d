"""The seeded documents, duties and figures themselves: whole, lawful, and true to the gaps of the texts."""

import re
from collections import Counter

import pytest

import seeds
from seeds.laws import broken
from seeds.rows import VOCABULARY

DEPARTMENTS_OF_PART_13 = {
    1: "發改部門", 2: "工信部門", 3: "公安部門", 4: "建設部門", 5: "市容環衛部門", 6: "", 7: "國土部門",
    8: "交通部門", 9: "水務部門", 10: "畜牧部門", 11: "農業部門", 12: "工商部門", 13: "林業部門",
    14: "安全生產部門", 15: "商務部門", 16: "質監部門", 17: "電力部門", 18: "金融辦", 19: "司法部門",
    20: "法制辦", 21: "監察部門", 22: "", 23: "人事部門", 24: "衛生部門", 25: "教育部門",
    26: "應急管理辦公室", 27: "其它相關部門",
}  # fmt: skip


@pytest.fixture(scope="module")
def part_13():
    """The duties of part 13 of document 004 by code."""
    return {duty.code: duty for duty in seeds.read("duties") if duty.code.startswith("004-13-")}


def of_department(part_13, number):
    """The rows of one numbered department in the order of the text."""
    return [duty for code, duty in part_13.items() if code.startswith(f"004-13-dept{number:02d}-")]


@pytest.mark.parametrize("name", [*seeds.KINDS, *seeds.PROOFS])
def test_everything_named_can_be_read(name):
    assert len(seeds.read(name)) > 0


def test_all_five_documents_are_described():
    assert [document.code for document in seeds.read("documents")] == ["000", "001", "002", "003", "004"]


def test_duties_and_figures_keep_their_laws():
    rows = (*seeds.read("duties"), *seeds.read("figures"))
    assert [str(f) for f in broken(seeds.read("documents").rows, rows, seeds.read("departments").rows)] == []


def test_every_succession_leads_to_a_known_body_and_waits_for_a_county():
    bodies = {body.code for body in seeds.read("departments")}
    rows = seeds.read("succession").rows
    assert {row.canonical for row in rows} - bodies == set()
    assert {row.status for row in rows} == {"to_confirm"}


def test_the_27_departments_stand_as_printed(part_13):
    printed = {number: of_department(part_13, number)[0].body_printed for number in DEPARTMENTS_OF_PART_13}
    assert printed == DEPARTMENTS_OF_PART_13


def test_department_6_has_no_name_and_nobody_gave_it_one(part_13):
    rows = [duty for duty in of_department(part_13, 6) if not duty.body_printed]
    assert [(duty.canonical, duty.status, bool(duty.why_zh)) for duty in rows] == [("unknown", "unknown", True)] * 2


def test_department_22_is_empty(part_13):
    (row,) = of_department(part_13, 22)
    assert (row.line_from, row.anchor, row.canonical, row.status) == (257, "22.", "unknown", "unknown")


def test_departments_6_and_10_keep_their_split_lines(part_13):
    assert {duty.line_to for duty in of_department(part_13, 6)} == {224, 225}
    assert {duty.line_to for duty in of_department(part_13, 10)} == {233, 234}


def test_the_county_stands_twice_as_the_template_left_it(part_13):
    lines = {duty.line_from for code, duty in part_13.items() if re.match("004-13-county[12]-", code)}
    assert lines == {197, 199}


def test_a_named_body_has_a_canonical_one_unless_the_text_is_vague(part_13):
    vague = {duty.body_printed for duty in part_13.values() if duty.body_printed and duty.canonical == "unknown"}
    assert vague == {"受理機關或單位", "受理單位"}


def test_no_duty_and_no_figure_claims_a_confirmation():
    rows = (*seeds.read("duties"), *seeds.read("figures"), *seeds.read("succession"))
    assert {row.status for row in rows} <= {"ok", "to_confirm", "unknown"}


def test_the_grids_are_evaluated_as_often_as_line_195_says():
    rows = [figure for figure in seeds.read("figures") if figure.document == "004" and figure.line_from == 195]
    assert Counter(figure.period for figure in rows) == {"half_yearly": 1, "quarterly": 2}


def test_every_word_of_a_vocabulary_is_spelled_once():
    for columns in VOCABULARY.values():
        for words in columns.values():
            assert len(words) == len(set(words))


def test_a_duty_says_no_more_and_no_less_than_its_lines():
    """Rows that had been restated wrongly or could not be understood alone."""
    row = {duty.code: duty for duty in seeds.read("duties")}
    assert row["004-13-county1-04"].zh.startswith("组织") and row["004-13-county1-04"].en.startswith("Organise")
    assert "恢复" in row["004-13-dept13-05"].zh and "restore" in row["004-13-dept13-05"].en
    assert row["004-13-dept03-14b"].status == "to_confirm" and "inferred" in row["004-13-dept03-14b"].why_en
    for letter, amount in (("b", "742,600"), ("c", "61,600"), ("d", "52,300"), ("e", "628,700")):
        assert f"{amount} mu" in row[f"002-24-{letter}-01"].en
        assert "其中" not in row[f"002-24-{letter}-01"].zh and " of it " not in row[f"002-24-{letter}-01"].en


def test_the_tier_above_looks_at_three_things_and_no_fourth():
    row = {duty.code: duty for duty in seeds.read("duties")}["004-13-run192-01"]
    assert "评价" not in row.zh and "evaluat" not in row.en
    assert [
        figure.code for figure in seeds.read("figures") if figure.document == "004" and figure.line_from == 192
    ] == [f"004-13-fig192-0{n}" for n in (1, 2, 3)]


def test_the_two_routes_of_accountability_stay_apart_and_only_the_second_is_verified():
    steps = sorted(
        (figure.order, figure.subject, figure.zh)
        for figure in seeds.read("figures")
        if figure.code.startswith("004-18-f-ladder431-")
    )
    routes = Counter(subject for _, subject, _ in steps)
    assert sorted(routes.values()) == [2, 3]
    assert {subject for _, subject, zh in steps if "核实" in zh} == {max(routes, key=routes.__getitem__)}


def test_what_is_only_inferred_from_another_body_s_help_leads_nothing_and_waits_for_the_county():
    mirrors = [duty for duty in seeds.read("duties") if "由此推出" in duty.why_zh]
    assert len(mirrors) == 15
    assert {(duty.role, duty.status) for duty in mirrors} == {("responsible", "to_confirm")}


def test_patrols_are_regular_and_irregular_as_line_183_says():
    rows = [figure for figure in seeds.read("figures") if figure.document == "004" and figure.line_from == 183]
    assert Counter(figure.period for figure in rows) == {"regular_irregular": 9}


def test_a_department_of_the_province_is_no_office_of_the_county():
    provincial = [duty for duty in seeds.read("duties") if duty.tier == "province"]
    assert {duty.canonical for duty in provincial} == {"province_government", "provincial_departments"}
