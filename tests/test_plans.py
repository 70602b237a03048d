"""No page goes through what only grows: the plan of every statement of every page, on a county with years behind it."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from tests import access_routes
from tests.access_check import Visitor, address, expected, targets
from tests.access_county import County, county, on_sqlite, visitors  # noqa: F401  (fixtures)
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.models import Attachment, AuditEntry
from webapp.patrol.models import Patrol, Visit
from webapp.report.models import Assignment, Report, ReportAttachment, ReportEvent, ReportProblem

YEARS = 3000  # rows of each kind; a county has many more, and no plan changes with that
#: What only grows: model → what the n-th copy of a row has of its own. All else is as large as the county is.
GROWS: Mapping[Any, Any] = {
    Report: lambda n: {
        "id": _id(n),
        "number": f"1999-{n:05}",
        "state": "closed",
        "is_open": False,
        "settled": False,
        "due_at": None,
        "recurs_id": None,
        "object_id": None,
        "patrol_id": None,
        "received_at": clock.now() - timedelta(hours=n),
    },
    ReportEvent: lambda n: {"id": _id(n), "report_id": _id(n), "seq": 1, "at": clock.now() - timedelta(hours=n)},
    ReportProblem: lambda n: {"report_id": _id(n)},
    Assignment: lambda n: {"id": -n, "report_id": _id(n), "role": "coop", "to_at": clock.now(), "duty_id": None},
    Attachment: lambda n: {"id": _id(n)},
    ReportAttachment: lambda n: {"report_id": _id(n), "attachment_id": _id(n), "event_id": None},
    Patrol: lambda n: {"id": _id(n), "received_at": clock.now() - timedelta(hours=n)},
    Visit: lambda n: {"id": _id(n), "patrol_id": _id(n), "at": clock.now() - timedelta(hours=n)},
    AuditEntry: lambda n: {"id": -n},
}
TABLES = {model.__tablename__ for model in GROWS}
PEOPLE = ("found_by", "entered_by", "person_id")
#: Everything that somebody may read, by one who has a different place in the county.
READERS = ("officer_a1", "township_a", "county", "leader", "housing", "station_a", "auditor", "admin")
#: Pages that go through it, and why.
EXCEPT = {"/search": "words are looked for within the texts; only an index of their parts would find them at once"}
#: An index that holds nothing but what is open, or waits for its sample: that is as large as the work in hand.
SMALL = re.compile(r"ix_report_(open|unsampled|event_moved_limit)")


def _id(n: int) -> uuid.UUID:
    return uuid.UUID(int=n)


def grow(store: Store) -> None:
    """Years of each of these, the county's people in turn."""
    with store.write() as session:
        people = list(session.scalars(text("select id from person")))
        for model, own in GROWS.items():
            rows = session.execute(select(model.__table__)).mappings().all()
            copies = []
            for n in range(1, YEARS + 1):
                copy = {**rows[n % len(rows)], **own(n)}
                copies.append(copy | {name: people[n % len(people)] for name in PEOPLE if copy.get(name)})
            session.execute(insert(model.__table__), copies)
        session.execute(text("analyze"))


@pytest.fixture(scope="module")
def old(county: County) -> County:
    """The county of the access tables with its years."""
    grow(county.store)
    county.store.reader.dispose()  # its connections know the county of before
    county.remember()
    return county


@contextmanager
def heard(store: Store) -> Iterator[dict[str, Any]]:
    """The statements that are executed meanwhile, with what they were given."""
    said: dict[str, Any] = {}

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            said.setdefault(statement, parameters)

    for engine in (store.writer, store.reader):
        event.listen(engine, "before_cursor_execute", hear)
    yield said
    for engine in (store.writer, store.reader):
        event.remove(engine, "before_cursor_execute", hear)


def scans(store: Store, statement: str, parameters: Any) -> list[str]:
    """The lines of a plan that go through all of a table that grows. A list that begins with the newest and stops after
    a page does not."""
    if "WHERE 0 = 1" in statement or re.search(r"ORDER BY audit_log\.id DESC\s+LIMIT", statement):
        return []
    names = {alias: table for table, alias in re.findall(r"\b(\w+) AS (\w+)\b", statement)}
    with store.reader.connect() as connection:
        lines = [row[3] for row in connection.exec_driver_sql(f"explain query plan {statement}", parameters)]
    gone_through = [(line, found[1]) for line in lines if (found := re.match(r"SCAN (\w+)", line))]
    return [line for line, name in gone_through if names.get(name, name) in TABLES and not SMALL.search(line)]


def pages(old: County) -> Iterator[tuple[str, str, str]]:
    """Each page that one of the readers may see: its route, who, and an address of it."""
    for route in access_routes.ROUTES:
        for login in READERS if route.method == "GET" else ():
            seen = (each for each in targets(route) if expected(login, route, each) == "allowed")
            if (target := next(seen, None)) is not None:
                yield route.address, login, address(old, route, target)


@on_sqlite
def test_no_page_goes_through_what_only_grows(old: County, visitors: dict[str, Visitor]) -> None:
    asked: set[str] = set()
    through = []
    for route, login, where in pages(old):
        with heard(old.store) as said:
            visitors[login].raw("GET", where)
        new = {statement: given for statement, given in said.items() if statement not in asked}
        asked |= new.keys()
        if route not in EXCEPT:
            through += [
                (where, login, line, statement)
                for statement, given in new.items()
                for line in scans(old.store, statement, given)
            ]
    assert through == []
    assert len(asked) > 200


@on_sqlite
def test_a_list_by_what_has_no_index_is_found(old: County) -> None:
    for query in (
        select(Report.id).where(Report.note == "x"),
        select(Report.id).where(Report.state.not_in(["closed", "void"])),
        select(Visit.id).where(Visit.result == "problem"),
    ):
        with heard(old.store) as said, old.store.read() as session:
            session.execute(query).all()
        ((statement, given),) = said.items()
        assert len(scans(old.store, statement, given)) == 1, statement
    with heard(old.store) as said, old.store.read() as session:
        session.execute(select(Report.id).where(Report.is_open)).all()
    ((statement, given),) = said.items()
    assert scans(old.store, statement, given) == []
