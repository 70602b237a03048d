"""Pages on which one grid is drawn anew from a file, or added by hand."""

import io
import json
import re
from typing import Any

import pytest
import shapely
from sqlalchemy import select

from tests.conftest import World
from tests.grid.changing import border
from webapp.access import SYSTEM
from webapp.core import clock
from webapp.grid import in_force, queries
from webapp.grid.models import Grid, GridChangeSet

SENT = {"is_open": "y"}


def file(*shapes: Any, kind: str = "geojson") -> tuple[io.BytesIO, str]:
    features = [{"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(s))} for s in shapes]
    told = json.dumps({"type": "FeatureCollection", "features": features})
    return io.BytesIO(told.encode()), f"one.{kind}"


def shape(world: World, short: str) -> Any:
    return shapely.from_wkb(border(world, short))


def halves(world: World) -> tuple[Any, Any]:
    west, south, east, north = shape(world, "A1").bounds
    middle = (west + east) / 2
    return shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)


def put_in_force(browse: Any, world: World, address: str) -> None:
    county, second = browse("county"), browse("county_two")
    today = re.search(r'name="since"[^>]*value="([^"]+)"', county.get(address).text)
    assert today is not None
    assert county.post(f"{address}/propose", since=today[1], reason="as decreed").status_code == 303
    assert second.post(f"{address}/approve").status_code == 303
    assert in_force.put_due_in_force(world.store) == 1


def test_a_village_is_drawn_anew_from_a_file_and_what_does_not_fit_is_said(world: World, browse: Any) -> None:
    county, address = browse("county"), f"/grids/{world.grids['A1']}/border"
    west, _east = halves(world)
    answer = county.post(address, file=file(west), **SENT)
    assert answer.status_code == 303, answer.text
    page = county.get(answer.location).text
    assert "drawn anew" in page and "belong to nobody" in page and "The area changes" in page
    put_in_force(browse, world, answer.location)
    assert shapely.equals_exact(shape(world, "A1").normalize(), west.normalize(), 1e-9)


def test_a_grid_is_added_by_hand_with_its_border_or_without(world: World, browse: Any) -> None:
    county, address = browse("county"), f"/grids/{world.grids['A']}/below"
    typed = {"zh": "新村", "en": "New", "code": "999901001077"}
    for given in ({"file": file(halves(world)[1])} | SENT, {}):
        answer = county.post(address, **typed, **given)
        assert answer.status_code == 303, answer.text
        page = county.get(answer.location).text
        assert "新村" in page and "new" in page and ("are claimed twice" in page) == bool(given)
    put_in_force(browse, world, answer.location)
    with world.store.read() as session:
        (made,) = (cell for cell in queries.cells(session, SYSTEM, "grid.read") if cell.code == typed["code"])
    assert (made.parent_id, made.tier, made.zh) == (world.grids["A"], 3, "新村")


@pytest.mark.parametrize("shapes", [0, 2])
def test_a_file_with_none_or_several_borders_is_refused(world: World, browse: Any, shapes: int) -> None:
    answer = browse("county").post(f"/grids/{world.grids['A1']}/border", file=file(*halves(world)[:shapes]), **SENT)
    assert answer.status_code == 422 and ("holds 2 shapes" if shapes else "no layer with polygons") in answer.text


def test_what_is_left_out_or_taken_is_refused_beside_its_field(world: World, browse: Any) -> None:
    county, grids = browse("county"), world.grids
    one = halves(world)[0]
    assert "Please choose a file" in county.post(f"/grids/{grids['A1']}/border", **SENT).text
    assert "Please confirm this" in county.post(f"/grids/{grids['A1']}/border", file=file(one)).text
    code = re.search(r'name="code"[^>]*value="([^"]+)"', county.get(f"/grids/{grids['A1']}/change").text)
    assert code is not None
    taken = county.post(f"/grids/{grids['A']}/below", zh="新村", code=code[1])
    assert taken.status_code == 422 and "Another grid has this code" in taken.text
    lowest = county.post(f"/grids/{grids['A1']}/below", zh="新村", code="999901001099")
    assert lowest.status_code == 422 and "Nothing stands below" in lowest.text
    assert "Add a grid below it" not in county.get(f"/grids/{grids['A1']}/change").text
    assert "Add a grid below it" in county.get(f"/grids/{grids['A']}/change").text


@pytest.mark.parametrize("login", ["officer_a1", "township_a", "leader", "admin"])
def test_others_do_not_draw(world: World, browse: Any, login: str) -> None:
    for page in ("border", "below"):
        assert browse(login).get(f"/grids/{world.grids['A']}/{page}").status_code in (403, 404)


def test_a_list_is_no_border_and_takes_none_away(world: World, browse: Any) -> None:
    county = browse("county")
    for rows in ("code,name\n999901100200,x\n", "code,name\n999901100200,x\n999901100201,y\n"):
        sent = io.BytesIO(rows.encode()), "list.csv"
        answer = county.post(f"/grids/{world.grids['A1']}/border", file=sent, **SENT)
        assert answer.status_code == 422 and "A list has no border" in answer.text


def test_on_a_grid_that_ended_nothing_is_built_and_nothing_drawn(world: World, browse: Any) -> None:
    with world.store.write() as session:
        for gone, heir in (("A1", "A2"), ("B", "A")):
            grid = session.get_one(Grid, world.grids[gone])
            grid.ended_on, grid.heir_id = clock.today(), world.grids[heir]
    county, sent = browse("county"), file(shapely.box(110, 35, 110.01, 35.01))
    told = {"zh": "新村", "code": "999901101299", **SENT}
    assert county.post(f"/grids/{world.grids['B']}/below", **told).status_code == 404
    assert county.post(f"/grids/{world.grids['A1']}/border", file=sent, **SENT).status_code == 404
    with world.store.read() as session:
        assert not list(session.scalars(select(GridChangeSet)))
