"""What is fixed for a grid: who may fix it, what is kept of before, and who stands above."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import make
from tests.conftest import World
from webapp.card import queries, service
from webapp.card.labels import FIVE, UPPER
from webapp.card.models import GridCard, UpperLink
from webapp.card.service import CardEntry
from webapp.core import clock
from webapp.core.errors import NotFound, Refused, Stale
from webapp.core.models import AuditEntry
from webapp.grid import queries as grids
from webapp.people.models import Person

TOMORROW = "tomorrow"
FULL = CardEntry(
    kind="village",
    body_zh="甲1村委会",
    duties_zh="巡查",
    tasks_zh="每周看一遍",
    rewards_zh="评先进",
    penalties_zh="批评",
    valid_from=date(2026, 3, 1),
)


def write(world: World, login: str, grid: str, entry: CardEntry, seen: int | None = None) -> int:
    """Write a card as somebody; its id."""
    with world.store.write() as session:
        return service.write_card(session, make.actor(session, login), world.grids[grid], entry, seen).id


def name(world: World, login: str, lower: str, person: str, first: date | None = None) -> None:
    """Name somebody towards a grid."""
    with world.store.write() as session:
        who, day = make.actor(session, login), first or clock.today()
        service.name_upper(session, who, world.grids[lower], world.people[person], day)


def line(session: Session, world: World, grid: str, login: str = "county") -> queries.Line:
    """A grid in the list of somebody."""
    found = queries.lines(session, make.actor(session, login))
    return next(each for each in found if each.cell.id == world.grids[grid])


def refused(act: Callable[[], Any]) -> str | None:
    """The field of the refusal."""
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field


def test_what_was_fixed_before_stays_beside_what_is_fixed_now(world: World) -> None:
    first = write(world, "township_a", "A1", FULL)
    second = write(world, "county", "A1", replace(FULL, tasks_zh="每天看一遍"), first)
    with world.store.read() as session:
        found = queries.versions(session, world.grids["A1"])
        assert [(said.card.id, said.card.tasks_zh, said.person and said.person.login) for said in found] == [
            (second, "每天看一遍", "county"),
            (first, "每周看一遍", "township_a"),
        ]
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "card.write").order_by(AuditEntry.id))
        assert [entry.detail["changed"] for entry in noted][-1] == ["tasks_zh"]


def test_the_same_once_more_writes_nothing(world: World) -> None:
    first = write(world, "township_a", "A1", FULL)
    assert write(world, "township_a", "A1", FULL, first) == first
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(GridCard)) == 1


def test_a_card_begun_before_another_was_written_does_not_cover_it(world: World) -> None:
    write(world, "township_a", "A1", FULL)
    with pytest.raises(Stale):
        write(world, "county", "A1", replace(FULL, tasks_zh=""), None)


@pytest.mark.parametrize(
    ("login", "grid"),
    [("officer_a1", "A1"), ("township_a", "B1"), ("township_a", "county"), ("leader", "A1"), ("admin", "A1")],
)
def test_nobody_writes_the_card_of_a_grid_that_is_not_his_to_fix(world: World, login: str, grid: str) -> None:
    with pytest.raises(NotFound):
        write(world, login, grid, CardEntry())


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "county"}, "kind"),
        ({"kind": "hamlet"}, "kind"),
        ({"body_zh": "字" * 81}, "body_zh"),
        ({"duties_en": "x" * 2001}, "duties_en"),
        ({"valid_from": TOMORROW}, "valid_from"),
        ({"published_on": TOMORROW}, "published_on"),
        ({"valid_from": date(1999, 1, 1)}, "valid_from"),
    ],
)
def test_what_no_card_can_say_is_refused_beside_its_field(world: World, said: dict[str, Any], field: str) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    entry = CardEntry(**{name: tomorrow if value == TOMORROW else value for name, value in said.items()})
    assert refused(lambda: write(world, "county", "A1", entry)) == field


def test_a_card_does_not_count_from_before_the_one_it_follows(world: World) -> None:
    first = write(world, "county", "A1", FULL)
    entry = replace(FULL, valid_from=date(2026, 2, 28))
    assert refused(lambda: write(world, "county", "A1", entry, first)) == "valid_from"


def test_naming_another_ends_the_one_before_in_the_same_act(world: World) -> None:
    name(world, "township_a", "A1", "township_a", date(2026, 3, 1))
    name(world, "county", "A1", "township_a_two", date(2026, 5, 1))
    with world.store.read() as session:
        links = session.scalars(select(UpperLink).order_by(UpperLink.id)).all()
        assert [(link.person_id, link.from_on, link.to_on) for link in links] == [
            (world.people["township_a"], date(2026, 3, 1), date(2026, 5, 1)),
            (world.people["township_a_two"], date(2026, 5, 1), None),
        ]
    early = date(2026, 4, 30)
    assert refused(lambda: name(world, "county", "A1", "township_a", early)) == "first"


def test_the_database_itself_holds_one_person_towards_a_grid(world: World) -> None:
    name(world, "township_a", "A1", "township_a")
    twice = {"upper_id": world.grids["A"], "lower_id": world.grids["A1"], "from_on": clock.today()}
    with pytest.raises(IntegrityError), world.store.write() as session:
        session.add(UpperLink(person_id=world.people["county"], named_at=clock.now(), **twice))


def test_only_who_is_posted_above_is_named_and_only_by_who_fixes_that_grid(world: World) -> None:
    for person in ("officer_a1", "township_b", "county", "inspector"):
        assert refused(lambda person=person: name(world, "county", "A1", person)) == "person"  # type: ignore[misc]
    for login, lower in (("township_a", "A"), ("township_b", "A1"), ("officer_a1", "A1"), ("county", "county")):
        with pytest.raises(NotFound):
            name(world, login, lower, "county")
    name(world, "county", "A", "leader")


def test_a_card_lacks_each_of_the_five_until_it_is_fixed(world: World) -> None:
    with world.store.read() as session:
        assert line(session, world, "A3").lacks == {"personnel", "duties", "tasks", "rewards", UPPER}
        assert line(session, world, "county").lacks == {"duties", "tasks", "rewards"}
    half = write(world, "county", "A1", replace(FULL, penalties_zh=""))
    with world.store.read() as session:
        assert line(session, world, "A1").lacks == {"rewards", UPPER}
    write(world, "county", "A1", replace(FULL, penalties_zh="", penalties_en="Warning"), half)
    name(world, "county", "A1", "township_a")
    with world.store.read() as session:
        assert line(session, world, "A1").lacks == set()
    assert queries.missing(None, has_area=False, has_people=False) == set(FIVE)


def test_a_person_above_who_left_counts_as_nobody(world: World) -> None:
    name(world, "county", "A1", "township_a")
    with world.store.write() as session:
        session.get_one(Person, world.people["township_a"]).suspended_at = clock.now()
    with world.store.read() as session:
        found = line(session, world, "A1")
        assert found.upper and not found.upper.sits and UPPER in found.lacks


def test_a_township_lists_its_own_grids_alone(world: World) -> None:
    with world.store.read() as session:
        mine = queries.lines(session, make.actor(session, "township_a"))
        assert [each.cell.id for each in mine] == [world.grids[grid] for grid in ("A", "A1", "A2", "A3")]
        assert queries.lines(session, make.actor(session, "officer_a1")) == []


def test_each_part_of_the_platform_is_one_body_and_empty_again_is_not_fixed(world: World) -> None:
    county = world.grids["county"]
    for name_ in ("测试县人民政府", ""):
        with world.store.write() as session:
            service.set_platform(session, make.actor(session, "county"), county, "owner", name_)
            assert queries.platform(session, county)["owner"].zh == name_
    for login, grid, part in (("township_a", "A", "owner"), ("county", "A", "owner"), ("county", "county", "guest")):
        with world.store.write() as session, pytest.raises(NotFound):
            service.set_platform(session, make.actor(session, login), world.grids[grid], part, "x")


def test_the_area_is_that_of_the_border(world: World) -> None:
    with world.store.read() as session:
        found = grids.areas(session, [world.grids["A1"], world.grids["county"]])
    assert found[world.grids["A1"]] == pytest.approx(0.9126 * 1.1095, rel=1e-3)  # a hundredth of a degree at 35 N
    assert found[world.grids["county"]] == pytest.approx(6 * found[world.grids["A1"]], rel=1e-3)
