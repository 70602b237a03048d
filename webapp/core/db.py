"""Engines, column types and the two kinds of session: reading, and the short write.

SQLite is used the safe way (docs/decisions/0006): the library inside ``pysqlite3`` where the platform has it,
WAL with synchronous=FULL, writers BEGIN IMMEDIATE, readers a plain BEGIN.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

from . import clock

SQLITE_SAFE = (3, 51, 3)  # 3.7.0-3.51.2 can corrupt a WAL database with several writers (sqlite.org/wal.html)
BUSY_MS = 15000
EPOCH = date(1970, 1, 1).toordinal()

#: Text compared byte by byte, so that a path prefix is an index range; SQLite does so anyway and refuses the name "C".
PathString = String(200).with_variant(String(200, collation="C"), "postgresql")


class _Bytes16(UserDefinedType[uuid.UUID]):
    """Sixteen bytes on SQLite. The size in the name tells a reader of the schema (ops/dump.py) that they are a UUID."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "BLOB(16)"

    def bind_processor(self, dialect: Dialect) -> Any:
        """To bytes; a processor of its own, because every row read passes it."""
        return lambda value: None if value is None else value.bytes

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """From bytes."""
        return lambda value: None if value is None else uuid.UUID(bytes=value)


class CompactUuid(TypeDecorator[uuid.UUID]):
    """A UUID in its sixteen bytes on every engine; SQLAlchemy's own takes thirty-two letters on SQLite."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Bytes on SQLite, the engine's own type elsewhere."""
        return dialect.type_descriptor(_Bytes16() if dialect.name == "sqlite" else Uuid())


class Base(DeclarativeBase):
    """All tables; the naming convention lets batch migrations on SQLite find constraints again."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {uuid.UUID: CompactUuid}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def vocabulary(name: str, length: int = 20) -> Table:
    """A table of the codes that a column may hold, so that the database itself refuses a slip (docs/decisions/0023).

    Its rows belong to the schema: a revision puts a new word in, no page and no seed does, and no backup carries them.
    """
    return Table(name, Base.metadata, Column("code", String(length), primary_key=True))


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC. SQLite drops the zone; this puts it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class day_number(FunctionElement[int]):
    """In SQL: the county's day in which a moment lies, as ``date.toordinal`` counts it.

    A list of visits need not travel as moments then, each of which is made an object before its day can be asked.
    """

    type = Integer()
    inherit_cache = True


@compiles(day_number, "sqlite")
def _day_on_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    ahead = int(clock.ZONE.utcoffset(datetime(2000, 1, 1)).total_seconds())  # type: ignore[union-attr]
    column = compiler.process(element.clauses, **how)
    return f"((CAST(strftime('%s', {column}) AS INTEGER) + {ahead}) / 86400 + {EPOCH})"


@compiles(day_number, "postgresql")
def _day_on_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    column = compiler.process(element.clauses, **how)
    return f"(({column} AT TIME ZONE '{clock.ZONE.key}')::date - DATE '1970-01-01' + {EPOCH})"


class Shape(TypeDecorator[bytes]):
    """A boundary as WKB bytes, longitude-latitude WGS84/CGCS2000, on every engine (docs/decisions/0004)."""

    impl = LargeBinary
    cache_ok = True


def _sqlite_module() -> Any:
    try:
        import pysqlite3.dbapi2 as module
    except ImportError:
        import sqlite3 as module
    return module


def _sqlite(url: Any, begin: str) -> Engine:
    module = _sqlite_module()
    engine = create_engine(url, module=module, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False})

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
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        if begin == "BEGIN":  # takes no lock, so nothing can be refused; the way round costs as much as a small SELECT
            connection.connection.dbapi_connection.execute(begin)
        else:
            connection.exec_driver_sql(begin)

    return engine


#: Without JIT: the server takes our many small conditions for dear, and compiles longer than it then runs.
ALWAYS = {"jit": "off"}
#: Of a server that answers people: nobody waits for a lock, and nothing runs or stands still, for longer than this.
SERVING = {"lock_timeout": "10s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"}


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)
    _set(engine, ALWAYS)
    return engine


def _set(engine: Engine, settings: Mapping[str, str]) -> None:
    """Every connection of this engine begins with these settings of PostgreSQL."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            for name, value in settings.items():
                cursor.execute(f"SET {name} = '{value}'")
        connection.commit()  # else the first rollback takes it back


def _engines(url: URL) -> tuple[Engine, Engine]:
    """To read and to write with."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _sqlite(url, "BEGIN"), _sqlite(url, "BEGIN IMMEDIATE")
    if backend != "postgresql":
        raise BadAddress
    engine = _postgresql(url)
    return engine, engine


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
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._is_serving = False

    def read(self) -> Session:
        """A session to look with; nothing it holds is ever committed."""
        return Session(self.reader, autoflush=False)

    @contextmanager
    def write_at_once(self, patience_ms: int = 250) -> Iterator[Session]:
        """The short write of what can be left out: OperationalError where it would have to wait longer than this."""
        with self.writer.connect() as connection:
            held: Any = connection.connection.dbapi_connection
            if self.is_sqlite:
                held.execute(f"PRAGMA busy_timeout={patience_ms}")
            try:
                with Session(connection, info=self.info) as session, session.begin():
                    session.connection()
                    if not self.is_sqlite:
                        session.execute(text(f"SET LOCAL lock_timeout = {patience_ms}"))
                    yield session
            finally:
                if self.is_sqlite:
                    held.execute(f"PRAGMA busy_timeout={BUSY_MS}")

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The short write: begins here, commits when the block ends well, else leaves no trace.

        All slow work (body, hashing, pictures, passwords) belongs before it; the answer comes after it.
        """
        with Session(self.writer, info=self.info) as session, session.begin():
            session.connection()  # takes SQLite's write lock now, not at the first INSERT after a read
            yield session

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
