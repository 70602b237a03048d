"""Which version of a grid counts: a pointer for today, history for a day, and nothing of what is only planned."""

import ast
import gzip
import json
import re
import threading
import time
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from migrations.ops import Unfit
from tests import make
from tests.conftest import World
from webapp.access import SYSTEM
from webapp.core import clock
from webapp.core.errors import Refused
from webapp.grid import queries, service
from webapp.grid.models import BoundaryEdition, Grid, GridCurrent, GridLevel, GridVersion
from webapp.grid.queries import Cell
from webapp.ops import migrate
from webapp.patrol.models import Patrol
from webapp.patrol.service import record
from webapp.report import search
from webapp.report.service import submit

ROOT = Path(__file__).parent.parent.parent
REFORM = date(2026, 6, 1)


def version(session: Session, world: World, short: str, on: date, **more: Any) -> GridVersion:
    """A stored version of a grid like today's, renamed; ``parent`` by its short name."""
    cell = queries.named(session, {world.grids[short]})[world.grids[short]]
    old = session.get_one(GridVersion, cell.version_id)
    parent = world.grids[more.pop("parent")] if "parent" in more else old.parent_id
    given = {
        name: getattr(old, name)
        for name in ("grid_id", "code", "boundary", "minx", "miny", "maxx", "maxy", "predecessors")
    } | {"zh": f"新{old.zh}", "en": f"New {old.en}", "valid_from": on, "valid_to": None, "parent_id": parent}
    made = GridVersion(**given | more)
    session.add(made)
    session.flush()
    return made


def activate(session: Session, *versions: GridVersion) -> BoundaryEdition:
    """Put in force, as a reform would."""
    return service.activate(session, SYSTEM, versions, "grid.plant", "reform", {})


def now(world: World, short: str) -> Cell:
    """A grid as it is today."""
    with world.store.read() as session:
        return queries.cell(session, SYSTEM, "grid.read", world.grids[short])


def drawn(world: World) -> dict[int, dict[str, Any]]:
    """The properties of the published layer, by grid id."""
    with world.store.read() as session:
        body = queries.layer(session, queries.newest_layer(session, "1.") or "")
    return {row["id"]: row["properties"] for row in json.loads(gzip.decompress(body or b""))["features"]}


def officers_reach(world: World, login: str) -> set[int]:
    """The grids whose patrols somebody may read."""
    with world.store.read() as session:
        return {cell.id for cell in queries.cells(session, make.actor(session, login), "patrol.read")}


# --- planned ---------------------------------------------------------------------------------------------


PAGES = ("/", "/map", "/people", "/feedback", "/duties")


def seen_by(browse: Any) -> list[str]:
    """What the office and an officer see, without what is new on every page."""
    pages = [browse(login).get(page).text for login in ("county", "officer_a1") for page in PAGES]
    return [
        re.sub(r'(csrf_token"|name="id"|data-entry=)[^>]*|id(=|%3D)[0-9a-f-]{36}|Reference: \S+', "", page)
        for page in pages
    ]


def test_what_is_planned_changes_no_page_no_count_no_layer_and_no_path(world: World, browse: Any) -> None:
    pages, layer = seen_by(browse), drawn(world)
    with world.store.read() as session:
        before = queries.cells(session, SYSTEM, "grid.read")
        reach = officers_reach(world, "township_b")
    tomorrow, past = clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)
    with world.store.write() as session:
        version(session, world, "A1", tomorrow, parent="B")
        version(session, world, "A2", past, parent="B")
        version(session, world, "county", tomorrow)
        new = Grid(tier=3, parent_id=None, path="planned")
        session.add(new)
        session.flush()
        version(session, world, "B1", tomorrow, grid_id=new.id, code="999901101299")
    with world.store.read() as session:
        assert queries.cells(session, SYSTEM, "grid.read") == before
        a1 = now(world, "A1")
        assert {one.id for one in queries.siblings(session, a1)} | {a1.id} == {
            one.id for one in before if one.parent_id == a1.parent_id
        }
        assert len(queries.boundaries(session, 3)) == 6
        assert queries.version_on(session, world.grids["A2"], clock.today()) == now(world, "A2").version_id
    assert (officers_reach(world, "township_b"), drawn(world)) == (reach, layer)
    assert seen_by(browse) == pages


def test_a_planned_name_finds_no_report_and_an_old_one_does(world: World) -> None:
    with world.store.write() as session:
        report = submit(session, make.actor(session, "officer_a1"), make.report(world.grids["A1"]))
        named = version(session, world, "A1", REFORM, zh="新名村", en="Renamed")

    def found(words: str) -> list[uuid.UUID]:
        with world.store.read() as session:
            return search.search(session, make.actor(session, "county"), words)

    assert found("新名村") == []
    with world.store.write() as session:
        activate(session, session.merge(named))
    assert found("新名村") == found("甲1村") == [report.id]


# --- in force --------------------------------------------------------------------------------------------


def test_pointer_place_rights_and_layer_move_together(world: World) -> None:
    moved = {world.grids["A1"], world.grids["B3"]}
    with world.store.write() as session:
        activate(
            session,
            version(session, world, "A1", REFORM, parent="B", zh="北村"),
            version(session, world, "B3", REFORM, parent="A", zh="南村"),
        )
    for short, township, name in (("A1", "B", "北村"), ("B3", "A", "南村")):
        cell = now(world, short)
        assert (cell.zh, cell.parent_id) == (name, world.grids[township])
        assert cell.path == f"{now(world, township).path}{cell.id}."
        assert (drawn(world)[cell.id]["zh"], drawn(world)[cell.id]["parent"]) == (name, world.grids[township])
    assert officers_reach(world, "township_a") & moved == {world.grids["B3"]}
    assert officers_reach(world, "township_b") & moved == {world.grids["A1"]}
    assert officers_reach(world, "officer_a1") == {world.grids["A1"]}


def test_a_moved_grid_takes_all_below_it_along(world: World) -> None:
    below = Grid(id=900, tier=4, parent_id=None, path="new")
    with world.store.write() as session:
        session.add(GridLevel(tier=4, zh="小区", en="Compound"))
        session.flush()
        session.add(below)
        session.flush()
        activate(session, version(session, world, "A2", REFORM, grid_id=900, code="01", parent="A2"))
        assert below.path == f"{now(world, 'A2').path}900."
        activate(session, version(session, world, "A2", REFORM, parent="B"))
        assert below.path == f"{now(world, 'B').path}{world.grids['A2']}.900."


def test_history_answers_for_each_day_and_a_day_to_come_is_todays(world: World) -> None:
    with world.store.write() as session:
        first = now(world, "A1").version_id
        second = version(session, world, "A1", REFORM)
        activate(session, second)
        third = version(session, world, "A1", REFORM + make.days(30))
        activate(session, third)
        version(session, world, "A1", clock.today() + make.days(1))
        expected = {
            make.BEGAN - make.days(1): None,
            make.BEGAN: first,
            REFORM - make.days(1): first,
            REFORM: second.id,
            REFORM + make.days(29): second.id,
            REFORM + make.days(30): third.id,
            clock.today() + make.days(400): third.id,
        }
    with world.store.read() as session:
        assert {day: queries.version_on(session, world.grids["A1"], day) for day in expected} == expected
        for day, each in expected.items():
            stood = session.scalars(select(GridVersion.grid_id).where(queries.on(day))).all()
            assert len(stood) == len(set(stood)) == (9 if each else 0)


def test_a_record_keeps_the_version_of_its_day(world: World) -> None:
    with world.store.write() as session:
        first = now(world, "A1").version_id
        activate(session, version(session, world, "A1", clock.today()))
        version(session, world, "A1", clock.today() + make.days(9))
        yesterday = clock.now() - make.days(1)
        for at, expected in ((yesterday, first), (clock.now(), now_in(session, world, "A1"))):
            entry = make.patrol(world.grids["A1"], {world.things["farm_a1"]: "normal"}, at=at)
            record(session, make.actor(session, "officer_a1"), entry)
            assert session.get_one(Patrol, entry.id).grid_version_id == expected


def now_in(session: Session, world: World, short: str) -> int:
    """The version in force, as the write sees it."""
    return queries.named(session, {world.grids[short]})[world.grids[short]].version_id


#: What a version is given, ``on`` also as so much after today; and how it is refused.
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a day to come": ({"on": timedelta(days=1)}, "in the future"),
    "no day after": ({"on": make.BEGAN - timedelta(days=1)}, "begin after that day"),
    "its own level above it": ({"parent": "A2"}, "level above"),
    "itself": ({"parent": "A1"}, "level above"),
    "nothing": ({"parent_id": None}, "level above"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_put_in_force_is_refused_whole(world: World, name: str) -> None:
    given, why = BAD[name]
    if isinstance(on := given.get("on"), timedelta):
        given = {"on": clock.today() + on}
    before = {short: now(world, short) for short in world.grids}
    with pytest.raises(Refused, match=why), world.store.write() as session:
        good = version(session, world, "B1", REFORM, zh="好村")
        activate(session, good, version(session, world, "A1", **{"on": REFORM} | given))
    assert {short: now(world, short) for short in world.grids} == before
    with world.store.read() as session:
        assert len(session.scalars(select(BoundaryEdition)).all()) == 1
        assert all(one.valid_to is None for one in session.scalars(select(GridVersion)))


def test_a_parent_that_is_only_planned_is_none(world: World) -> None:
    with pytest.raises(Refused, match="level above"), world.store.write() as session:
        session.add(Grid(id=900, tier=2, parent_id=None, path="planned"))
        session.flush()
        activate(session, version(session, world, "A1", REFORM, parent_id=900))


def test_two_who_put_in_force_at_once_publish_both_changes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    together, publish = threading.Barrier(2), service.publish

    def slowly(*given: Any) -> BoundaryEdition:
        made = publish(*given)
        time.sleep(0.5)  # for the other to look before this one is committed
        return made

    monkeypatch.setattr(service, "publish", slowly)

    def act(short: str) -> None:
        together.wait(30)
        with world.store.write() as session:
            activate(session, version(session, world, short, REFORM, zh=f"改{short}"))

    threads = [threading.Thread(target=act, args=(short,)) for short in ("A1", "B1")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    layer = drawn(world)
    assert {layer[world.grids[short]]["zh"] for short in ("A1", "B1")} == {"改A1", "改B1"}


# --- nobody else decides -----------------------------------------------------------------------------------


DATES, OWNERS = (
    {"valid_from", "valid_to"},
    {
        "webapp/grid/queries.py",
        "webapp/grid/service.py",
        "webapp/grid/exports.py",
        "webapp/grid/uproot.py",
        "webapp/grid/then.py",
        "webapp/grid/models.py",
        "bench/realm.py",
    },
)


def deciding(source: str) -> list[str]:
    """The places of a file that read the dates of ``GridVersion`` or the pointer themselves."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in ("GridVersion", "GridCurrent")
    }
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Attribute)
            and node.attr in DATES
            and "GridVersion" in {names.get(name, name.rpartition(".")[2]) for name in [ast.unparse(node.value)]}
        )
        or (isinstance(node, ast.Name | ast.Attribute) and names.get(ast.unparse(node)) == "GridCurrent")
    ]


def test_only_the_grid_itself_compares_dates_of_versions() -> None:
    files = [path for folder in ("webapp", "bench") for path in sorted((ROOT / folder).rglob("*.py"))]
    found = {
        name: places
        for path in files
        if (name := path.relative_to(ROOT).as_posix()) not in OWNERS and "django_twin" not in name
        if (places := deciding(path.read_text(encoding="utf-8")))
    }
    assert found == {}
    deciders = sorted(OWNERS - {"webapp/grid/models.py"})
    assert all(deciding((ROOT / owner).read_text(encoding="utf-8")) for owner in deciders)


@pytest.mark.parametrize(
    "source",
    [
        "from ..grid.models import GridVersion\nquery.where(GridVersion.valid_to.is_(None))",
        "from webapp.grid.models import GridVersion as V\nV.valid_from <= day",
        "from ..grid import models\nmodels.GridVersion.valid_to > day",
        "from ..grid.models import GridCurrent\nselect(GridCurrent)",
    ],
)
def test_who_would_decide_for_himself_is_found(source: str) -> None:
    assert deciding(source) != []


def test_every_grid_of_the_tree_has_one_version_in_force(world: World) -> None:
    with world.store.read() as session:
        pointers = dict(session.execute(select(GridCurrent.grid_id, GridCurrent.version_id)).all())
        versions = dict(session.execute(select(GridVersion.id, GridVersion.grid_id)).all())
        assert pointers.keys() == set(session.scalars(select(Grid.id)))
        assert {versions[version_id] for version_id in pointers.values()} == pointers.keys()
        assert all(versions[version_id] == grid_id for grid_id, version_id in pointers.items())


@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
def test_the_schema_before_takes_no_planned_version_and_stays_whole(world: World) -> None:
    with world.store.write() as session:
        activate(session, version(session, world, "A1", REFORM))
        planned = version(session, world, "A1", clock.today() + make.days(1)).id
    with pytest.raises(Unfit, match="no place for 1 versions of grids that are planned"):
        migrate.run(world.store, "downgrade", "0001")
    with Session(world.store.writer) as session, session.begin():  # a schema of before the chain
        pointers = session.execute(select(GridCurrent.grid_id, GridCurrent.version_id)).all()
        session.delete(session.get_one(GridVersion, planned))
    migrate.run(world.store, "downgrade", "0001")
    migrate.run(world.store, "upgrade", "head")
    with world.store.read() as session:
        assert set(session.execute(select(GridCurrent.grid_id, GridCurrent.version_id)).all()) == set(pointers)
