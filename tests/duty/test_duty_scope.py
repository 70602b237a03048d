"""Which texts apply here: what is delivered, what the county decides, and what a county's department can be charged
with; and the rows "problem, duty" as they are delivered.
"""

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select

import seeds
from seeds import laws
from webapp.core import clock
from webapp.duty import dispatching, scope
from webapp.duty.models import Duty, Figure, ProblemDuty

PART_13 = range(146, 275)


def lines(store, table):
    """Document and first line of all rows that apply."""
    with store.read() as session:
        return set(
            session.execute(select(table.document, table.line_from).where(scope.applies(scope.parts(session), table)))
        )


@pytest.mark.parametrize("table", [Duty, Figure])
def test_only_part_13_is_delivered_as_ours(store, table):
    found = lines(store, table)
    assert found and {document for document, _ in found} == {"004"}
    assert {line for _, line in found} <= set(PART_13)
    with store.read() as session:
        all_ = session.scalar(
            select(func.count()).select_from(table).where(table.document == "004", table.line_from.between(146, 274))
        )
        here = session.scalar(select(func.count()).select_from(table).where(scope.applies(scope.parts(session), table)))
    assert all_ == here


def test_every_part_says_honestly_what_it_is(store):
    with store.read() as session:
        found = {(part.document, part.code): part for part in scope.parts(session)}
    assert len(found) == 4 + 23
    assert found["002", "all"].standing == "draft"
    assert {part.standing for key, part in found.items() if key not in {("002", "all"), ("004", "13")}} == {"example"}
    ours = found["004", "13"]
    assert (ours.standing, ours.year, ours.tier, ours.decision) == ("in_force", "unknown", "county", None)
    assert ours.why_en == "Taken as ours until the county says otherwise"
    assert (found["001", "all"].place_en, found["001", "all"].year) == ("Yuzhou, a county-level city", "2022")
    assert any(fact.lines == (49,) and "禹发〔2016〕7号" in fact.zh for fact in found["001", "all"].facts)
    assert {part.place_en for part in found.values() if part.code in ("10", "14")} == {"unknown"}


def test_every_duty_and_figure_stands_in_one_part():
    documents, rows = seeds.read("documents").rows, (*seeds.read("duties"), *seeds.read("figures"))
    assert laws.broken(documents, rows, seeds.read("departments").rows) == []
    short = [
        seeds.Document(**{**vars(each), "parts": tuple(p for p in each.parts if p.code != "13")}) for each in documents
    ]
    faults = laws.broken(tuple(short), rows, seeds.read("departments").rows)
    assert len(faults) > 300 and all("in no single [[part]] of 004" in fault.what for fault in faults)


def test_a_citys_rows_charge_no_department_of_a_county(store):
    with store.read() as session:
        known = scope.parts(session)
        found = session.execute(select(Duty.document, Duty.line_from, Duty.tier).where(scope.county_duty(known))).all()
    tiers = {(tier, part.tier) for document, line, tier in found for part in known if part.holds(document, line)}
    assert {tier for tier, _ in tiers} == {"county", "any"}
    assert not {("any", "city"), ("any", "province")} & tiers and ("any", "county") in tiers


# --- the rows "problem, duty" ---


def test_every_row_names_a_duty_that_is_there_or_nobody(store):
    rows = seeds.read("problem_duties").rows
    with store.read() as session:
        stored = {(link.problem, link.duty or "", link.role) for link in session.scalars(select(ProblemDuty))}
    assert stored == {(row.problem, row.duty, row.role) for row in rows}
    assert {row.problem for row in rows} == {row.code for row in seeds.read("problem_types")}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"problem": "weather"}, "there is no problem 'weather'"),
        ({"duty": "004-99"}, "there is no duty '004-99'"),
        ({"duty": ""}, "a row names a duty, or its role is nobody: one of the two"),
        ({"role": "nobody"}, "a row names a duty, or its role is nobody: one of the two"),
        ({"en": ""}, "words are missing in one of the two languages"),
    ],
)
def test_a_row_that_cannot_be_is_refused(change, what):
    row = next(row for row in seeds.read("problem_duties") if row.duty and row.zh)
    duties = [each.code for each in seeds.read("duties")]
    wrong = seeds.ProblemDuty(**vars(row) | change)
    assert [fault.what for fault in laws.broken_links([row, wrong], [row.problem], duties)] == [what]


#: By reading of the lines, not from the rows: problem → whose it is first of all, "nobody" where nobody is named.
FIRST = {
    "manure": {"agriculture"},  # 233, the animal husbandry department
    "smell": {"nobody"},
    "sewage": {"housing", "water"},  # 219, 231
    "rubbish_dumping": {"urban_management"},  # 221
    "straw_burning": {"township_government"},  # 201
    "smoke": {"nobody"},
    "dust": {"housing"},  # 219
    "rubbish_burning": {"urban_management"},  # 221
    "cooking_fumes": {"nobody"},
    "black_ditch": {"water"},  # 231
    "waste_dumping": {"urban_management"},  # 221
    "noise": {"public_security"},  # 217
    "scattered_polluter": {"township_office", "township_government"},  # 211, 177
    "digging": {"natural_resources"},  # 227
    "water_source": {"ecology", "county_government"},  # 208, 199
    "other": {"nobody"},
}


def offered(store, problem):
    """What a dispatch is offered for a problem: the rows that apply."""
    with store.read() as session:
        return [row for row in dispatching.linked(session, [problem]) if row.applies]


@pytest.mark.parametrize("problem", FIRST)
def test_the_first_row_of_every_problem_is_right_or_honestly_nobody(store, problem):
    first = offered(store, problem)[0]
    assert (first.line.department.code if first.line else first.link.role) in FIRST[problem]


def fitting():
    """Problem → lines of document 004 that fit it, read before there were any rows (fitting.csv beside this file)."""
    with (Path(__file__).parent / "fitting.csv").open(encoding="utf-8", newline="") as file:
        return {row["problem"]: {int(line) for line in row["lines"].split()} for row in csv.DictReader(file)}


def test_nine_of_ten_rows_that_are_offered_fit_the_reading(store):
    known = fitting()
    rows = [row for problem in FIRST for row in offered(store, problem) if row.line]
    fit = [
        row
        for row in rows
        if {*range(row.line.duty.line_from, row.line.duty.line_to + 1)} & known[row.link.problem]
        and row.line.duty.document == "004"
    ]
    assert len(rows) > 60 and len(fit) >= 0.9 * len(rows)


def test_rows_outside_of_what_applies_are_kept_and_not_offered(store):
    with store.read() as session:
        all_ = dispatching.linked(session, ["straw_burning", "waste_dumping", "black_ditch"])
    away = {(row.line.duty.document, row.line.duty.line_from) for row in all_ if not row.applies}
    assert {("004", 1042), ("004", 1077)} <= away and any(document == "002" for document, _ in away)


def test_rows_come_by_rank_over_all_problems_and_leaders_first(store):
    with store.read() as session:
        found = dispatching.linked(session, ["dust", "noise", "smell"])
    keys = [(row.link.rank, dispatching.ROLES.index(row.link.role)) for row in found]
    assert keys == sorted(keys) and {row.problem.code for row in found[:3]} == {"dust", "noise", "smell"}


def test_a_retired_duty_is_nobodys_any_more(store):
    with store.write() as session:
        session.scalars(select(Duty).where(Duty.code == "004-13-dept04-01")).one().valid_to = clock.today()
    assert "004-13-dept04-01" not in {row.line.duty.code for row in offered(store, "dust") if row.line}


def duty(session, code):
    """A duty by its code."""
    return session.scalars(select(Duty).where(Duty.code == code)).one()


@pytest.mark.parametrize(
    ("code", "problems", "why"),
    [
        ("004-13-dept04-01", ["dust"], None),
        ("004-13-dept04-01", ["noise", "dust"], None),
        ("004-13-dept04-01", ["noise", "smell"], "not_linked"),
        ("004-13-dept04-01", [], "not_linked"),
        ("004-22-c24-named04", ["dust"], "not_applied"),  # linked, of another county
        ("003-3-2-07", ["dust"], "other_tier"),  # a city's bureau
        ("004-13-township-08", ["straw_burning"], "other_tier"),
    ],
)
def test_why_a_duty_is_no_plain_ground(store, code, problems, why):
    with store.read() as session:
        assert dispatching.doubt(session, duty(session, code), problems) == why
