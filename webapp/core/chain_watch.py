"""Which chained rows a transaction touches, seen where every statement passes: at the engine.

So nobody who writes has to think of the chain. Of an INSERT the rows are known from its values; of an UPDATE or DELETE
the keys, and the rows are read again when the transaction ends. What cannot be followed is refused at once, as a fault
of the program. Only SQL that was written as text goes unseen, and ``verify-audit`` then finds its rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Delete, Engine, Insert, Table, Update, event, select, tuple_
from sqlalchemy.sql import operators

from .chain_form import DELETED, ERASED, EXPIRED, STORED, Leaf, form
from .chain_tables import is_chained
from .columns import Base

OPTION = "chain"  #: of a connection: its Touched
BY_RULE = "by_rule"  #: of a DELETE or UPDATE: a rule wants it, and what the rows said is to be forgotten
#: What a statement does to a row, and whether a rule wants it; an UPDATE of the daily work is just stored.
KINDS = {("delete", False): DELETED, ("delete", True): EXPIRED, ("update", True): ERASED}
AT_ONCE = 500
WRITES = frozenset({"insert", "update", "delete"})

Key = tuple[Any, ...]


class Touched:
    """The chained rows of one transaction, in the order in which they were first touched."""

    def __init__(self) -> None:
        #: The row where it is known, else None: to be read again.
        self.rows: dict[tuple[Table, Key], Mapping[str, Any] | None] = {}
        self.kinds: dict[tuple[Table, Key], bytes] = {}  #: what was done to a row, where it is not just STORED

    def leaves(self, connection: Connection) -> list[Leaf]:
        """A leaf for each row as it stands now."""
        known = dict(self.rows)
        for table, keys in self._unknown().items():
            known.update(((table, key), row) for key, row in _read(connection, table, keys))
        return [leaf for (table, key), row in known.items() for leaf in self._leaf(table, key, row)]

    def _leaf(self, table: Table, key: Key, row: Mapping[str, Any] | None) -> Iterator[Leaf]:
        """None for a row that was never there."""
        kind = self.kinds.get((table, key))
        if row is not None:
            yield form(table).leaf(key, row, ERASED if kind == ERASED else STORED)
        elif kind is not None:
            yield form(table).gone(key, kind)

    def _unknown(self) -> dict[Table, list[Key]]:
        found: dict[Table, list[Key]] = {}
        for (table, key), row in self.rows.items():
            if row is None:
                found.setdefault(table, []).append(key)
        return found


def _read(connection: Connection, table: Table, keys: Sequence[Key]) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    columns = form(table).key_columns
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        for row in connection.execute(select(table).where(_is_one_of(columns, some))).mappings():
            yield tuple(row[column] for column in columns), {name.key: row[name] for name in table.columns}


def _is_one_of(columns: Sequence[Any], keys: Sequence[Key]) -> Any:
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)


# --- what passes ---------------------------------------------------------------------------------------


def watch(engine: Engine) -> None:
    """Follow what is written on connections of this engine that carry a Touched."""
    event.listen(engine, "before_execute", _before, retval=True)
    event.listen(engine, "after_execute", _after)


def _followed(connection: Connection, statement: Any) -> tuple[Touched, Table] | None:
    """Who keeps account, and the chained table that this statement changes."""
    if statement.__visit_name__ not in WRITES:  # asked of every statement, so it has to be cheap
        return None
    touched = connection.get_execution_options().get(OPTION)
    table = Base.metadata.tables.get(getattr(statement.table, "name", ""))
    return (touched, table) if touched is not None and table is not None and is_chained(table) else None


def _before(connection: Connection, statement: Any, many: Any, one: Any, options: Any) -> tuple[Any, Any, Any]:
    followed = _followed(connection, statement)
    if followed:
        touched, table = followed
        if isinstance(statement, Insert):
            statement = _prepared(table, statement, many)
        elif isinstance(statement, Update | Delete):
            is_by_rule = bool((options | statement.get_execution_options()).get(BY_RULE))
            kind = KINDS.get((statement.__visit_name__, is_by_rule))
            statement, keys = _keyed(connection, table, statement, many or [one])
            for key in keys:
                touched.rows.pop((table, key), None)
                touched.rows[table, key] = None
                if kind is not None:
                    touched.kinds[table, key] = kind
    return statement, many, one


def _after(connection: Connection, statement: Any, _many: Any, _one: Any, _options: Any, result: Any) -> None:
    followed = _followed(connection, statement)
    if followed and isinstance(statement, Insert):
        touched, table = followed
        rows = result.context.compiled_parameters
        for key, row in zip(_inserted_keys(table, rows, result), rows, strict=True):
            names = zip((column.key for column in form(table).key_columns), key, strict=True)
            touched.rows[table, key] = row | dict(names)


# --- rows that come ------------------------------------------------------------------------------------


def _prepared(table: Table, statement: Insert, many: Any) -> Insert:
    """The same INSERT, telling the keys that the database gives. TypeError for one whose rows are not its values."""
    if statement.select is not None or statement._post_values_clause is not None:
        raise TypeError(f"{table.name}: the chain cannot follow an INSERT of this kind")
    names = {column.key for column in form(table).key_columns}
    if len(many) < 2 or names <= many[0].keys() or statement._return_defaults:
        return statement
    return statement.return_defaults(*form(table).key_columns, sort_by_parameter_order=True)


def _inserted_keys(table: Table, rows: Sequence[Mapping[str, Any]], result: Any) -> list[Key]:
    names = [column.key for column in form(table).key_columns]
    if all(row.get(name) is not None for row in rows for name in names):
        return [tuple(row[name] for name in names) for row in rows]
    given = [result.inserted_primary_key] if len(rows) == 1 else result.inserted_primary_key_rows
    keys = list(map(tuple, given))
    if any(part is None for key in keys for part in key):
        raise TypeError(f"{table.name}: the chain does not learn the key of a row that was inserted")
    return keys


# --- rows that change or go ----------------------------------------------------------------------------


def _keyed(connection: Connection, table: Table, statement: Any, sets: Any) -> tuple[Any, list[Key]]:
    """The statement and the keys of the rows it may change.

    Where its condition does not name them they are looked up and locked, and it is held to them: on PostgreSQL another
    row could come to fit in between.
    """
    named = [_named_key(table, statement.whereclause, values) for values in sets]
    if None not in named:
        return statement, [key for key in named if key is not None]
    columns = form(table).key_columns
    look = select(*columns).with_for_update()
    if statement.whereclause is not None:
        look = look.where(statement.whereclause)
    keys = [tuple(row) for values in sets for row in connection.execute(look, values)]
    return statement.where(_is_one_of(columns, keys)), keys


def _named_key(table: Table, condition: Any, values: Mapping[str, Any]) -> Key | None:
    """The key that a condition names by "column = value", joined by "and" or alone."""
    parts = condition.clauses if getattr(condition, "operator", None) is operators.and_ else (condition,)
    found = dict(pair for part in parts for pair in _equal(table, part, values))
    key = tuple(found.get(column.key) for column in form(table).key_columns)
    return None if None in key else key


def _equal(table: Table, part: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Column and value, where a part of a condition says that one of the table's columns is equal to a value."""
    if getattr(part, "operator", None) is not operators.eq or not isinstance(part.right, BindParameter):
        return
    if getattr(getattr(part.left, "table", None), "name", None) == table.name:
        yield part.left.key, values.get(part.right.key, part.right.effective_value)
