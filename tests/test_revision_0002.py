"""Revision 0002 on a county of 0001: what it renames, moves and refuses, on each engine."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.moved import as_before
from tests.test_landed import FOLDERS
from tests.test_migrations import lost, rows
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


# --- evidence ------------------------------------------------------------------------------------------

PHOTO = """insert into photo (id, report_id, event_id, sha256, copy, width, height, position)
           select {id}, report_id, {event}, :mark, :mark, 4, 3, {at} from report_event where seq = 2 order by report_id limit 1"""
CAME = """select received_at, report.entered_by from report_event
            join report on report.id = report_event.report_id where seq = 2 order by report_id limit 1"""
MOVED = "select at, person_id from report_event where seq = 2 order by report_id limit 1"


def with_photos(county: Store) -> list[tuple[Any, Any]]:
    """A photo of a report and one of its second move; when and from whom each came."""
    ids = ("'" + uuid.uuid4().hex + "'" for _ in range(2))
    run(
        county,
        *(PHOTO.format(id=next(ids), event=event, at=at) for at, event in enumerate(("null", "id"))),
        mark="a" * 64,
    )
    with county.reader.connect() as connection:
        return [tuple(connection.execute(text(sql)).one()) for sql in (CAME, MOVED)]


def test_a_photo_is_known_to_have_come_with_its_report_or_its_move(county: Store) -> None:
    came = with_photos(county)
    before = rows(county)
    migrate.run(county, "upgrade", "head")
    assert lost(before, as_before(rows(county), "0001", "0002")) == []
    with county.reader.connect() as connection:
        found = connection.execute(
            text(
                "select received_at, received_by from attachment join report_attachment on id = attachment_id order by position"
            )
        )
        assert [tuple(row) for row in found] == came
    assert len(set(came)) == 2


def test_what_the_older_form_has_no_place_for_stops_the_way_down_and_nothing_changes(county: Store) -> None:
    with_photos(county)
    migrate.run(county, "upgrade", "head")
    run(county, "update attachment set kind = 'document' where sha256 = :mark", mark="a" * 64)
    before = rows(county)
    with pytest.raises(RuntimeError, match="no place for 2 attachments"):
        migrate.run(county, "downgrade", "0001")
    assert (rows(county), migrate.current(county)) == (before, "0002")
