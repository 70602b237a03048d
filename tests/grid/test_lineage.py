"""When grids merge, split or move, everything at them goes on: who may see it, what is due, what is in hand."""

from datetime import timedelta
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select, update

from tests import make
from tests.conftest import World
from tests.grid.changing import border, changed_to
from webapp.access import SYSTEM
from webapp.core import clock, ids
from webapp.core.errors import NotFound
from webapp.desk import queries as desk_queries
from webapp.grid import lineage, names, queries
from webapp.grid.exports import EXPORTS as GRIDS
from webapp.grid.models import Grid, GridVersion
from webapp.ops import verify
from webapp.patrol import queries as patrol_queries
from webapp.patrol.models import Patrol, PatrolObject
from webapp.patrol.service import record
from webapp.people import queries as people_queries
from webapp.people.models import Body, Posting
from webapp.report import mapped, side_acts, vacant
from webapp.report import queries as report_queries
from webapp.report.exports import EXPORTS as REPORTS
from webapp.report.models import Report, SiteLook
from webapp.report.service import move, submit
from webapp.report.vacant import Subject


def merge(world: World, gone: str = "A2", heir: str = "A1") -> None:
    """One grid goes and another takes its ground."""
    changed_to(world, {heir: {"boundary": border(world, gone, heir)}}, gone=[gone])


def reported(world: World, village: str, login: str, **more: Any) -> Any:
    entry = make.report(world.grids[village], **more)
    with world.store.write() as session:
        submit(session, make.actor(session, login), entry)
    return entry.id


def moved(world: World, login: str, report_id: Any, action: str, seen: str, **given: Any) -> None:
    with world.store.write() as session:
        move(session, make.actor(session, login), report_id, make.move(action, seen, **given))


def sees(world: World, login: str) -> set[Any]:
    with world.store.read() as session:
        actor = make.actor(session, login)
        return set(session.scalars(report_queries.readable(actor).with_only_columns(Report.id)))


def on_list(world: World, village: str) -> set[int]:
    with world.store.read() as session:
        lines = patrol_queries.lines(session, make.actor(session, "county"), "grid.read", world.grids[village])
        return {line.object.id for line in lines}


# --- merged ---------------------------------------------------------------------------------------


def test_records_of_a_merged_village_are_its_heirs_and_keep_where_they_were_found(world: World) -> None:
    open_, closed = (reported(world, "A2", "officer_a2") for _ in range(2))
    moved(world, "township_a", closed, "dismiss", "township", reason="x")
    merge(world)
    assert {open_, closed} <= sees(world, "officer_a1") & sees(world, "officer_a2") & sees(world, "township_a")
    assert not {open_, closed} & (sees(world, "officer_b1") | sees(world, "township_b"))
    with world.store.read() as session:
        assert set(session.scalars(select(Report.grid_id))) == {world.grids["A2"]}
    assert verify.verify_reports(world.store) == []


def test_an_open_matter_of_a_merged_village_goes_its_way(world: World) -> None:
    report_id = reported(world, "A2", "officer_a2")
    merge(world)
    moved(world, "township_a", report_id, "give_back", "township", missing=["place"])
    moved(world, "officer_a1", report_id, "supplement", "returned", place="桥下", note="x")
    moved(world, "township_a", report_id, "handle", "township", result="true", done="x")
    moved(world, "county", report_id, "confirm", "township_done")
    assert verify.verify_reports(world.store) == []


def test_a_matter_across_the_township_is_the_other_ones_from_then_on(world: World) -> None:
    report_id = reported(world, "A2", "officer_a2")
    changed_to(world, {"B1": {"boundary": border(world, "A2", "B1")}}, gone=["A2"])
    assert report_id in sees(world, "township_b") and report_id not in sees(world, "township_a")
    moved(world, "township_b", report_id, "raise", "township", reason="x")


def test_people_of_a_merged_village_are_posted_to_its_heir_and_no_longer_to_it(world: World) -> None:
    merge(world)
    with world.store.read() as session:
        assert [p.login for p in people_queries.officers(session, world.grids["A1"])] == ["officer_a1", "officer_a2"]
        assert make.actor(session, "officer_a2").grids_for("patrol.walk") == (world.grids["A1"],)
        of_him = session.scalars(
            select(Posting).where(Posting.person_id == world.people["officer_a2"]).order_by(Posting.id)
        ).all()
        assert [posting.valid_to for posting in of_him] == [clock.today(), None]


def test_who_is_posted_to_both_is_posted_to_the_heir_once(world: World) -> None:
    with world.store.write() as session:
        person = people_queries.by_login(session, "officer_a1")
        assert person is not None
        session.add(
            Posting(
                person_id=person.id,
                role="grid_officer",
                grid_id=world.grids["A2"],
                valid_from=clock.today() - timedelta(days=9),
                granted_at=clock.now(),
            )
        )
    merge(world)
    with world.store.read() as session:
        assert make.actor(session, "officer_a1").grids_for("patrol.walk") == (world.grids["A1"],)


def test_a_posting_at_a_merged_village_that_begins_later_begins_at_its_heir_that_day(world: World) -> None:
    later = clock.today() + timedelta(days=20)
    with world.store.write() as session:
        person = make.person(session, "next", "grid_officer", grid=world.grids["A2"], since=later).id
    merge(world)
    with world.store.read() as session:
        held = session.scalars(select(Posting).where(Posting.person_id == person).order_by(Posting.id)).all()
        assert [(each.grid_id, each.valid_from, each.valid_to) for each in held] == [
            (world.grids["A2"], clock.today(), clock.today()),
            (world.grids["A1"], later, None),
        ]


def test_a_shorter_posting_at_the_heir_does_not_cut_the_one_that_follows(world: World) -> None:
    ends = clock.today() + timedelta(days=5)
    with world.store.write() as session:
        person = people_queries.by_login(session, "officer_a2")
        assert person is not None
        make.posting(session, person.id, "grid_officer", grid=world.grids["A1"], until=ends)
    merge(world)
    with world.store.read() as session:
        at_heir = Posting.person_id == world.people["officer_a2"], Posting.grid_id == world.grids["A1"]
        held = session.scalars(select(Posting).where(*at_heir).order_by(Posting.id)).all()
        assert [(each.valid_from, each.valid_to) for each in held] == [(make.BEGAN, ends), (ends, None)]


def test_what_a_merged_village_did_is_counted_as_its_heirs(world: World) -> None:
    reported(world, "A2", "officer_a2")
    with world.store.write() as session:
        things = {world.things["farm_a2"]: "normal"}
        record(session, make.actor(session, "officer_a2"), make.patrol(world.grids["A2"], things))
    merge(world)
    with world.store.read() as session:
        done = desk_queries.work(session, {world.grids["A1"], world.grids["B1"]}, clock.now() - timedelta(days=1))
    assert done == {world.grids["A1"]: (1, 1, 1, 1)}


def test_a_grid_names_its_heir_and_the_heir_what_became_part_of_it(world: World) -> None:
    merge(world)
    with world.store.read() as session:
        gone, heir, beside = (lineage.of(session, world.grids[short]) for short in ("A2", "A1", "B1"))
    assert gone.heir is not None and (gone.ended_on, gone.heir.id) == (clock.today(), world.grids["A1"])
    assert [cell.id for cell in heir.absorbed] == [world.grids["A2"]] and heir.heir is None
    assert beside == (None, None, []) and gone.absorbed == []


def test_objects_of_a_merged_village_stand_on_its_heirs_list_with_their_visits(world: World) -> None:
    farm = world.things["farm_a2"]
    with world.store.write() as session:
        record(session, make.actor(session, "officer_a2"), make.patrol(world.grids["A2"], {farm: "normal"}))
    both = on_list(world, "A1") | on_list(world, "A2")
    merge(world)
    assert on_list(world, "A1") == both and not on_list(world, "A2")
    with world.store.read() as session:
        lines = patrol_queries.lines(session, make.actor(session, "county"), "grid.read", world.grids["A1"])
        assert next(line for line in lines if line.object.id == farm).last_seen is not None
        assert session.scalars(select(Patrol.grid_id)).all() == [world.grids["A2"]]


def test_a_round_that_was_made_before_and_arrives_after_is_kept(world: World) -> None:
    entry = make.patrol(world.grids["A2"], {world.things["farm_a2"]: "normal"})
    merge(world)
    with world.store.write() as session:
        record(session, make.actor(session, "officer_a2"), entry)
    with world.store.write() as session:
        record(session, make.actor(session, "officer_a2"), entry)  # and once only
    with world.store.read() as session:
        assert session.scalars(select(Patrol.grid_id)).all() == [world.grids["A2"]]


def test_a_report_that_was_made_before_and_arrives_after_is_kept_with_its_object_and_position(world: World) -> None:
    west, south, east, north = shapely.from_wkb(border(world, "A2")).bounds
    at = {"lon": (west + east) / 2, "lat": (south + north) / 2, "accuracy_m": 5.0}
    entry = make.report(world.grids["A2"], object_id=world.things["farm_a2"], **at)
    merge(world)
    with world.store.write() as session:
        submit(session, make.actor(session, "officer_a2"), entry)
    with world.store.read() as session:
        assert session.scalars(select(Report.grid_id)).all() == [world.grids["A2"]]
    assert entry.id in sees(world, "officer_a1")


def test_what_is_open_adds_up_to_the_same_before_and_after(world: World) -> None:
    for village, login in (("A1", "officer_a1"), ("A2", "officer_a2"), ("B1", "officer_b1")):
        reported(world, village, login)

    def counted() -> dict[int, int]:
        with world.store.read() as session:
            return {grid: one.all for grid, one in mapped.open_counts(session, make.actor(session, "county")).items()}

    before = counted()
    merge(world)
    after = counted()
    assert sum(before.values()) == sum(after.values()) == 3
    assert after == {world.grids["A1"]: 2, world.grids["B1"]: 1}


def test_a_look_that_was_asked_of_a_merged_village_is_asked_of_its_heir(world: World) -> None:
    report_id = reported(world, "A2", "officer_a2")
    moved(world, "township_a", report_id, "handle", "township", result="true", done="x")
    with world.store.write() as session:
        look = side_acts.ask_look(session, make.actor(session, "township_a"), report_id, ids.new(), None)
        look_id = look.id
    merge(world)
    with world.store.write() as session:
        assert session.get_one(SiteLook, look_id).grid_id == world.grids["A1"]
        side_acts.answer_look(session, make.actor(session, "officer_a1"), look_id, "not_yet", "x")
    with world.store.write() as session:
        again = side_acts.ask_look(session, make.actor(session, "township_a"), report_id, ids.new(), None)
        assert again.grid_id == world.grids["A1"]


def test_a_merged_village_is_on_no_list_and_lacks_nobody(world: World) -> None:
    merge(world)
    with world.store.read() as session:
        assert world.grids["A2"] not in {cell.id for cell in queries.cells(session, SYSTEM, "grid.read")}
        assert world.grids["A2"] not in dict(queries.boundaries(session, 3))
        assert names.called(session, "甲2村", 3, 9) == []
        assert queries.named(session, {world.grids["A2"]})[world.grids["A2"]].zh == "甲2村", "its records name it"
        path = session.get_one(Grid, world.grids["A2"]).path
        subject = Subject(ids.new(), "returned", world.grids["A2"], path, None)
        assert not vacant.facts(session, [subject])[subject.id]["nobody"]
        assert world.grids["A2"] not in vacant.gaps(session).grids[vacant.OFFICER]
    with world.store.write() as session, pytest.raises(NotFound):
        from webapp.accounts import queries as accounts

        accounts.place(session, make.actor(session, "county"), "grid_officer", world.grids["A2"], None)


def test_a_merged_village_is_taken_out_with_its_records_and_not_with_the_grids(world: World) -> None:
    report_id = reported(world, "A2", "officer_a2")
    merge(world)
    with world.store.read() as session:
        actor = make.actor(session, "county")
        grids, reports = (rows(actor, False) for rows in (GRIDS[0].rows, REPORTS[0].rows))
        assert world.grids["A2"] not in set(session.scalars(grids))
        assert report_id in set(session.scalars(reports))


def test_its_days_are_told_as_they_were(world: World) -> None:
    merge(world)
    with world.store.read() as session:
        before, today = clock.today() - timedelta(days=1), clock.today()
        assert queries.version_on(session, world.grids["A2"], before) is not None
        assert queries.version_on(session, world.grids["A2"], today) is None
        heir = session.scalars(select(GridVersion).where(GridVersion.grid_id == world.grids["A1"])).all()
        assert [version.predecessors for version in heir] == [[], [world.grids["A2"]]]


def test_an_heir_that_merges_hands_on_what_it_took_over(world: World) -> None:
    report_id = reported(world, "A2", "officer_a2")
    merge(world)
    with clock.at(clock.now() + timedelta(days=2)):
        merge(world, "A1", "B1")
        assert report_id in sees(world, "officer_b1") and report_id in sees(world, "township_b")
        assert report_id not in sees(world, "township_a")
        with world.store.read() as session:
            heirs = {grid.id: grid.heir_id for grid in session.scalars(select(Grid).where(Grid.heir_id.is_not(None)))}
        assert heirs == {world.grids[short]: world.grids["B1"] for short in ("A1", "A2")}


# --- split ----------------------------------------------------------------------------------------


def test_of_a_split_village_objects_go_by_their_position_and_all_else_stays(world: World) -> None:
    report_id = reported(world, "A1", "officer_a1")
    west, south, east, north = shapely.from_wkb(border(world, "A1")).bounds
    middle = (west + east) / 2
    left, right = shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)
    farm, kiln = world.things["farm_a1"], world.things["kiln_a1"]
    with world.store.write() as session:
        at = {"lon": (middle + east) / 2, "lat": (south + north) / 2}
        session.execute(update(PatrolObject).where(PatrolObject.id == farm).values(at))
        session.execute(update(PatrolObject).where(PatrolObject.id == kiln).values(lon=None, lat=None))
    new = {"code": "999901001099", "name": "分村", "parent": "A", "boundary": shapely.to_wkb(right)}
    changed_to(world, {"A1": {"boundary": shapely.to_wkb(left)}, "分村": new})
    with world.store.read() as session:
        made = session.scalars(select(GridVersion).where(GridVersion.zh == "分村")).one()
        assert made.predecessors == [world.grids["A1"]]
        assert session.get_one(PatrolObject, farm).grid_id == made.grid_id
        assert session.get_one(PatrolObject, kiln).grid_id == world.grids["A1"]
        assert people_queries.officers(session, made.grid_id) == [], "whose it is says the office"
    assert report_id in sees(world, "officer_a1")


def test_an_object_near_a_border_that_moved_stays_where_no_other_village_holds_it(world: World) -> None:
    before = on_list(world, "A1")
    changed_to(world, {"A1": {"name": "新名村"}})
    assert on_list(world, "A1") == before


# --- renamed, recoded, moved ----------------------------------------------------------------------


@pytest.mark.parametrize("other", [{"name": "新名村"}, {"code": "999901001088"}])
def test_a_village_that_is_called_otherwise_keeps_everything(world: World, other: dict[str, str]) -> None:
    report_id, things = reported(world, "A1", "officer_a1"), on_list(world, "A1")
    changed_to(world, {"A1": other})
    assert report_id in sees(world, "officer_a1") & sees(world, "township_a")
    assert on_list(world, "A1") == things
    with world.store.read() as session:
        assert session.scalar(select(func.count()).where(Grid.ended_on.is_not(None))) == 0


def test_a_village_that_moves_to_another_township_takes_everything_along(world: World) -> None:
    report_id = reported(world, "A1", "officer_a1")
    changed_to(world, {"A1": {"parent": "B"}})
    assert report_id in sees(world, "officer_a1") & sees(world, "township_b")
    assert report_id not in sees(world, "township_a")
    moved(world, "township_b", report_id, "raise", "township", reason="x")


def test_of_two_townships_that_merge_people_bodies_and_villages_are_the_heirs(world: World) -> None:
    report_id = reported(world, "A1", "officer_a1")
    villages = {short: {"parent": "B"} for short in ("A1", "A2", "A3")}
    changed_to(world, {"B": {"boundary": border(world, "A", "B")}, **villages}, gone=["A"])
    assert report_id in sees(world, "township_a") & sees(world, "township_b")
    with world.store.read() as session:
        assert session.get_one(Body, world.bodies["station_a"]).grid_id == world.grids["B"]
        assert make.actor(session, "township_a").grids_for("report.move") == (world.grids["B"],)
        assert session.get_one(Grid, world.grids["A1"]).parent_id == world.grids["B"]
