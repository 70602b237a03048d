"""Engines and the two kinds of session: reading, and the short write, which ends with its link of the chain.

SQLite is used the safe way (docs/decisions/0006): the library inside ``pysqlite3`` where the platform has it,
WAL with synchronous=FULL, writers BEGIN IMMEDIATE, readers a plain BEGIN.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Select, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from . import chain
from .columns import Base, CompactUuid, Moment, PathString, Shape, day_number, second_number, vocabulary
from .fair_lock import FairLock

__all__ = [
    "BadAddress",
    "Base",
    "CompactUuid",
    "Moment",
    "PathString",
    "Shape",
    "Store",
    "day_number",
    "second_number",
    "vocabulary",
]

SQLITE_SAFE = (3, 51, 3)  # 3.7.0-3.51.2 can corrupt a WAL database with several writers (sqlite.org/wal.html)
BUSY_MS = 15000
WAITING = {"timeout": BUSY_MS / 1000, "check_same_thread": False}


def _sqlite_module() -> Any:
    try:
        import pysqlite3.dbapi2 as module
    except ImportError:
        import sqlite3 as module
    return module


def _sqlite(url: Any, begin: str, *more: str) -> Engine:
    module = _sqlite_module()
    engine = create_engine(url, module=module, connect_args=WAITING, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        safe = module.sqlite_version_info >= SQLITE_SAFE
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            f"journal_mode={'WAL' if safe else 'DELETE'}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            *more,
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        try:  # past SQLAlchemy, where it costs as much as a small SELECT
            connection.connection.dbapi_connection.execute(begin)
        except module.Error as error:  # mostly a lock that was not given in time
            raise DBAPIError.instance(begin, None, error, module.Error) from error

    return engine


VALUES = re.compile(r"\n(DETAIL|CONTEXT|QUERY|HINT|LINE \d+):.*", re.DOTALL)
#: Without JIT: the server takes our many small conditions for dear, and compiles longer than it then runs.
ALWAYS = {"jit": "off"}
#: Statements that a connection keeps planned, more than all pages of a role have; the driver's own 100 is less.
MOST_PREPARED = 500
#: Of a server that answers people: nobody waits for a lock, and nothing runs or stands still, for longer than this.
SERVING = {"lock_timeout": "10s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"}


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    _set(engine, ALWAYS)
    event.listen(engine, "handle_error", _without_values)
    return engine


def _without_values(context: ExceptionContext) -> None:
    """PostgreSQL adds a line with the values of the row; in a log nobody may read what was typed."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(VALUES.sub("", arg) if isinstance(arg, str) else arg for arg in error.args)


def _set(engine: Engine, settings: Mapping[str, str]) -> None:
    """Every connection of this engine begins with these settings of PostgreSQL."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.prepared_max = MOST_PREPARED
        with connection.cursor() as cursor:
            for name, value in settings.items():
                cursor.execute(f"SET {name} = '{value}'")
        connection.commit()  # else the first rollback takes it back


def _reader_of(engine: Engine) -> Engine:
    """The same connections of PostgreSQL, whose transactions may only read while it has them. Given back they begin
    again as the server says: by the library's own option they would ask to write, of a server too that must not."""
    reader = engine.execution_options()

    @event.listens_for(reader, "engine_connect")
    def _taken(connection: Connection) -> None:
        held: Any = connection.connection.dbapi_connection
        held.read_only = True

    @event.listens_for(engine, "checkin")
    def _given_back(connection: Any, _record: Any) -> None:
        if connection is not None and not connection.closed:
            connection.read_only = None

    return reader


def _engines(url: URL) -> tuple[Engine, Engine]:
    """To read and to write with. Who only reads cannot write: the database refuses it."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _sqlite(url, "BEGIN", "query_only=ON"), _sqlite(url, "BEGIN IMMEDIATE")
    if backend != "postgresql":
        raise BadAddress
    engine = _postgresql(url)
    return _reader_of(engine), engine


_of_columns: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()


def _is_of_columns(statement: Any) -> bool:
    """Whether a statement is a SELECT of columns alone, with no whole object of the session among them."""
    known = _of_columns.get(statement)
    if known is None:
        known = isinstance(statement, Select) and not any(
            column["expr"] is column.get("entity") for column in statement.column_descriptions
        )
        _of_columns[statement] = known
    return known


class Reader(Session):
    """A session to look with. Columns it hands through as the connection gives them: the way by the session adds
    nothing to them, and costs as much again as a small SELECT."""

    def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """As every session does it."""
        if options or not _is_of_columns(statement):
            return super().execute(statement, params, **options)
        return self.connection().execute(statement, params)

    def scalars(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """The first column, or the objects."""
        return self.execute(statement, params, **options).scalars()

    def scalar(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """The first column of the first row."""
        return self.execute(statement, params, **options).scalar()


def end_reading(connection: Connection) -> None:
    """End what was only looked at. On PostgreSQL by a COMMIT, though there is nothing to keep: at a ROLLBACK its driver
    forgets every statement that it has prepared, and the server plans each page anew. A connection that was cut
    meanwhile has nothing to end."""
    if connection.dialect.name != "sqlite" and connection.in_transaction() and not connection.invalidated:
        with suppress(DBAPIError):
            connection.commit()


class BadAddress(ValueError):
    """The text is the address of no database that we know; the message says how one looks."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL is no address of a database: postgresql+psycopg://user:password@host/name for PostgreSQL, "
            "sqlite:////folder/wangge.db for SQLite, or leave it out for wangge.db in DATA_DIR."
        )


class Store:
    """One database: ``read()`` for looking, ``write()`` for the short transaction that changes it.

    ``url`` is an SQLAlchemy URL of SQLite or PostgreSQL; BadAddress for anything else, or for a driver that is not
    here. ``info`` goes along with every write: who listens to what happens there (``webapp/listeners.py``).
    """

    def __init__(self, url: str, info: Mapping[str, Any] | None = None):
        self.info = dict(info or {})
        try:
            self.url = make_url(url)
            self.reader, self.writer = _engines(self.url)
        except (ArgumentError, ModuleNotFoundError, ValueError) as error:
            raise BadAddress from error
        chain.watch(self.writer)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._in_turn = FairLock()
        self._is_serving = False

    def read(self) -> Session:
        """A session to look with; nothing it holds is ever committed."""
        return Reader(self.reader, autoflush=False)

    @contextmanager
    def write_at_once(self, patience_ms: int = 250) -> Iterator[Session]:
        """The short write of what can be left out: OperationalError where it would have to wait longer than this."""
        with self._turn(patience_ms), self.writer.connect().execution_options(**chain.watched()) as connection:
            held: Any = connection.connection.dbapi_connection
            if self.is_sqlite:
                held.execute(f"PRAGMA busy_timeout={patience_ms}")
            try:
                with Session(connection, info=self.info) as session, session.begin():
                    session.connection()
                    if not self.is_sqlite:
                        session.execute(text(f"SET LOCAL lock_timeout = {patience_ms}"))
                    yield session
                    chain.seal(session)
            finally:
                if self.is_sqlite:
                    held.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The short write: begins here, commits with its link of the chain when the block ends well, else leaves no
        trace.

        All slow work (body, hashing, pictures, passwords) belongs before it; the answer comes after it.
        """
        with self._turn(BUSY_MS), Session(self.writer, info=self.info) as session, session.begin():
            session.connection(execution_options=chain.watched())  # takes SQLite's write lock now, not after a read
            yield session
            chain.seal(session)

    @contextmanager
    def _turn(self, patience_ms: int) -> Iterator[None]:
        """SQLite has one writer: our threads take turns before they ask for its lock. PostgreSQL has many."""
        if not self.is_sqlite:
            yield
            return
        with ExitStack() as stack:
            try:
                stack.enter_context(self._in_turn.held(patience_ms / 1000))
            except TimeoutError as error:
                raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked")) from error
            yield

    def serve(self) -> None:
        """From here on people wait for the answers: no statement of PostgreSQL waits or runs for ever. SQLite waits
        ``BUSY_MS`` for its lock, and no longer."""
        if not self.is_sqlite and not self._is_serving:
            _set(self.writer, SERVING)
            self.writer.dispose()  # connections of before know nothing of it
        self._is_serving = True

    def close(self) -> None:
        """Give back every connection."""
        self.reader.dispose()
        self.writer.dispose()
