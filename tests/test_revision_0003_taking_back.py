"""The words for taking back: a county that has used one cannot go back to before it, and is told so."""

from importlib import import_module

import pytest
from sqlalchemy import select

from migrations.ops import Unfit
from tests import make
from tests.conftest import World
from tests.sources import ROOT
from webapp.access import SYSTEM
from webapp.accounts import service as accounts
from webapp.ops import migrate
from webapp.report import service

(FILE,) = (ROOT / "migrations" / "versions").glob("0003_*.py")
REVISION = import_module(f"migrations.versions.{FILE.stem}")


def test_what_was_taken_back_stays_said(world: World) -> None:
    entry = make.report(world.grids["A1"])
    with world.store.write() as session:
        service.submit(session, make.actor(session, "officer_a1"), entry)
        township = make.actor(session, "township_a")
        service.move(session, township, entry.id, make.move("give_back", "township", missing=["place"]))
        accounts.suspend(session, SYSTEM, world.people["officer_a1"])
        service.move(session, township, entry.id, make.move("take_back", "returned", reason="x"))
    with pytest.raises(Unfit, match=r"1 rows of report_event\.action say \(undo, take_back, withdraw_look, "):
        migrate.run(world.store, "downgrade", REVISION.down_revision)
    assert migrate.current(world.store) == REVISION.revision
    with world.store.read() as session:
        assert session.scalars(select(service.Report.state).where(service.Report.id == entry.id)).one() == "township"


def test_a_county_that_took_nothing_back_goes_down_and_up(world: World) -> None:
    migrate.run(world.store, "downgrade", REVISION.down_revision)
    migrate.run(world.store, "upgrade", "head")
