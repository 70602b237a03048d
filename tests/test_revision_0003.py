"""Revision 0003 on a county of 0002: what it adds, and what it refuses on the way down, on each engine."""

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.revisions import landed, refuse_the_way_down
from tests.test_migrations import layout, rows
from tests.test_revision_0002 import run
from webapp.core.db import Store
from webapp.ops import migrate, seeding

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


@pytest.fixture
def county(empty: Store, tmp_path: Path) -> Store:
    """The landed county of 0002."""
    return landed("0002", empty, tmp_path)


def test_a_county_keeps_every_row_and_gets_the_parts_with_the_next_seeding(county: Store) -> None:
    before, was = rows(county), layout(county)
    migrate.run(county, "upgrade", "0003")
    after = rows(county)["assignment"]
    assert all(row.pop("doubt") is None for row in after) and after == before["assignment"] != []
    migrate.run(county, "upgrade", "head")
    seeding.seed(county)
    assert run(county, "select count(*) from problem_duty") > 80
    assert all(len(str(row["parts"])) > 100 for row in rows(county)["document"])
    migrate.run(county, "downgrade", "0002")
    assert layout(county) == was and rows(county)["assignment"] == before["assignment"]


DECISION = """insert into document_decision (document, part, standing, from_on, reason, decided_by, decided_at)
              values ('001', 'all', 'in_force', '2026-01-01', 'x', 1, '2026-01-01 00:00:00')"""
ONLY_HERE = {
    "2 dispatches on a duty in doubt": (
        "update assignment set doubt = 'not_linked' where id in (select id from assignment order by id limit 2)"
    ),
    "1 decisions about documents": DECISION,
    "1 duties of problems that the county set": (
        "insert into problem_duty (problem, rank, role, zh, en, source, changed_at) "
        "values ('smell', 9, 'nobody', '', '', 'county', '2026-01-01 00:00:00')"
    ),
}


@pytest.mark.parametrize("what", ONLY_HERE)
def test_what_the_county_decided_stops_the_way_down_and_nothing_changes(county: Store, what: str) -> None:
    refuse_the_way_down(county, "0003", "0002", ONLY_HERE[what], what)


def test_no_other_word_of_doubt_is_stored(county: Store) -> None:
    migrate.run(county, "upgrade", "0003")
    with pytest.raises(IntegrityError):
        run(county, "update assignment set doubt = 'perhaps'")
