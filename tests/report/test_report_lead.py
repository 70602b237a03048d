"""Who leads a matter on a border: the nearest grid above its villages decides, and the others join."""

import pytest
from sqlalchemy import select

from tests import make
from tests.grid.changing import border, changed_to
from tests.report.conftest import hidden
from webapp.core import ids
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.grid import queries as grid_queries
from webapp.report import details, joint, service
from webapp.report.models import Report, ReportEvent


@pytest.fixture
def between(world):
    """``between("A2")`` is a report of A1 on the border with that village."""

    def file(*others):
        entry = make.report(world.grids["A1"], joint=tuple(world.grids[other] for other in others))
        with world.store.write() as session:
            service.submit(session, make.actor(session, "officer_a1"), entry)
        return entry.id

    return file


def choose(world, login, report_id, village, event_id=None):
    with world.store.write() as session:
        actor = make.actor(session, login)
        joint.choose_lead(session, actor, report_id, event_id or ids.new(), world.grids[village])


def sides(world):
    with world.store.read() as session:
        report = session.scalars(select(Report)).one()
        names = {id_: short for short, id_ in world.grids.items()}
        return names[report.grid_id], {names[id_] for id_ in details.joint_grids(session, report.id)}


def above(world, *villages):
    with world.store.read() as session:
        found = grid_queries.named(session, {world.grids[village] for village in villages})
        cell = joint.nearest_above(session, found.values())
        return cell and cell.en


@pytest.mark.parametrize(
    ("villages", "who"),
    [
        (("A1", "A2"), "Town A"),
        (("A1", "A2", "A3"), "Town A"),
        (("A1", "B1"), "Test County"),
        (("A1", "A2", "B1"), "Test County"),
        (("A1",), None),
    ],
)
def test_the_nearest_grid_above_all_villages(world, villages, who):
    assert above(world, *villages) == who


def test_what_was_merged_counts_as_the_village_it_is_now(world):
    changed_to(world, {"A1": {"boundary": border(world, "A1", "A2")}}, gone=["A2"])
    assert above(world, "A1", "A2") is None
    assert above(world, "A2", "A3") == "Town A"


def test_the_township_decides_between_two_of_its_villages(world, between):
    report_id = between("A2")
    choose(world, "township_a", report_id, "A2")
    assert sides(world) == ("A2", {"A1"})
    with world.store.read() as session:
        report = session.scalars(select(Report)).one()
        version = grid_queries.named(session, {world.grids["A2"]})[world.grids["A2"]].version_id
        assert (report.state, report.grid_version_id) == ("township", version)
        line = session.scalars(select(ReportEvent).where(ReportEvent.action == "choose_lead")).one()
        assert (line.role, line.to_state) == ("township_supervisor", None)


def test_the_county_decides_between_two_townships_and_it_goes_on_in_the_other(world, between, browse):
    report_id = between("B1")
    with pytest.raises(NotFound):
        choose(world, "township_a", report_id, "B1")
    with pytest.raises(NotFound):
        choose(world, "township_b", report_id, "B1")
    choose(world, "county", report_id, "B1")
    assert sides(world) == ("B1", {"A1"})
    with world.store.write() as session:
        move = make.move("raise", "township", reason="x")
        assert service.move(session, make.actor(session, "township_b"), report_id, move).state == "county"
    page = browse("township_a").get(f"/reports/{report_id}").text
    assert "Village B1 leads, it was Village A1" in page, "the other side still sees it"


def test_of_three_villages_the_one_that_is_named_leads(world, between):
    choose(world, "county", between("A2", "B1"), "B1")
    assert sides(world) == ("B1", {"A1", "A2"})


@pytest.mark.parametrize("login", ["officer_a1", "officer_a2", "liaison", "leader", "inspector"])
def test_nobody_else_decides(world, between, login):
    with pytest.raises(NotFound):
        choose(world, login, between("A2"), "A2")


def test_it_is_done_once_and_another_answer_under_the_same_id_is_a_conflict(world, between):
    report_id, event_id = between("A2", "A3"), ids.new()
    for _ in range(2):
        choose(world, "township_a", report_id, "A2", event_id)
    assert sides(world) == ("A2", {"A1", "A3"})
    with pytest.raises(Conflict):
        choose(world, "township_a", report_id, "A3", event_id)


@pytest.mark.parametrize("village", ["A1", "B2"])
def test_only_another_village_of_the_matter_can_lead(world, between, village):
    with pytest.raises(Refused, match="other village"):
        choose(world, "township_a", between("A2"), village)


def test_what_was_handed_over_keeps_its_lead(world, between):
    report_id = between("A2")
    with world.store.write() as session:
        given = {"body": world.bodies["station_a"], "due": make.clock.today().isoformat()}
        service.move(session, make.actor(session, "township_a"), report_id, make.move("assign", "township", **given))
    with pytest.raises(Refused, match="handed over already"):
        choose(world, "township_a", report_id, "A2")


def test_the_page_says_who_decides_and_lets_him(world, between, browse):
    report_id = between("A2")
    for login in ("officer_a1", "officer_a2", "township_a", "county"):
        assert "Village A1, unless Town A decides otherwise" in browse(login).get(f"/reports/{report_id}").text
    assert "Let another village lead" not in browse("officer_a1").get(f"/reports/{report_id}").text
    township = browse("township_a")
    page = township.get(f"/reports/{report_id}").text
    form = page.split(f'action="/reports/{report_id}/beside/lead"')[1]
    sent = {"id": hidden(form, "id"), "lead": world.grids["A2"]}
    answer = township.post(f"/reports/{report_id}/beside/lead", **sent, follow=True)
    assert "That village leads now" in answer.text and "Village A2 leads, it was Village A1" in answer.text
    alone = between()
    assert "unless" not in township.get(f"/reports/{alone}").text


def test_more_than_two_villages_at_a_corner_are_all_offered(world, browse):
    officer = browse("officer_a1")
    blank = officer.get(f"/grids/{world.grids['A1']}/report").text
    sent = {name: hidden(blank, name) for name in ("id", "grid")}
    sent |= {"lon": "110.0099", "lat": "35.0099", "accuracy_m": "60", "place": "corner", "note": "smoke"}
    sent |= {"problem": "smoke", "severity": "minor", "first_measure": "not_heeded"}
    answer = officer.post("/reports", **sent)
    offered = answer.text.split('<optgroup label="At this position">')[1].split("</optgroup>")[0]
    assert answer.status_code == 422 and offered.count("<option") == 3
    assert "Village A2 (9 m)" in offered and "Village B1 (11 m)" in offered and "Village B2 (14 m)" in offered
