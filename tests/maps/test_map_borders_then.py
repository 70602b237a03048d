"""A past period under the borders of then and of now: other villages, the same records, the same total."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests import make
from tests.conftest import World
from tests.grid.changing import border, changed_to
from tests.maps.conftest import MapPage
from webapp.core import clock
from webapp.patrol.models import PatrolObject


@pytest.fixture
def past() -> dict[str, str]:
    """Two weeks that ended yesterday, before whatever changes today."""
    first, last = (clock.today() - timedelta(days=ago) for ago in (14, 1))
    return {"from": first.isoformat(), "to": last.isoformat()}


@pytest.fixture
def records(world: World, patrol: Any, report: Any) -> None:
    """Rounds, an object that was taken off its list, and open reports in three villages."""
    patrol("officer_a1", "A1", farm_a1="normal", kiln_a1="normal", at=clock.now() - make.days(9))
    patrol("officer_a2", "A2", kiln_a2="could_not_see", at=clock.now() - make.days(9))
    with world.store.write() as session:
        session.get_one(PatrolObject, world.things["farm_a2"]).valid_to = clock.today() - timedelta(days=2)
    report("officer_a1", "A1")
    report("officer_a2", "A2", lon=110.015, lat=35.005)
    report("officer_b1", "B1")


def merge(world: World) -> None:
    changed_to(world, {"A1": {"boundary": border(world, "A2", "A1")}}, gone=["A2"])


def across(world: World) -> None:
    changed_to(world, {"B1": {"boundary": border(world, "A2", "B1")}}, gone=["A2"])


def split(world: World) -> None:
    """A1 gives way to two, one of which is new; the objects of A1 stand in the new one."""
    with world.store.write() as session:
        for name in ("farm_a1", "kiln_a1"):
            thing = session.get_one(PatrolObject, world.things[name])
            thing.lon, thing.lat = 110.002, 35.005
    west, east = make.box(0, 0, 0.005), make.box(0.005, 0, 0.005)
    new = {"boundary": west, "name": "新村", "code": "999901101009", "parent": "A"}
    changed_to(world, {"A1": {"boundary": east}, "A9": new})


def move(world: World) -> None:
    changed_to(world, {"A2": {"parent": "B"}})


def rename(world: World) -> None:
    changed_to(world, {"A2": {"name": "新名村"}})


def sums(page: MapPage) -> list[int]:
    """Visits due and made, in vain, not made, due now and open: each column of the table in one."""
    visits = [tuple(map(int, row[1].split("/"))) if "/" in row[1] else (0, 0) for row in page.rows]
    others = [[int((number.split() or ["0"])[0].replace("-", "0") or 0) for number in row[2:]] for row in page.rows]
    return [sum(column) for column in zip(*([*a, *b] for a, b in zip(visits, others, strict=True)), strict=True)]


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("change", [merge, across, split, move, rename], ids=lambda change: change.__name__)
def test_borders_then_and_now_have_the_same_totals(
    the_map: Callable[..., MapPage], world: World, past: dict[str, str], change: Callable[[World], None]
) -> None:
    before = the_map("county", **past)
    assert "Borders then" not in before.text
    change(world)
    now, then = the_map("county", **past), the_map("county", **past, borders="then")
    assert (now.status, then.status) == (200, 200) and "Borders then" in now.text
    assert sums(before) == sums(now) == sums(then)
    assert then.rows == before.rows, "under the borders of then all stands where it stood"
    assert then.values == before.values
    assert (now.rows != before.rows) or change is rename
    assert then.layer == before.layer != now.layer


@pytest.mark.usefixtures("records")
def test_between_two_changes_the_borders_of_then_are_those_of_the_first(
    the_map: Callable[..., MapPage], world: World, past: dict[str, str]
) -> None:
    with clock.at(clock.now() - make.days(5)):
        merge(world)
    between = the_map("county", **past)
    changed_to(world, {"A3": {"boundary": border(world, "A1", "A3")}}, gone=["A1"])
    then, now = the_map("county", **past, borders="then"), the_map("county", **past)
    assert then.rows == between.rows and sums(then) == sums(now)
    assert then.layer == between.layer
    first = {**past, "to": (clock.today() - timedelta(days=6)).isoformat()}
    names = {row[0] for row in the_map("county", **first, borders="then").rows}
    assert {"Village A1", "Village A2", "Village A3"} <= names


@pytest.mark.usefixtures("records")
def test_what_was_on_the_list_of_a_village_that_ended_counts_for_its_heir(
    the_map: Callable[..., MapPage], world: World, past: dict[str, str]
) -> None:
    """Also what had been taken off the list by then, which does not follow the borders."""
    row = next(row for row in the_map("county", **past).rows if row[0] == "Village A2")
    merge(world)
    now = the_map("county", **past)
    (heir,) = [found for found in now.rows if found[0] == "Village A1"]
    assert row[1] != "0/0" and "Village A2" not in [found[0] for found in now.rows]
    assert int(heir[1].split("/")[1]) > int(row[1].split("/")[1])


@pytest.mark.usefixtures("records")
def test_who_has_the_heir_reads_it_under_the_borders_of_then_and_nobody_else(
    the_map: Callable[..., MapPage], world: World, past: dict[str, str]
) -> None:
    across(world)
    names = {
        login: {row[0] for row in the_map(login, **past, borders="then").rows}
        for login in ("officer_b1", "township_a", "township_b", "liaison")
    }
    assert names["officer_b1"] == {"Village B1", "Village A2"} and names["liaison"] == set()
    assert "Village A2" not in names["township_a"]
    assert names["township_b"] == {"Village A2", "Village B1", "Village B2", "Village B3"}


@pytest.mark.usefixtures("records")
def test_the_card_of_a_village_that_ended_tells_its_share_of_then(
    browse: Any, the_map: Callable[..., MapPage], world: World, past: dict[str, str]
) -> None:
    merge(world)
    page = the_map("county", **past, borders="then")
    share = page.values[str(world.grids["A2"])]["label"]
    card = browse("county").get(f"/map/grids/{world.grids['A2']}/card", query_string={**past, "borders": "then"})
    assert card.status_code == 200 and f">{share}<" in card.text and "Village A2" in card.text
    assert "borders=then" in page.text.split('data-card="')[1].split('"')[0]


def test_without_an_end_before_the_change_there_is_nothing_to_switch(
    the_map: Callable[..., MapPage], world: World
) -> None:
    merge(world)
    today = clock.today().isoformat()
    for query in ({}, {"from": today, "to": today}, {"by": "last"}, {"from": "2025-12-01", "to": "2025-12-02"}):
        page = the_map("county", **query, borders="then")
        assert page.status == 200 and "Borders then" not in page.text
