"""Rows in bulk: tens of thousands a second into the tables of a store, a piece and a transaction at a time."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import JSON, insert, text

from webapp.core.db import Store
from webapp.people.models import Person

PIECE = 20_000
#: While a county is filled nothing of it is worth waiting for the disk; keys are checked all the same.
HASTE = ("synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY")

Row = dict[str, Any]
Thing = TypeVar("Thing")


class Sink:
    """Where rows go: ``add(model, rows)``. All rows of a model have the same columns; those left out are empty, or
    numbered by the database."""

    def __init__(self, store: Store, connection: Any):
        self._is_sqlite, self._connection = store.is_sqlite, connection

    def add(self, model: type[Any], rows: Iterable[Row]) -> int:
        """Write them; how many there were."""
        number = 0
        for piece in pieces(rows, PIECE):
            with self._connection.begin():
                (self._insert if self._is_sqlite else self._copy)(model.__table__, piece)
            number += len(piece)
        return number

    def _insert(self, table: Any, piece: list[Row]) -> None:
        self._connection.execute(insert(table), piece)

    def _copy(self, table: Any, piece: list[Row]) -> None:
        """PostgreSQL takes a stream many times faster than statements."""
        names = list(piece[0])
        written = [json.dumps if isinstance(table.c[name].type, JSON) else None for name in names]
        columns = ", ".join(f'"{name}"' for name in names)
        cursor = self._connection.connection.dbapi_connection.cursor()
        self._connection.execute(text("select 1"))  # begins the transaction that the stream is part of
        with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as stream:
            for row in piece:
                stream.write_row(
                    [act(row[name]) if act else row[name] for name, act in zip(names, written, strict=True)]
                )


def pieces(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """The same things, so many at a time."""
    left = iter(things)
    return iter(lambda: list(islice(left, size)), [])


@contextmanager
def open_sink(store: Store) -> Iterator[Sink]:
    """A sink on a connection of its own; at the end the store is as one that grew by itself."""
    with store.writer.connect() as connection:
        if store.is_sqlite:
            for setting in HASTE:
                connection.connection.dbapi_connection.execute(f"PRAGMA {setting}").fetchall()
        yield Sink(store, connection)
        connection.invalidate()  # the next one waits for the disk again
    _settle(store)


def _settle(store: Store) -> None:
    """SQLite: the journal into the file. PostgreSQL: counts go on behind ids that came along; statistics."""
    with store.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if store.is_sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return
        for table in Person.metadata.sorted_tables:
            if "id" in table.c and table.c.id.autoincrement and table.c.id.type.python_type is int:
                name = f"pg_get_serial_sequence('{table.name}', 'id')"
                connection.execute(
                    text(f"select setval({name}, (select max(id) from {table.name})) where {name} <> ''")
                )
        connection.execute(text("vacuum analyze"))
