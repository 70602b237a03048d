"""Tables as JSON lines, alike on every engine: what a backup holds of the records.

What there is to dump is read from the database, not from the models, so that a backup can be made before a
migration as well as after it, and put back at the revision it was made at.
"""

import json
import math
import warnings
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, NoReturn
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData, Table, bindparam, func, select, text
from sqlalchemy.types import TypeEngine

from ..core.db import CompactUuid, Moment, Store

BATCH = 1000
BATCH_BYTES = 4 * 2**20  # a batch is written when it holds as much text, however few its rows
LONGEST_LINE = 32 * 2**20  # bytes; the longest row there can be is a county's map layer, of a few megabytes
MOST_SIGNS = 2**20  # commas and brackets of a line that is longer than that: what it says has to fit into the memory
UUID_BYTES = 16
#: Alembic's own, which the revision stands for, and what PostGIS brings along.
NOT_OURS = frozenset({"alembic_version", "spatial_ref_sys"})


class Unreadable(Exception):
    """What should be the lines of a table are not; the message says in what way."""


def _as_is(value: Any) -> Any:
    return value


def _only(type_: type, back: Callable[[Any], Any] = _as_is) -> Callable[[Any], Any]:
    """Back from JSON, where nothing but a value of that very type is taken: True is no number."""

    def taken(value: Any) -> Any:
        if type(value) is not type_:
            raise TypeError(f"{type(value).__name__} where {type_.__name__} belongs")
        return back(value)

    return taken


def _number(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError("a number too large for any column")
    return value


def _measure(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError("no finite number")
    return float(value)


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return found


def _text(value: str) -> str:
    value.encode()  # a lone surrogate has no bytes, and PostgreSQL takes no zero
    if "\0" in value:
        raise ValueError("a zero in a text")
    return value


def _letters(value: bytes) -> str:
    return b64encode(value).decode()


def _bytes(value: str) -> bytes:
    return b64decode(value, validate=True)


def _json(value: str) -> str:
    _parsed(value)
    return _text(value)


def _not_finite(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _parsed(line: str | bytes) -> Any:
    """JSON as the standard has it; ValueError for all else."""
    try:
        return json.loads(line, parse_constant=_not_finite)
    except RecursionError as error:
        raise ValueError("too deep") from error


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
    "uuid": ColumnKind((sa.Uuid, sa.CHAR), CompactUuid(), str, _only(str, UUID)),
    "boolean": ColumnKind((sa.Boolean,), sa.Boolean(), back=_only(bool)),
    "integer": ColumnKind((sa.Integer,), sa.Integer(), back=_only(int, _number)),
    "float": ColumnKind((sa.Float,), sa.Float(), back=_measure),
    "moment": ColumnKind((sa.DateTime,), Moment(), datetime.isoformat, _only(str, _moment)),
    "day": ColumnKind((sa.Date,), sa.Date(), date.isoformat, _only(str, date.fromisoformat)),
    "bytes": ColumnKind((sa.LargeBinary,), sa.LargeBinary(), _letters, _only(str, _bytes)),
    # Kept as the text it is, so that NULL and JSON's null stay two things. Without a type the text is written
    # unmarked, which PostgreSQL takes for json; marked as text it would be refused.
    "json": ColumnKind((sa.JSON,), sa.types.NullType(), back=_only(str, _json)),
    "text": ColumnKind((sa.String,), sa.Text(), back=_only(str, _text)),
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
        line = _line([None if value is None else out(value) for out, value in zip(outs, row, strict=True)])
        if len(line) > LONGEST_LINE // 4 and len(line.encode()) > LONGEST_LINE:
            raise Unreadable(f"a row of {layout.name} is too long to be read again")
        yield line


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def head(given: IO[bytes]) -> dict[str, str]:
    """The columns that lines begin with, and their kinds. Unreadable when they are no such thing."""
    try:
        said = dict(_parsed(_next(given)))
        if not said or not all(isinstance(name, str) and kind in KINDS for name, kind in said.items()):
            raise ValueError("no columns")
    except (ValueError, TypeError) as error:
        raise Unreadable(f"its columns: {error}") from error
    return said


def rows(given: IO[bytes]) -> Iterator[tuple[dict[str, Any], int]]:
    """Each row of lines as values, and how many bytes it took. Unreadable at the first that is not what ``head`` says.

    One line is held at a time, and none that is longer than LONGEST_LINE.
    """
    backs = [(name, KINDS[kind].back) for name, kind in head(given).items()]
    number = 0
    while line := _next(given):
        number += 1
        try:
            values = _parsed(line)
            if type(values) is not list:
                raise TypeError("no list")
            row = {
                name: None if value is None else back(value) for (name, back), value in zip(backs, values, strict=True)
            }
        except (ValueError, TypeError, OverflowError) as error:
            raise Unreadable(f"row {number}: {error}") from error
        yield row, len(line)


def _next(given: IO[bytes]) -> bytes:
    line = given.readline(LONGEST_LINE + 1)
    if len(line) > MOST_SIGNS and (len(line) > LONGEST_LINE or sum(map(line.count, (b",", b"[", b"{"))) > MOST_SIGNS):
        raise Unreadable("a line that no table of ours has")
    return line


def load(connection: Connection, layout: Layout, given: IO[bytes]) -> None:
    """Insert the rows of lines; columns that refer to the table itself stay empty until ``link``."""
    for batch in _batches(rows(given)):
        connection.execute(sa.insert(layout.table), [row | dict.fromkeys(layout.loops) for row in batch])


def link(connection: Connection, layout: Layout, given: IO[bytes]) -> None:
    """Fill the columns that refer to the table itself, now that every row is there to be referred to."""
    table = layout.table
    this = sa.and_(*(table.columns[name] == bindparam(f"this_{name}") for name in layout.key))
    change = sa.update(table).where(this).values({name: bindparam(f"new_{name}") for name in layout.loops})
    linked = (each for each in rows(given) if any(each[0][name] is not None for name in layout.loops))
    for batch in _batches(linked):
        connection.execute(
            change,
            [
                {f"this_{name}": row[name] for name in layout.key} | {f"new_{name}": row[name] for name in layout.loops}
                for row in batch
            ],
        )


def _batches(found: Iterable[tuple[dict[str, Any], int]]) -> Iterator[list[dict[str, Any]]]:
    batch, weight = [], 0
    for row, size in found:
        batch.append(row)
        weight += size
        if len(batch) == BATCH or weight > BATCH_BYTES:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def sequences(connection: Connection, all_layouts: Iterable[Layout]) -> dict[str, int]:
    """The greatest id that was ever given in each table that counts its ids on, also where its row is gone."""
    if connection.dialect.name == "sqlite":
        there = connection.scalar(text("select 1 from sqlite_master where name = 'sqlite_sequence'"))
        rows = connection.execute(text("select name, seq from sqlite_sequence")) if there else ()
        return {row.name: row.seq for row in rows}
    found = {layout.name: _sequence(connection, layout) for layout in all_layouts}
    last = text("select pg_sequence_last_value(cast(:name as regclass))")
    given = {table: connection.scalar(last, {"name": name}) for table, name in found.items() if name}
    return {table: number for table, number in given.items() if number is not None}


def reset_sequences(connection: Connection, all_layouts: Iterable[Layout], ids: Mapping[str, int]) -> None:
    """Let the next id follow the greatest that there is and that there ever was (``ids``, as ``sequences`` gave it)."""
    for layout in all_layouts:
        greatest = ids.get(layout.name, 0)
        if connection.dialect.name == "sqlite":
            _go_on_from(connection, layout.name, greatest)
        elif sequence := _sequence(connection, layout):
            there = connection.scalar(select(func.max(layout.table.columns[layout.key[0]]))) or 0
            last = max(greatest, there)
            connection.execute(select(func.setval(sequence, max(last, 1), last > 0)))


def _sequence(connection: Connection, layout: Layout) -> str | None:
    """The name of the sequence that gives a table's ids on PostgreSQL."""
    key = layout.key[0]
    if len(layout.key) > 1 or layout.columns[key] != "integer":
        return None
    return connection.scalar(text("select pg_get_serial_sequence(:table, :key)"), {"table": layout.name, "key": key})


def _go_on_from(connection: Connection, table: str, greatest: int) -> None:
    """SQLite notes the greatest id of tables with AUTOINCREMENT, and makes that note with the first row."""
    made = connection.scalar(text("select sql from sqlite_master where name = :table"), {"table": table}) or ""
    if greatest and "AUTOINCREMENT" in made:
        known = connection.scalar(text("select seq from sqlite_sequence where name = :table"), {"table": table})
        change = (
            "insert into sqlite_sequence (name, seq) values (:table, :seq)"
            if known is None
            else "update sqlite_sequence set seq = :seq where name = :table"
        )
        connection.execute(text(change), {"table": table, "seq": max(known or 0, greatest)})
