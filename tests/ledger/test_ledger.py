"""The ledger of a period: its figures and lists, what comes in late, and what was handed in."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests import make
from tests.conftest import World
from tests.ledger.conftest import DAY, ENGLISH, busy, handed_in, late, ledger, reported, walked
from webapp.core import clock, ids
from webapp.core.errors import Conflict, NotFound, Refused
from webapp.core.models import AuditEntry
from webapp.grid.models import Grid, GridCurrent, GridVersion
from webapp.grid.queries import cell
from webapp.ledger import keeping, making, service
from webapp.ledger.models import KeptLedger
from webapp.ledger.parts import PARTS
from webapp.ledger.periods import Period, around
from webapp.patrol.models import Visit
from webapp.report import redacting
from webapp.report.models import Report


def test_the_figures_say_what_the_records_say(world: World, friday: datetime) -> None:
    busy(world, friday)
    week = around("week", clock.today())
    found = ledger(world, "township_a", "A", week)
    total = asdict(found.total)
    assert {name: total[name] for name in ("found", "closed", "void", "open", "overdue")} == {
        "found": 4,
        "closed": 1,
        "void": 1,
        "open": 2,
        "overdue": 1,
    }
    assert (total["open_before"], total["closed_before"]) == (1, 0)
    visits = {name: total[name] for name in ("due", "seen", "could_not", "missed", "running")}
    assert visits == {"due": 4, "seen": 1, "could_not": 1, "missed": 0, "running": 2}
    assert [line.en for line in found.lines] == ["Village A1", "Village A2"]
    patrols_, problems = found.sheets
    assert (len(patrols_.rows), len(problems.rows), late(found)) == (2, 4, 0)
    county = ledger(world, "county", "county", week)
    assert (county.total.found, county.total.seen, len(county.sheets[1].rows)) == (5, 2, 5)
    assert [(line.en, line.figures.found) for line in county.lines] == [("Town A", 4), ("Town B", 1)]
    assert county.lines[0].figures == found.total


def test_a_visit_is_missed_only_when_its_time_is_over(world: World, friday: datetime) -> None:
    week = around("week", clock.today())
    for at, running, missed in ((friday, 4, 0), (clock.start(week.last + DAY), 0, 4)):
        with clock.at(at):
            total = ledger(world, "township_a", "A", week).total
        assert (total.due, total.seen, total.running, total.missed) == (4, 0, running, missed)


def test_what_comes_in_after_the_ledger_was_handed_in_stands_once_in_the_next_one_and_says_so(
    world: World, friday: datetime
) -> None:
    busy(world, friday)
    week = around("week", clock.today())
    kept_id = handed_in(world, "township_a", "A", week)
    with world.store.read() as session:
        as_it_was = session.get_one(KeptLedger, kept_id).said
    with clock.at(friday + DAY):
        walked(world, "A2", {"farm_a2": "normal", "kiln_a2": "problem"}, friday - DAY)
        reported(world, "A2", friday - DAY)
    with clock.at(friday + 4 * DAY):
        walked(world, "A1", {"farm_a1": "normal"})
        after = ledger(world, "township_a", "A", week.after)
        assert [sheet.late for sheet in after.sheets] == [1, 1] and late(after) == 2
        assert [row.is_late for row in after.sheets[0].rows] == [True, True, False]
        assert after.total.found == 0, "the figures are those of the period itself"
        assert len(ledger(world, "township_a", "A", week).sheets[1].rows) == 5, "as of now it is in its own week"
        handed_in(world, "township_a", "A", week.after)
    with clock.at(friday + 12 * DAY):
        assert late(ledger(world, "township_a", "A", week.after.after)) == 0
    with world.store.read() as session:
        assert session.get_one(KeptLedger, kept_id).said == as_it_was


@pytest.mark.parametrize("hours", range(0, 24 * 16, 9))
def test_each_record_is_in_just_one_of_the_ledgers_that_are_handed_in_whenever_it_comes(
    world: World, friday: datetime, hours: int
) -> None:
    """Three weeks; the second is handed in on the Tuesday after it. The round of the first Thursday comes in at any
    time."""
    week = around("week", clock.today())
    hand_in = {friday: week, friday + 11 * DAY: week.after, friday + 14 * DAY: week.after.after}
    comes = friday - DAY + timedelta(hours=hours)
    kept = []
    for at, period in sorted([*hand_in.items(), (comes, None)], key=lambda pair: pair[0]):
        with clock.at(at):
            if period is None:
                walked(world, "A1", {"farm_a1": "normal"}, friday - DAY)
            else:
                kept.append(handed_in(world, "township_a", "A", period))
    with world.store.read() as session:
        texts = [session.get_one(KeptLedger, id_).said for id_ in kept]
    found = [[row.is_late for row in keeping.read(text).sheets[0].rows] for text in texts]
    assert sum(map(len, found)) == (1 if comes < friday + 14 * DAY else 0), found
    assert all(rows in ([], [number > 0]) for number, rows in enumerate(found))


def kept_rounds(world: World, *kept: Any) -> list[list[bool]]:
    """Of each ledger that was handed in whether the rounds that it lists are late."""
    with world.store.read() as session:
        texts = [session.get_one(KeptLedger, id_).said for id_ in kept]
    return [[row.is_late for row in keeping.read(text).sheets[0].rows] for text in texts]


def test_a_period_that_nobody_handed_in_breaks_no_chain(world: World, friday: datetime) -> None:
    first = around("week", clock.today())
    kept = [handed_in(world, "township_a", "A", first)]
    with clock.at(friday + DAY):
        walked(world, "A1", {"farm_a1": "normal"}, friday - DAY)
    with clock.at(friday + 8 * DAY):
        walked(world, "A1", {"farm_a1": "normal"})  # in the second week, of which nothing was handed in yet
    with clock.at(friday + 14 * DAY):
        kept.append(handed_in(world, "township_a", "A", first.after.after))
    with clock.at(friday + 15 * DAY):
        kept.append(handed_in(world, "township_a", "A", first.after))
    with clock.at(friday + 21 * DAY):
        kept.append(handed_in(world, "township_a", "A", first.after.after.after))
    assert kept_rounds(world, *kept) == [[], [True], [False], []]


def test_an_old_ledger_takes_in_nothing_that_came_after_the_next_was_handed_in(world: World, friday: datetime) -> None:
    first = around("week", clock.today())
    handed_in(world, "township_a", "A", first)
    with clock.at(friday + 7 * DAY):
        handed_in(world, "township_a", "A", first.after)
    with clock.at(friday + 13 * DAY):
        walked(world, "A1", {"farm_a1": "normal"}, friday - DAY)
    with clock.at(friday + 14 * DAY):
        kept_id = handed_in(world, "township_a", "A", first.after.after)
        assert kept_rounds(world, kept_id) == [[True]]
        for period in (first, first.after):
            assert late(ledger(world, "township_a", "A", period)) == 0
            with pytest.raises(Refused, match="one after it too"):
                handed_in(world, "township_a", "A", period)


def test_handed_in_anew_before_the_next_it_has_all_it_had(world: World, friday: datetime) -> None:
    week = around("week", clock.today())
    kept = [handed_in(world, "township_a", "A", week.before)]
    walked(world, "A1", {"farm_a1": "normal"})
    kept.append(handed_in(world, "township_a", "A", week))
    with clock.at(friday + DAY):
        walked(world, "A2", {"farm_a2": "normal"}, friday)
        kept.append(handed_in(world, "township_a", "A", week))
    assert kept_rounds(world, *kept) == [[], [False], [False, False]]


def test_a_village_that_went_to_another_township_takes_along_what_was_late(world: World, friday: datetime) -> None:
    week = around("week", clock.today())
    kept = [handed_in(world, "township_a", "A", week)]
    with clock.at(friday + timedelta(minutes=20)):
        walked(world, "A1", {"farm_a1": "normal"}, friday - DAY)
    with clock.at(friday + timedelta(hours=2)):
        kept.append(handed_in(world, "township_b", "B", week))
    with world.store.write() as session:
        moved, to = (session.get_one(Grid, world.grids[name]) for name in ("A1", "B"))
        moved.parent_id, moved.path = to.id, f"{to.path}{moved.id}."
    with clock.at(friday + 7 * DAY):
        kept += [handed_in(world, f"township_{name.lower()}", name, week.after) for name in "AB"]
    assert kept_rounds(world, *kept) == [[], [], [], [True]]


def test_nothing_is_late_of_a_time_before_the_first_ledger(world: World, friday: datetime) -> None:
    with clock.at(friday - timedelta(minutes=30)):
        reported(world, "A1", friday - 9 * DAY)
    handed_in(world, "township_a", "A", around("week", clock.today()))
    with clock.at(friday + 7 * DAY):
        reported(world, "A1", friday - 30 * DAY)
        assert late(ledger(world, "township_a", "A", around("week", clock.today()))) == 0


def test_what_was_open_when_the_period_ended_stays_so(world: World, friday: datetime) -> None:
    week = around("week", clock.today())
    known = reported(world, "A1", friday - 8 * DAY)
    reported(world, "A2", friday - 8 * DAY, settle=True, severity="minor", problems=("rubbish_dumping",))
    with world.store.write() as session:
        session.get_one(Report, known).received_at = friday - 8 * DAY
    assert ledger(world, "township_a", "A", week).total.open_before == 1
    with clock.at(friday + 5 * DAY), world.store.write() as session:
        found = session.get_one(Report, known)
        found.state, found.is_open, found.state_since = "closed", False, clock.now()
    with clock.at(friday + 6 * DAY):
        this, after = (ledger(world, "township_a", "A", period).total for period in (week, week.after))
    assert (this.open_before, this.closed_before) == (1, 0), (
        "it was closed later, and the one settled on the spot never open"
    )
    assert (after.open_before, after.closed_before) == (0, 1)


def test_at_a_glance_the_numbers_are_those_of_all_rows(world: World, friday: datetime) -> None:
    busy(world, friday)
    week = around("week", clock.today())
    handed_in(world, "county", "county", week.before)
    reported(world, "A1", friday - 7 * DAY)
    walked(world, "A1", {"farm_a1": "normal"})
    with world.store.read() as session:
        who = make.actor(session, "county")
        where_ = cell(session, who, "ledger.read", world.grids["county"])
        some = making.at_a_glance(session, who, where_, week, ENGLISH)
    every = ledger(world, "county", "county", week)
    assert [(sheet.number, sheet.late) for sheet in some.sheets] == [
        (len(each.rows), each.late) for each in every.sheets
    ]
    assert (some.sheets[0].rows, some.sheets[1].rows) == ([], every.sheets[1].rows) and some.lines == every.lines
    assert every.sheets[1].late == 1 and every.sheets[0].number == 4


def test_without_a_ledger_handed_in_before_nothing_is_late(world: World, friday: datetime) -> None:
    reported(world, "A1", friday - 6 * DAY)
    assert late(ledger(world, "township_a", "A", around("week", clock.today()))) == 0
    handed_in(world, "county", "county", around("week", clock.today() - 7 * DAY))
    reported(world, "A1", friday - 6 * DAY)  # in the very moment
    assert late(ledger(world, "township_a", "A", around("week", clock.today()))) == 0, "that was the county's own"
    assert late(ledger(world, "county", "county", around("week", clock.today()))) == 1


def test_handed_in_it_shows_what_it_showed_then(world: World, friday: datetime) -> None:
    busy(world, friday)
    week = around("week", clock.today())
    before = ledger(world, "township_a", "A", week)
    kept_id = handed_in(world, "township_a", "A", week)
    with world.store.write() as session:
        for report in session.scalars(select(Report)):
            report.state, report.is_open = "closed", False
    with world.store.read() as session:
        who = make.actor(session, "township_a")
        where = cell(session, who, "ledger.read", world.grids["A"])
        found = making.kept(session, who, session.get_one(KeptLedger, kept_id), where, ENGLISH)
    assert found.lines == before.lines and found.total == before.total
    assert [(sheet.heads, sheet.rows) for sheet in found.sheets] == [
        (sheet.heads, [row._replace(cells=list(row.cells)) for row in sheet.rows]) for sheet in before.sheets
    ]


def test_the_same_wish_hands_in_once_and_another_under_its_id_is_refused(world: World, friday: datetime) -> None:
    week, id_ = around("week", clock.today()), ids.new()
    assert handed_in(world, "township_a", "A", week, id_) == handed_in(world, "township_a", "A", week, id_)
    for login, grid, period in (("township_a", "A", week.before), ("township_a_two", "A", week)):
        with pytest.raises(Conflict):
            handed_in(world, login, grid, period, id_)
    with world.store.read() as session:
        assert len(session.scalars(select(KeptLedger)).all()) == 1
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "ledger.keep")).all()) == 1


@pytest.mark.parametrize(
    ("login", "grid"),
    [("township_a", "B"), ("township_a", "county"), ("township_a", "A1"), ("county", "A"), ("leader", "county")],
)
def test_nobody_hands_in_the_ledger_of_a_grid_that_is_not_his(world: World, login: str, grid: str) -> None:
    with pytest.raises(NotFound):
        handed_in(world, login, grid, around("week", clock.today()))


def test_a_period_that_has_not_begun_or_is_too_long_is_refused(world: World) -> None:
    long = Period("days", date(2020, 1, 1), clock.today())
    for period, why in ((around("month", clock.today()).after, service.NOT_BEGUN), (long, "A ledger has at most")):
        with pytest.raises(Refused, match=why):
            handed_in(world, "township_a", "A", period)


def test_a_grid_that_is_called_otherwise_today_stands_there_by_its_name_of_then(world: World, friday: datetime) -> None:
    kept_id = handed_in(world, "township_a", "A", around("week", clock.today()))
    with world.store.write() as session:
        version = session.get_one(GridVersion, session.get_one(GridCurrent, world.grids["A"]).version_id)
        version.zh, version.en = "新镇", "New Town"
    with world.store.read() as session:
        who = make.actor(session, "township_a")
        where_ = cell(session, who, "ledger.read", world.grids["A"])
        found = making.kept(session, who, session.get_one(KeptLedger, kept_id), where_, ENGLISH)
    assert (found.cell.en, where_.en) == ("Town A", "New Town")


def test_no_column_names_a_person_and_none_says_where_he_stood() -> None:
    for part in PARTS.values():
        assert not part.fields.keys() & {"officer", "writer", "finder", "patrol", "lon", "lat", "accuracy", "crs"}
        assert part.live <= part.fields.keys() == part.allowed


def test_words_taken_out_of_a_report_are_out_of_its_ledgers(world: World, friday: datetime) -> None:
    report_id = reported(world, "A1", place="张三丰家门口", note="张三丰在烧垃圾")
    kept_id = handed_in(world, "township_a", "A", around("week", clock.today()))
    with world.store.read() as session:
        assert "张三丰" not in session.get_one(KeptLedger, kept_id).said
        number = session.get_one(Report, report_id).number
    assert "张三丰家门口" in cells_of(world, kept_id)
    with world.store.write() as session:
        redacting.redact(session, number, ["张三丰"])
    assert not [text for text in cells_of(world, kept_id) if "张三丰" in text]


def cells_of(world: World, kept_id: Any) -> list[str]:
    with world.store.read() as session:
        who = make.actor(session, "township_a")
        where = cell(session, who, "ledger.read", world.grids["A"])
        found = making.kept(session, who, session.get_one(KeptLedger, kept_id), where, ENGLISH)
    return [str(text) for sheet in found.sheets for row in sheet.rows for text in row.cells]


def test_what_is_kept_is_read_back_as_it_was(world: World, friday: datetime) -> None:
    busy(world, friday)
    found = ledger(world, "county", "county", around("week", clock.today()))
    said = keeping.read(keeping.written(found.cell, found.lines, found.sheets))
    assert said.lines == found.lines
    for sheet, made in zip(said.sheets, found.sheets, strict=True):
        live = [key in PARTS[sheet.part].live for key in made.keys]
        wanted = [[None if own else cell_ for own, cell_ in zip(live, row.cells, strict=True)] for row in made.rows]
        assert [row.cells for row in sheet.rows] == wanted
        assert any(isinstance(cell_, datetime) for row in sheet.rows for cell_ in row.cells)
    with pytest.raises(Refused, match="later version"):
        keeping.read('{"form": 2}')


def test_a_round_of_two_visits_is_two_rows_and_one_late_entry(world: World, friday: datetime) -> None:
    week = around("week", clock.today())
    handed_in(world, "township_a", "A", week)
    walked(world, "A1", {"farm_a1": "normal", "kiln_a1": "normal"})
    with clock.at(friday + 7 * DAY):
        found = ledger(world, "township_a", "A", week.after)
    assert (len(found.sheets[0].rows), late(found)) == (2, 1)
    with world.store.read() as session:
        assert len(session.scalars(select(Visit)).all()) == 2
