"""Whom one sees on the list of people; the bodies people are posted to: who sets up, renames and closes them."""

import pytest

from tests import make
from tests.accounts.test_service import create, entry
from webapp.accounts import bodies
from webapp.accounts import queries as account_queries
from webapp.core.errors import NotFound, Refused

# --- whom one sees ---


@pytest.mark.parametrize(
    "by, seen, unseen",
    [
        ("township_a", {"officer_a1", "township_a", "station_a"}, {"officer_b1", "county", "liaison", "admin"}),
        ("county", {"officer_b1", "liaison", "leader"}, {"admin", "auditor"}),
        ("admin", {"officer_a1", "county", "auditor", "admin"}, set()),
        ("leader", set(), {"officer_a1"}),
        ("auditor", set(), {"officer_a1"}),
    ],
)
def test_the_list_holds_the_people_within_reach_only(world, by, seen, unseen):
    with world.store.read() as session:
        found = {line.person.login for line in account_queries.people(session, make.actor(session, by), None, 0)}
    assert seen <= found
    assert not unseen & found


def test_the_list_stands_in_code_order_and_can_be_searched(world):
    with world.store.read() as session:
        actor = make.actor(session, "county")
        codes = [line.grid.code for line in account_queries.people(session, actor, None, 0)]
        assert codes == sorted(codes)
        found = account_queries.people(session, actor, "OFFICER_", 0)
        assert {line.person.login for line in found} == {"officer_a1", "officer_a2", "officer_b1"}
        assert account_queries.people(session, actor, "officer%", 0) == []


def test_a_long_list_comes_in_pages_without_loss_or_repeat(world, monkeypatch):
    monkeypatch.setattr(account_queries, "PAGE", 4)
    with world.store.read() as session:
        actor, lines = make.actor(session, "admin"), []
        total = account_queries.count_people(session, actor, None)
        for first in range(0, total, 4):
            page = account_queries.people(session, actor, None, first)
            assert len(page) == min(4, total - first)
            lines += [line.person.login for line in page]
        assert account_queries.people(session, actor, None, total) == []
    assert sorted(lines) == sorted(world.people)


# --- bodies ---


@pytest.mark.parametrize(
    "by, kind, grid, may",
    [
        ("township_a", "station", "A", True),
        ("township_a", "committee", "A2", True),
        ("township_a", "station", "B", False),
        ("township_a", "committee", "B1", False),
        ("township_a", "department", "county", False),
        ("township_a", "station", "A1", False),
        ("county", "department", "county", True),
        ("county", "station", "B", True),
        ("county", "department", "A", False),
        ("admin", "department", "county", True),
        ("leader", "station", "A", False),
        ("auditor", "department", "county", False),
    ],
)
def test_bodies_are_set_up_by_the_tier_they_belong_to(world, by, kind, grid, may):
    def act():
        with world.store.write() as session:
            return bodies.create_body(
                session, make.actor(session, by), kind, world.grids[grid], bodies.BodyEntry("新队")
            ).en

    if may:
        assert act() == "新队"
        return
    sets_up = {"township_a": ("station", "committee"), "county": ("department",)}.get(by, ())
    why = (
        "This kind of body cannot be set up there, or the place is outside your area."
        if kind in sets_up
        else "cannot set up this kind"
    )
    with pytest.raises(Refused, match=why):
        act()


def test_a_department_is_tied_to_a_department_of_the_duty_lists_or_to_none(world):
    with world.store.write() as session:
        actor, county = make.actor(session, "county"), world.grids["county"]
        assert bodies.create_body(session, actor, "department", county, bodies.BodyEntry("水利局", canonical="water"))
        with pytest.raises(Refused, match="The duty lists have no department with this name"):
            bodies.create_body(session, actor, "department", county, bodies.BodyEntry("某局", canonical="no_such"))
        with pytest.raises(Refused, match="The duty lists have no department with this name"):
            bodies.create_body(session, actor, "station", world.grids["A"], bodies.BodyEntry("某所", canonical="water"))


def test_two_open_bodies_of_a_place_have_two_names(world):
    with world.store.write() as session:
        actor, station = make.actor(session, "township_a"), world.bodies["station_a"]
        name = bodies.BodyEntry("甲镇综合执法队")
        with pytest.raises(Refused, match="There is already one with this name"):
            bodies.create_body(session, actor, "station", world.grids["A"], name)
        bodies.close_body(session, actor, station)
        assert bodies.create_body(session, actor, "station", world.grids["A"], name)
        with pytest.raises(Refused, match="There is already one with this name"):
            bodies.reopen_body(session, actor, station)


def test_nobody_new_is_posted_to_a_closed_body(world):
    with world.store.write() as session:
        bodies.close_body(session, make.actor(session, "township_a"), world.bodies["station_a"])
    with pytest.raises(Refused, match="you cannot post people to it"):
        create(world, "township_a", entry(world, "station_officer", None, "station_a"))


@pytest.mark.parametrize(
    "by, body, may",
    [
        ("township_a", "station_a", True),
        ("township_b", "station_a", False),
        ("township_a", "housing", False),
        ("county", "housing", True),
    ],
)
def test_a_body_is_renamed_by_who_may_set_it_up(world, by, body, may):
    with world.store.write() as session:
        actor = make.actor(session, by)
        if may:
            bodies.edit_body(session, actor, world.bodies[body], bodies.BodyEntry("新名"))
            return
        with pytest.raises(NotFound):
            bodies.edit_body(session, actor, world.bodies[body], bodies.BodyEntry("新名"))
