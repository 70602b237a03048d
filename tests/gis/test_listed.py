"""A list of levels, codes and names is read as files of borders are, with the same findings."""

from gis.delivery import Cell
from gis.listed import Entry, delivery

CODES = {"3709": "", "370900": "东辽县", "370900101": "安平镇", "370900101200": "一村", "370900101201": "二村"}


def entries(**tiers: str) -> list[Entry]:
    """The county without its prefecture, by codes alone, or with what is said of levels by name."""
    given = [(code, name) for code, name in CODES.items() if name]
    return [Entry("list.csv", at, tiers.get(name, ""), code, name) for at, (code, name) in enumerate(given, 2)]


def codes(found) -> list[str]:
    return [finding.code for finding in found.findings]


def test_codes_alone_say_levels_and_parents():
    found = delivery(entries())
    assert [(cell.tier, cell.name, cell.parent) for cell in found.cells] == [
        (1, "东辽县", None),
        (2, "安平镇", 0),
        (3, "一村", 1),
        (3, "二村", 1),
    ]
    assert codes(found) == [], "of borders nothing is asked"


def test_levels_and_parents_may_be_said_in_words_and_codes_may_be_the_countys_own():
    said = [
        Entry("a.csv", 2, "县", "X", "东辽县", "Dongliao County"),
        Entry("a.csv", 3, "街道", "S1", "城关街道", parent="X"),
        Entry("a.csv", 4, "3", "V1", "东关社区", parent="城关街道"),
    ]
    found = delivery(said)
    assert [(cell.tier, cell.parent) for cell in found.cells] == [(1, None), (2, 0), (3, 1)]
    assert found.cells[0].en == "Dongliao County" and not found.errors


def test_what_is_wrong_is_a_finding_with_its_row():
    rows = [
        *entries(东辽县="1", 安平镇="2", 一村="3", 二村="?"),
        Entry("list.csv", 9, "3", "370900101200", "又一村"),
        Entry("list.csv", 10, "3", "3.70900101204E+11", "三村", parent="370900999"),
        Entry("list.csv", 11, "3", "", "=A1", is_wrong=True),
    ]
    found = delivery(rows)
    assert {each.code for each in found.errors} >= {
        *("list_level", "code_twice", "code_excel", "code_empty", "list_cell", "parent_unknown")
    }
    assert "list.csv: 11" in next(each.rows for each in found.errors if each.code == "list_cell")


def test_a_fourth_level_is_left_out_and_said():
    rows = [*entries(), *(Entry("list.csv", 9 + at, "", f"37090010120{at}001", f"{at}组") for at in (0, 1))]
    found = delivery(rows)
    assert {cell.tier for cell in found.cells} == {1, 2, 3} and codes(found) == ["fourth_left_out"]


def test_a_list_that_is_a_part_stands_among_what_is_there():
    there = [
        Cell(1, "370900", "东辽县", None, b"", None),
        Cell(2, "370900101", "安平镇", 0, b"", None),
        Cell(3, "370900101200", "一村", 1, b"", None),
    ]
    found = delivery(
        [Entry("list.csv", 2, "", "370900101205", "新村"), Entry("list.csv", 3, "", "370900101", "平安镇")], there
    )
    assert [(cell.tier, cell.name) for cell in found.cells] == [(1, "东辽县"), (2, "平安镇"), (3, "一村"), (3, "新村")]
    assert [cell.parent for cell in found.cells] == [None, 0, 1, 1] and codes(found) == []


def test_an_english_name_is_no_longer_than_its_column():
    rows = entries()
    assert "too_long" in codes(delivery([*rows[:-1], rows[-1]._replace(en="x" * 150)]))
    assert "too_long" not in codes(delivery([*rows[:-1], rows[-1]._replace(en="x" * 80)]))
