"""On whose list an object stood on a day: merged, split, moved, and taken back; its log line may go."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import make
from tests.conftest import World
from tests.grid.changing import approved, border, changed_to, delivered, drafted
from webapp.core import clock
from webapp.core.happened import GridsChanged
from webapp.core.models import AuditEntry, Setting
from webapp.core.retention import LEAST_LOG_MONTHS
from webapp.grid import in_force
from webapp.ops import retention
from webapp.patrol import coverage, heirs
from webapp.patrol.models import ObjectStay, PatrolObject

WEST, EAST = make.box(0, 0, 0.005), make.box(0.005, 0, 0.005)


@pytest.fixture(autouse=True)
def placed(world: World) -> None:
    """The farm of A1 stands in the west of it, that of A2 in its own village."""
    with world.store.write() as session:
        for name, lon in (("farm_a1", 110.002), ("farm_a2", 110.015)):
            thing = session.get_one(PatrolObject, world.things[name])
            thing.lon, thing.lat = lon, 35.005


@contextmanager
def ago(days: int) -> Iterator[date]:
    with clock.at(clock.now() - make.days(days)):
        yield clock.today()


def stood(world: World, name: str, day: date) -> int:
    """The grid on whose list an object stood."""
    with world.store.read() as session:
        thing = session.get_one(PatrolObject, world.things[name])
        return coverage.stood(session, day).get(thing.id, thing.grid_id)


def merge(world: World) -> None:
    changed_to(world, {"A1": {"boundary": border(world, "A2", "A1")}}, gone=["A2"])


def split(world: World) -> None:
    changed_to(world, {"A1": {"boundary": EAST}, "A9": new_village(world, WEST)})


def new_village(world: World, ground: bytes) -> Mapping[str, Any]:
    return {"boundary": ground, "name": "新村", "code": "999901101009", "parent": "A"}


def move(world: World) -> None:
    """The west of A1 goes to A3."""
    ground = border(world, "A1", "A3")
    changed_to(world, {"A1": {"boundary": EAST}, "A3": {"boundary": ground}})


@pytest.mark.parametrize(
    "change, name, was", [(merge, "farm_a2", "A2"), (split, "farm_a1", "A1"), (move, "farm_a1", "A1")]
)
def test_an_object_stood_on_its_old_list_until_the_day_of_the_borders(
    world: World, change: Callable[[World], None], name: str, was: str
) -> None:
    change(world)
    today, old = clock.today(), world.grids[was]
    assert stood(world, name, today - timedelta(days=1)) == old != stood(world, name, today)
    with world.store.read() as session:
        (stay,) = session.scalars(select(ObjectStay).where(ObjectStay.object_id == world.things[name]))
        thing = session.get_one(PatrolObject, world.things[name])
        assert (stay.since, stay.until, stay.grid_id) == (thing.valid_from, today, old)


def test_a_merger_that_is_taken_back_leaves_each_list_with_its_days(world: World) -> None:
    theirs = border(world, "A2")
    ours = border(world, "A1")
    with ago(9) as merged:
        merge(world)
    with ago(4) as taken_back:
        changed_to(world, {"A1": {"boundary": ours}, "A9": new_village(world, theirs)})
    with world.store.read() as session:
        now = session.get_one(PatrolObject, world.things["farm_a2"]).grid_id
    assert now not in world.grids.values()
    days = (merged - timedelta(days=1), merged, taken_back - timedelta(days=1), taken_back, clock.today())
    a1, a2 = world.grids["A1"], world.grids["A2"]
    assert [stood(world, "farm_a2", day) for day in days] == [a2, a1, a1, now, now]


def test_borders_that_the_sweep_puts_in_force_late_count_from_their_day(world: World) -> None:
    with ago(3) as day:
        approved(world, drafted(world, delivered(world, {"A1": {"boundary": border(world, "A2", "A1")}}, ["A2"])))
    assert in_force.put_due_in_force(world.store) == 1
    assert stood(world, "farm_a2", day - timedelta(days=1)) == world.grids["A2"]
    assert stood(world, "farm_a2", day) == world.grids["A1"]


def test_a_list_on_which_it_stood_for_no_day_is_none(world: World) -> None:
    """Two villages go one after the other on the same day, by lists without borders."""
    a1, a2, a3 = (world.grids[name] for name in ("A1", "A2", "A3"))
    with world.store.write() as session:
        session.get_one(PatrolObject, world.things["farm_a2"]).lon = None
        for gone, heir in ((a2, a1), (a1, a3)):
            heirs.follow(session, GridsChanged({gone: heir}, (), clock.today()))
    assert stood(world, "farm_a2", clock.today()) == a3
    assert stood(world, "farm_a2", clock.today() - timedelta(days=1)) == a2


def test_the_line_of_the_log_goes_in_its_time_and_the_list_is_known_all_the_same(world: World, tmp_path: Any) -> None:
    with ago(LEAST_LOG_MONTHS * 31 + 10) as day:
        merge(world)
    with world.store.write() as session:
        session.get_one(Setting, "log_months").value = str(LEAST_LOG_MONTHS)
    retention.sweep(world.store, tmp_path, really=True)
    with world.store.read() as session:
        assert not session.scalars(select(AuditEntry).where(AuditEntry.action == "object.follow")).all()
    assert stood(world, "farm_a2", day - timedelta(days=1)) == world.grids["A2"]
