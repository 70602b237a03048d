"""A PostgreSQL that forgets what it has confirmed is not served."""

import pytest
from sqlalchemy import text

from webapp.core.db import Store
from webapp.ops.durability import careless


def test_as_it_comes_nothing_is_careless(store: Store) -> None:
    assert careless(store) is None


def test_a_careless_setting_is_named(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite is set by the program: tests/core/test_db.py")
    name = store.url.database
    with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'alter database "{name}" set synchronous_commit = off'))
    other = Store(store.url.render_as_string(hide_password=False))
    assert "synchronous_commit = off" in (careless(other) or "")
    other.close()
