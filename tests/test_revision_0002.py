"""Revision 0002 on a county of 0001: what it renames, moves and refuses, on each engine."""

import signal
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from migrations.ops import Unfit
from tests import engines
from tests.moved import as_before
from tests.test_landed import FOLDERS
from tests.test_migrations import KILLED, ROOT, Cut, cut_at, layout, lost, rows
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
           select {id}, report_id, {event}, :mark, :mark, 4, 3, {at} from report_event where seq = 2
           order by report_id limit 1"""
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
    assert lost(before, as_before(rows(county), "0001", migrate.newest())) == []
    with county.reader.connect() as connection:
        found = connection.execute(
            text(
                "select received_at, received_by from attachment "
                "join report_attachment on id = attachment_id where width = 4 order by position"
            )
        )
        assert [tuple(row) for row in found] == came
    assert len(set(came)) == 2


def test_what_the_older_form_has_no_place_for_stops_the_way_down_and_nothing_changes(county: Store) -> None:
    with_photos(county)
    migrate.run(county, "upgrade", "0002")
    run(county, "update attachment set kind = 'document' where sha256 = :mark", mark="a" * 64)
    before = rows(county)
    with pytest.raises(Unfit, match="no place for 2 attachments"):
        migrate.run(county, "downgrade", "0001")
    assert (rows(county), migrate.current(county)) == (before, "0002")


def test_a_planned_version_of_a_grid_stops_the_way_down_and_comes_into_force_by_nothing(county: Store) -> None:
    migrate.run(county, "upgrade", "0002")
    village = "(select max(id) from grid)"
    run(county, f"delete from grid_current where grid_id = {village}")  # its only version is a plan now
    before = rows(county)
    with pytest.raises(Unfit, match="no place for 1 versions of grids that are planned"):
        migrate.run(county, "downgrade", "0001")
    assert (rows(county), migrate.current(county)) == (before, "0002")


def test_a_backup_of_before_is_made_by_this_program_and_comes_back_at_its_own_revision(
    county: Store, tmp_path: Path
) -> None:
    with_photos(county)
    made = backup.backup(county, tmp_path / "data", tmp_path / "b.tar")
    assert (made.revision, made.rows["photo"]) == ("0001", run(county, "select count(*) from photo"))
    assert made.photos > 0
    assert sorted(made.faults) == [f"{folder}/{'a' * 64} missing" for folder in ("copies", "originals")]
    before = rows(county)
    for turn, engine in enumerate(engines.record_urls()):
        url = engines.make(engine, tmp_path)
        other = Store(url)
        backup.restore(tmp_path / "b.tar", other, tmp_path / f"data {turn}")
        migrate.run(other, "upgrade", "head")
        migrate.run(other, "downgrade", "0001")
        again = backup.backup(other, tmp_path / f"data {turn}", tmp_path / f"{turn}.tar")
        assert again.rows == made.rows | {"audit_log": made.rows["audit_log"] + 1}  # the restore itself is a line
        if other.is_sqlite == county.is_sqlite:
            assert lost(before, rows(other)) in ([], ["audit_log"])
        other.close()
        engines.drop(url)


# --- words ---------------------------------------------------------------------------------------------

STRANGE = {
    "report.state": "update report set state = 'lost' where number = (select min(number) from report)",
    "posting.role": "update posting set role = 'village_head' where id = 1",
    "visit.result": "update visit set result = 'fine' where id = (select id from visit order by id limit 1)",
    "body.canonical": "update body set canonical = 'no_such' "
    "where id = (select min(id) from body where kind = 'department')",
}


@pytest.mark.parametrize("column", STRANGE)
def test_a_word_that_nobody_knows_stops_the_revision_and_is_named_with_its_column(column: str, county: Store) -> None:
    run(county, STRANGE[column])
    before = rows(county)
    word = STRANGE[column].split("'")[1]
    with pytest.raises(Unfit, match=rf"{column} '{word}' \(1 rows\)\. Nothing was changed"):
        migrate.run(county, "upgrade", "head")
    assert (rows(county), migrate.current(county)) == (before, "0001")


def test_all_strange_words_are_named_at_once(county: Store) -> None:
    run(county, *STRANGE.values())
    with pytest.raises(Unfit) as refusal:
        migrate.run(county, "upgrade", "head")
    assert all(column in str(refusal.value) for column in STRANGE)


# --- whole or not at all -------------------------------------------------------------------------------


UP, DOWN = ("0001", "0002"), ("0002", "0001")
POINTS = [
    *((UP, *point) for point in (("CREATE TABLE", 16), ("UPDATE", 1), ("ALTER TABLE", 9), ("DROP TABLE", 1))),
    *((DOWN, *point) for point in (("ALTER TABLE", 9), ("CREATE TABLE", 1), ("UPDATE", 1), ("DROP TABLE", 9))),
]


@pytest.mark.parametrize(("way", "statement", "turn"), POINTS, ids=str)
def test_a_filled_county_is_as_it_was_when_the_revision_ends_in_the_middle(
    way: tuple[str, str], statement: str, turn: int, county: Store
) -> None:
    start, target = way
    migrate.run(county, "upgrade", start)
    before, schema, verb = rows(county), layout(county), "upgrade" if target > start else "downgrade"
    cut = cut_at(county, statement, turn)
    with pytest.raises(Cut):
        migrate.run(county, verb, target)
    assert (rows(county), migrate.current(county), layout(county)) == (before, start, schema)
    event.remove(county.writer, "before_cursor_execute", cut)
    migrate.run(county, verb, target)
    assert migrate.current(county) == target


def test_a_filled_county_is_as_it_was_when_the_upgrade_is_killed_for_real(county: Store) -> None:
    before = rows(county)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, county.url.render_as_string(hide_password=False), "DROP TABLE PHOTO"],
        cwd=ROOT,
        timeout=120,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    assert (rows(county), migrate.current(county)) == (before, "0001")
    migrate.run(county, "upgrade", "head")
    migrate.run(county, "check")


# --- SQLite's own --------------------------------------------------------------------------------------


@pytest.fixture
def on_sqlite(county: Store) -> Store:
    if not county.is_sqlite:
        pytest.skip("PostgreSQL alters its tables in place")
    return county


def test_indexes_and_triggers_of_a_table_that_is_written_anew_stay_word_for_word(on_sqlite: Store) -> None:
    run(
        on_sqlite,
        "create trigger no_change before update on report_event begin select raise(abort, 'append only'); end",
    )
    beside = "select type, name, sql from sqlite_master where type in ('index', 'trigger') and tbl_name <> 'photo'"

    current = (  # of the version in force: a table says it now
        "index",
        "uq_grid_version_current",
        "CREATE UNIQUE INDEX uq_grid_version_current ON grid_version (grid_id) WHERE valid_to is null",
    )

    def found() -> set[Any]:
        with on_sqlite.reader.connect() as connection:
            return {
                tuple(row) for row in connection.execute(text(beside)) if row.name.startswith(("ix_", "uq_", "no_"))
            } - {current}

    before = found()
    run(on_sqlite, "update posting set role = 'leader' where role = 'evaluator'")  # the trigger guards the history
    migrate.run(on_sqlite, "upgrade", "0003")  # what 0004 replaces is its own affair
    assert before <= found() and len(before) > 20


def test_a_uuid_takes_sixteen_bytes(on_sqlite: Store) -> None:
    migrate.run(on_sqlite, "upgrade", "head")
    for table, columns in {"visit": ("id", "patrol_id"), "report": ("id", "patrol_id"), "attachment": ("id",)}.items():
        for column in columns:
            sizes = f"select group_concat(distinct typeof({column}) || length({column})) from {table}"
            assert run(on_sqlite, sizes) in ("blob16", None)


def test_a_row_that_refers_to_nothing_stops_the_revision(on_sqlite: Store) -> None:
    with on_sqlite.writer.connect() as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("rollback") if raw.in_transaction else None
        raw.execute("pragma foreign_keys=off")
        raw.execute("update visit set object_id = 999999 where id = (select id from visit limit 1)")
    on_sqlite.close()
    before = rows(on_sqlite)
    with pytest.raises(Unfit, match="refer to what is not there"):
        migrate.run(on_sqlite, "upgrade", "head")
    assert (rows(on_sqlite), migrate.current(on_sqlite)) == (before, "0001")
