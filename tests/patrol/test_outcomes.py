"""What came of the visits due to each object: made, tried in vain and why, not made, and never seen at all."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from tests import make
from tests.conftest import Browser, World
from webapp.access import Actor
from webapp.core import clock, ids
from webapp.core.errors import NotFound
from webapp.core.tongue import Tongue
from webapp.grid.models import Grid
from webapp.grid.queries import cell
from webapp.ledger import making
from webapp.ledger.periods import Period
from webapp.patrol import coverage, outcomes, service
from webapp.patrol.models import PatrolObject
from webapp.patrol.outcomes import Line
from webapp.patrol.service import PatrolEntry, VisitEntry

Browse = Callable[[str], Browser]
DAY = timedelta(days=1)
FIRST = date(2026, 6, 1)  # a Monday
LAST = FIRST + 20 * DAY


@pytest.fixture
def weekly(world: World) -> World:
    """All objects came on the list on a Monday; each is an enterprise, due once a week."""
    with world.store.write() as session:
        session.execute(update(PatrolObject).values(type="enterprise", valid_from=FIRST))
    return world


REASONS = ("weather", "locked")


def walked(world: World, village: str, day: int, hour: int = 12, **said: str) -> None:
    """A round on that day from the first on: a result of each object, or the reason why it could not be checked."""
    at = clock.start(FIRST + day * DAY) + timedelta(hours=hour)
    visits = tuple(
        VisitEntry(world.things[f"{name}_{village.lower()}"], "could_not_see", result)
        if result in REASONS
        else VisitEntry(world.things[f"{name}_{village.lower()}"], result, None)
        for name, result in said.items()
    )
    entry = PatrolEntry(ids.new(), world.grids[village], at, visits)
    with clock.at(at), world.store.write() as session:
        service.record(session, make.actor(session, f"officer_{village.lower()}"), entry)


def found(world: World, login: str, grid: str, last: date = LAST) -> dict[str, Line]:
    with world.store.read() as session:
        who: Actor = make.actor(session, login)
        where = cell(session, who, "patrol.read", world.grids[grid])
        lines = outcomes.of(session, who, FIRST, last, where.path)
    names = {id_: name for name, id_ in world.things.items()}
    return {names[line.id]: line for line in lines}


def test_each_visit_that_was_due_is_made_or_tried_or_not_made_and_the_last_try_says_why(weekly: World) -> None:
    walked(weekly, "A1", 1, farm="normal", kiln="weather")
    walked(weekly, "A1", 3, kiln="locked")  # the same week: its reason counts
    walked(weekly, "A1", 9, farm="weather", kiln="locked")
    walked(weekly, "A1", 10, farm="problem")  # seen after all
    lines = found(weekly, "township_a", "A1")
    said = {name: (line.due, line.seen, dict(line.reasons), line.not_gone, line.unseen) for name, line in lines.items()}
    assert said == {"farm_a1": (3, 2, {}, 1, 10), "kiln_a1": (3, 0, {"locked": 2}, 1, None)}
    assert [line.id for line in outcomes.blind(lines.values())] == [weekly.things["kiln_a1"], weekly.things["farm_a1"]]


def test_their_sums_are_those_of_the_map_and_of_the_ledger(weekly: World) -> None:
    walked(weekly, "A1", 1, farm="normal", kiln="weather")
    walked(weekly, "A2", 8, farm="locked")
    walked(weekly, "B1", 8, farm="normal")
    with weekly.store.read() as session:
        who = make.actor(session, "county")
        root = cell(session, who, "patrol.read", weekly.grids["county"])
        lines = outcomes.of(session, who, FIRST, LAST, root.path)
        tally = coverage.due_and_seen(session, who, FIRST, LAST, root.path)
        parts = outcomes.by_part(session, root.id, lines)
    whole = outcomes.total(lines)
    assert (whole.due, whole.seen, whole.could_not_see) == tuple(
        counter.total() for counter in (tally.due, tally.seen, tally.could_not_see)
    )
    assert whole.due == 18 == whole.seen + whole.could_not_see + whole.not_gone and whole.never == 4
    assert dict(whole.reasons) == {"weather": 1, "locked": 1}
    assert {grid: (part.objects, part.due, part.seen) for grid, part in parts.items()} == {
        weekly.grids["A"]: (4, 12, 1),
        weekly.grids["B"]: (2, 6, 1),
    }
    assert {type_: found.due for type_, found in outcomes.by_type(lines).items()} == {"enterprise": 18}


def test_who_may_read_a_village_alone_finds_that_one_alone(weekly: World) -> None:
    assert set(found(weekly, "officer_a1", "A1")) == {"farm_a1", "kiln_a1"}
    with pytest.raises(NotFound, match="not yours to see"):
        found(weekly, "officer_a1", "A2")


def test_what_left_the_list_is_counted_and_is_no_blind_spot(weekly: World, browse: Browse) -> None:
    with weekly.store.write() as session:
        session.get_one(PatrolObject, weekly.things["kiln_a1"]).valid_to = FIRST + 14 * DAY
    lines = found(weekly, "township_a", "A1")
    assert lines["kiln_a1"].due == 2 and not lines["kiln_a1"].is_blind
    assert outcomes.total(lines.values()).never == 1
    for day in (1, 8, 15):
        walked(weekly, "A1", day, farm="normal")
    page = browse("township_a").get(f"/grids/{weekly.grids['A1']}/coverage?first={FIRST}&last={LAST}").text
    assert "3/5" in page and "None of the objects on the list." in page and "Every visit that was due" not in page


def test_of_two_tries_on_a_day_the_later_says_why(weekly: World) -> None:
    walked(weekly, "A1", 1, 8, kiln="weather")
    walked(weekly, "A1", 1, 17, kiln="locked")
    walked(weekly, "A2", 1, 8, kiln="locked")
    walked(weekly, "A2", 1, 17, kiln="weather")
    lines = found(weekly, "township_a", "A")
    assert dict(lines["kiln_a1"].reasons) == {"locked": 1} and dict(lines["kiln_a2"].reasons) == {"weather": 1}


def test_what_has_time_left_is_neither_missed_nor_a_blind_spot_as_in_the_ledger(weekly: World) -> None:
    walked(weekly, "A1", 15, farm="normal", kiln="locked")
    with clock.at(clock.start(FIRST + 17 * DAY) + timedelta(hours=9)):  # a Thursday
        week = FIRST + 14 * DAY
        with weekly.store.read() as session:
            who = make.actor(session, "township_a")
            where = cell(session, who, "patrol.read", weekly.grids["A"])
            lines = outcomes.of(session, who, week, week + 6 * DAY, where.path)
            said = making.at_a_glance(
                session, who, where, Period("week", week, week + 6 * DAY), Tongue("en", str)
            ).total
        whole = outcomes.total(lines)
        assert (whole.due, whole.seen, whole.could_not_see, whole.not_gone, whole.running) == (4, 1, 1, 0, 2)
        assert (said.due, said.seen, said.could_not, said.missed, said.running) == (4, 1, 1, 0, 2)
        assert [line.id for line in outcomes.blind(lines)] == [weekly.things["kiln_a1"]]
    assert outcomes.total(found(weekly, "township_a", "A").values()).running == 0


def test_an_object_of_which_nothing_was_due_stands_nowhere(weekly: World) -> None:
    with weekly.store.write() as session:
        session.get_one(PatrolObject, weekly.things["kiln_a1"]).valid_from = LAST - DAY
    assert set(found(weekly, "township_a", "A1")) == {"farm_a1"}


def test_what_a_later_day_brought_is_not_known_to_a_period_before(weekly: World) -> None:
    walked(weekly, "A1", 19, farm="normal")
    assert found(weekly, "township_a", "A1", FIRST + 13 * DAY)["farm_a1"].unseen is None
    assert found(weekly, "township_a", "A1")["farm_a1"].unseen == 1


def test_the_page_begins_with_the_blind_spots_and_leads_down_to_the_object(weekly: World, browse: Browse) -> None:
    walked(weekly, "A1", 1, farm="normal", kiln="weather")
    walked(weekly, "A1", 8, farm="normal")
    walked(weekly, "A1", 15, farm="normal")
    county, span = browse("county"), f"first={FIRST}&last={LAST}"
    page = county.get(f"/grids/{weekly.grids['county']}/coverage?{span}").text
    assert "3/18" in page and "Weather: 1" in page and page.index("Blind spots") < page.index("By type")
    township = f"/grids/{weekly.grids['A']}/coverage?{span}".replace("&", "&amp;")
    assert township in page
    page = county.get(township.replace("&amp;", "&")).text
    assert "3/12" in page and "3/18" not in page
    village = county.get(f"/grids/{weekly.grids['A1']}/coverage?{span}&type=enterprise").text
    assert "All objects" in village and f"/objects/{weekly.things['farm_a1']}" in village
    blind = village.split("Blind spots</h2>")[1].split("All objects</h2>")[0]
    assert f"/objects/{weekly.things['kiln_a1']}" in blind and f"/objects/{weekly.things['farm_a1']}" not in blind


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("first=2026-06-09&last=2026-06-01", "The end is before the start"),
        ("first=2024-06-09&last=2026-06-01", "At most 366 days"),
        ("first=2026-06-09", "first and a last day"),
        ("first=x&last=y", "Not a date"),
    ],
)
def test_a_period_that_cannot_be_is_said_and_the_usual_one_shown(
    weekly: World, browse: Browse, asked: str, said: str
) -> None:
    answer = browse("township_a").get(f"/grids/{weekly.grids['A']}/coverage?{asked}")
    assert answer.status_code == 422 and said in answer.text


@pytest.mark.parametrize("type_", ["dispute_point", "xyz"])
def test_a_type_that_villages_do_not_walk_is_not_named(weekly: World, browse: Browse, type_: str) -> None:
    answer = browse("officer_a1").get(f"/grids/{weekly.grids['A1']}/coverage?type={type_}")
    assert answer.status_code == 404 and "complaint" not in answer.text


def test_a_grid_that_ended_leads_to_the_one_with_its_records(weekly: World, browse: Browse) -> None:
    with weekly.store.write() as session:
        session.get_one(Grid, weekly.grids["A2"]).heir_id = weekly.grids["A1"]
    answer = browse("township_a").client.get(f"/grids/{weekly.grids['A2']}/coverage?type=enterprise")
    assert answer.location == f"/grids/{weekly.grids['A1']}/coverage?type=enterprise"
