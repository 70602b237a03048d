"""What the log-in that serves people may do in PostgreSQL, where another one owns the tables (OWNER_DATABASE_URL).

It writes everywhere but over history: what is only added to it can neither change nor delete, and nothing lets it open
history. Rights are given anew after every change of the schema, so a new table is never forgotten.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, make_url, text

from ..config import Config
from ..core.chain_tables import APPEND_ONLY
from ..core.db import Store

READ_ONLY = frozenset({"alembic_version", "history_open", "spatial_ref_sys"})
OWNS = (
    "The log-in {role} of DATABASE_URL owns tables itself, so nothing can be withheld from it. As the superuser of the "
    'server run in this database: REASSIGN OWNED BY "{role}" TO "{owner}"; then migrate again.'
)


class OwnsTables(ValueError):
    """The serving log-in owns what it shall not change; the message says how to mend it."""


def serving_role(config: Config) -> str | None:
    """The log-in that serves, where another one owns the tables; None where one does both."""
    if not config.owner_database_url:
        return None
    serving, owner = make_url(config.database_url), make_url(config.owner_database_url)
    return serving.username if serving.username != owner.username else None


def give(store: Store, role: str) -> None:
    """Give the serving log-in its rights, and take all others away; on the owner's store."""
    with store.writer.begin() as connection:
        _refuse_owner(connection, role)
        for statement in _statements(connection, connection.dialect.identifier_preparer.quote(role)):
            connection.execute(text(statement))


def _refuse_owner(connection: Connection, role: str) -> None:
    owned = text("select count(*) from pg_tables where schemaname = current_schema() and tableowner = :role")
    if connection.scalar(owned, {"role": role}):
        raise OwnsTables(OWNS.format(role=role, owner=connection.scalar(text("select current_user"))))


def _statements(connection: Connection, role: str) -> Iterator[str]:
    schema = connection.scalar(text("select quote_ident(current_schema())"))
    yield f"revoke all on all tables in schema {schema} from public, {role}"
    yield f"revoke create on schema {schema} from public, {role}"
    yield f"grant usage on schema {schema} to {role}"
    yield f"grant usage, select on all sequences in schema {schema} to {role}"
    for table in inspect(connection).get_table_names():
        yield f'grant {_rights(connection, table)} on "{table}" to {role}'


def _rights(connection: Connection, table: str) -> str:
    columns = [column["name"] for column in inspect(connection).get_columns(table)]
    if table in READ_ONLY or columns == ["code"]:  # a vocabulary belongs to the schema
        return "select"
    return "select, insert" if table in APPEND_ONLY else "select, insert, update, delete"


def may_sweep(store: Store) -> bool:
    """Whether the log-in of a store may delete what is past its time; on SQLite whoever opens the file may."""
    if store.is_sqlite:
        return True
    with store.read() as session:
        return bool(session.scalar(text("select has_table_privilege('history_open', 'insert')")))
