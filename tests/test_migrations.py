"""Revisions on every engine: up, down and up again, equal to the models, whole or not at all, and no row lost."""

import re
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, event, inspect, text

import migrations
from tests import engines, make
from tests.conftest import World
from tests.moved import Rows, as_before, plain
from tests.short import some
from webapp.core import db
from webapp.core.db import Store
from webapp.models import metadata
from webapp.ops import migrate
from webapp.patrol import service as patrol_service
from webapp.report import service as report_service

ROOT = Path(__file__).parent.parent
VERSIONS = Path(migrations.__file__).parent / "versions"
FILES = sorted(VERSIONS.glob("[0-9]*.py"))
NOT_OURS = {"alembic_version", "spatial_ref_sys"}

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")  # SQLAlchemy does not know PostGIS


def tables(store: Store) -> set[str]:
    """The tables of ours that are there."""
    return set(inspect(store.reader).get_table_names()) - NOT_OURS


def layout(store: Store) -> dict[str, Any]:
    """Columns, keys, references, unique rules and indexes of every table, in a form that compares."""
    look = inspect(store.reader)
    return {
        table: {
            "columns": sorted(
                (c["name"], str(c["type"]), getattr(c["type"], "length", None) or 0, c["nullable"])
                for c in look.get_columns(table)
                if c["name"] != "geom"
            ),
            "key": look.get_pk_constraint(table),
            "references": _sorted(look.get_foreign_keys(table)),
            "unique": _sorted(look.get_unique_constraints(table)),
            "indexes": [index for index in _sorted(look.get_indexes(table)) if not index["name"].endswith("_geom")],
        }
        for table in tables(store)
    }


def _sorted(found: Any) -> list[Any]:
    """By name; an index's condition, an object that equals only itself, as its text."""
    for each in found:
        options = each.get("dialect_options", {})
        options |= {name: str(value) for name, value in options.items() if name.endswith("_where")}
    return sorted(found, key=lambda each: str(each["name"]))


# --- the files -----------------------------------------------------------------------------------------


def test_revisions_are_numbered_and_stand_in_one_row() -> None:
    scripts = list(ScriptDirectory.from_config(migrate.settings()).walk_revisions())[::-1]
    assert [Path(script.path) for script in scripts] == FILES
    assert [script.revision for script in scripts] == [f"{number:04d}" for number in range(1, len(FILES) + 1)]
    assert [script.down_revision for script in scripts] == [None, *(script.revision for script in scripts)][:-1]
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", file.name) for file in FILES)


# --- the schema ----------------------------------------------------------------------------------------


def test_up_down_and_up_again_is_what_the_models_say(empty: Store, tmp_path: Path) -> None:
    migrate.run(empty, "upgrade", "head")
    migrate.run(empty, "check")
    once = layout(empty)
    migrate.run(empty, "downgrade", "base")
    assert (tables(empty), migrate.current(empty)) == (set(), None)
    migrate.run(empty, "upgrade", "head")
    migrate.run(empty, "check")
    assert migrate.current(empty) == migrate.newest() == FILES[-1].name[:4]
    assert layout(empty) == once
    migrate.run(empty, "downgrade", "base")
    metadata.create_all(empty.writer)
    assert layout(empty) == once


@pytest.mark.parametrize("change", ["alter table person add column shoe integer", "drop index ix_report_open"])
def test_a_schema_that_differs_from_the_models_is_found(empty: Store, change: str) -> None:
    migrate.run(empty, "upgrade", "head")
    once = layout(empty)
    with empty.writer.begin() as connection:
        connection.execute(text(change))
    assert layout(empty) != once
    with pytest.raises(CommandError, match="New upgrade operations"):
        migrate.run(empty, "check")


def test_a_uuid_that_lost_its_size_is_found(empty: Store) -> None:
    """A batch step of Alembic's that writes a table anew does that, and a dump would then take the column for bytes."""
    migrate.run(empty, "upgrade", "head")
    once = layout(empty)
    if not empty.is_sqlite:
        return
    with empty.writer.begin() as connection:
        steps = Operations(MigrationContext.configure(connection))
        with steps.batch_alter_table("feedback", recreate="always"):
            pass
    differ = [table for table, kept in layout(empty).items() if kept["columns"] != once[table]["columns"]]
    assert differ == ["feedback"]


def test_postgis_has_shapes_and_a_spatial_index_that_the_program_does_not_see(empty: Store) -> None:
    migrate.run(empty, "upgrade", "head")
    assert "geom" not in metadata.tables["grid_version"].columns
    columns = {column["name"] for column in inspect(empty.reader).get_columns("grid_version")}
    indexes = {index["name"]: index for index in inspect(empty.reader).get_indexes("grid_version")}
    if not _has_postgis(empty):
        assert "geom" not in columns
        return
    assert indexes["ix_grid_version_geom"]["dialect_options"]["postgresql_using"] == "gist"
    with empty.write() as session:
        make.grids(session)
        areas = session.scalars(text("select ST_Area(geom) / 1e-4 from grid_version order by id")).all()
    assert areas == pytest.approx([6, 3, 1, 1, 1, 3, 1, 1, 1])


def _has_postgis(store: Store) -> bool:
    if store.is_sqlite:
        return False
    with store.reader.connect() as connection:
        return bool(connection.scalar(text("select 1 from pg_extension where extname = 'postgis'")))


# --- whole or not at all -------------------------------------------------------------------------------


class Cut(Exception):
    """Stands for whatever ends an upgrade in the middle."""


def cut_at(store: Store, statement: str, turn: int) -> Any:
    """Let the upgrade end just before the ``turn``-th statement that begins so; the listener."""
    left = [turn]

    @event.listens_for(store.writer, "before_cursor_execute")
    def _look(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        left[0] -= sql.lstrip().upper().startswith(statement)
        if left[0] == 0:
            left[0] = -1
            raise Cut

    return _look


POINTS = [("CREATE TABLE", 2), ("CREATE TABLE", 9), ("CREATE INDEX", 5), ("INSERT INTO ALEMBIC_VERSION", 1)]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0].lower()} {point[1]}")
def test_an_upgrade_that_ends_in_the_middle_leaves_nothing(empty: Store, point: tuple[str, int]) -> None:
    cut_at(empty, *point)
    with pytest.raises(Cut):
        migrate.run(empty, "upgrade", "head")
    assert (tables(empty), migrate.current(empty)) == (set(), None)
    if empty.is_sqlite:
        with empty.writer.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    migrate.run(empty, "upgrade", "head")
    migrate.run(empty, "check")


def test_a_driver_that_begins_no_transaction_for_tables_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLAlchemy's own way with SQLite commits each table for itself: a cut upgrade leaves some and no revision."""
    monkeypatch.setattr(db, "_sqlite", lambda url, *_begin: create_engine(url, module=db._sqlite_module()))
    store = Store(engines.make("sqlite", tmp_path))
    cut_at(store, "CREATE TABLE", 9)
    with pytest.raises(Cut):
        migrate.run(store, "upgrade", "head")
    assert (len(tables(store)), migrate.current(store)) == (7, None)
    store.close()


KILLED = """
import os, signal, sys
from sqlalchemy import event
from webapp.ops import migrate
from webapp.core.db import Store
store = Store(sys.argv[1])
@event.listens_for(store.writer, "before_cursor_execute")
def look(connection, cursor, sql, *more):
    if sql.lstrip().upper().startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
migrate.run(store, "upgrade", "head")
"""


@pytest.mark.parametrize(
    "point",
    [
        "INSERT INTO ALEMBIC_VERSION",
        *(
            pytest.param(point, marks=pytest.mark.full)
            for point in ("CREATE TABLE COUNTER", "CREATE TABLE REPORT", "CREATE INDEX IX_VISIT")
        ),
    ],
)
def test_an_upgrade_killed_for_real_leaves_nothing(empty: Store, point: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, empty.url.render_as_string(hide_password=False), point],
        cwd=ROOT,
        timeout=120,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    assert (tables(empty), migrate.current(empty)) == (set(), None)
    migrate.run(empty, "upgrade", "head")
    assert migrate.current(empty) == migrate.newest()


# --- the rows ------------------------------------------------------------------------------------------


@pytest.fixture
def lived(world: World) -> Store:
    """The small county after a round, a report, a return and a supplement."""
    officer, township = "officer_a1", "township_a"
    report = make.report(world.grids["A1"], joint=(world.grids["A2"],))
    with world.store.write() as session:
        patrol_service.record(
            session,
            make.actor(session, officer),
            make.patrol(
                world.grids["A1"], {world.things["farm_a1"]: "normal", world.things["kiln_a1"]: "could_not_see"}
            ),
        )
        report_service.submit(session, make.actor(session, officer), report)
        report_service.move(
            session, make.actor(session, township), report.id, make.move("give_back", "township", missing="哪一座窑？")
        )
    return world.store


def rows(store: Store) -> Rows:
    """Every row of every table as the database has it, whatever schema it is at; a UUID as its letters. In no order of
    the database's: that of PostgreSQL changes when rows are written anew. The mark of an update is no record."""
    with store.reader.connect() as connection:
        return {
            table: sorted(
                (
                    {name: plain(value) for name, value in row.items()}
                    for row in connection.execute(text(f'select * from "{table}"')).mappings()
                    if (table, row.get("name")) != ("counter", migrate.BEHIND)
                ),
                key=repr,
            )
            for table in tables(store)
        }


def lost(before: Rows, after: Rows) -> list[str]:
    """Tables whose rows are not the same afterwards in all columns that they had; new columns do not count, and a
    vocabulary may have new words (which ones it holds, tests/core/test_vocabulary.py says), and the chain a new link
    where a revision rewrites rows."""
    return [
        table
        for table in sorted(before)
        if before[table] and _plain(before, table) != _plain(_without_what_came(after, table, before), table, before)
    ]


def _without_what_came(after: Rows, table: str, before: Rows) -> Rows:
    if before[table][0].keys() != {"code"} and table != "chain_link":
        return after
    return {table: [row for row in after.get(table, []) if row in before[table]]}


def _plain(found: Rows, table: str, before: Rows | None = None) -> list[str]:
    """The rows of a table as text, in the columns that it had before."""
    names = sorted((before or found)[table][0])
    return sorted(str([(name, row.get(name, "no such column")) for name in names]) for row in found.get(table, []))


def lost_by(store: Store, revision: str, before: str) -> list[str]:
    """What a revision loses on a filled database: down to the one before it, up, down, and up to the newest again."""
    migrate.run(store, "downgrade", before)
    seen = [rows(store)]
    for verb, target in (("upgrade", revision), ("downgrade", before), ("upgrade", "head")):
        migrate.run(store, verb, target)
        seen.append(as_before(rows(store), before, migrate.current(store) or ""))
    return [table for after in seen[1:] for table in lost(seen[0], after)]


@pytest.mark.parametrize(("before", "revision"), some([(a.name[:4], b.name[:4]) for a, b in pairwise(FILES)], every=6))
def test_no_row_is_lost_by_a_revision(lived: Store, before: str, revision: str) -> None:
    assert lost_by(lived, revision, before) == []


TRIED = '''
"""A revision for this test."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "tried", "{newest}", None, None


def upgrade() -> None:
    with op.batch_alter_table("visit") as batch:
        batch.add_column(sa.Column("shoes", sa.Text(), nullable=False, server_default="boots"))
    op.execute("insert into history_open values ('tried')")
    {harm}
    op.execute("delete from history_open")


def downgrade() -> None:
    with op.batch_alter_table("visit") as batch:
        batch.drop_column("shoes")
    op.execute("delete from report_action where code = 'suspend'")
'''
HARM = {
    "none": ("pass", []),
    "none, a new word": ("op.execute(\"insert into report_action (code) values ('suspend')\")", []),
    "a word": ("op.execute(\"delete from report_action where code = 'unsettle'\")", ["report_action"]),
    "a value": ('op.execute("update visit set reason = null")', ["visit"]),
    "a row": ('op.execute("delete from visit where reason is null")', ["visit"]),
    "a moment": ("op.execute(\"update report_event set at = '2001-01-01 00:00:00'\")", ["report_event"]),
}


@pytest.mark.parametrize("harm", HARM)
def test_what_a_revision_loses_is_found(
    lived: Store, harm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above against revisions that keep or lose something; also when there is only one real revision."""
    statement, losing = HARM[harm]
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "tried.py").write_text(TRIED.format(newest=migrate.newest(), harm=statement))
    config = migrate.settings()
    config.set_main_option("version_locations", f"{VERSIONS}:{tmp_path / 'more'}")
    monkeypatch.setattr(migrate, "settings", lambda: config)
    assert set(lost_by(lived, "tried", FILES[-1].name[:4])) == set(losing)
