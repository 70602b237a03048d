"""Running revisions from code: the command line and the tests use the same few lines."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

import migrations

from ..config import command as said
from ..core import numbers
from ..core import settings as county_settings
from ..core.db import Store
from . import chain_rows

#: Counter: an update from this revision on has begun, and not all of its rows are in the chain yet.
BEHIND = "chain-behind"


def settings() -> Config:
    """Alembic's configuration without a file: the folder is the installed ``migrations`` package."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def run(store: Store, verb: str, *args: str, **options: object) -> None:
    """Run an Alembic command (upgrade, downgrade, check, revision) on the store's database.

    Records that come to this program's version without a chain get its first links.
    """
    config = settings()
    behind = _begun(store) if verb == "upgrade" else None
    try:
        with store.writer.connect() as connection:
            if store.is_sqlite:  # a batch step rebuilds a table: references must not fire meanwhile
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            config.attributes["connection"] = connection
            getattr(command, verb)(config, *args, **options)
            if connection.in_transaction():
                connection.commit()
    finally:
        if store.is_sqlite:
            store.close()  # a pooled connection would keep foreign_keys off
    if verb == "upgrade" and current(store) == newest() and not chain_rows.take_in(store):
        chain_rows.follow(store, _rewritten(behind))
    if verb == "downgrade" or current(store) == newest():
        _ended(store)


def _begun(store: Store) -> str | None:
    """The revision up to which the chain knows all rows: where this update, or one that died, began; None in an empty
    database. Kept, so that it is known whatever happens before the rows are followed."""
    came_from = current(store)
    if came_from is None:
        return None
    with store.write() as session:
        behind = numbers.last(session, BEHIND) or int(came_from)
        if came_from != newest():
            numbers.keep(session, BEHIND, behind)
    return f"{behind:04}"


def _ended(store: Store) -> None:
    if current(store) is not None:
        with store.write() as session:
            numbers.drop(session, BEHIND)


def _rewritten(behind: str | None) -> set[str]:
    """Chained tables in which revisions after this one have changed rows: each says so in ``rewrites``."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(settings()).walk_revisions(behind or "base", "head")
    return {name for each in scripts if each.revision != behind for name in getattr(each.module, "rewrites", ())}


def current(store: Store) -> str | None:
    """The revision the database is at, None when it has none."""
    from sqlalchemy import inspect

    if not inspect(store.reader).has_table("alembic_version"):
        return None
    with store.reader.connect() as connection:
        return connection.scalar(text("select version_num from alembic_version"))


def newest() -> str:
    """The revision this program needs."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(settings()).get_current_head()
    assert head is not None
    return head


def lacking(store: Store, *, seeds: bool = True) -> str | None:
    """What the database lacks to be worked with, and the command that brings it; None when it is whole.

    Without ``seeds`` its tables are enough.
    """
    if current(store) != newest():
        return f"The database is not at this program's version. Run: {said('migrate')}"
    with store.read() as session:
        if numbers.last(session, BEHIND) or not chain_rows.is_begun(session.connection()):
            return f"The records were not taken into the chain yet. Run: {said('migrate')}"
        missing = county_settings.missing(session) if seeds else []
    if missing:
        return f"Nothing is seeded, or not all of it (no setting {missing[0]}). Run: {said('seed')}"
    return None
