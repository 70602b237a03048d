"""A village is split: its open reports go to the part in which they lie, or the county office chooses."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from tests import make
from tests.conftest import World
from tests.grid.changing import approved, delivered, drafted
from webapp.core import ids
from webapp.core.errors import Refused
from webapp.grid import changed, changes, in_force, queries
from webapp.grid.models import GridVersion
from webapp.report import service
from webapp.report.models import Report, ReportEvent

WEST, EAST = make.box(0, 0, 0.006), make.box(0.006, 0, 0.004)  # the larger part has the records
IN_EAST, IN_WEST = {"lon": 110.008, "lat": 35.005}, {"lon": 110.002, "lat": 35.005}
NEW = {"code": "999901100209", "name": "甲9村", "parent": "A", "boundary": EAST}
#: A1 stays, smaller; or it goes, and two new villages have its ground.
STAYS: dict[str, Any] = {"other": {"A1": {"boundary": WEST}, "new": NEW}, "gone": ()}
GOES: dict[str, Any] = {
    "other": {"west": {**NEW, "code": "999901100208", "name": "甲8村", "boundary": WEST}, "new": NEW},
    "gone": ("A1",),
}


def submitted(world: World, **more: Any) -> Any:
    with world.store.write() as session:
        entry = make.report(world.grids["A1"], **more)
        service.submit(session, make.actor(session, "officer_a1"), entry)
    return entry.id


def split(world: World, how: dict[str, Any]) -> int:
    return drafted(world, delivered(world, how["other"], how["gone"]))


def position(world: World, set_id: int, code: str) -> int:
    with world.store.read() as session:
        return next(line.position for line in changed.lines(session, set_id) if line.code == code)


def put_in_force(world: World, set_id: int) -> None:
    approved(world, set_id)
    assert in_force.put_due_in_force(world.store) == 1


def villages(world: World) -> dict[Any, str]:
    """Today's village of each report, by name."""
    with world.store.read() as session:
        found = session.scalars(select(Report)).all()
        cells = queries.named(session, {queries.standing(session, report.grid_id) for report in found})
        return {report.id: cells[queries.standing(session, report.grid_id)].zh for report in found}


@pytest.mark.parametrize(("how", "west"), [(STAYS, "甲1村"), (GOES, "甲8村")])
def test_each_goes_where_it_lies_and_the_rest_stays(world: World, how: dict[str, Any], west: str) -> None:
    in_east, in_west, nowhere = submitted(world, **IN_EAST), submitted(world, **IN_WEST), submitted(world)
    with world.store.read() as session:
        was = {report.id: report.grid_version_id for report in session.scalars(select(Report))}
    put_in_force(world, split(world, how))
    assert villages(world) == {in_east: "甲9村", in_west: west, nowhere: west}
    with world.store.read() as session:
        assert {report.id: report.grid_version_id for report in session.scalars(select(Report))} == was
        line = session.scalars(select(ReportEvent).where(ReportEvent.action == "follow_border")).one()
        assert (line.report_id, line.person_id) == (in_east, world.people["county_two"]), "who approved it moved it"


@pytest.mark.parametrize("how", [STAYS, GOES])
def test_what_was_chosen_goes_before_the_position(world: World, how: dict[str, Any]) -> None:
    in_east, nowhere = submitted(world, **IN_EAST), submitted(world)
    set_id = split(world, how)
    stays = position(world, set_id, "999901100200" if how is STAYS else "999901100208")
    chosen = {in_east.hex: stays, nowhere.hex: position(world, set_id, NEW["code"])}
    with world.store.write() as session:
        changes.choose_parts(session, make.actor(session, "county"), set_id, chosen)
    put_in_force(world, set_id)
    assert villages(world) == {in_east: "甲1村" if how is STAYS else "甲8村", nowhere: "甲9村"}


def test_what_is_closed_stays_where_it_was(world: World) -> None:
    settled = submitted(world, **IN_EAST, settle=True, problems=("rubbish_dumping",))
    put_in_force(world, split(world, STAYS))
    assert villages(world) == {settled: "甲1村"}


def test_a_merger_moves_nothing(world: World) -> None:
    report_id = submitted(world, **IN_EAST)
    both = make.box(0, 0, 0.02)
    put_in_force(world, drafted(world, delivered(world, {"A2": {"boundary": both}}, ["A1"])))
    assert villages(world) == {report_id: "甲2村"}
    with world.store.read() as session:
        assert not list(session.scalars(select(ReportEvent).where(ReportEvent.action == "follow_border")))


def test_only_a_part_can_be_chosen_and_only_before_it_is_proposed(world: World) -> None:
    report_id, set_id = submitted(world), split(world, STAYS)
    with world.store.write() as session, pytest.raises(Refused, match="Choose one"):
        changes.choose_parts(session, make.actor(session, "county"), set_id, {report_id.hex: 99})


def test_the_page_proposes_and_keeps_all_choices_in_one_step(world: World, browse: Any) -> None:
    in_east, nowhere, set_id = submitted(world, **IN_EAST), submitted(world), split(world, STAYS)
    county, address = browse("county"), f"/borders/{set_id}"
    page = county.get(address).text
    assert "by its position" in page and "no position" in page
    picks = dict(re.findall(r'name="([0-9a-f]{32})">.*?value="(\d+)" selected', page))
    new, stays = position(world, set_id, NEW["code"]), position(world, set_id, "999901100200")
    assert picks == {in_east.hex: str(new), nowhere.hex: str(stays)}
    answer = county.post(f"{address}/parts", **{in_east.hex: new, nowhere.hex: new, ids.new().hex: new})
    assert answer.status_code == 303 and county.get(address).text.count("as chosen") == 2
    assert county.post(f"{address}/parts", **{nowhere.hex: "99"}).status_code == 422
    put_in_force(world, set_id)
    assert set(villages(world).values()) == {"甲9村"}
    history = browse("township_a").get(f"/reports/{nowhere}").text
    assert "Moved with the borders" in history and "from Village A1 to" in history


def test_the_records_of_the_new_village_are_its_officers(world: World, browse: Any) -> None:
    report_id = submitted(world, **IN_EAST)
    put_in_force(world, split(world, STAYS))
    with world.store.write() as session:
        new = session.scalars(select(GridVersion.grid_id).where(GridVersion.code == NEW["code"])).one()
        make.posting(session, world.people["officer_b1"], "grid_officer", grid=new)
    assert browse("officer_b1").get(f"/reports/{report_id}").status_code == 200
    assert browse("officer_a1").get(f"/reports/{report_id}").status_code == 404, "it is no more his to do"


def test_a_part_of_another_village_is_no_choice_for_it(world: World) -> None:
    report_id = submitted(world, **IN_EAST)
    west, east = make.box(0, 0.01, 0.006), make.box(0.006, 0.01, 0.004)
    far = {"code": "999901101209", "name": "乙9村", "parent": "B", "boundary": east}
    set_id = split(world, {"other": STAYS["other"] | {"B1": {"boundary": west}, "far": far}, "gone": ()})
    with world.store.write() as session:
        chosen = {report_id.hex: position(world, set_id, far["code"])}
        changes.choose_parts(session, make.actor(session, "county"), set_id, chosen)
    put_in_force(world, set_id)
    assert villages(world) == {report_id: "甲9村"}, "where it lies"


def test_a_draft_whose_village_has_ended_since_can_be_looked_at_and_withdrawn(world: World, browse: Any) -> None:
    submitted(world, **IN_EAST)
    set_id = split(world, STAYS)
    put_in_force(world, drafted(world, delivered(world, {"A2": {"boundary": make.box(0, 0, 0.02)}}, ["A1"])))
    county = browse("county")
    assert county.get(f"/borders/{set_id}").status_code == 200
    assert county.post(f"/borders/{set_id}/withdraw").status_code == 303
