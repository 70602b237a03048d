"""A county without borders: grids come in by a list, everything works, and borders come later, half of them or all."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from tests import engines, make
from tests.conftest import PEOPLE, World
from tests.maps.conftest import read_page
from webapp.access import SYSTEM
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.errors import Refused
from webapp.grid import in_force, intake, queries
from webapp.grid.models import GridChange, GridChangeSet, GridVersion
from webapp.maps import queries as map_queries
from webapp.patrol import service as patrol_service
from webapp.patrol.models import PatrolObject
from webapp.report import service
from webapp.report.models import Report

HEAD = ("级别", "代码", "名称", "name_en", "上级代码")
Rows = Sequence[Sequence[str]]


def rows() -> list[tuple[str, ...]]:
    """The small county as its list."""
    cells, names = make.squares()
    above = [cells[cell.parent].code if cell.parent is not None else "" for cell in cells]
    return [(str(cell.tier), cell.code, zh, en, up) for cell, (zh, en), up in zip(cells, names, above, strict=True)]


def as_csv(given: Rows, codec: str = "utf-8") -> bytes:
    made = io.StringIO()
    csv.writer(made).writerows([HEAD, *given])
    return made.getvalue().encode(codec)


def as_xlsx(given: Rows) -> bytes:
    book, made = Workbook(), io.BytesIO()
    for row in (HEAD, *given):
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def taken(store: Store, path: Path) -> dict[str, int]:
    """The tree of a list; ids by short names."""
    with store.write() as session:
        stored = intake.accept(session, SYSTEM, intake.examine([path]), make.BEGAN)
        names = {version.grid_id: version.en for version in session.scalars(select(GridVersion))}
        return {names[grid.id].split()[-1].replace("County", "county"): grid.id for grid in stored}


@pytest.fixture
def world(seeded: str, password_hash: str, tmp_path: Path) -> Iterator[World]:
    """The small county, out of a list, with people for every role."""
    url = engines.copy(seeded, tmp_path)
    from webapp.listeners import open_store

    store = engines.ready(open_store(url))
    path = tmp_path / "list.csv"
    path.write_bytes(as_csv(rows()))
    grids = taken(store, path)
    with store.write() as session:
        bodies = {
            "housing": make.body(session, "department", grids["county"], "县住建局", "Housing Bureau", "housing").id
        }
        wanted = {login: posting for login, posting in PEOPLE.items() if posting[2] in (None, "housing")}
        people = make.crowd(session, wanted, grids, bodies, password_hash)
        things = {"farm_a1": make.thing(session, grids["A1"]).id}
    yield World(store, grids, bodies, things, people)
    store.close()
    engines.drop(url)


def square(short: str) -> dict[str, Any]:
    cells, names = make.squares()
    at = next(at for at, (_, en) in enumerate(names) if en.split()[-1] == short)
    geometry = json.loads(shapely.to_geojson(shapely.from_wkb(cells[at].boundary)))
    return {"type": "Feature", "properties": {"code": cells[at].code, "name": names[at][0]}, "geometry": geometry}


def borders(*shorts: str) -> tuple[io.BytesIO, str]:
    """Borders of some villages."""
    told = {"type": "FeatureCollection", "name": "village", "features": [square(short) for short in shorts]}
    return io.BytesIO(json.dumps(told, ensure_ascii=False).encode()), "village.geojson"


def sent(browse: Any, files: Any, **more: Any) -> str:
    """Where it is said how the files were read."""
    answer = browse("county").post("/borders", **({"files": [files], "is_open": "y", "is_part": "y"} | more))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def bring(browse: Any, files: Any, **more: Any) -> Any:
    """The answer to the last of the steps to a draft, or the page that says why there is none."""
    address, county = sent(browse, files, **more), browse("county")
    page = county.get(address)
    return county.post(address, act="compare") if "See what would change" in page.text else page


def put_in_force(world: World, browse: Any, address: str) -> str:
    """Propose, approve and put in force what stands at an address; its page before that."""
    county, second = browse("county"), browse("county_two")
    page = county.get(address).text
    said = {"since": clock.today().isoformat(), "reason": "the others follow"}
    assert county.post(f"{address}/propose", **said).status_code == 303
    assert second.post(f"{address}/approve").status_code == 303
    assert in_force.put_due_in_force(world.store) == 1
    return page


def submitted(world: World, **more: Any) -> Any:
    with world.store.write() as session:
        entry = make.report(world.grids["A1"], **more)
        service.submit(session, make.actor(session, "officer_a1"), entry)
        return entry.id


def moved(world: World, report_id: Any, login: str, move: Any) -> str:
    with world.store.write() as session:
        return service.move(session, make.actor(session, login), report_id, move).state


#: In A1 as it will be drawn.
HERE = {"lon": 110.004, "lat": 35.006, "accuracy_m": 20.0}


@pytest.mark.parametrize("kind", ["utf-8", "gb18030", "xlsx"])
def test_a_list_makes_a_tree_in_any_usual_file(store: Store, tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("list.xlsx" if kind == "xlsx" else "list.csv")
    path.write_bytes(as_xlsx(rows()) if kind == "xlsx" else as_csv(rows(), kind))
    examined = intake.examine([path])
    assert examined.summary() == "county 1, townships 2, villages 6; without borders" and not examined.findings
    grids = taken(store, path)
    with store.read() as session:
        cells = queries.cells(session, SYSTEM, "grid.read")
        assert {(cell.zh, cell.en) for cell in cells} >= {("测试县", "Test County"), ("甲1村", "Village A1")}
        assert next(cell.parent_id for cell in cells if cell.id == grids["B2"]) == grids["B"]


def test_a_list_with_errors_names_them_and_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(as_csv([*rows(), ("3", "999901101200", "又一村", "", "")]))
    assert [finding.code for finding in intake.examine([path]).errors] == ["code_twice"]
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(Refused, match="headings"):
        intake.examine([path])


def test_a_matter_goes_its_whole_way_and_no_border_is_needed(world: World, browse: Any) -> None:
    with world.store.write() as session:
        officer = make.actor(session, "officer_a1")
        patrol_service.record(session, officer, make.patrol(world.grids["A1"], {world.things["farm_a1"]: "problem"}))
    report_id = submitted(world, **HERE, object_id=world.things["farm_a1"])
    assert moved(world, report_id, "township_a", make.move("raise", "township", reason="too large")) == "county"
    due = clock.today().isoformat()
    to = {"body": world.bodies["housing"], "ground": "minutes", "ground_text": "x", "due": due}
    assert moved(world, report_id, "county", make.move("dispatch", "county", **to)) == "department"
    assert moved(world, report_id, "liaison", make.move("receive", "department")) == "handling"
    assert moved(world, report_id, "liaison", make.move("handle", "handling", result="cleared")) == "department_done"
    page = browse("township_a").get(f"/reports/{report_id}").text
    assert "110.00400, 35.00600" in page
    assert moved(world, report_id, "township_a", make.move("confirm", "department_done", note="seen")) == "closed"
    with world.store.read() as session:
        report = session.scalars(select(Report)).one()
        assert (report.lon, report.grid_id) == (HERE["lon"], world.grids["A1"]), "kept, and the grid as it was chosen"


@pytest.mark.parametrize(
    ("login", "pages"),
    [
        ("officer_a1", ("/home", "/map", "/grids/{A1}", "/grids/{A1}/report", "/map/grids/{A1}/card")),
        ("township_a", ("/desk", "/map", "/cards", "/people")),
        ("county", ("/desk", "/map", "/borders", "/grids/{county}", "/grids/{A}/change", "/objects/import")),
        ("liaison", ("/desk", "/map")),
    ],
)
def test_all_pages_work_without_a_border(world: World, browse: Any, login: str, pages: Sequence[str]) -> None:
    submitted(world, **HERE)
    for page in pages:
        assert browse(login).get(page.format(**world.grids)).status_code == 200, page


def test_the_map_page_has_the_table_and_says_what_is_not_drawn(world: World, browse: Any) -> None:
    submitted(world)
    page = read_page(browse("county").get("/map"))
    assert "6 villages have no border yet" in page.text and "data-layer" not in page.text
    assert "Village A1" in {row[0] for row in page.rows}


def test_borders_of_half_of_the_villages_are_drawn_for_the_first_time_and_move_nothing(
    world: World, browse: Any
) -> None:
    with world.store.write() as session:  # stands in A2, and was put on the list of A1 by hand
        thing = session.get_one(PatrolObject, world.things["farm_a1"])
        thing.lon, thing.lat = 110.015, 35.005
    answer = bring(browse, borders("A1", "A2", "B1"))
    assert answer.status_code == 303
    page = put_in_force(world, browse, answer.location)
    assert page.count("drawn for the first time") == 4 and ">drawn anew<" not in page and ">goes<" not in page
    with world.store.read() as session:
        assert {line.kind for line in session.scalars(select(GridChange))} == {"changed"}
        assert [line.predecessors for line in session.scalars(select(GridChange))] == [[], [], []]
        assert session.get_one(PatrolObject, world.things["farm_a1"]).grid_id == world.grids["A1"]
    shown = browse("county").get("/map").text
    assert "3 villages have no border yet" in shown and "data-layer" in shown
    rest = bring(browse, borders("A3", "B2", "B3"))
    put_in_force(world, browse, rest.location)
    assert "no border yet" not in browse("county").get("/map").text


def test_where_half_is_drawn_only_what_is_sure_is_asked(world: World, browse: Any) -> None:
    put_in_force(world, browse, bring(browse, borders("A2")).location)
    submitted(world, **HERE)
    submitted(world, lon=111.0, lat=35.0)  # nobody can know that it is not in A1
    with pytest.raises(Refused) as refused:
        submitted(world, lon=110.0099, lat=35.005, accuracy_m=60.0)
    assert refused.value.message == service.NEAR
    with pytest.raises(Refused, match=r"in %\(village\)s. Tick"):
        submitted(world, lon=110.015, lat=35.005)
    submitted(world, lon=110.015, lat=35.005, joint=(world.grids["A2"],))
    put_in_force(world, browse, bring(browse, borders("A1")).location)
    with pytest.raises(Refused) as refused:
        submitted(world, lon=111.0, lat=35.0)
    assert refused.value.message == service.OUTSIDE


def test_a_list_changes_names_and_adds_villages_by_the_same_set(world: World, browse: Any) -> None:
    new = ("3", "999901101209", "甲9村", "Village A9", "999901101000")
    renamed = ("3", "999901100200", "新名村", "New Name", "")
    answer = bring(browse, (io.BytesIO(as_csv([new, renamed], "gb18030")), "more.CSV"))
    page = put_in_force(world, browse, answer.location)
    assert "甲9村" not in page and "Village A9" in page and "New Name" in page
    with world.store.read() as session:
        names = {cell.zh for cell in queries.cells(session, SYSTEM, "grid.read")}
        assert {"甲9村", "新名村", "甲2村"} <= names and "甲1村" not in names


def test_a_whole_list_says_what_goes(world: World, browse: Any) -> None:
    answer = bring(browse, (io.BytesIO(as_csv(rows()[:-1])), "list.csv"), is_part="")
    assert "Village B3" in browse("county").get(answer.location).text
    with world.store.read() as session:
        assert [line.kind for line in session.scalars(select(GridChange))] == ["gone"]
    same = bring(browse, (io.BytesIO(as_csv(rows())), "list.csv"), is_part="")
    assert same.status_code == 422 and "Nothing would change" in same.text


def test_what_is_only_a_part_takes_nothing_back_that_came_in_force_meanwhile(world: World, browse: Any) -> None:
    address = sent(browse, (io.BytesIO(as_csv([("3", "999901100200", "甲1新村", "", "")])), "part.csv"))
    other = bring(browse, (io.BytesIO(as_csv([("3", "999901100201", "甲2改", "", "")])), "other.csv"))
    put_in_force(world, browse, other.location)
    county = browse("county")
    stale = county.post(address, act="compare")
    assert stale.status_code == 409 and "Have them read again" in stale.text
    assert county.post(address, act="read", is_part="y").status_code == 303
    page = county.get(county.post(address, act="compare").location).text
    assert "甲1新村" in page or "甲1" in page
    with world.store.read() as session:
        mine = max(session.scalars(select(GridChange.set_id)))
        assert list(session.scalars(select(GridChange.code).where(GridChange.set_id == mine))) == ["999901100200"]


def test_a_list_with_errors_is_not_kept_and_what_was_left_out_is_said(world: World, browse: Any) -> None:
    twice = bring(browse, (io.BytesIO(as_csv([rows()[3], rows()[3]])), "list.csv"))
    assert "stands more than once" in twice.text
    with world.store.read() as session:
        assert not list(session.scalars(select(GridChangeSet)))
    total = ("合计", "", "", "", "")
    new = ("3", "999901101209", "甲9村", "", "")
    page = browse("county").get(sent(browse, (io.BytesIO(as_csv([new, total])), "list.csv"))).text
    assert "left out as a total or a signature" in page


def test_the_list_as_it_is_can_be_taken_out_and_brought_in_again(world: World, browse: Any) -> None:
    taken_out = browse("county").get("/borders/list.xlsx")
    sheet = load_workbook(io.BytesIO(taken_out.data)).active
    assert sheet.max_row == 1 + len(rows())
    same = bring(browse, (io.BytesIO(taken_out.data), "grids.xlsx"), is_part="")
    assert same.status_code == 422 and "Nothing would change" in same.text
    assert browse("leader").get("/borders/list.xlsx").status_code in (403, 404)


def test_a_list_takes_no_border_away(world: World, browse: Any) -> None:
    put_in_force(world, browse, bring(browse, borders("A1")).location)
    with clock.at(clock.now() + make.days(1)):
        changed = [(*row[:2], "改名村", *row[3:]) if row[2] == "甲1村" else row for row in rows()]
        answer = bring(browse, (io.BytesIO(as_csv(changed)), "list.csv"), is_part="")
        put_in_force(world, browse, answer.location)
    with world.store.read() as session:
        version = session.scalars(select(GridVersion).where(GridVersion.zh == "改名村", queries.current())).one()
        assert version.boundary is not None and version.grid_id == world.grids["A1"]


def test_who_may_change_one_county_and_only_walks_in_another_changes_the_first_alone(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "other.csv"
    there = [tuple(cell.replace("9999", "9998", 1) for cell in row) for row in rows()]
    path.write_bytes(as_csv(there))
    with world.store.write() as session:
        other = intake.accept(session, SYSTEM, intake.examine([path]), make.BEGAN, beside=True)[0].id
        person = make.person(session, "two_places", "grid_officer", grid=world.grids["A1"])
        make.posting(session, person.id, "county_office", grid=other)
    with world.store.read() as session:
        who = make.actor(session, "two_places")
        home = map_queries.home(session, who)
        assert home is not None and (home.id, map_queries.edited(session, who)) == (world.grids["county"], f"{other}.")
