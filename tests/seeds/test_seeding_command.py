"""All seeds into a database at once: all of it or nothing, twice the same, and a county's own values stay."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

import seeds
from seeds import SeedError, manifest
from tests import engines, make
from webapp.core import clock
from webapp.core.db import Store
from webapp.core.models import CalendarDay, Setting, TimeLimit
from webapp.duty.models import Duty
from webapp.ops import migrate, seeding
from webapp.ops.verify import verify_reports
from webapp.report import service as report_service
from webapp.report.models import Report, ReportEvent


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the seeds, recorded as it stands."""
    copied = tmp_path / "seeds"
    shutil.copytree(Path(seeds.__file__).parent, copied, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    manifest.rewrite(copied)
    return copied


@pytest.fixture
def empty(tmp_path):
    """A migrated database without rows."""
    store = Store(engines.make("sqlite", tmp_path))
    migrate.run(store, "upgrade", "head")
    yield store
    store.close()


def edit(folder, name, old, new, *, recorded=True):
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    if recorded:
        manifest.rewrite(folder)


def is_empty(store):
    with store.read() as session:
        return not any(
            session.scalar(select(func.count()).select_from(table)) for table in (Duty, Setting, CalendarDay)
        )


def test_a_second_seeding_changes_nothing_of_any_kind(store):
    changes = seeding.seed(store)
    assert set(changes) == set(seeds.KINDS)
    assert {name: change for name, change in changes.items() if not change.is_nothing} == {}


@pytest.mark.parametrize(
    ("name", "old", "new", "recorded", "says"),
    [
        ("duties/004-22.csv", ",enforcement,", ",enforcment,", True, "duties/004-22.csv, row"),
        ("duties/004-22.csv", "people and science", "people and silence", False, "duties/004-22.csv, row"),
        ("settings/words.csv", ",source\n", "\n", True, "settings/words.csv"),
        ("succession.csv", ",ecology,", ",ecologgy,", True, "succession.csv, row"),
        ("duties/004-13.csv", ",ecology,", ",ecologgy,", True, "duties/004-13.csv, row"),
        ("settings/calendar.csv", "2025-01-01", "2025-13-01", True, "settings/calendar.csv, row 2"),
    ],
)
def test_a_damaged_seed_names_file_and_row_and_stores_nothing(folder, empty, name, old, new, recorded, says):
    edit(folder, name, old, new, recorded=recorded)
    with pytest.raises(SeedError, match=says):
        seeding.seed(empty, folder)
    assert is_empty(empty)


def test_a_missing_file_stores_nothing(folder, empty):
    (folder / "departments.csv").unlink()
    with pytest.raises(SeedError, match=r"departments\.csv"):
        seeding.seed(empty, folder)
    assert is_empty(empty)


def test_a_limit_that_the_county_changed_stays_and_another_follows_the_seeds(folder, empty):
    seeding.seed(empty, folder)
    with empty.write() as session:
        own = session.get_one(TimeLimit, "review")
        own.number, own.changed_at = 5, clock.now()
    edit(folder, "settings/limits.csv", "review,1,work_day", "review,2,work_day")
    edit(folder, "settings/limits.csv", "\ndispatch,1,", "\ndispatch,3,")
    assert seeding.seed(empty, folder)["limits"].changed_keys == ("dispatch",)
    with empty.read() as session:
        assert session.get_one(TimeLimit, "review").number == 5
        assert session.get_one(TimeLimit, "dispatch").number == 3


def test_a_day_that_the_county_changed_added_or_took_out_stays_and_another_follows_the_seeds(folder, empty):
    seeding.seed(empty, folder)
    with empty.write() as session:
        session.get_one(CalendarDay, date(2027, 10, 1)).changed_at = clock.now()
        session.get_one(CalendarDay, date(2027, 10, 1)).zh = "国庆"
        own = {"zh": "县庆", "en": "", "is_confirmed": True, "source": "县", "changed_at": clock.now()}
        session.add(CalendarDay(on=date(2027, 9, 20), is_workday=False, **own))
    edit(folder, "settings/calendar.csv", "2027-10-01,holiday,国庆节", "2027-10-01,holiday,国庆长假")
    edit(folder, "settings/calendar.csv", "2027-10-02,holiday,国庆节", "2027-10-02,holiday,国庆长假")
    change = seeding.seed(empty, folder)["calendar"]
    assert (change.changed_keys, change.retired) == (("2027-10-02",), 0)
    with empty.read() as session:
        names = [
            session.get_one(CalendarDay, on).zh for on in (date(2027, 10, 1), date(2027, 10, 2), date(2027, 9, 20))
        ]
    assert names == ["国庆", "国庆长假", "县庆"]


def test_open_limits_follow_a_calendar_that_the_seeds_changed(folder, world):
    with clock.at(datetime(2026, 9, 30, 1, tzinfo=UTC)):  # the day before seven holidays
        entry = make.report(world.grids["A1"])
        with world.store.write() as session:
            report_service.submit(session, make.actor(session, "officer_a1"), entry)
        (row,) = (
            line
            for line in (folder / "settings/calendar.csv").read_text("utf-8").split("\n")
            if line.startswith("2026-10-01")
        )
        edit(folder, "settings/calendar.csv", row + "\n", "")
        seeding.seed(world.store, folder)
    with world.store.read() as session:
        assert clock.day(session.get_one(Report, entry.id).due_at) == date(2026, 10, 1)
        line = session.scalars(select(ReportEvent).where(ReportEvent.action == "move_limit")).one()
    assert (line.person_id, line.role) == (None, "system_admin") and verify_reports(world.store) == []


def test_a_day_that_left_the_calendar_is_what_its_weekday_says(folder, empty):
    seeding.seed(empty, folder)
    row = next(
        line
        for line in (folder / "settings/calendar.csv").read_text("utf-8").split("\n")
        if line.startswith("2025-01-01")
    )
    edit(folder, "settings/calendar.csv", row + "\n", "")
    assert seeding.seed(empty, folder)["calendar"].retired_keys == ("2025-01-01",)
    with empty.read() as session:
        assert session.get_one(CalendarDay, seeds.rows.date(2025, 1, 1)).is_workday  # a Wednesday
    assert seeding.seed(empty, folder)["calendar"].is_nothing
