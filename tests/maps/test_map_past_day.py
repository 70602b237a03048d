"""The map of a past day: what was open, overdue and unseen then, as the map had it on that day, by histories alone."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from tests import make
from tests.conftest import World
from tests.maps.conftest import MapPage
from tests.maps.test_map_borders_then import merge
from tests.report.conftest import Way
from tests.report.test_limits_moved import off
from tests.report.test_random_walk import Model, act, choose
from tests.short import count
from webapp.core import clock
from webapp.patrol import coverage
from webapp.patrol.models import PatrolObject
from webapp.report import mapped, queries

DAYS = count(16, 40, 120)
READERS = ("officer_a1", "township_a", "county")  # whose rights do not change with who has a report


def ended(day: date) -> datetime:
    """The last moment of a day."""
    return clock.start(day + timedelta(days=1)) - timedelta(microseconds=1)


def shown(world: World) -> dict[str, Any]:
    """What is open and overdue, and how objects stand, as maps and desks count it now."""
    with world.store.read() as session:
        found: dict[str, Any] = {}
        for login in READERS:
            actor = make.actor(session, login)
            found[login] = (mapped.open_counts(session, actor), coverage.standing(session, actor))
            assert queries.count_open_in(session, actor, "1.") == sum(open_.all for open_ in found[login][0].values())
        return found


def looked_back(world: World, day: date) -> dict[str, Any]:
    """The same of a day that has passed."""
    with world.store.read() as session:
        actors = {login: make.actor(session, login) for login in READERS}
        return {
            login: (
                mapped.counted(mapped.open_on(session, actor, day)),
                coverage.stood_then(session, actor, day),
            )
            for login, actor in actors.items()
        }


def test_every_day_looks_as_it_looked_when_it_ended(world: World, patrol: Callable[..., None]) -> None:
    """Reports led about at random for weeks, moved back, with a calendar that changes their limits; and rounds."""
    chance, ways, told = random.Random(20261130), [], {}
    for ago in range(DAYS, 0, -1):
        with clock.at(clock.now() - make.days(ago)):
            day = clock.today()
            if ago % 2:
                ways.append((Way(world), Model()))
            for way, model in ways:
                _lead_about(way, model, chance)
            patrol("officer_a1", "A1", farm_a1=chance.choice(["normal", "could_not_see"]))
            if ago == DAYS // 2:
                off(world, (day + timedelta(days=1)).isoformat(), (day + timedelta(days=3)).isoformat())
        with clock.at(ended(day)):
            told[day] = shown(world)
    assert {day: looked_back(world, day) for day in told} == told
    totals = [sum(open_.all for open_ in told[day]["county"][0].values()) for day in told]
    late = [sum(open_.late for open_ in told[day]["county"][0].values()) for day in told]
    assert len(set(totals)) > 2 and max(late) > 0 and totals != sorted(totals)


def _lead_about(way: Way, model: Model, chance: random.Random) -> None:
    for _ in range(3):
        login, action, seen, body = choose(chance, model)
        if (action, body) == ("assign", "committee_a1"):
            continue
        if came := act(way, login, action, seen, body):
            model.made(login, action, came, body)


@pytest.fixture
def past(world: World, report: Any, patrol: Any) -> date:
    """A day five days ago, after which a report came to its end, another came, and an object left its list."""
    with clock.at(clock.now() - make.days(9)):
        patrol("officer_a2", "A2", farm_a2="normal")
        report("officer_a2", "A2", lon=110.015, lat=35.005)
        way = Way(world)
    way.move("township_a", "dismiss", reason="x")
    report("officer_a1", "A1")
    patrol("officer_a2", "A2", kiln_a2="normal")
    with world.store.write() as session:
        session.get_one(PatrolObject, world.things["farm_a2"]).valid_to = clock.today() - timedelta(days=1)
    return clock.today() - timedelta(days=5)


def figures(page: MapPage) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in page.rows}


def test_the_map_shows_what_was_open_overdue_and_unseen_when_the_day_ended(
    the_map: Callable[..., MapPage], world: World, past: date
) -> None:
    query = {"to": past.isoformat()}
    open_, late = (figures(the_map("county", by=by, **query)) for by in ("open", "late"))
    assert open_["Village A1"][0] == "1" and open_["Village A2"][0] == "1"
    assert late["Village A1"][0] == "1", "the review of one work day had run out"
    last = figures(the_map("county", by="last", **query))
    with world.store.read() as session:
        listed = session.get_one(PatrolObject, world.things["kiln_a2"]).valid_from
    assert int(last["Village A2"][0]) == (past - listed).days, "what was seen since was not seen then"
    page = the_map("county", by="open", **query)
    assert len(page.points) == 1 and page.points[0]["properties"]["tone"] == "late"
    assert "at the end of" in page.text and "Due now" not in page.text and "Day after" in page.text
    now = the_map("county", by="open")
    assert figures(now)["Village A1"][0] == "1" and "Day after" not in now.text and "Due now" in now.text


@pytest.mark.parametrize("by", ["open", "late", "last"])
def test_a_past_day_has_the_same_figures_under_the_borders_of_then_and_of_now(
    the_map: Callable[..., MapPage], world: World, past: date, by: str
) -> None:
    before = the_map("county", by=by, to=past.isoformat())
    merge(world)
    now, then = (the_map("county", by=by, to=past.isoformat(), borders=borders) for borders in ("now", "then"))
    assert figures(then) == figures(before) != figures(now)
    assert "Borders then" in now.text
    if by != "last":
        assert _sum(now) == _sum(then) == _sum(before) > 0
    assert then.layer == before.layer != now.layer


def _sum(page: MapPage) -> int:
    return sum(int(row[1].replace("-", "0")) for row in page.rows)


def test_stepping_goes_day_by_day_and_ends_with_now(the_map: Callable[..., MapPage], past: date) -> None:
    page = the_map("county", by="open", to=past.isoformat())
    assert f"to={(past - timedelta(days=1)).isoformat()}" in page.text
    assert f"to={(past + timedelta(days=1)).isoformat()}" in page.text
    assert the_map("county", by="open", to=(clock.today() + timedelta(days=1)).isoformat()).status == 422
    assert the_map("county", to=past.isoformat()).status == 422, "a period has a beginning"


def test_a_past_day_costs_what_was_open_or_ended_since(world: World, past: date) -> None:
    """No statement goes through all reports or all events."""
    if not world.store.is_sqlite:
        pytest.skip("PostgreSQL takes an index where there are many rows")
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    with world.store.read() as session:
        event.listen(world.store.reader, "before_cursor_execute", hear)
        try:
            mapped.open_on(session, make.actor(session, "county"), past)
        finally:
            event.remove(world.store.reader, "before_cursor_execute", hear)
        statement, parameters = said[-1]
        plan = session.connection().exec_driver_sql(f"explain query plan {statement}", parameters).all()
    lines = [row[-1] for row in plan]
    assert "report_event" in statement and not [line for line in lines if line.startswith("SCAN report")], lines
    assert any("(is_open=? AND state_since>?)" in line for line in lines), lines
