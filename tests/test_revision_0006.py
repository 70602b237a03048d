"""Revision 0006 on a county of 0005: ids go on after what was deleted; the day of the last sweep becomes a minute."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Integer, delete, func, insert, select

from tests.revisions import landed
from tests.test_migrations import layout, rows
from webapp import domains
from webapp.core import clock_mark
from webapp.core.db import Base, Store
from webapp.core.models import AuditEntry, Counter
from webapp.core.retention import Expiry, history_open
from webapp.login.models import LoginCode, LoginSession
from webapp.models import metadata
from webapp.ops import backup, dump, migrate
from webapp.people.models import Person

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")

#: Tables with integer ids from which the sweep deletes.
SWEPT: tuple[type[Base], ...] = (AuditEntry, LoginCode, LoginSession)
LAST_SWEEP = date(2026, 11, 20)


@pytest.fixture
def county(empty: Store, tmp_path: Path) -> Store:
    """The landed county of 0005, swept once."""
    store = landed("0005", empty, tmp_path)
    with store.write() as session:
        session.execute(delete(Counter).where(Counter.name == "swept-day"))
        session.add(Counter(name="swept-day", value=LAST_SWEEP.toordinal()))
    return store


def newest(store: Store, model: type[Base]) -> int:
    """The greatest id there is."""
    with store.read() as session:
        return session.scalar(select(func.max(model.id))) or 0  # type: ignore[attr-defined]


def one_more(store: Store, model: type[Base]) -> int:
    """The id of a row more, of the first person there is."""
    with store.write() as session:
        person, at = session.scalar(select(func.min(Person.id))), datetime(2026, 11, 29, tzinfo=UTC)
        said: dict[type[Base], dict[str, Any]] = {
            AuditEntry: {"at": at, "action": "x", "thing": "y", "detail": {}},
            LoginCode: {"person_id": person, "code_hash": "x", "given_by": person, "given_at": at, "expires_at": at},
            LoginSession: {
                "token_hash": uuid4().hex,
                "person_id": person,
                "device": "x",
                "is_remembered": False,
                "created_at": at,
                "seen_at": at,
                "expires_at": at,
            },
        }
        return session.execute(insert(model).values(said[model])).inserted_primary_key[0]


@pytest.mark.parametrize("model", SWEPT)
def test_an_id_is_never_given_again_after_all_rows_went(county: Store, model: type[Base]) -> None:
    migrate.run(county, "upgrade", "head")
    before = [one_more(county, model) for _ in range(3)][-1]
    with county.write() as session, history_open(session, "a test"):
        session.execute(delete(model))
    assert newest(county, model) == 0
    assert one_more(county, model) > before


def without_key_names(found: dict[str, Any]) -> dict[str, Any]:
    """A layout; a key that counts on has no name of its own on SQLite."""
    return {name: {**table, "key": table["key"]["constrained_columns"]} for name, table in found.items()}


def test_the_county_goes_up_and_down_whole(county: Store) -> None:
    before, was = rows(county), layout(county)
    migrate.run(county, "upgrade", "0006")
    assert without_key_names(layout(county)) == without_key_names(was)
    with county.read() as session:
        at = clock_mark.moment(session.scalar(select(Counter.value).where(Counter.name == clock_mark.MARK)) or 0)
    assert at == datetime(2026, 11, 20, tzinfo=UTC)
    after = rows(county)
    assert {name: found for name, found in after.items() if name != "counter"} == {
        name: found for name, found in before.items() if name != "counter"
    }
    migrate.run(county, "downgrade", "0005")
    assert (layout(county), rows(county)) == (was, before)


def test_a_backup_brings_along_how_far_the_ids_had_come_where_the_rows_are_gone(empty: Store, tmp_path: Path) -> None:
    migrate.run(empty, "upgrade", "head")
    before = [one_more(empty, AuditEntry) for _ in range(3)][-1]
    with empty.write() as session, history_open(session, "a test"):
        session.execute(delete(AuditEntry))
    made = backup.backup(empty, tmp_path / "data", tmp_path / "later.backup")
    assert made.ids["audit_log"] == before
    migrate.run(empty, "downgrade", "base")
    backup.restore(tmp_path / "later.backup", empty, tmp_path / "data")
    assert one_more(empty, AuditEntry) > before + 1  # the restore itself is a line


def test_a_backup_brings_them_along_from_one_engine_to_the_other(empty: Store, tmp_path: Path) -> None:
    """A manifest names tables, whatever engine it comes from; what it does not name counts from the greatest row."""
    migrate.run(empty, "upgrade", "head")
    with empty.writer.begin() as connection:
        dump.reset_sequences(connection, dump.layouts(connection), {"audit_log": 700, "no_such": 3, "grid": 900})
        assert dump.sequences(connection, dump.layouts(connection))["audit_log"] == 700
    assert one_more(empty, AuditEntry) == 701


def test_every_table_from_which_the_sweep_deletes_by_number_counts_its_ids_on() -> None:
    numbered = {
        past.key.class_.__table__
        for past in domains.sweep().values()
        if isinstance(past, Expiry) and isinstance(past.key.type, Integer) and not past.blanks
    }
    assert {table.name for table in numbered} == {model.__tablename__ for model in SWEPT}
    marked = {t for t in metadata.tables.values() if t.dialect_options["sqlite"]["autoincrement"]}
    assert marked == numbered
