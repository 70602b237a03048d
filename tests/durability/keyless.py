"""The mutant of the twins: tables of records without primary keys and unique constraints."""

from sqlalchemy import text

from webapp.core.db import Store

TABLES = (
    "patrol",
    "visit",
    "report",
    "report_event",
    "report_problem",
    "report_pair",
    "attachment",
    "report_attachment",
)


def drop_keys(store: Store) -> None:
    """Take every key off the tables of records, which must be empty. References to them go too."""
    (_drop_on_sqlite if store.is_sqlite else _drop_on_postgres)(store)


def _drop_on_sqlite(store: Store) -> None:
    """SQLite cannot drop a key: the table is made anew from its columns alone."""
    raw = store.writer.raw_connection()
    try:
        raw.execute("PRAGMA foreign_keys=OFF")
        for table in TABLES:
            raw.execute(f"CREATE TABLE keyless AS SELECT * FROM {table} WHERE 0")
            raw.execute(f"DROP TABLE {table}")
            raw.execute(f"ALTER TABLE keyless RENAME TO {table}")
        raw.execute("PRAGMA foreign_keys=ON")
    finally:
        raw.close()


def _drop_on_postgres(store: Store) -> None:
    with store.writer.begin() as connection:
        keys = connection.execute(
            text(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint "
                "WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(:tables)"
            ),
            {"tables": list(TABLES)},
        ).all()
        for table, key in keys:
            connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{key}" CASCADE'))
