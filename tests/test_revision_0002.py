"""Revision 0002 on a county of 0001: what it renames, moves and refuses, on each engine."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.test_landed import FOLDERS
from tests.test_migrations import rows
from webapp.core.db import Store
from webapp.ops import backup, migrate

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")


@pytest.fixture
def county(empty: Store, tmp_path: Path) -> Store:
    """The landed county of 0001."""
    assert backup.restore(FOLDERS[0] / "county.backup", empty, tmp_path / "data").revision == "0001"
    return empty


def run(store: Store, *statements: str, **values: Any) -> Any:
    """SQL as an administrator would type it; the last one's first value."""
    with store.writer.begin() as connection:
        for statement in statements:
            done = connection.execute(text(statement), values)
        return done.scalar() if done.returns_rows else None


# --- the role ------------------------------------------------------------------------------------------

LOG = """insert into audit_log (at, person_id, action, thing, detail)
         values ('2026-11-01 08:00:00', 1, 'posting.give', :thing, :detail)"""


def test_who_inspects_keeps_his_posting_and_his_lines_in_the_log_under_the_new_code(county: Store) -> None:
    run(county, LOG, thing="person:1", detail='{"role": "evaluator", "grid": 1}')
    run(county, LOG, thing="person:2", detail='{"why": "evaluator", "role": "leader"}')
    held = "select count(*) from posting where role = '{}'"
    were = run(county, held.format("evaluator"))
    assert were > 0
    migrate.run(county, "upgrade", "head")
    assert (run(county, held.format("inspector")), run(county, held.format("evaluator"))) == (were, 0)
    log = {row["thing"]: str(row["detail"]).replace("'", '"') for row in rows(county)["audit_log"]}
    assert log["person:1"] == '{"role": "inspector", "grid": 1}'
    assert log["person:2"] == '{"why": "evaluator", "role": "leader"}'
