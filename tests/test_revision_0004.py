"""Revision 0004 on a county of 0003: a calendar that a county can change, what is open stored with each report, and
what it refuses on the way down."""

from pathlib import Path
from typing import Any

import pytest

from tests.revisions import landed, refuse_the_way_down
from tests.test_migrations import layout, rows
from tests.test_revision_0002 import run
from webapp.core.db import Store
from webapp.ops import migrate, seeding

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


@pytest.fixture
def county(empty: Store, tmp_path: Path) -> Store:
    """The landed county of 0003."""
    return landed("0003", empty, tmp_path)


def sorted_rows(county: Store) -> dict[str, list[dict[str, Any]]]:
    """All rows by what is first in them, their keys: PostgreSQL gives those that were written last at the end."""
    return {
        name: sorted(found, key=lambda row: [str(value) for value in row.values()])
        for name, found in rows(county).items()
    }


def test_every_day_and_part_is_kept_and_a_day_of_before_the_update_stays_as_a_desk_named_it(county: Store) -> None:
    before, was = sorted_rows(county), layout(county)
    migrate.run(county, "upgrade", "0004")
    after = sorted_rows(county)
    for row in after["calendar_day"]:
        assert not row.pop("is_out") and row.pop("changed_at") is None and row.pop("changed_by") is None
    assert all(row.pop("counted_from") is None for row in after["assignment"])
    assert {name: after[name] for name in ("calendar_day", "assignment")} == {
        name: before[name] for name in ("calendar_day", "assignment")
    }
    assert len(after["calendar_day"]) > 50 and len(after["assignment"]) > 0
    migrate.run(county, "downgrade", "0003")
    assert (layout(county), sorted_rows(county)) == (was, before)


def test_every_report_is_open_that_is_not_at_an_end_and_is_else_as_it_was(county: Store) -> None:
    before = sorted_rows(county)["report"]
    migrate.run(county, "upgrade", "0004")
    after = sorted_rows(county)["report"]
    opened = {row["state"]: bool(row.pop("is_open")) for row in after}
    assert {state for state, is_open in opened.items() if not is_open} == {"closed", "void"} < set(opened)
    assert after == before


def test_a_day_that_the_county_changed_is_left_alone_by_the_next_seeding(county: Store) -> None:
    migrate.run(county, "upgrade", "head")
    run(county, "update calendar_day set zh = '县定', changed_at = '2026-11-01 00:00:00' where \"on\" = '2027-10-01'")
    seeding.seed(county)
    assert run(county, "select zh from calendar_day where \"on\" = '2027-10-01'") == "县定"


ONLY_HERE = {
    "1 days that the county changed": (
        "update calendar_day set changed_at = '2026-11-01 00:00:00' where \"on\" = '2027-10-01'"
    ),
    "1 limits that were moved": (
        "update report_event set action = 'move_limit' where seq = 1 and report_id = "
        "(select report_id from report_event order by report_id limit 1)"
    ),
}


@pytest.mark.parametrize("what", ONLY_HERE)
def test_what_the_county_changed_stops_the_way_down_and_nothing_changes(county: Store, what: str) -> None:
    refuse_the_way_down(county, "0004", "0003", ONLY_HERE[what], what)
