"""Fresh, empty databases for the tests, on each engine that this machine offers.

Engine ids: `sqlite` (always), `postgres` (PostgreSQL without PostGIS) and `postgis` (with it). The last two
exist when WANGGE_TEST_PG holds the SQLAlchemy URL of a server's maintenance database, as `./run.sh test --full`
sets it. No pytest in here: scripts and benchmarks use it too.
"""

import os
import shutil
import sqlite3
import uuid
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool
from sqlalchemy.util import LRUCache

from webapp.core.db import Store

#: The dialect of the first reader and of the first writer, and what was compiled for it.
_compiled: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}
POSTGIS_TEMPLATE = "wangge_postgis"  # `create extension` takes half a second: once a server, not once a test


def server() -> URL | None:
    """The maintenance database of the PostgreSQL server to test on, or None: SQLite only."""
    url = os.environ.get("WANGGE_TEST_PG")
    return make_url(url) if url else None


def urls() -> list[str]:
    """The engine ids available here, `sqlite` first."""
    return ["sqlite", *_postgres_engines(server())]


def record_urls() -> list[str]:
    """The engine ids on which records are tested: `sqlite` and the fullest PostgreSQL.

    PostgreSQL without PostGIS differs in the migrations alone, which are tested on all of `urls()`.
    """
    return list(dict.fromkeys([urls()[0], urls()[-1]]))


def make(engine_id: str, tmp_path: Path) -> str:
    """The URL of a new empty database; a SQLite file lies in `tmp_path`. ValueError if the engine is not here."""
    if engine_id not in urls():
        raise ValueError(f"{engine_id} is not available; set WANGGE_TEST_PG")
    if engine_id == "sqlite":
        return f"sqlite:///{tmp_path / _fresh_name()}.db"
    return _create(POSTGIS_TEMPLATE if engine_id == "postgis" else "template0")


def copy(url: str, tmp_path: Path) -> str:
    """The URL of a new database with all that stands in `url`, which nobody may be using on PostgreSQL.

    Copying one migrated database is many times faster than migrating again.
    """
    source = make_url(url)
    if source.get_backend_name() != "sqlite":
        return _create(source.database)
    path = tmp_path / f"{_fresh_name()}.db"
    if Path(source.database).exists() and not Path(f"{source.database}-wal").exists():  # the file is all there is of it
        shutil.copyfile(source.database, path)
        return f"sqlite:///{path}"
    with closing(sqlite3.connect(source.database)) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)
    return f"sqlite:///{path}"


def ready(store: Store) -> Store:
    """The store with the statements that earlier tests have compiled, as a server that has run for a while has them.

    They are kept for a dialect, so the engines get that of the first store. On PostgreSQL every store stays as it is.
    """
    for name in ("reader", "writer") if store.is_sqlite else ():
        engine = getattr(store, name)
        if name not in _compiled:
            engine.connect().close()  # by which a dialect gets to know its server
            _compiled[name] = engine.dialect, LRUCache(1500)
        engine.dialect, statements = _compiled[name]
        setattr(store, name, engine.execution_options(compiled_cache=statements))
    event.listen(store.reader, "before_execute", _no_lock)
    return store


def _no_lock(_connection: Any, statement: Any, *_: Any) -> None:
    """SQLite leaves a FOR UPDATE out, so that only PostgreSQL would say that a reader asks for a lock."""
    assert getattr(statement, "_for_update_arg", None) is None, f"a reader locks rows: {statement}"


def drop(url: str) -> None:
    """Remove a database made here; connections left open are cut. One that is gone already is no error."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(target.database + ending).unlink(missing_ok=True)
        return
    with _connect(server()) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{target.database}" WITH (FORCE)'))


@cache
def _postgres_engines(url: URL | None) -> tuple[str, ...]:
    if url is None:
        return ()
    with _connect(url) as connection:
        has_postgis = connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"))
        if not has_postgis:
            return ("postgres",)
        _ensure_template(connection, url)
    return ("postgres", "postgis")


def _ensure_template(connection: Connection, url: URL) -> None:
    """Make the template with PostGIS unless it stands; a lock keeps two test runs from making it twice."""
    connection.execute(text("SELECT pg_advisory_lock(4490)"))
    if connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": POSTGIS_TEMPLATE}):
        return
    half_made = _create("template0")
    with _connect(url.set(database=make_url(half_made).database)) as inside:
        inside.execute(text("CREATE EXTENSION postgis"))
    old_name = make_url(half_made).database
    connection.execute(text(f'ALTER DATABASE "{old_name}" RENAME TO "{POSTGIS_TEMPLATE}"'))


def _create(template: str) -> str:
    name = _fresh_name()
    with _connect(server()) as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    return server().set(database=name).render_as_string(hide_password=False)


def _connect(url: URL) -> Connection:
    """A connection outside any transaction; closing it leaves none in a pool, so that databases can be dropped."""
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()


def _fresh_name() -> str:
    return f"wangge_{uuid.uuid4().hex}"


def heard(store: Store) -> tuple[Engine, ...]:
    """The engines whose listeners together hear each statement once: PostgreSQL has one for both."""
    return (store.reader, store.writer) if store.is_sqlite else (store.writer,)
