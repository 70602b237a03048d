"""What the bench fills a county with could have been done in it: histories replay, numbers go on, the search finds."""

from collections import Counter as Tally

import pytest
from sqlalchemy import func, select

from bench import fill, land, realm, years
from tests.short import FULL
from webapp.core import clock, numbers
from webapp.core.db import Store
from webapp.ops.dump import snapshot
from webapp.ops.verify import verify_reports
from webapp.ops.verify_audit import Audit
from webapp.patrol.models import Patrol, PatrolObject, Visit
from webapp.report import pairs
from webapp.report.models import Report, ReportEvent, ReportPair
from webapp.report.workflow import REPORT

VISITS, REPORTS = (20_000, 3_000) if FULL else (600, 300)


@pytest.fixture
def filled(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Two small counties below a root with years behind them: four tiers."""
    monkeypatch.setattr(realm, "SIZES", {12: (2, 2, 3)})
    realm.settle(store, 12)
    with store.read() as session:
        assert [len(village.lineage) for village in land.read(session).villages] == [4] * 12
    written = fill.fill(store, VISITS, REPORTS)
    assert written["visit"] == VISITS and written["report"] == REPORTS
    return store


def test_a_filled_county_is_one_that_could_have_been(filled: Store) -> None:
    assert verify_reports(filled) == []
    with snapshot(filled) as connection:
        assert list(Audit().findings(connection)) == []
    with filled.read() as session:
        states = Tally(session.scalars(select(Report.state)))
        moves = set(map(tuple, session.execute(select(ReportEvent.from_state, ReportEvent.action))))
        years_of = set(map(clock.day, session.scalars(select(Patrol.occurred_at))))
        latest = session.scalars(select(func.max(ReportEvent.at))).one()
    assert 0.8 * REPORTS < states["closed"] < REPORTS
    assert {(None, "settle"), ("township", "assign"), ("county", "dispatch"), ("handling", "handle")} <= moves
    assert len({day.year for day in years_of}) >= 3 and max(years_of) < clock.today()
    assert latest <= clock.now()


def test_numbers_go_on_the_search_finds_and_rounds_look_at_what_is_theirs(filled: Store) -> None:
    with filled.read() as session:
        given = Tally(number[:4] for number in session.scalars(select(Report.number)))
        assert {year: numbers.last(session, f"report-{year}") for year in given} == given
        report = session.scalars(select(Report).order_by(Report.id).limit(1)).one()
        stored = set(session.scalars(select(ReportPair.pair).where(ReportPair.report_id == report.id)))
        assert stored == pairs.pairs_of([report.place, report.note])
        of_the_round = select(PatrolObject.grid_id == Patrol.grid_id).select_from(Visit)
        theirs = of_the_round.join(Patrol, Patrol.id == Visit.patrol_id).join(PatrolObject)
        assert set(session.scalars(theirs)) == {True}


def test_every_way_is_one_of_the_process_to_its_end() -> None:
    for way in years.WAYS:
        state = "-"
        for action in way["actions"].split(","):
            move = REPORT.row(state, action)
            assert move is not None, way
            state = move.target
        assert state in REPORT.ends, way
    assert sum(years.SHARES) == 100
