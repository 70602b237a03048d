"""A PostgreSQL that forgets what it has confirmed is not served."""

import pytest
from sqlalchemy import text

from webapp.core.db import Store
from webapp.ops.durability import CARELESS, careless


def test_what_is_set_carelessly_is_named_and_nothing_else(store: Store) -> None:
    """The tests' own PostgreSQL waits for no disk, and that is said; SQLite is set by the program."""
    off = set()
    if not store.is_sqlite:
        with store.read() as session:
            off = {name for name in CARELESS if session.scalar(text(f"show {name}")) == "off"}
    said = careless(store) or ""
    assert {name for name in CARELESS if name in said} == off
    assert bool(said) == bool(off)


def test_a_careless_setting_is_named(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite is set by the program: tests/core/test_db.py")
    name = store.url.database
    with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'alter database "{name}" set synchronous_commit = off'))
    other = Store(store.url.render_as_string(hide_password=False))
    assert "synchronous_commit = off" in (careless(other) or "")
    other.close()
