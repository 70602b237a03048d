"""Borders change by sets: what would change is shown, a second person approves it, its day puts it in force whole."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests import make
from tests.conftest import World
from tests.grid.changing import approved, border, changed_to, delivered, drafted, tomorrow
from webapp.access import SYSTEM
from webapp.core import clock
from webapp.core.chain_link import ChainLink
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.grid import changed, changes, in_force, queries
from webapp.grid.models import Grid, GridChangeSet, GridCurrent, GridVersion
from webapp.ops.verify_audit import Audit

RENAMED = {"A1": {"name": "新名村"}}


def kinds(world: World, set_id: int) -> list[tuple[str, str]]:
    with world.store.read() as session:
        return [(line.kind, line.zh) for line in changed.lines(session, set_id)]


def names(world: World) -> list[str]:
    with world.store.read() as session:
        return [cell.zh for cell in queries.cells(session, SYSTEM, "grid.read")]


def state(world: World, set_id: int) -> str:
    with world.store.read() as session:
        return session.get_one(GridChangeSet, set_id).state


def test_the_same_borders_again_change_nothing(world: World) -> None:
    with pytest.raises(Refused, match="Nothing would change"):
        drafted(world, delivered(world, {}))


def test_a_draft_holds_what_changes_and_changes_nothing(world: World) -> None:
    before = names(world)
    both = border(world, "A1", "A2")
    set_id = drafted(world, delivered(world, {"A1": {"boundary": both}}, gone=["A2"]))
    assert [kind for kind, _ in kinds(world, set_id)] == ["changed", "gone"]
    assert names(world) == before and state(world, set_id) == "draft"
    with world.store.read() as session:
        gone = changed.lines(session, set_id)[-1]
        assert gone.heir_id == world.grids["A1"], "by what lies in what"


def test_who_proposed_it_cannot_approve_it(world: World) -> None:
    set_id = drafted(world, delivered(world, RENAMED))
    with world.store.write() as session:
        changes.propose(session, make.actor(session, "county"), set_id, clock.today(), "")
    with world.store.write() as session, pytest.raises(Refused, match="Somebody else"):
        changes.approve(session, make.actor(session, "county"), set_id)
    assert state(world, set_id) == "proposed"


def test_who_proposed_what_somebody_else_had_drafted_cannot_approve_it_either(world: World) -> None:
    set_id = drafted(world, delivered(world, RENAMED), login="county_two")
    with world.store.write() as session:
        changes.propose(session, make.actor(session, "county"), set_id, clock.today(), "")
    with world.store.write() as session, pytest.raises(Refused, match="Somebody else"):
        changes.approve(session, make.actor(session, "county"), set_id)
    with world.store.write() as session:
        changes.approve(session, make.actor(session, "county_two"), set_id)
    assert state(world, set_id) == "approved"


@pytest.mark.parametrize("act", ["approve", "withdraw", "propose"])
def test_a_set_in_force_stays(world: World, act: str) -> None:
    set_id = changed_to(world, RENAMED).id
    with world.store.write() as session, pytest.raises(Conflict):
        actor = make.actor(session, "county_two")
        if act == "propose":
            changes.propose(session, actor, set_id, clock.today(), "")
        else:
            getattr(changes, act)(session, actor, set_id)


@pytest.mark.parametrize("login", ["officer_a1", "township_a", "liaison", "leader", "admin", "inspector"])
def test_only_the_county_office_changes_borders(world: World, login: str) -> None:
    set_id = drafted(world, delivered(world, RENAMED))
    with world.store.write() as session, pytest.raises(NotFound):
        changes.propose(session, make.actor(session, login), set_id, clock.today(), "")


def test_nothing_happens_before_its_day_and_it_can_be_let_go_until_then(world: World) -> None:
    set_id = approved(world, drafted(world, delivered(world, RENAMED)), tomorrow())
    assert in_force.put_due_in_force(world.store) == 0
    with world.store.write() as session:
        changes.withdraw(session, make.actor(session, "county"), set_id)
    with clock.at(clock.now() + timedelta(days=2)):
        assert in_force.put_due_in_force(world.store) == 0
    assert "新名村" not in names(world) and state(world, set_id) == "withdrawn"


def test_on_its_day_it_is_in_force_once(world: World) -> None:
    set_id = approved(world, drafted(world, delivered(world, RENAMED)), tomorrow())
    with clock.at(clock.now() + timedelta(days=1)):
        assert in_force.put_due_in_force(world.store) == 1
        assert in_force.put_due_in_force(world.store) == 0
        assert "新名村" in names(world) and state(world, set_id) == "in_force"
        with world.store.read() as session:
            versions = select(func.count()).where(GridVersion.grid_id == world.grids["A1"])
            assert session.scalar(versions) == 2
            log = select(AuditEntry.action).where(AuditEntry.thing == f"border:{set_id}").order_by(AuditEntry.id)
            assert list(session.scalars(log)) == ["border.draft", "border.propose", "border.approve"]


@pytest.mark.parametrize("days", [-1, 367])
def test_a_day_that_is_past_or_far_off_is_refused(world: World, days: int) -> None:
    set_id = drafted(world, delivered(world, RENAMED))
    with world.store.write() as session, pytest.raises(Refused, match="within a year"):
        changes.propose(session, make.actor(session, "county"), set_id, clock.today() + timedelta(days=days), "")


def test_two_changes_of_one_grid_cannot_begin_on_one_day(world: World) -> None:
    changed_to(world, RENAMED)
    set_id = drafted(world, delivered(world, {"A1": {"name": "又改"}}))
    with world.store.write() as session, pytest.raises(Refused, match="begin after that day"):
        changes.propose(session, make.actor(session, "county"), set_id, clock.today(), "")
    approved(world, set_id, tomorrow())


def test_a_name_that_is_taken_back_draws_what_was_drawn_before(world: World) -> None:
    with world.store.read() as session:
        first = queries.newest_layer(session, "1.")
        was = next(iter(queries.named(session, {world.grids["A1"]}).values()))
    for days, (zh, en) in enumerate((("新名村", "New"), (was.zh, was.en)), 1):
        with clock.at(clock.now() + timedelta(days=days)):
            with world.store.write() as session:
                office = make.actor(session, "county")
                made = changes.by_hand(session, office, world.grids["A1"], zh, en, was.code, was.parent_id).id
            approved(world, made)
            assert in_force.put_due_in_force(world.store) == 1
    with world.store.read() as session:
        assert queries.newest_layer(session, "1.") == first


def test_the_chain_holds_a_change_of_borders(world: World) -> None:
    changed_to(world, {"A1": {"boundary": border(world, "A1", "A2")}}, gone=["A2"])
    with world.store.reader.connect() as connection:
        assert list(Audit().findings(connection)) == []


def test_errors_block_and_warnings_want_a_reason(world: World) -> None:
    def proposed(level: str, reason: str) -> None:
        facts = {"findings": [{"level": level}]}
        set_id = drafted(world, delivered(world, RENAMED), facts=facts)
        with world.store.write() as session:
            changes.propose(session, make.actor(session, "county"), set_id, clock.today(), reason)

    with pytest.raises(Refused, match="errors"):
        proposed("error", "never mind")
    with pytest.raises(Refused, match="Say why"):
        proposed("warning", " ")
    proposed("warning", "an island in the lake")
    proposed("note", "")


def test_what_was_compared_with_older_borders_is_made_anew(world: World) -> None:
    first, second = (
        approved(world, drafted(world, delivered(world, {"A1": {"name": name}}))) for name in ("一村", "二村")
    )
    assert in_force.put_due_in_force(world.store) == 1
    assert state(world, first) == "in_force" and state(world, second) == "approved"
    with world.store.read() as session:
        trouble = session.get_one(GridChangeSet, second).trouble
        assert trouble is not None and "changed since" in trouble["message"]
    assert "一村" in names(world) and "二村" not in names(world)


def test_trouble_is_kept_once_however_often_it_is_met(world: World) -> None:
    first = approved(world, drafted(world, delivered(world, {"A1": {"name": "一村"}})))
    second = approved(world, drafted(world, delivered(world, {"A2": {"name": "二村"}})))
    in_force.put_due_in_force(world.store)

    def links() -> int:
        with world.store.read() as session:
            return session.scalar(select(func.count()).select_from(ChainLink)) or 0

    before = links()
    assert in_force.put_due_in_force(world.store) == 0 and links() == before
    assert (state(world, first), state(world, second)) == ("in_force", "approved")


def test_a_set_in_force_still_says_what_was_before(world: World) -> None:
    set_id = changed_to(world, RENAMED | {"B1": {"code": "999901002099"}}, gone=[]).id
    with world.store.read() as session:
        was = changed.before(session, session.get_one(GridChangeSet, set_id))
    assert {was[world.grids["A1"]].zh, was[world.grids["B1"]].code} == {"甲1村", "999901101200"}


def test_a_grid_that_goes_needs_an_heir_and_gets_one_of_those_that_will_be_there(world: World) -> None:
    set_id = drafted(world, delivered(world, {}, gone=["A2"]))  # its ground belongs to nobody
    with world.store.write() as session, pytest.raises(Refused, match="takes over its records"):
        changes.propose(session, make.actor(session, "county"), set_id, clock.today(), "")
    with world.store.read() as session:
        offered = changed.heirs(session, set_id)[3]
        codes = {cell.id: cell.code for cell in queries.cells(session, SYSTEM, "grid.read")}
    going, above, taker = (codes[world.grids[short]] for short in ("A2", "A", "A1"))
    assert offered[taker].grid_id == world.grids["A1"] and going not in offered
    for wrong in (going, above, "999", "x", ""):
        with world.store.write() as session, pytest.raises(Refused, match="Choose one"):
            changes.choose_heir(session, make.actor(session, "county"), set_id, 0, wrong)
    with world.store.write() as session:
        changes.choose_heir(session, make.actor(session, "county"), set_id, 0, taker)
    approved(world, set_id)
    assert in_force.put_due_in_force(world.store) == 1


def test_all_or_nothing_when_a_listener_refuses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise Refused("not now")

    set_id = approved(world, drafted(world, delivered(world, RENAMED)))
    before = names(world)
    monkeypatch.setattr("webapp.core.happened.tell", refuse)
    assert in_force.put_due_in_force(world.store) == 0
    assert names(world) == before and state(world, set_id) == "approved"
    with world.store.read() as session:
        assert session.scalar(select(func.count()).select_from(GridCurrent)) == len(world.grids)
        assert session.scalar(select(func.count()).select_from(Grid)) == len(world.grids)
