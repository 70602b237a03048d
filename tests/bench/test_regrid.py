"""The reform of the bench is one that could happen: it goes the whole way, and nothing is lost by it."""

from bench import regrid
from tests import make
from tests.conftest import World
from webapp.access import SYSTEM
from webapp.grid import queries
from webapp.report.queries import readable
from webapp.report.service import submit


def test_a_reform_of_the_small_county_is_put_in_force_and_keeps_every_report(world: World) -> None:
    with world.store.write() as session:
        for village, login in (("A1", "officer_a1"), ("A2", "officer_a2"), ("B1", "officer_b1")):
            submit(session, make.actor(session, login), make.report(world.grids[village]))
    done = regrid.reform(world.store)
    assert (done.gone, done.open_reports, done.reports) == (1, 3, 3) and done.grids == 6
    with world.store.read() as session:
        names = [cell.zh for cell in queries.cells(session, SYSTEM, "grid.read", tier=3)]
        assert len(names) == 5 and all(name.startswith("新") for name in names)
        assert len(session.scalars(readable(make.actor(session, "county"))).all()) == 3
