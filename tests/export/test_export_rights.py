"""Everybody takes out just what he may read, and names of people only where his pages show them."""

import csv
import io

import pytest
from sqlalchemy import select, update

from tests import access_tables as tables
from tests.access_check import Visitor
from tests.access_county import County, county, mark, visitors  # noqa: F401  (fixtures)
from webapp import domains
from webapp.access import holders
from webapp.core.models import AuditEntry
from webapp.people.models import Person

NOBODYS = ("nobody", "suspended_a1", "coming_a1", "former_a1")
DESKS = [
    login
    for login in tables.PEOPLE
    if login not in (*tables.TWINS, *NOBODYS) and {*tables.roles(login)} & {*holders("export.make")}
]
#: What is reached by its letter of the hand-written tables, and by which column a row tells which one it is.
GRIDS = ("county", "A", "A1", "A2", "A3", "B", "B1", "B2")


def taken(visitor: Visitor, kind: str) -> list[dict[str, str]] | None:
    """The rows; None where the kind is not his."""
    answer = visitor.raw("POST", "/export", {"kind": kind, "format": "csv", "encoding": "UTF-8"})
    if visitor.county.store.is_sqlite:  # which is put back as it was; elsewhere a line of the log stays
        visitor.county.changed()
    if answer.status_code == 422:
        return None
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def marked(rows: list[dict[str, str]] | None, column: str) -> set[str]:
    return {row[column] for row in rows or ()}


@pytest.mark.parametrize("login", DESKS)
def test_everybody_takes_out_just_what_he_may_read(login: str, visitors: dict[str, Visitor]) -> None:
    visitor = visitors[login]
    of_reports = {name for (who, name), cell in tables.REPORTS.items() if who == login and "r" in cell}
    assert marked(taken(visitor, "reports"), "Where it is") == {mark(f"report_{name}") for name in of_reports}
    seen, walked = ({at for at in GRIDS if letter in tables.GRIDS.get((login, at), "")} for letter in "gv")
    names = {"county": "Test County", "A": "Town A", "B": "Town B"}
    shown = {names.get(at, f"Village {at}") for at in seen} | {mark(f"unit_{at}") for at in seen & {"A1", "B1"}}
    assert marked(taken(visitor, "grids"), "Name of the grid") - {"Village B3"} == shown
    farms = {mark(f"farm_{at}") for at in seen if len(at) == 2}
    assert marked(taken(visitor, "objects"), "Object") == farms
    assert marked(taken(visitor, "patrols"), "Note") == {mark(f"round_{at}") for at in walked & {"A1", "B1"}}


def test_whom_the_page_is_not_for_gets_nothing(visitors: dict[str, Visitor]) -> None:
    for login in ("officer_a1", "admin", "auditor"):
        assert visitors[login].raw("GET", "/export").status_code == 403
        sent = {"kind": "reports", "format": "csv", "encoding": "UTF-8"}
        assert visitors[login].raw("POST", "/export", sent).status_code == 403


def test_kinds_that_are_not_his_are_not_offered(visitors: dict[str, Visitor]) -> None:
    offered = {login: visitors[login].raw("GET", "/export").text for login in ("housing", "leader")}
    assert [kind for kind in domains.exports() if f'value="{kind}"' in offered["housing"]] == ["reports"]
    assert [kind for kind in domains.exports() if f'value="{kind}"' in offered["leader"]] == list(domains.exports())
    assert taken(visitors["housing"], "grids") is None


def test_departments_see_the_grid_that_found_it_and_the_line_above_the_person(
    visitors: dict[str, Visitor],
) -> None:
    person = mark("person_officer_a1")
    for login, finder in (("housing", "grid of Village A1"), ("station_a", "grid of Village A1"), ("leader_a", person)):
        rows = taken(visitors[login], "reports") or []
        there = [row["Found by"] for row in rows if row["Where it is"] != mark("report_county")]
        assert there and set(there) == {finder}


def test_no_file_has_a_telephone_or_a_log_in_name(
    county: County,
    visitors: dict[str, Visitor],
) -> None:
    with county.store.write() as session:
        session.execute(update(Person).values(phone="zq-phone-qz"))
    for login in ("county", "housing", "inspector"):
        for kind in domains.exports():
            said = str(taken(visitors[login], kind))
            assert "zq-phone-qz" not in said and f"'{login}'" not in said


def test_what_is_refused_stands_in_no_log(county: County, visitors: dict[str, Visitor]) -> None:
    def lines() -> int:
        with county.store.read() as session:
            return len(session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make")).all())

    before = lines()
    visitors["housing"].raw("POST", "/export", {"kind": "grids", "format": "csv", "encoding": "UTF-8"})
    assert lines() == before
