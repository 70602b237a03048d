"""Chained rows as they are stored, table by table, in bounded memory; and the first links of records that had none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, Table, inspect, select

from .. import domains
from ..core import chain
from ..core.chain_form import Leaf, form
from ..core.chain_tables import is_chained
from ..core.db import Base, Store

BATCH = 1000  # rows read at once
LEAVES = 10_000  # of one link, where the rows of a whole county are taken in


def tables() -> list[Table]:
    """Every chained table of every domain."""
    for _tables in domains.modules("models"):
        pass
    return [table for table in Base.metadata.sorted_tables if is_chained(table)]


def keys(table: Table) -> Select[Any]:
    """The keys of all rows, in their order."""
    columns = form(table).key_columns
    return select(*columns).order_by(*columns)


def rows(
    connection: Connection, table: Table, only: Sequence[Any] | None = None
) -> Iterator[tuple[Sequence[Any], Mapping[str, Any]]]:
    """Key and columns of each row in the order of the keys, or of the one with the key ``only``."""
    columns = form(table).key_columns
    query = select(table).order_by(*columns)
    if only is not None:
        query = query.where(*(column == value for column, value in zip(columns, only, strict=True)))
    found = connection.execute(query, execution_options={"yield_per": BATCH})
    for row in found.mappings():
        yield [row[column] for column in columns], {column.key: row[column] for column in table.columns}


def take_in(store: Store) -> int:
    """Give the rows of records without a chain their first links, in one commit; the number of rows.

    Records with a chain are left alone, whatever stands beside it: only who wrote a row can vouch for it.
    """
    with store.write() as session:
        connection = session.connection()
        if chain.newest(connection)[0]:
            return 0
        there = set(inspect(connection).get_table_names())
        return sum(_appended(connection, table) for table in tables() if table.name in there)


def is_begun(connection: Connection) -> bool:
    """Whether there is a link, or nothing that one would hold: an upgrade that died before its last step left rows
    without any, and whoever wrote then would make the first, which no row of before has a part in."""
    return chain.newest_seen(connection) is not None or all(
        connection.execute(select(table).limit(1)).first() is None for table in tables()
    )


def follow(store: Store, names: Iterable[str]) -> int:
    """New leaves for all rows of some tables, which a revision has rewritten; the number of rows."""
    with store.write() as session:
        connection, chosen = session.connection(), set(names)
        return sum(_appended(connection, table) for table in tables() if table.name in chosen)


def _appended(connection: Connection, table: Table) -> int:
    written, count = form(table), 0
    leaves: Iterator[Leaf] = (written.leaf(key, row) for key, row in rows(connection, table))
    while batch := list(islice(leaves, LEAVES)):
        chain.append(connection, batch)
        count += len(batch)
    return count
