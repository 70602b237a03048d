"""A week of Town A and Town B, and what its ledgers say."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests import make
from tests.conftest import World
from webapp.core import clock, ids
from webapp.core.tongue import Tongue
from webapp.grid.queries import cell
from webapp.ledger import making, service
from webapp.ledger.periods import Period
from webapp.patrol import service as patrols
from webapp.patrol.models import PatrolObject
from webapp.report import service as reports
from webapp.report.models import Report

ENGLISH = Tongue("en", str)
DAY = timedelta(days=1)


@pytest.fixture
def friday(world: World) -> Iterator[datetime]:
    """A quarter to four on a Friday to come: the clock stands there. All objects came on the list on that Monday, and
    each is due once until Sunday."""
    monday = clock.today() - DAY * clock.today().weekday() + 7 * DAY
    with world.store.write() as session:
        session.execute(update(PatrolObject).values(type="enterprise", valid_from=monday))
    moment = clock.start(monday + 4 * DAY) + timedelta(hours=15, minutes=42)
    with clock.at(moment):
        yield moment


def walked(world: World, village: str, results: dict[str, str], at: datetime | None = None) -> None:
    entry = make.patrol(world.grids[village], {world.things[name]: said for name, said in results.items()}, at=at)
    with world.store.write() as session:
        patrols.record(session, make.actor(session, f"officer_{village.lower()}"), entry)


def reported(world: World, village: str, at: datetime | None = None, **about: Any) -> Any:
    entry = make.report(world.grids[village], occurred_at=at or clock.now(), **about)
    with world.store.write() as session:
        return reports.submit(session, make.actor(session, f"officer_{village.lower()}"), entry).id


def ledger(world: World, login: str, grid: str, period: Period) -> making.Ledger:
    with world.store.read() as session:
        who = make.actor(session, login)
        where = cell(session, who, "ledger.read", world.grids[grid])
        return making.now(session, who, where, period, ENGLISH)


def handed_in(world: World, login: str, grid: str, period: Period, id_: Any = None) -> Any:
    with world.store.write() as session:
        who = make.actor(session, login)
        where_ = cell(session, who, "ledger.keep", world.grids[grid])
        return service.keep(session, who, id_ or ids.new(), making.now(session, who, where_, period, ENGLISH))


def busy(world: World, friday: datetime) -> None:
    """A week of Town A: a village that saw one of two and tried the other, one that went nowhere; four problems."""
    walked(world, "A1", {"farm_a1": "normal", "kiln_a1": "could_not_see"}, friday - 3 * DAY)
    walked(world, "B1", {"farm_b1": "problem"}, friday - DAY)
    reported(world, "A1")
    reported(world, "A2", severity="minor", settle=True, problems=("rubbish_dumping",))
    late, void = reported(world, "A2"), reported(world, "A1")
    before = reported(world, "A1", friday - 9 * DAY)
    with world.store.write() as session:
        session.get_one(Report, late).due_at = friday - DAY
        session.get_one(Report, void).state = "void"
        session.get_one(Report, void).is_open = False
        session.get_one(Report, before).received_at = friday - 9 * DAY
    reported(world, "B1")


def late(found: making.Ledger) -> int:
    """How many records came in too late for the ledger that they belong to."""
    return sum(sheet.late for sheet in found.sheets)
