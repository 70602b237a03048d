"""The reading "problem → duty": each problem has its rows or an explicit nobody, and the right body stands first."""

from collections import Counter

import pytest

import seeds
from seeds import laws

PART_13 = "004-13-"
NOBODY = "nobody"
#: Problem → the line of document 004 that answers it and the body today, read in the text by hand. The line is the
#: last of those a row cites: where a body's name and its duty stand on several lines, the duty stands on the last.
FIRST = {
    "manure": (234, "agriculture"),
    "smell": NOBODY,
    "sewage": (219, "housing"),
    "rubbish_dumping": (221, "urban_management"),
    "straw_burning": (201, "township_government"),
    "smoke": NOBODY,
    "dust": (219, "housing"),
    "rubbish_burning": (221, "urban_management"),
    "cooking_fumes": NOBODY,
    "black_ditch": (231, "water"),
    "waste_dumping": (221, "urban_management"),
    "noise": (217, "public_security"),
    "scattered_polluter": (211, "township_office"),
    "digging": (227, "natural_resources"),
    "water_source": (208, "ecology"),
    "fireworks": (217, "public_security"),
    "smoked_meat": NOBODY,
    "other": NOBODY,
}
#: Further lines that must be among the answers.
ALSO = {
    "manure": {201},
    "sewage": {231, 208, 201},
    "rubbish_dumping": {201, 203},
    "straw_burning": {203, 236},
    "dust": {221, 229},
    "smoke": {208},
    "smell": {208},
    "cooking_fumes": {208, 221},
    "smoked_meat": {208},
    "black_ditch": {206},
    "waste_dumping": {208},
    "noise": {229, 208},
    "scattered_polluter": {177, 238, 248},
    "digging": {240, 231},
    "water_source": {199, 201, 217, 227, 229},
}


@pytest.fixture(scope="module")
def rows():
    """All rows in the order of the file."""
    return list(seeds.read("problem_duties"))


@pytest.fixture(scope="module")
def duties():
    """The duties of all documents by code."""
    return {duty.code: duty for duty in seeds.read("duties")}


@pytest.fixture(scope="module")
def by_problem(rows):
    """The rows of each problem in the order of their ranks."""
    found = {}
    for row in sorted(rows, key=lambda row: row.rank):
        found.setdefault(row.problem, []).append(row)
    return found


def test_every_problem_is_answered_and_no_other(by_problem):
    assert set(by_problem) == {problem.code for problem in seeds.read("problem_types")} == set(FIRST)


def test_the_ranks_of_a_problem_are_complete(by_problem):
    ranks = {problem: [row.rank for row in found] for problem, found in by_problem.items()}
    assert ranks == {problem: list(range(1, len(found) + 1)) for problem, found in by_problem.items()}


def test_every_row_names_a_duty_that_is_there_or_says_that_nobody_is_named(rows, duties):
    assert laws.broken_links(rows, FIRST, duties) == []


def test_nobody_is_said_once_and_with_the_general_duty_beside_it(by_problem):
    silent = {problem: found for problem, found in by_problem.items() if any(row.role == NOBODY for row in found)}
    assert {problem: Counter(row.role for row in found)[NOBODY] for problem, found in silent.items()} == dict.fromkeys(
        ("smell", "smoke", "cooking_fumes", "noise", "smoked_meat", "other"), 1
    )
    general = f"{PART_13}ecology-29"
    assert {p for p, found in silent.items() if (general, "tell") not in {(r.duty, r.role) for r in found}} == set()


def test_no_duty_stands_twice_under_a_problem(rows):
    counted = Counter((row.problem, row.duty) for row in rows)
    assert [key for key, number in counted.items() if number > 1] == []


def test_the_part_about_grids_comes_before_the_other_documents(by_problem):
    for found in by_problem.values():
        others = [bool(row.duty) and not row.duty.startswith(PART_13) for row in found]
        assert others == sorted(others)


def test_a_row_of_that_part_names_a_body(rows, duties):
    named = [duties[row.duty] for row in rows if row.duty.startswith(PART_13)]
    assert {duty.code for duty in named if duty.canonical == "unknown"} == set()


def test_no_row_says_lead_where_the_text_only_has_the_body_help(rows, duties):
    helping = [row.origin for row in rows if row.role == "lead" and duties[row.duty].role == "cooperate"]
    assert helping == []


def test_every_row_says_when_it_holds_in_both_languages_and_whose_reading_it_is(rows):
    assert [row.origin for row in rows if not (row.zh and row.en and row.source == "our reading")] == []


@pytest.mark.parametrize("problem", FIRST)
def test_the_right_body_stands_first(problem, by_problem, duties):
    first = by_problem[problem][0]
    duty = duties.get(first.duty)
    assert (NOBODY if duty is None else (duty.line_to, duty.canonical)) == FIRST[problem]
    assert first.role == (NOBODY if FIRST[problem] == NOBODY else "lead")
    assert duty is None or duty.code.startswith(PART_13)


@pytest.mark.parametrize("problem", ALSO)
def test_the_other_bodies_stand_there_too(problem, by_problem, duties):
    lines = {duties[row.duty].line_to for row in by_problem[problem] if row.duty.startswith(PART_13)}
    assert ALSO[problem] - lines == set()
