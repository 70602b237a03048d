"""Open limits under another calendar, at the edges: what only seems to move, what another day bounds, and what cannot
be taken back any more."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from tests import make
from tests.report.conftest import Way
from tests.report.test_limits_moved import (
    HOUR,
    MONDAY,
    NAMED,
    _department,
    _handling,
    _look,
    due,
    lines,
    off,
    on_again,
    worked,
)
from webapp.core import audit, clock
from webapp.core.errors import Refused
from webapp.core.models import TimeLimit
from webapp.report import side_acts
from webapp.report.models import Assignment, SiteLook


def test_what_was_left_so_that_nobody_is_late_does_not_move_when_that_is_taken_back(world):
    with clock.at(datetime(2026, 9, 11, 2, tzinfo=UTC)):  # Friday
        way = Way(world)
    with clock.at(datetime(2026, 9, 12, 15, tzinfo=UTC)):  # Saturday, late in the evening
        assert worked(world, "2026-09-12") == []
        assert on_again(world, "2026-09-12") == [], "from Monday to Monday"
    assert due(way) == "2026-09-14" and lines(way) == []


def test_what_began_when_the_limit_was_in_hours_is_not_counted_in_work_days(world):
    hours, work_days = {"number": 24, "unit": "hour"}, {"number": 2, "unit": "work_day"}

    def set_to(values):
        with world.store.write() as session:
            session.execute(update(TimeLimit).where(TimeLimit.code == "review").values(values))

    set_to(hours)
    with clock.at(MONDAY):
        way = Way(world)
    with clock.at(MONDAY + HOUR):  # as new seeds do it
        set_to(work_days)
        with world.store.write() as session:
            audit.note(session, None, "seed.change", "time_limit:review", before=hours, after=work_days)
        assert off(world, "2026-09-08") == []
        assert due(way) == "2026-09-08"


def parts_now(world):
    """The day of each body that has the matter, by its role."""
    with world.store.read() as session:
        rows = session.execute(select(Assignment.role, Assignment.due_on).where(Assignment.to_at.is_(None)))
        return dict(rows.all())


def test_a_cooperating_body_keeps_the_day_of_the_lead_though_the_lead_has_another_one_since(world):
    with clock.at(MONDAY):
        way = Way(world)
        _department(way, NAMED.isoformat(), coop=[world.bodies["ecology"]])
        way.move("liaison", "receive")
        way.move("liaison", "handle", result="true", done="cleared")
    with clock.at(MONDAY + HOUR):
        way.move("township_a", "redo", reason="still dirty")
        off(world, "2026-09-10")
    assert parts_now(world) == {"lead": date(2026, 9, 17), "coop": NAMED}


def test_a_cooperating_body_with_its_own_limit_follows_though_the_work_of_the_lead_was_sent_back(world):
    with clock.at(MONDAY):
        way = Way(world)
        _department(way, "2026-12-01", coop=[world.bodies["ecology"]])
        way.move("liaison", "receive")
        way.move("liaison", "handle", result="true", done="cleared")
    with clock.at(MONDAY + HOUR):
        way.move("township_a", "redo", reason="still dirty")
        off(world, "2026-09-10")
    assert parts_now(world) == {"lead": date(2026, 9, 17), "coop": date(2026, 9, 17)}


def test_the_day_of_who_leads_it_is_the_clocks_while_the_work_is_done_and_counts_once(world):
    with clock.at(MONDAY):
        way = Way(world)
        _handling(way)
        assert off(world, "2026-09-08") == ["limit"]
    assert len(lines(way)) == 1 and way.lead().due_on.isoformat() == due(way) == "2026-09-17"


def _received_by_a_named_day(way):
    _department(way, due=NAMED.isoformat())
    way.move("liaison", "receive")
    return "liaison"


def _closed(way):
    way.move("township_a", "handle", result="true", done="cleared")
    way.move("county", "confirm")
    return "county"


@pytest.mark.parametrize("tap", [_received_by_a_named_day, _closed])
def test_what_would_come_back_with_a_limit_of_the_old_calendar_is_not_undone(world, tap):
    with clock.at(MONDAY):
        way = Way(world)
        who = tap(way)
    with clock.at(MONDAY + timedelta(seconds=5)):
        off(world, "2026-09-08")
        assert lines(way) == []
    with clock.at(MONDAY + timedelta(seconds=9)), pytest.raises(Refused, match="right after"):
        way.move(who, "undo")


def test_the_answer_to_a_look_is_not_undone_when_the_calendar_changed_after_it(world):
    event, by = make.ids.new(), partial(make.actor, login="officer_a1")
    with clock.at(MONDAY):
        way = Way(world)
        _look(way)
        with world.store.write() as session:
            look = session.scalars(select(SiteLook.id)).one()
            side_acts.answer_look(session, by(session), look, "right", None, event_id=event)
    with clock.at(MONDAY + timedelta(seconds=5)):
        off(world, "2026-12-01")
    refused = pytest.raises(Refused, match="right after")
    with clock.at(MONDAY + timedelta(seconds=9)), world.store.write() as session, refused:
        side_acts.undo(session, by(session), way.entry.id, event)
