"""Helpers for revisions: what only some engines have, and what SQLite cannot alter."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text
from sqlalchemy.types import UserDefinedType

#: What PostGIS adds beside our tables; the ORM and autogenerate never see it (migrations/env.py).
GEOMETRY = (("grid_version", "boundary"),)


class Unfit(ValueError):
    """The records cannot take this revision; the message says which do not, and that nothing was changed."""


class _Bytes16(UserDefinedType[bytes]):
    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "BLOB(16)"


#: A UUID since revision 0002: sixteen bytes on every engine.
UUID = sa.Uuid().with_variant(_Bytes16(), "sqlite")


class Reference(NamedTuple):
    """A column that names a row of another table."""

    table: str
    column: str
    to: str
    key: str = "code"

    @property
    def name(self) -> str:
        """As the naming convention of the models has it."""
        return f"fk_{self.table}_{self.column}"

    @property
    def constraint(self) -> str:
        """As SQL, for ``rebuild``."""
        return f"CONSTRAINT {self.name} FOREIGN KEY({self.column}) REFERENCES {self.to} ({self.key})"


def is_sqlite() -> bool:
    """Whether this database is SQLite, which cannot alter a table's constraints."""
    return op.get_bind().dialect.name == "sqlite"


def refuse_any(before: str, what: str, counted: str) -> None:
    """Unfit, before anything is changed, where there is something that the revision before has no place for."""
    number = op.get_bind().scalar(text(counted))
    if number:
        raise Unfit(f"{before} has no place for {number} {what}. Nothing was changed.")


def has_postgis() -> bool:
    """Whether this database is PostgreSQL with the postgis extension created in it."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.scalar(text("select 1 from pg_extension where extname = 'postgis'")))


def add_geometry(table: str, column: str) -> None:
    """A generated geometry column (EPSG:4326) with a GiST index over a WKB column, where PostGIS is present."""
    if not has_postgis():
        return
    op.execute(
        f"alter table {table} add column geom geometry(Geometry, 4326) "
        f"generated always as (ST_GeomFromWKB({column}, 4326)) stored"
    )
    op.execute(f"create index ix_{table}_geom on {table} using gist (geom)")


def drop_geometry(table: str) -> None:
    """Take the geometry column away again, where there is one."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"alter table {table} drop column if exists geom")


def references(table: str, **to: str) -> list[sa.ForeignKeyConstraint]:
    """The foreign keys of a table that is made: column="table.key"."""
    return [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}")) for column, target in to.items()
    ]


# --- vocabularies --------------------------------------------------------------------------------------


def create_vocabulary(name: str, length: int, words: Sequence[str]) -> None:
    """A table of the codes that a column may hold, with those that are known now."""
    made = op.create_table(
        name,
        sa.Column("code", sa.String(length=length), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f(f"pk_{name}")),
    )
    op.bulk_insert(made, [{"code": word} for word in words])


def strangers(reference: Reference, known: Collection[str]) -> list[str]:
    """What stands in a column and is none of the known words, each as "table.column 'word' (how many rows)"."""
    column: sa.ColumnClause[str] = sa.column(reference.column)
    query = (
        sa.select(column, sa.func.count())
        .select_from(sa.table(reference.table))
        .where(column.is_not(None), column.not_in(sorted(known)))
        .group_by(column)
        .order_by(column)
    )
    rows = op.get_bind().execute(query)
    return [f"{reference.table}.{reference.column} {word!r} ({number} rows)" for word, number in rows]


# --- tables anew ---------------------------------------------------------------------------------------

HEAD = re.compile(r'CREATE TABLE "?(\w+)"? \(')
TAIL = "\n)"
BESIDE = "type in ('index', 'trigger') and tbl_name = :name"


def rebuild(
    table: str, columns: Mapping[str, tuple[str, str, str]], *, add: Sequence[str], drop: Sequence[str]
) -> None:
    """SQLite: write a table anew with other column types and constraints, keeping rows, indexes and triggers.

    ``columns`` gives for a column the type it has, the one it gets, and the SQL that makes its new value. ``add`` are
    constraints as SQL, ``drop`` names of constraints. The text of the schema is edited, so that all else stays word for
    word; what is not found there ends the revision. Foreign keys are off meanwhile (ops/migrate.py).
    """
    connection = op.get_bind()
    (made,), rest = _schema_of("type = 'table' and name = :name", table), _schema_of(BESIDE, table)
    sql = _once(made, HEAD, f"CREATE TABLE new_{table} (")
    for name, (old, new, _) in columns.items():
        sql = _once(sql, re.compile(rf"(?<=\n\t){name} {re.escape(old)}"), f"{name} {new}")
    for name in drop:
        sql = _once(sql, re.compile(rf", \n\tCONSTRAINT {name} [^\n]*?(?=, \n|\n)"), "")
    body, tail = sql[: sql.rindex(TAIL)], sql[sql.rindex(TAIL) :]
    connection.exec_driver_sql(body + "".join(f", \n\t{constraint}" for constraint in add) + tail)
    _copy_rows(table, {name: value for name, (*_, value) in columns.items()})
    connection.exec_driver_sql(f"drop table {table}")
    connection.exec_driver_sql(f"alter table new_{table} rename to {table}")
    for statement in rest:
        connection.exec_driver_sql(statement)


def _schema_of(which: str, table: str) -> list[str]:
    query = text(f"select sql from sqlite_master where {which} and sql is not null")
    return list(op.get_bind().scalars(query, {"name": table}))


def _copy_rows(table: str, made: Mapping[str, str]) -> None:
    """Into the table's new form, in the order in which they stand; ``made`` is the SQL of values that change."""
    connection = op.get_bind()
    names = [row[1] for row in connection.exec_driver_sql(f'pragma table_info("{table}")')]
    quoted = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(made.get(name, f'"{name}"') for name in names)
    connection.exec_driver_sql(f"insert into new_{table} ({quoted}) select {values} from {table}")


def _once(sql: str, pattern: re.Pattern[str], new: str) -> str:
    changed, number = pattern.subn(new, sql)
    if number != 1:
        raise Unfit(f"The schema is not as it was made: {pattern.pattern} stands {number} times in {sql!r}")
    return changed


def refuse_broken_references() -> None:
    """SQLite: what no foreign key guarded while tables were made anew. PostgreSQL looks by itself."""
    connection = op.get_bind()
    if is_sqlite():
        broken = connection.exec_driver_sql("pragma foreign_key_check").fetchmany(5)
        if broken:
            raise Unfit(
                f"Rows refer to what is not there (table, row, referred table): {[tuple(row)[:3] for row in broken]}"
            )


# --- history -------------------------------------------------------------------------------------------

#: In PostgreSQL one function answers for all guarded tables. While a row stands in history_open it lets all pass.
GUARD_FUNCTION = """
create function history_guard() returns trigger language plpgsql as $$
begin
    if not exists (select from history_open) then
        raise exception '% is only added to', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$
"""


def guard(table: str) -> None:
    """From here on the rows of a table are neither changed nor deleted, unless a row stands in history_open."""
    if not is_sqlite():
        op.execute(
            f"create trigger {table}_kept before update or delete on {table} "
            "for each row execute function history_guard()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"create trigger {table}_no_{verb} before {verb} on {table} when not exists (select 1 from history_open) "
            f"begin select raise(abort, '{table} is only added to'); end"
        )


def unguard(table: str) -> None:
    """Take the guard away again."""
    if not is_sqlite():
        op.execute(f"drop trigger {table}_kept on {table}")
        return
    for verb in ("update", "delete"):
        op.execute(f"drop trigger {table}_no_{verb}")
