"""What columns are made of: the base of all tables, and the types that are alike on every engine."""

import re
import uuid
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Uuid,
    false,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import UserDefinedType

from . import clock

EPOCH = date(1970, 1, 1).toordinal()

#: Text compared byte by byte, so that a path prefix is an index range; SQLite does so anyway and refuses the name "C".
PathString = String(200).with_variant(String(200, collation="C"), "postgresql")


_WORD = re.compile("[a-z_]+", re.ASCII)


def one_of(column: Any, words: Collection[str]) -> ColumnElement[bool]:
    """The condition that a column holds one of some words of the program: roles, states, actions.

    They stand in the statement itself. What ``in_`` is given SQLAlchemy writes into it again at every execution, and a
    server that plans once for all values knows nothing of them. What is no such word goes the usual way.
    """
    if not all(map(_WORD.fullmatch, words)):
        return column.in_(words)
    return column.in_([literal_column(f"'{word}'") for word in sorted(words)]) if words else false()


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


class second_number(FunctionElement[int]):
    """In SQL: the second in which a moment lies, since 1970: what comes later is more."""

    type = Integer()
    inherit_cache = True


@compiles(second_number, "sqlite")
def _second_on_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **how)}) AS INTEGER)"


@compiles(second_number, "postgresql")
def _second_on_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"CAST(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **how)}) AS BIGINT)"


class Shape(TypeDecorator[bytes]):
    """A boundary as WKB bytes, longitude-latitude WGS84/CGCS2000, on every engine (docs/decisions/0004)."""

    impl = LargeBinary
    cache_ok = True
