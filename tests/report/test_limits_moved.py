"""Open limits under another calendar: what follows, what stays, and that the histories still say so."""

import random
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from tests import make
from tests.core.together import side_by_side
from tests.report.conftest import Way
from webapp.core import calendar, clock
from webapp.core.errors import Refused, Stale
from webapp.core.models import CalendarDay
from webapp.core.retention import history_open
from webapp.desk import days
from webapp.desk import settings as desk_settings
from webapp.desk.settings import Wish
from webapp.ops.verify import verify_reports
from webapp.report import side_acts
from webapp.report.models import Assignment, Report, ReportEvent, SiteLook

MONDAY = datetime(2026, 9, 7, 1, tzinfo=UTC)  # a week without a holiday, nine in the morning
HOUR = timedelta(hours=1)
OFF, WORKED = days.Entry(False, "放假", "Off", "县政发9号"), days.Entry(True, "上班", "Worked", "县政发9号")


def changed(world, edit):
    with world.store.write() as session:
        return days.change(session, make.actor(session, "county"), edit)


def off(world, first, last=None):
    """These days are holidays; what moved, by what it is."""
    run = {"first": date.fromisoformat(first), "last": date.fromisoformat(last or first)}
    moved = changed(world, partial(days.adding, **run, entry=OFF))
    return sorted(each.what for each in moved)


def on_again(world, on):
    return changed(world, partial(days.taking_out, on=date.fromisoformat(on)))


def worked(world, on):
    on = date.fromisoformat(on)
    return changed(world, partial(days.adding, first=on, last=on, entry=WORKED))


def due(way):
    with way.world.store.read() as session:
        return clock.day(session.get_one(Report, way.entry.id).due_at).isoformat()


def lines(way):
    """The lines of the history that a changed calendar wrote."""
    with way.world.store.read() as session:
        query = select(ReportEvent).where(ReportEvent.report_id == way.entry.id, ReportEvent.action == "move_limit")
        return list(session.scalars(query.order_by(ReportEvent.seq)))


def proposed(way, code):
    with way.world.store.read() as session:
        return clock.day(calendar.limit_after(session, code, clock.now())).isoformat()


# --- every kind of limit ---


def by_hand(start, number, exceptions):
    """The last of so many work days after a day, one day after the other."""
    on = start
    while number:
        on += timedelta(days=1)
        number -= exceptions.get(on, on.weekday() < 5)
    return on


class County:
    """One matter of each kind, all begun on that Monday, and how many work days each limit has."""

    def __init__(self, world):
        self.world, self.start = world, clock.day(MONDAY)
        with clock.at(MONDAY):
            ways = {name: Way(world) for name in KINDS}
            for name, way in ways.items():
                KINDS[name](way)
        self.ways = ways

    def found(self):
        """The last day of each limit as it is stored."""
        with self.world.store.read() as session:
            stored = {name: clock.day(session.get_one(Report, way.entry.id).due_at) for name, way in self.ways.items()}
            stored["look"] = clock.day(session.scalars(select(SiteLook.due_at)).one())
            parts = session.scalars(select(Assignment).where(Assignment.report_id == self.ways["coop"].entry.id))
            return stored | {part.role: part.due_on for part in parts}

    def expected(self):
        """As somebody counts it from the start, by the calendar as it stands."""
        with self.world.store.read() as session:
            rows = session.scalars(select(CalendarDay).where(~CalendarDay.is_out))
            exceptions = {row.on: row.is_workday for row in rows}
        count = partial(by_hand, self.start, exceptions=exceptions)
        one, two, three, seven = map(count, (1, 2, 3, 7))
        return {
            "review": one,
            "emergency": self.start,  # an hour
            "returned": two,
            "station": three,
            "named": NAMED,
            "county": one,
            "coop": one,
            "receive": one,
            "receive_named": min(one, NAMED),
            "handling": seven,
            "look": two,
            "lead": seven,
        } | {"coop": seven, "looked_at": one}

    def states(self):
        with self.world.store.read() as session:
            rows = session.execute(select(Report.id, Report.due_at, Report.state_since, Report.state)).all()
            return sorted(map(tuple, rows))


NAMED = date(2026, 9, 9)  # a day that a desk names itself


def _station(way, due=None):
    way.move("township_a", "assign", body=way.world.bodies["station_a"], due=due or proposed(way, "station_handle"))


def _department(way, due=None, **more):
    way.to_county()
    way.dispatch(due=due or proposed(way, "handle"), **more)


def _handling(way):
    _department(way)
    way.move("liaison", "receive")


def _look(way):
    with way.world.store.write() as session:
        side_acts.ask_look(session, make.actor(session, "township_a"), way.entry.id, make.ids.new(), "clean?")


def _emergency(way):
    with way.world.store.write() as session:
        report = session.get_one(Report, way.entry.id)
        with history_open(session, "a test"):
            session.execute(
                update(ReportEvent).where(ReportEvent.report_id == report.id).values(due_after=clock.now() + HOUR)
            )
        report.severity, report.due_at = "emergency", clock.now() + HOUR


KINDS = {
    "review": lambda way: None,
    "emergency": _emergency,
    "returned": lambda way: way.move("township_a", "give_back", missing=["place"]),
    "station": _station,
    "named": lambda way: _station(way, NAMED.isoformat()),
    "county": lambda way: way.to_county(),
    "coop": lambda way: _department(way, coop=[way.world.bodies["ecology"]]),
    "receive": _department,
    "receive_named": lambda way: _department(way, NAMED.isoformat()),
    "handling": _handling,
    "looked_at": _look,
}
FIRST, LAST = date(2026, 9, 8), date(2026, 10, 12)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def turned(world, on):
    """A day becomes what it was not; how it becomes again what it was."""
    with world.store.read() as session:
        row = session.get(CalendarDay, on)
        was = days.Entry(row.is_workday, row.zh, row.en, row.source) if row and not row.is_out else None
    if was:
        on_again(world, on.isoformat())
        return partial(days.adding, first=on, last=on, entry=was)
    entry = WORKED if on.weekday() >= 5 else OFF
    changed(world, partial(days.adding, first=on, last=on, entry=entry))
    return partial(days.taking_out, on=on)


def test_each_limit_is_what_a_count_from_the_start_gives_and_all_is_as_before_when_it_is_taken_back(world):
    county = County(world)
    county_start = county.found()
    assert {name: county.expected()[name] for name in KINDS if name != "coop"} == {
        name: county_start[name] for name in KINDS if name != "coop"
    }

    chance = random.Random(32)
    for _ in range(12):
        before, back = county.states(), []
        with clock.at(MONDAY + HOUR / 2):
            for on in chance.sample(DAYS, chance.randint(1, 12)):
                back.append(turned(world, on))
            found, expected = county.found(), county.expected()
            assert found == {name: expected[name] for name in found}
            for edit in reversed(back):
                changed(world, edit)
        assert county.states() == before
    assert verify_reports(world.store) == []


# --- fairness ---


def test_what_has_run_out_stays_late_where_it_would_have_run_out_by_the_new_calendar_too(way):
    with clock.at(MONDAY + timedelta(days=200)):
        late = Way(way.world)
        was = date.fromisoformat(due(late))
    with clock.at(MONDAY + timedelta(days=230)):
        assert off(way.world, was.isoformat()) == []
    assert due(late) == was.isoformat() and lines(late) == []


def test_what_was_late_only_because_the_notice_came_late_is_late_no_more(world):
    with clock.at(MONDAY):
        way = Way(world)
    with clock.at(MONDAY + timedelta(days=2)):  # Wednesday: it was due on Tuesday
        assert off(world, "2026-09-08", "2026-09-09") == ["limit"]
    assert due(way) == "2026-09-10" and verify_reports(world.store) == []


def test_nobody_becomes_late_by_what_is_typed(world):
    with clock.at(datetime(2026, 9, 11, 2, tzinfo=UTC)):  # Friday
        way = Way(world)
    with clock.at(datetime(2026, 9, 12, 15, tzinfo=UTC)):  # Saturday, late in the evening
        assert worked(world, "2026-09-12") == []
    assert due(way) == "2026-09-14" and lines(way) == []


def test_what_ended_is_left_alone(world):
    with clock.at(MONDAY):
        way = Way(world)
        way.move("township_a", "dismiss", reason="x")
        assert off(world, "2026-09-08") == [] and lines(way) == []


# --- which number, and which hour ---


def test_the_number_is_that_of_the_start_though_the_limit_was_changed_since(world):
    with clock.at(MONDAY):
        way = Way(world)
    with clock.at(MONDAY + HOUR), world.store.write() as session:
        desk_settings.save(session, make.actor(session, "county"), "limits", {"review": Wish("1", "5")})
    with clock.at(MONDAY + 2 * HOUR):
        off(world, "2026-09-08")
    assert due(way) == "2026-09-09"


def test_the_hour_stays_though_offices_close_later_now(world):
    with clock.at(MONDAY):
        way = Way(world)
        with world.store.read() as session:
            at = session.get_one(Report, way.entry.id).due_at
        with world.store.write() as session:
            desk_settings.save(session, make.actor(session, "county"), "work", {"work_to": Wish("18:00", "19:00")})
        off(world, "2026-09-08")
    with world.store.read() as session:
        assert session.get_one(Report, way.entry.id).due_at == at + timedelta(days=1)


def test_a_redo_counts_from_then_though_a_desk_had_named_the_first_day(world):
    with clock.at(MONDAY):
        way = Way(world)
        _station(way, "2026-12-01")
        assert off(world, "2026-09-30") == [], "a day that a desk named stays"
        way.move("station_a", "handle", result="true", done="cleared")
        way.move("township_a", "redo", reason="still dirty")
        assert due(way) == "2026-09-10"
        off(world, "2026-09-10")
    assert due(way) == "2026-09-11" and way.lead().due_on == date(2026, 9, 11)
    assert verify_reports(world.store) == []


# --- history ---


def test_the_line_names_old_and_new_and_stands_once_for_each_limit(world):
    with clock.at(MONDAY):
        way = Way(world)
        _department(way, coop=[world.bodies["ecology"]])
        assert off(world, "2026-09-08") == ["limit", "part", "part"]
    (clock_, *parts) = lines(way)
    assert clock_.given == {"limit": "limit", "due_before": "2026-09-08", "due_after": "2026-09-09"}
    assert (clock_.role, clock_.person_id, clock_.to_state) == ("county_office", world.people["county"], None)
    assert {part.given["part"] for part in parts} == {world.bodies["housing"], world.bodies["ecology"]}
    assert all((part.due_before, part.due_after) == (None, None) for part in parts)


def test_what_is_undone_is_as_it_stood_with_the_limit_as_it_was_moved_there(world):
    with clock.at(MONDAY):
        way = Way(world)
        _department(way)
        off(world, "2026-09-08")
        way.move("liaison", "receive")
        assert way.move("liaison", "undo") == "department"
    assert due(way) == "2026-09-09" and verify_reports(world.store) == []


def test_what_was_received_before_the_calendar_changed_is_not_undone(world):
    with clock.at(MONDAY):
        way = Way(world)
        _handling(way)
        off(world, "2026-09-08")
        with pytest.raises(Refused, match="right after"):
            way.move("liaison", "undo")
    assert verify_reports(world.store) == []


def test_a_page_that_was_open_meanwhile_is_not_stale(world):
    with clock.at(MONDAY):
        way = Way(world)
        seen = way.seen("township_a")
        off(world, "2026-09-08")
        assert way.move("township_a", "raise", seen=seen, reason="x") == "county"


@pytest.mark.parametrize(
    "values",
    [{"due_before": MONDAY}, {"due_after": MONDAY}, {"due_after": None}, {"action": "ask_look"}],
    ids=["another before", "another after", "no after", "another act"],
)
def test_a_moved_limit_that_was_changed_behind_the_services_is_found(world, values):
    with clock.at(MONDAY):
        way = Way(world)
        off(world, "2026-09-08")
    assert verify_reports(world.store) == []
    with world.store.write() as session, history_open(session, "a test"):
        session.execute(update(ReportEvent).where(ReportEvent.id == lines(way)[0].id).values(values))
    assert {finding.kind for finding in verify_reports(world.store)} == {"due"}


# --- at the same time ---


def test_no_limit_is_counted_by_the_days_of_before_while_the_calendar_changes(world):
    with world.store.read() as session:
        on = clock.day(calendar.limit_after(session, "review", clock.now()))
    day, ways = on.isoformat(), []

    def desk():
        for _ in range(8):
            way = Way(world)
            ways.append(way)
            way.to_county()

    def office():
        for _ in range(6):
            off(world, day)
            on_again(world, day)
        off(world, day)

    faults = side_by_side(desk, desk, desk, office)
    assert [fault for fault in faults if not isinstance(fault, Stale)] == []
    with world.store.read() as session:
        counted = calendar.load(session, time(18))
        for report in session.scalars(select(Report).where(Report.state == "county")):
            by_now = clock.day(counted.after(report.state_since, 1, "work_day"))
            assert clock.day(report.due_at) == by_now > on
    assert len(ways) == 24 and verify_reports(world.store) == []
