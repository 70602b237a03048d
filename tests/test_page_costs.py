"""What a page costs, in numbers that no busy machine can move: statements, SELECTs put together anew, rows read, bytes.

Times stand in docs/decisions/0045; they are too unsteady for a test.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Select

from tests import engines
from tests.access_check import Visitor
from tests.access_county import County, county, visitors  # noqa: F401  (fixtures)
from tests.short import FULL
from tests.test_plans import GROWS
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.tables import table
from webapp.grid.models import Grid, GridCurrent, GridVersion
from webapp.patrol.models import Patrol, PatrolObject, Visit
from webapp.people.models import Person, Posting
from webapp.report import queries
from webapp.report.models import Report

#: The most statements that a page may make, whatever it shows, and the most SELECTs that it may put together anew once
#: it has been shown to somebody with the same rights. Who adds one has a reason, and writes the new number here.
MOST = table("""
login       page                        statements  built
officer_a1  /home                       23          0
officer_a1  /mine                       10          0
officer_a1  /grids/{A1}                 21          0
officer_a1  /grids/{A1}/report?id={id}  11          0
officer_a1  /reports/{report}           24          0
officer_a1  /map                        14          0
officer_a1  /map/grids/{A1}/card        24          0
township_a  /desk                       24          0
officer_a1  /grids/{A1}/patrol?id={id}  5           0
township_a  /grids/{A}/patrol?id={id}   8           0
township_a  /grids/{A}/patrol?at={A1}&id={id}   8   0
county      /grids/{county}/patrol?id={id}   6      0
township_a  /map                        13          0
county      /desk                       24          0
county      /desk?tab=all_open          25          0
county      /map                        13          0
county      /map/grids/{A1}/card        24          0
county      /late                       7          0
county      /grids/{county}             26         0
township_a  /cards                      15         0
housing     /desk                       16          0
township_a  /grids/{A}/ledger           19          0
county      /grids/{county}/ledger      20          0
""")
#: What an officer and his township open every day.
DAILY = (
    *(("officer_a1", page) for page in ("/home", "/map", "/map/grids/{A1}/card", "/grids/{A1}", "/reports/{report}")),
    ("officer_a1", "/grids/{A1}/report?id={id}"),
    *(("township_a", page) for page in ("/desk", "/map", "/map/grids/{A1}/card", "/people")),
    *(("county", page) for page in ("/desk", "/map", "/map/grids/{A1}/card", "/people", "/late")),
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SIZES = (300, 3000) if FULL else (30, 300)  # villages of the counties beside


class Cost(NamedTuple):
    """Of one page."""

    statements: int
    built: int
    rows: int
    bytes: int


@contextmanager
def _listening(store: Store) -> Iterator[tuple[list[Any], list[Any]]]:
    """The statements that are executed, with what they were given, and the SELECTs that are made, meanwhile."""
    said: list[Any] = []
    made: list[Any] = []
    plain = Select.__init__

    def hear(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        said.append((statement, given))

    def make_one(self: Any, *columns: Any) -> None:
        made.append(self)
        plain(self, *columns)

    for engine in engines.heard(store):
        event.listen(engine, "before_cursor_execute", hear)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Select, "__init__", make_one)
        yield said, made
    for engine in engines.heard(store):
        event.remove(engine, "before_cursor_execute", hear)


def cost(county: County, who: Visitor, page: str) -> Cost:
    """Of a page that was shown before: what it costs each time."""
    for _ in range(2):
        assert who.raw("GET", page).status_code == 200, page
    with _listening(county.store) as (said, made):
        answer = who.raw("GET", page)
    with county.store.reader.connect() as connection:
        rows = sum(len(connection.exec_driver_sql(*asked).all()) for asked in said if asked[0].startswith("SELECT"))
    return Cost(len(said), len(made), rows, len(answer.data))


@pytest.fixture
def address(county: County) -> Callable[[str], str]:
    """``address("/grids/{A1}")`` with the ids of the county."""
    with county.store.read() as session:
        shown = next(
            report.id for report in session.scalars(select(Report)) if report.grid_id == county.ids["grid"]["A1"]
        )
    given = {**county.ids["grid"], "report": shown, "id": county.form}
    return lambda page: page.format(**given)


@pytest.mark.parametrize("row", MOST, ids=lambda row: f"{row['login']} {row['page']}")
def test_a_page_makes_no_more_statements_than_the_table_says(
    county: County, visitors: dict[str, Visitor], address: Callable[[str], str], row: dict[str, str]
) -> None:
    found = cost(county, visitors[row["login"]], address(row["page"]))
    assert found.statements <= int(row["statements"])
    assert found.built <= int(row["built"]), "a SELECT is put together that could be kept (access.kept)"


def test_a_select_that_is_put_together_each_time_is_found(county: County, visitors: dict[str, Visitor]) -> None:
    kept = queries._found.__wrapped__  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        before = cost(county, visitors["officer_a1"], "/mine").built
        patch.setattr(queries, "_found", lambda actor: kept(actor))
        assert cost(county, visitors["officer_a1"], "/mine").built > before


def _steps(county: County, who: Visitor, page: str) -> int:
    """Of SQLite's machine, for all statements of a page that was shown before."""
    taken, counted = [0], set()

    def step() -> int:
        taken[0] += 1
        return 0

    def watch(_connection: Any, cursor: Any, *_: Any) -> None:
        if id(cursor.connection) not in counted:
            counted.add(id(cursor.connection))
            cursor.connection.set_progress_handler(step, 1)

    assert who.raw("GET", page).status_code == 200, page
    event.listen(county.store.reader, "before_cursor_execute", watch)
    who.raw("GET", page)
    event.remove(county.store.reader, "before_cursor_execute", watch)
    county.store.reader.dispose()
    return taken[0]


def test_an_officers_first_page_does_not_go_through_the_rounds_of_years(
    county: County, visitors: dict[str, Visitor]
) -> None:
    if not county.store.is_sqlite:
        pytest.skip("steps of SQLite's machine")
    before = _steps(county, visitors["officer_a1"], "/home")
    with county.acting("officer_a1") as (session, officer):
        mine = officer.person_id
        for model, moment, own in (
            (Patrol, "occurred_at", {"person_id": mine}),
            (Visit, "at", {"result": "problem"}),
        ):
            rows = session.execute(select(model.__table__)).mappings().all()
            old = [{**rows[n % len(rows)], **GROWS[model](n + 1), **own} for n in range(1000)]
            ago = [{moment: LONG_AGO - timedelta(hours=n)} for n in range(1000)]
            session.execute(insert(model.__table__), [row | at for row, at in zip(old, ago, strict=True)])
    county.remember()
    assert _steps(county, visitors["officer_a1"], "/home") < 1.2 * before


def beside(session: Session, villages: int, of: int = 100) -> None:
    """Counties beside the one that is there, with an officer and an object in each village: rows of the tables."""
    first = (session.scalar(text("select max(id) from grid")) or 0) + 1
    person = (session.scalar(text("select max(id) from person")) or 0) + 1
    grids: list[dict[str, Any]] = []
    for number in range(villages // of):
        root = first + len(grids)
        grids.append({"id": root, "tier": 1, "parent_id": None, "path": f"{root}.", "code": f"88{number:04}000000"})
        town = {"id": root + 1, "tier": 2, "parent_id": root, "path": f"{root}.{root + 1}."}
        grids.append(town | {"code": f"88{number:04}101000"})
        grids += [
            {
                "id": id_,
                "tier": 3,
                "parent_id": town["id"],
                "path": f"{town['path']}{id_}.",
                "code": f"88{number:04}{id_}",
            }
            for id_ in range(root + 2, root + 2 + of)
        ]
    people = [grid for grid in grids if grid["tier"] == 3]
    for model, rows in _rows(grids, people, person).items():
        session.execute(insert(model.__table__), rows)


def _rows(grids: list[dict[str, Any]], villages: list[dict[str, Any]], person: int) -> dict[Any, list[dict[str, Any]]]:
    began = date(2026, 1, 1)
    ids = dict(enumerate(villages, person))
    return {
        Grid: [{name: grid[name] for name in ("id", "tier", "parent_id", "path")} for grid in grids],
        GridVersion: [
            {"id": grid["id"], "grid_id": grid["id"], "parent_id": grid["parent_id"], "code": grid["code"]}
            | {"zh": f"远{grid['id']}", "en": f"Far {grid['id']}", "valid_from": began, "predecessors": []}
            for grid in grids
        ],
        GridCurrent: [{"grid_id": grid["id"], "version_id": grid["id"]} for grid in grids],
        Person: [
            {"id": id_, "login": f"far{id_}", "zh": "某", "en": "Some", "language": "zh", "is_demo": False}
            | {"created_at": clock.now(), "must_change": False}
            for id_ in ids
        ],
        Posting: [
            {
                "person_id": id_,
                "role": "grid_officer",
                "grid_id": grid["id"],
                "valid_from": began,
                "granted_at": clock.now(),
            }
            for id_, grid in ids.items()
        ],
        PatrolObject: [
            {"grid_id": grid["id"], "type": "livestock_farm", "zh": "窑", "en": "Kiln", "valid_from": began}
            for grid in villages
        ],
    }


def test_a_page_costs_the_same_however_many_counties_stand_beside(
    county: County, visitors: dict[str, Visitor], address: Callable[[str], str]
) -> None:
    """Statements, rows and bytes of what an officer, his township and his county open: none of it is of the others."""
    found = []
    for size, already in zip(SIZES, (0, SIZES[0]), strict=True):
        with county.store.write() as session:
            beside(session, size - already, of=SIZES[0])
        county.store.reader.dispose()
        county.remember()
        found.append({(who, page): cost(county, visitors[who], address(page)) for who, page in DAILY})
    few, many = found
    assert {key: (few[key], many[key]) for key in few if few[key] != many[key]} == {}
