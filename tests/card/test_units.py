"""Unit grids: below which grids they stand, how they are added, renamed, moved and ended, and who looks after one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from gis.lines import compared
from tests import make
from tests.card.compounds import add, fix_kind, subdistrict
from tests.conftest import World
from tests.grid.changing import border, changed_to, delivered, drafted
from webapp.card import queries, service, units
from webapp.card.models import UnitPerson, UpperLink
from webapp.card.service import CardEntry
from webapp.card.units import PersonEntry
from webapp.core import clock
from webapp.core.errors import NotFound, Refused, Stale
from webapp.core.models import AuditEntry
from webapp.grid import changed, changes, in_force
from webapp.grid import queries as grids
from webapp.grid import units as grid_units
from webapp.grid.changes import Line
from webapp.grid.models import UNIT_TIER, Grid, GridChangeSet, GridVersion
from webapp.grid.units import Unit
from webapp.people import queries as people

LATER = timedelta(days=30)


def refused(act: Callable[[], Any]) -> tuple[str | None, str]:
    """The field and the sentence of the refusal."""
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field, refusal.value.message


def below(world: World, grid: str) -> list[str]:
    """What the unit grids of a community are called."""
    with world.store.read() as session:
        return [cell.zh for cell in grid_units.of(session, [world.grids[grid]])]


def change(world: World, unit_id: int, login: str = "township_a", seen: int = 0, **wished: Any) -> None:
    """Rename or move one as somebody."""
    with world.store.write() as session:
        cell = grids.named(session, {unit_id})[unit_id]
        unit = Unit(cell.parent_id or 0, cell.code, cell.zh, cell.en)._replace(**wished)
        units.change(session, make.actor(session, login), unit_id, seen or cell.version_id, unit)


def close(world: World, unit_id: int, login: str = "township_a") -> None:
    """End one as somebody."""
    with world.store.write() as session:
        units.close(session, make.actor(session, login), unit_id)


def name_person(world: World, unit_id: int, zh: str = "王楼长", login: str = "township_a", **said: Any) -> int:
    """Name somebody on a card."""
    with world.store.write() as session:
        return units.name_person(session, make.actor(session, login), unit_id, PersonEntry(zh, **said)).id


# --- below which grids ---


def test_unit_grids_stand_below_a_community_of_a_subdistrict(world: World) -> None:
    subdistrict(world)
    add(world, "A1", "锦园", "和苑")
    assert below(world, "A1") == ["锦园", "和苑"]
    with world.store.read() as session:
        cell = grid_units.of(session, [world.grids["A1"]])[0]
        assert cell.path == f"{grids.named(session, {world.grids['A1']})[world.grids['A1']].path}{cell.id}."
        assert grids.levels(session)[UNIT_TIER].zh == "单元网格"


@pytest.mark.parametrize(
    "grid, login, why",
    [
        ("A3", "township_a", units.BELOW_VILLAGE),
        ("B1", "township_b", units.BELOW_TOWN),
        ("B2", "township_b", units.UNSAID),
        ("A", "township_a", units.BELOW_OTHER),
        ("county", "county", units.BELOW_OTHER),
    ],
)
def test_nowhere_else(world: World, grid: str, login: str, why: str) -> None:
    subdistrict(world)
    assert refused(lambda: add(world, grid, "锦园", login=login)) == ("parent", why)


def test_below_a_community_whose_subdistrict_is_not_said_to_be_one_neither(world: World) -> None:
    fix_kind(world, "A1", "community")
    assert refused(lambda: add(world, "A1", "锦园")) == ("parent", units.UNSAID_ABOVE)


def test_nor_below_a_unit_grid(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    with pytest.raises(NotFound), world.store.write() as session:
        units.add(session, make.actor(session, "township_a"), [Unit(unit_id, "", "一号楼")])


@pytest.mark.parametrize("login", ["officer_a1", "township_b", "leader", "station_a", "admin"])
def test_who_may_not_fix_the_communitys_card_adds_changes_and_names_nobody(world: World, login: str) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    for act in (
        lambda: add(world, "A1", "和苑", login=login),
        lambda: change(world, unit_id, login, zh="新名"),
        lambda: close(world, unit_id, login),
        lambda: name_person(world, unit_id, login=login),
    ):
        with pytest.raises(NotFound):
            act()
    assert below(world, "A1") == ["锦园"]


def test_the_kind_of_a_community_cannot_change_below_its_unit_grids(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    assert refused(lambda: fix_kind(world, "A1", "village")) == ("kind", service.UNITS_BELOW)
    assert refused(lambda: fix_kind(world, "A", "township")) == ("kind", service.UNITS_BELOW)
    close(world, unit_id)
    fix_kind(world, "A1", "village")


# --- names and codes ---


@pytest.mark.parametrize(
    "name, code, field",
    [
        ("", "", "zh"),
        ("长" * 81, "", "zh"),
        ("锦园", "", "zh"),
        ("新", "1" * 21, "code"),
        ("新", "999901100200", "code"),
    ],
)
def test_bad_names_and_codes_are_refused_and_nothing_stays(world: World, name: str, code: str, field: str) -> None:
    subdistrict(world)
    add(world, "A1", "锦园")
    given = [Unit(world.grids["A1"], "", "好的"), Unit(world.grids["A1"], code, name)]
    with pytest.raises(Refused) as refusal, world.store.write() as session:
        units.add(session, make.actor(session, "township_a"), given)
    assert refusal.value.field == field
    assert below(world, "A1") == ["锦园"]


def test_two_communities_may_have_one_of_the_same_name_and_many_have_no_code(world: World) -> None:
    subdistrict(world)
    add(world, "A1", "锦园", "和苑")
    add(world, "A2", "锦园")
    assert (below(world, "A1"), below(world, "A2")) == (["锦园", "和苑"], ["锦园"])


# --- renamed, moved, ended ---


def test_a_name_of_today_is_mended_and_one_of_before_followed(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦圆")[0]
    change(world, unit_id, zh="锦园", code="99990110020001")
    with clock.at(clock.start(clock.today() + LATER)):
        change(world, unit_id, zh="锦园小区")
        with world.store.read() as session:
            found = [(v.zh, v.code, v.valid_from, v.valid_to) for v in grid_units.versions(session, unit_id)]
            notes = select(AuditEntry).where(AuditEntry.action == "unit.change").order_by(AuditEntry.id)
            assert [entry.detail["before"].split()[0] for entry in session.scalars(notes)] == ["锦圆", "99990110020001"]
        day = clock.today()
    assert found == [("锦园小区", "99990110020001", day, None), ("锦园", "99990110020001", day - LATER, day)]


def test_a_form_that_is_behind_is_told_so_and_one_of_another_grid_is_damaged(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    assert refused(lambda: change(world, unit_id, seen=1, zh="新名")) == ("seen", service.DAMAGED)
    with world.store.read() as session:
        first = grid_units.versions(session, unit_id)[0].id
    with clock.at(clock.start(clock.today() + LATER)):
        change(world, unit_id, zh="锦园小区")
        with pytest.raises(Stale):
            change(world, unit_id, seen=first, zh="新名")


def test_one_moves_to_another_community_and_to_no_village(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    assert refused(lambda: change(world, unit_id, parent_id=world.grids["A3"])) == ("parent", units.BELOW_VILLAGE)
    change(world, unit_id, parent_id=world.grids["A2"])
    assert (below(world, "A1"), below(world, "A2")) == ([], ["锦园"])
    with world.store.read() as session:
        assert grids.named(session, {unit_id})[unit_id].path.startswith(
            grids.named(session, {world.grids["A2"]})[world.grids["A2"]].path
        )
    with pytest.raises(NotFound):
        change(world, unit_id, parent_id=world.grids["B1"])


def test_one_that_ended_is_in_no_list_and_takes_nothing_more(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    name_person(world, unit_id)
    service_link(world, unit_id)
    close(world, unit_id)
    assert below(world, "A1") == []
    with world.store.read() as session:
        assert queries.unit_people(session, [unit_id]) == {}
        assert session.scalar(select(func.count()).select_from(UpperLink).where(UpperLink.to_on.is_(None))) == 0
        assert queries.unit_lines(session, make.actor(session, "county")) == []
    assert refused(lambda: close(world, unit_id))[1] == units.ENDED
    assert refused(lambda: name_person(world, unit_id))[1] == units.ENDED
    add(world, "A1", "锦园")  # its name is free again


# --- cards and persons ---


def service_link(world: World, unit_id: int, login: str = "township_a", person: str = "officer_a1") -> None:
    """Name the community's person for a unit grid."""
    with world.store.write() as session:
        service.name_upper(session, make.actor(session, login), unit_id, world.people[person], clock.today())


def test_the_communitys_officer_stands_for_it_and_nobody_of_elsewhere(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    assert refused(lambda: service_link(world, unit_id, person="officer_a2"))[0] == "person"
    service_link(world, unit_id)
    with world.store.read() as session:
        found = queries.upper(session, unit_id)
        assert found and (found.person.login, found.sits) == ("officer_a1", True)


def test_a_person_of_a_unit_grid_is_a_name_and_nothing_else(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    with world.store.read() as session:
        before = session.scalar(select(func.count()).select_from(people.Person))
    row_id = name_person(world, unit_id, post_zh="楼长")
    assert refused(lambda: name_person(world, unit_id))[0] == "zh"
    assert refused(lambda: name_person(world, unit_id, "")) == ("zh", "Write a name.")
    assert refused(lambda: name_person(world, unit_id, "李", from_on=clock.today() + LATER))[0] == "from_on"
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(people.Person)) == before
        assert [row.zh for row in queries.unit_people(session, [unit_id])[unit_id]] == ["王楼长"]
    with world.store.write() as session:
        units.end_person(session, make.actor(session, "township_a"), unit_id, row_id)
    with world.store.read() as session:
        assert queries.unit_people(session, [unit_id]) == {}
        assert session.get_one(UnitPerson, row_id).to_on == clock.today()


def test_the_card_of_one_is_of_its_own_kind_whatever_was_sent(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    with world.store.write() as session:
        who = make.actor(session, "township_a")
        service.write_card(session, who, unit_id, CardEntry("village", duties_zh="看垃圾分类"))
        card = queries.newest(session, unit_id)
        assert card and (card.kind, card.duties_zh) == ("unit", "看垃圾分类")


def test_the_list_of_unit_grids_says_what_each_lacks(world: World) -> None:
    subdistrict(world)
    unit_id, _other = add(world, "A1", "锦园", "和苑")
    name_person(world, unit_id)
    service_link(world, unit_id)
    with world.store.read() as session:
        lines = queries.unit_lines(session, make.actor(session, "township_a"))
        assert {line.cell.zh: ("personnel" in line.lacks, "upper" in line.lacks) for line in lines} == {
            "锦园": (False, False),
            "和苑": (True, True),
        }
        assert queries.unit_lines(session, make.actor(session, "township_b")) == []


# --- borders that change ---


def test_the_unit_grids_of_a_community_that_merges_follow_to_its_heir(world: World) -> None:
    subdistrict(world)
    unit_id, ended = add(world, "A1", "锦园", "旧园")
    close(world, ended)
    changed_to(world, {"A2": {"boundary": border(world, "A1", "A2")}}, gone=["A1"])
    with world.store.read() as session:
        heir = session.get_one(Grid, world.grids["A1"]).heir_id
        cell = grids.named(session, {unit_id})[unit_id]
        assert cell.parent_id == heir and session.get_one(Grid, ended).heir_id == heir
        assert cell.path == f"{session.get_one(Grid, heir).path}{unit_id}."
        assert session.scalar(select(func.count()).select_from(Grid).where(grid_units.stand())) == 1


def test_they_keep_their_version_of_before_where_it_began_earlier(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    with clock.at(clock.start(clock.today() + LATER)):
        changed_to(world, {"A2": {"boundary": border(world, "A1", "A2")}}, gone=["A1"])
        with world.store.read() as session:
            found = grid_units.versions(session, unit_id)
            assert [version.valid_from for version in found] == [clock.today(), clock.today() - LATER]
            assert found[1].parent_id == world.grids["A1"]


def test_a_community_that_moves_takes_them_along(world: World) -> None:
    subdistrict(world)
    unit_id = add(world, "A1", "锦园")[0]
    changed_to(world, {"A1": {"parent": "B"}})
    with world.store.read() as session:
        assert grids.named(session, {unit_id})[unit_id].path.startswith(session.get_one(Grid, world.grids["B"]).path)


def test_a_set_that_waits_stays_good_when_a_unit_grid_comes(world: World) -> None:
    subdistrict(world)
    set_id = drafted(world, delivered(world, {"A3": {"name": "新村"}}))
    unit_id = add(world, "A1", "锦园")[0]
    with world.store.write() as session:
        changes.propose(session, make.actor(session, "county"), set_id, clock.today(), "")
        changes.approve(session, make.actor(session, "county_two"), set_id)
    assert in_force.put_due_in_force(world.store) == 1
    with world.store.read() as session:
        assert grids.named(session, {unit_id})[unit_id].parent_id == world.grids["A1"]


def test_a_delivery_without_a_fourth_level_takes_none_away(world: World) -> None:
    subdistrict(world)
    add(world, "A1", "锦园")
    with world.store.read() as session:
        there, names = changed.present(session, "1.")
        assert compared(there, delivered(world, {}), names) == changes.unit_lines(session, "1.", []) == []
    changed_to(world, {"A3": {"name": "新村"}})
    assert below(world, "A1") == ["锦园"]


def test_a_set_puts_none_below_a_village(world: World) -> None:
    subdistrict(world)
    with world.store.write() as session:
        line = Line("new", UNIT_TIER, "", "锦园", "锦园", None, world.grids["A3"])
        set_id = changes.draft(session, make.actor(session, "county"), "x", [line]).id
        changes.propose(session, make.actor(session, "county"), set_id, clock.today(), "")
        changes.approve(session, make.actor(session, "county_two"), set_id)
    assert in_force.put_due_in_force(world.store) == 0
    with world.store.read() as session:
        trouble = session.get_one(GridChangeSet, set_id).trouble
        assert trouble and trouble["message"] == units.BELOW_VILLAGE
        assert session.scalar(select(func.count()).select_from(GridVersion).where(GridVersion.zh == "锦园")) == 0
