"""No page goes through what only grows: the plan of every statement of every page, on a county with years behind it."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, event, insert, select, text

from tests import access_routes, engines
from tests.access_check import Visitor, address, expected, targets
from tests.access_county import County, county, visitors  # noqa: F401  (fixtures)
from tests.short import FULL
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.models import Attachment, AuditEntry
from webapp.models import metadata
from webapp.patrol.models import Patrol, Visit
from webapp.report.models import Assignment, Report, ReportAttachment, ReportEvent, ReportPair, ReportProblem

#: Rows of each kind. SQLite's plans are the same with more; PostgreSQL takes an index by itself when there are many.
YEARS = 30000 if FULL else 3000
IN_HAND = 200  # of so many reports that are added one is in the state of the one that it was copied from
#: What only grows: model → what the n-th copy of a row has of its own. All else is as large as the county is.
GROWS: Mapping[Any, Any] = {
    Report: lambda n: (
        {
            "id": _id(n),
            "number": f"1999-{n:05}",
            "settled": False,
            "recurs_id": None,
            "object_id": None,
            "patrol_id": None,
            "received_at": clock.now() - timedelta(hours=n),
        }
        | ({} if _is_in_hand(n) else {"state": "closed", "is_open": False, "due_at": None})
    ),
    ReportEvent: lambda n: {"id": _id(n), "report_id": _id(n), "seq": 1, "at": clock.now() - timedelta(hours=n)},
    ReportProblem: lambda n: {"report_id": _id(n)},
    ReportPair: lambda n: {"report_id": _id(n)},
    Assignment: lambda n: {
        "id": -n,
        "report_id": _id(n),
        "role": "lead",
        "to_at": None if _is_in_hand(n) else clock.now(),
        "duty_id": None,
    },
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
#: With statistics of a county of five villages it is quicker to go through all than to look up a fifth of it, as a
#: search does, and as an officer's own file does, who did most of it; the file of all cards counts all patrols, and the
#: ledger of this week lists those of three villages.
LEDGERS = {"/ledger", "/grids/<grid_id>/ledger", "/grids/<grid_id>/ledger/print"}
FIVE_VILLAGES = frozenset({"/search", "/account/data", "/cards.xlsx"} | LEDGERS)
#: An index that holds nothing but what is open, or waits for its sample: that is as large as the work in hand. What is
#: closed has let go of its lead.
SMALL = re.compile(r"ix_report_(open|unsampled|event_moved_limit)|uq_assignment_one_lead")
#: The heaviest pages, which PostgreSQL is asked for as it is set by itself.
HEAVIEST = (
    *("/desk", "/home", "/late", "/late/<role>/<place>", "/map", "/map/grids/<grid_id>/card", "/people"),
    *("/people/<person_id>/suspending", "/bodies/<body_id>", "/reports/<report_id>"),
)
#: Of each index of PostgreSQL its table and the first of its columns.
INDEXES = """
select i.relname, t.relname, pg_get_indexdef(indexrelid, 1, true)
from pg_index join pg_class i on i.oid = indexrelid join pg_class t on t.oid = indrelid
"""


def _id(n: int) -> uuid.UUID:
    return uuid.UUID(int=n)


def _is_in_hand(n: int) -> bool:
    return n % IN_HAND == 0


def grow(store: Store) -> None:
    """Years of each of these, the county's people in turn."""
    with store.write() as session:
        people = list(session.scalars(text("select id from person order by id")))
        for model, own in GROWS.items():
            rows = session.execute(select(model.__table__)).mappings().all()
            copies = []
            for n in range(1, YEARS + 1):
                copy = {**rows[n % len(rows)], **own(n)}
                copies.append(copy | {name: people[n % len(people)] for name in PEOPLE if copy.get(name)})
            session.execute(insert(model.__table__), copies)
    if not store.is_sqlite:  # there it is nobody's work; PostgreSQL does it by itself
        with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))


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

    for engine in engines.heard(store):
        event.listen(engine, "before_cursor_execute", hear)
    yield said
    for engine in engines.heard(store):
        event.remove(engine, "before_cursor_execute", hear)


def scans(store: Store, statement: str, parameters: Any, *, forced: bool = True) -> list[str]:
    """The lines of a plan that go through all of a table that grows. A list that begins with the newest and stops after
    a page does not. PostgreSQL is ``forced`` to take an index where there is one: what it still goes through has none,
    however few rows there are."""
    if "WHERE 0 = 1" in statement or re.search(r"ORDER BY audit_log\.id DESC\s+LIMIT", statement):
        return []
    with store.reader.connect() as connection:
        if store.is_sqlite:
            return list(_sqlite_scans(connection, statement, parameters))
        connection.execute(text(f"set local enable_seqscan = {'off' if forced else 'on'}"))
        return list(_postgresql_scans(connection, statement, parameters))


def _sqlite_scans(connection: Connection, statement: str, parameters: Any) -> Iterator[str]:
    names = {alias: table for table, alias in re.findall(r"\b(\w+) AS (\w+)\b", statement)}
    for *_, line in connection.exec_driver_sql(f"explain query plan {statement}", parameters):
        found = re.match(r"SCAN (\w+)", line)
        if found and names.get(found[1], found[1]) in TABLES and not SMALL.search(line):
            yield line


def _postgresql_scans(connection: Connection, statement: str, parameters: Any) -> Iterator[str]:
    """An index of which nothing is known of the first column is gone through as a table is."""
    indexes = {index: (table, first) for index, table, first in connection.execute(text(INDEXES))}
    plan = connection.exec_driver_sql(f"explain (format json) {statement}", parameters).scalar_one()
    for node in _nodes(plan[0]["Plan"]):
        index = node.get("Index Name", "")
        table, first = indexes.get(index, (node.get("Relation Name"), None))
        is_found = first and re.search(rf"\({re.escape(first)}\b", node.get("Index Cond", ""))
        if (
            "Scan" in node["Node Type"]
            and _reads(node)
            and table in TABLES
            and not is_found
            and not SMALL.search(index)
        ):
            yield f"{node['Node Type']} {table} {index} {node.get('Index Cond', '')}"


def _reads(node: dict[str, Any]) -> bool:
    """Whether a node goes to a table or an index by itself: a heap scan reads what its bitmap found."""
    return node["Node Type"] != "Bitmap Heap Scan"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def pages(old: County) -> Iterator[tuple[str, str, str]]:
    """Each page that one of the readers may see: its route, who, and an address of it."""
    for route in access_routes.ROUTES:
        for login in READERS if route.method == "GET" else ():
            seen = (each for each in targets(route) if expected(login, route, each) == "allowed")
            if (target := next(seen, None)) is not None:
                yield route.address, login, address(old, route, target)


class Asked(NamedTuple):
    """A statement, what it was given, and by which page and whom it was asked first."""

    route: str
    login: str
    statement: str
    given: Any


@pytest.fixture(scope="module")
def asked(old: County, visitors: dict[str, Visitor]) -> list[Asked]:
    """Every statement of every page."""
    found: dict[str, Asked] = {}
    for route, login, where in pages(old):
        with heard(old.store) as said:
            assert visitors[login].raw("GET", where).status_code < 400 or route in access_routes.ALSO_404
        for statement, given in said.items():
            found.setdefault(statement, Asked(route, login, statement, given))
    assert len(found) > 200
    return list(found.values())


def through(
    store: Store, asked: list[Asked], *, forced: bool = True, but: frozenset[str] = frozenset()
) -> list[tuple[str, str, str, str]]:
    """What goes through a table that grows: the page, who asked, the line of the plan, the statement."""
    return [
        (each.route, each.login, line, each.statement)
        for each in asked
        if each.route not in but
        for line in scans(store, each.statement, each.given, forced=forced)
    ]


def test_no_page_goes_through_what_only_grows(old: County, asked: list[Asked]) -> None:
    """PostgreSQL has statistics always."""
    assert through(old.store, asked, but=frozenset() if old.store.is_sqlite else FIVE_VILLAGES) == []


def test_statistics_lead_sqlite_through_nothing_else(old: County, asked: list[Asked]) -> None:
    if not old.store.is_sqlite:
        pytest.skip("PostgreSQL has them always")
    with old.store.write() as session:
        session.execute(text("analyze"))
    old.store.reader.dispose()  # its connections have none
    assert through(old.store, asked, but=FIVE_VILLAGES) == []


@pytest.mark.full
def test_postgresql_takes_the_indexes_by_itself(old: County, asked: list[Asked]) -> None:
    if old.store.is_sqlite:
        pytest.skip("SQLite cannot be forced, so it was asked so already")
    heavy = [each for each in asked if each.route in HEAVIEST]
    assert {each.route for each in heavy} == set(HEAVIEST)
    assert through(old.store, heavy, forced=False) == []


#: One row only has such a value; of words, choices and facts it is a pair, and one grid is in force under a code.
KEYS = {
    f"{table.name}.{column.name}"
    for table in metadata.sorted_tables
    for column in table.columns
    if column.unique or [*table.primary_key] == [column]
} | {
    *("word.code", "field_choice.code", "object_fact.field", "role_word.word"),
    *("report_joint.grid_id", "ledger_column.name"),
}
#: What is distinct or grouped by it: the list has one row for each.
ONCE = {"posting.role", "held.place", "anon_1.place"}
#: Of one thing, whose steps are counted; of one name of a layer; of one set of changes.
COUNTED = {"report_event.seq", "added.seq", "map_layer.edition_id", "grid_change.position"}


def last_terms(statement: str) -> Iterator[str]:
    """The columns that every ORDER BY of a statement ends with."""
    for start in re.finditer(r"ORDER BY ", statement):
        depth, terms = 0, [""]
        for piece in re.findall(r"[(),]|\s(?:LIMIT|FOR)\b|[^(),\s]+|\s+", statement[start.end() :]):
            depth += (piece == "(") - (piece == ")")
            if depth < 0 or (depth == 0 and piece.strip() in ("LIMIT", "FOR")):
                break
            if depth == 0 and piece == ",":
                terms.append("")
            else:
                terms[-1] += piece
        yield terms[-1].split()[0].replace('"', "")


def test_every_list_ends_in_a_key(asked: list[Asked]) -> None:
    """Two rows that are alike in all that a list is sorted by stand in one order on both engines, and on every page of
    it."""
    loose = {
        (last, each.route) for each in asked for last in last_terms(each.statement) if last not in KEYS | ONCE | COUNTED
    }
    assert loose == set()


LISTS = (
    select(Report.id).where(Report.note == "x"),
    select(Report.id).where(Report.state.not_in(["closed", "void"])),
    select(Visit.id).where(Visit.result == "problem"),
)


def test_a_list_by_what_has_no_index_is_found(old: County) -> None:
    # Two indexes hold the moment behind another column; SQLite skips through the first one, PostgreSQL reads it all.
    by_a_second_column = select(Report.id).where(Report.received_at == clock.now())
    for query in LISTS if old.store.is_sqlite else (*LISTS, by_a_second_column):
        with heard(old.store) as said, old.store.read() as session:
            session.execute(query).all()
        ((statement, given),) = said.items()
        assert len(scans(old.store, statement, given)) == 1, statement
    with heard(old.store) as said, old.store.read() as session:
        session.execute(select(Report.id).where(Report.is_open)).all()
    ((statement, given),) = said.items()
    assert scans(old.store, statement, given) == []
