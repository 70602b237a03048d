"""Tables as JSON lines, alike on every engine: what a backup holds of the records.

What there is to dump is read from the database, not from the models, so that a backup can be made before a
migration as well as after it, and put back at the revision it was made at.
"""

import json
import warnings
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData, Table, bindparam, func, select, text
from sqlalchemy.types import TypeEngine

from ..core.db import CompactUuid, Moment, Store

BATCH = 1000
UUID_BYTES = 16
#: Alembic's own, which the revision stands for, and what PostGIS brings along.
NOT_OURS = frozenset({"alembic_version", "spatial_ref_sys"})


def _as_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class ColumnKind:
    """How a column is dumped: the column types it is known by, its type for reading and writing,
    value → JSON → value."""

    known_by: tuple[type[TypeEngine[Any]], ...]
    type: TypeEngine[Any]
    out: Callable[[Any], Any] = _as_is
    back: Callable[[Any], Any] = _as_is


#: The first that fits counts: SQLite kept a UUID as CHAR(32) before revision 0002, which is a String too.
KINDS: dict[str, ColumnKind] = {
    "uuid": ColumnKind((sa.Uuid, sa.CHAR), CompactUuid(), str, UUID),
    "boolean": ColumnKind((sa.Boolean,), sa.Boolean()),
    "integer": ColumnKind((sa.Integer,), sa.Integer()),
    "float": ColumnKind((sa.Float,), sa.Float()),
    "moment": ColumnKind((sa.DateTime,), Moment(), datetime.isoformat, datetime.fromisoformat),
    "day": ColumnKind((sa.Date,), sa.Date(), date.isoformat, date.fromisoformat),
    "bytes": ColumnKind((sa.LargeBinary,), sa.LargeBinary(), lambda value: b64encode(value).decode(), b64decode),
    # Kept as the text it is, so that NULL and JSON's null stay two things. Without a type the text is written
    # unmarked, which PostgreSQL takes for json; marked as text it would be refused.
    "json": ColumnKind((sa.JSON,), sa.types.NullType()),
    "text": ColumnKind((sa.String,), sa.Text()),
}


def kind_of(known: TypeEngine[Any]) -> str:
    """The name in KINDS of a column's type. LookupError when no kind fits."""
    if isinstance(known, sa.LargeBinary) and known.length == UUID_BYTES:
        return "uuid"
    for name, kind in KINDS.items():
        if isinstance(known, kind.known_by):
            return name
    raise LookupError(f"no way to dump a column of type {known!r}")


@dataclass(frozen=True)
class Layout:
    """A table as it stands: columns with their kinds, primary key, and the columns that refer to the table itself.

    ``spelled`` are UUIDs that stand there as letters, as on SQLite before revision 0002; their kind is the same.
    """

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    loops: tuple[str, ...]
    spelled: frozenset[str] = frozenset()

    @property
    def table(self) -> Any:
        """The table for statements."""
        types = {name: sa.Uuid() if name in self.spelled else KINDS[kind].type for name, kind in self.columns.items()}
        return sa.table(self.name, *(sa.column(name, type_) for name, type_ in types.items()))


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """A connection to which the records stand still while writers go on. Never holds a writer up."""
    with store.reader.connect() as connection:
        if not store.is_sqlite:  # in SQLite a read transaction is one anyhow
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def layouts(connection: Connection) -> list[Layout]:
    """Every table of ours, one that is referred to before those that refer to it.

    Vocabularies, which have nothing but their code, belong to the schema: the revision fills them.
    """
    found = MetaData()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Did not recognize type 'geometry'")  # PostGIS; made from the WKB anew
        found.reflect(connection, only=lambda name, _: name not in NOT_OURS)
    return [_layout(table) for table in found.sorted_tables if table.columns.keys() != ["code"]]


def _layout(table: Table) -> Layout:
    columns = {column.name: kind_of(column.type) for column in table.columns if column.computed is None}
    loops = tuple(sorted(key.parent.name for key in table.foreign_keys if key.column.table is table))
    spelled = frozenset(column.name for column in table.columns if isinstance(column.type, sa.CHAR))
    return Layout(table.name, columns, tuple(column.name for column in table.primary_key), loops, spelled)


def count(connection: Connection, layout: Layout) -> int:
    """The number of rows."""
    return connection.scalar(select(func.count()).select_from(layout.table)) or 0


def lines(connection: Connection, layout: Layout) -> Iterator[str]:
    """A table as lines of JSON: first its columns with their kinds, then a list per row, in the order of the key."""
    yield _line(list(layout.columns.items()))
    columns = layout.table.columns
    wanted = [
        sa.cast(columns[name], sa.Text) if kind == "json" else columns[name] for name, kind in layout.columns.items()
    ]
    outs = [KINDS[kind].out for kind in layout.columns.values()]
    query = select(*wanted).order_by(*(columns[name] for name in layout.key))
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        yield _line([None if value is None else out(value) for out, value in zip(outs, row, strict=True)])


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def fits(layout: Layout, given: Iterable[str]) -> bool:
    """Whether lines were made from a table of this layout, in whatever order its columns stood."""
    head = next(iter(given), "[]")
    return dict(json.loads(head)) == layout.columns


def load(connection: Connection, layout: Layout, given: Iterable[str]) -> None:
    """Insert the rows of lines; columns that refer to the table itself stay empty until ``link``."""
    for batch in _batches(_rows(given)):
        connection.execute(sa.insert(layout.table), [row | dict.fromkeys(layout.loops) for row in batch])


def link(connection: Connection, layout: Layout, given: Iterable[str]) -> None:
    """Fill the columns that refer to the table itself, now that every row is there to be referred to."""
    table = layout.table
    this = sa.and_(*(table.columns[name] == bindparam(f"this_{name}") for name in layout.key))
    change = sa.update(table).where(this).values({name: bindparam(f"new_{name}") for name in layout.loops})
    linked = (row for row in _rows(given) if any(row[name] is not None for name in layout.loops))
    for batch in _batches(linked):
        connection.execute(
            change,
            [
                {f"this_{name}": row[name] for name in layout.key} | {f"new_{name}": row[name] for name in layout.loops}
                for row in batch
            ],
        )


def _rows(given: Iterable[str]) -> Iterator[dict[str, Any]]:
    each = iter(given)
    head = [(name, KINDS[kind].back) for name, kind in json.loads(next(each))]
    for line in each:
        yield {
            name: None if value is None else back(value)
            for (name, back), value in zip(head, json.loads(line), strict=True)
        }


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    each = iter(rows)
    while batch := list(islice(each, BATCH)):
        yield batch


def reset_sequences(connection: Connection, all_layouts: Iterable[Layout]) -> None:
    """Let PostgreSQL's next number follow the greatest restored one; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for layout in all_layouts:
        key = layout.key[0]
        if len(layout.key) > 1 or layout.columns[key] != "integer":
            continue
        greatest = select(func.max(layout.table.columns[key])).scalar_subquery()
        sequence = connection.scalar(
            text("select pg_get_serial_sequence(:table, :key)"), {"table": layout.name, "key": key}
        )
        if sequence:
            connection.execute(select(func.setval(sequence, func.coalesce(greatest, 1), greatest.is_not(None))))
