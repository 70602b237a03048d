"""Which store this is: a random id that stands in the database and in a file of its data folder.

A node whose photo folder is another disk, or another county's, would show half of the photos and put new ones where
nobody looks. So both carry one id, and a node whose folder does not have the database's is not served
(docs/decisions/0039).
"""

import os
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, inspect, select
from sqlalchemy.dialects import postgresql, sqlite

from ..core import clock
from ..core.attachments import FOLDERS
from ..core.db import Store
from ..core.files import beside, path, sync
from ..core.models import Attachment, StoreIdentity

FILE = "store.id"
TABLE = StoreIdentity.__tablename__
LOOKED_AT = 20  # newest files that are looked for before a folder that has no id yet is taken for the store's
NO_ID = "has no id"
STRANGE = (
    "{file} {said}, and this database is store {wanted}: the photos of one and the records of another, or a disk that "
    "is not mounted. Set DATA_DIR right. Where the folder really is this store's, moved without its id, put it there: "
    "echo {wanted} > {file}"
)
FOREIGN = (
    "The photos that the newest records name are not in {folder}: this is another folder than the one in which the "
    "records were made. Set DATA_DIR right, then try again."
)


class Strange(Exception):
    """The data folder is not the one of this database; the message, for operators, says why and what to do."""


def ensure(store: Store, data_dir: Path) -> None:
    """Give a store that has no id one, in the database and in its folder. Strange when the folder cannot be its own.

    Of two nodes that come here at once one writes both, and the other waits for it.
    """
    if _kept(store) is not None:
        return
    with store.write() as session:
        made = _insert(session.connection(), uuid.uuid4())
        if made is not None:
            _refuse_foreign(session, data_dir)
            keep_in(data_dir, str(made))


def mismatch(store: Store, data_dir: Path) -> str | None:
    """Why the folder is not this store's; None where it is, and where nothing has an id yet."""
    wanted = _kept(store)
    found = kept_in(data_dir)
    if wanted is None or found == str(wanted):
        return None
    said = f"says {found}" if found else NO_ID
    return STRANGE.format(file=data_dir / FILE, said=said, wanted=wanted)


def renew(connection: Connection, data_dir: Path) -> None:
    """A restored place is a store of its own: both get a new id, where the schema has a place for one."""
    (data_dir / FILE).unlink(missing_ok=True)
    if inspect(connection).has_table(TABLE):
        connection.execute(sa.delete(StoreIdentity))
        made = _insert(connection, uuid.uuid4())
        assert made is not None
        keep_in(data_dir, str(made))


def _kept(store: Store) -> uuid.UUID | None:
    with store.read() as session:
        there = inspect(session.connection()).has_table(TABLE)
        return session.scalar(select(StoreIdentity.id)) if there else None


def _insert(connection: Connection, fresh: uuid.UUID) -> uuid.UUID | None:
    """The id, if there was none; a second node waits here until the first has committed."""
    insert: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert
    row = insert(StoreIdentity).values(slot=1, id=fresh, made_at=clock.now())
    return connection.scalar(row.on_conflict_do_nothing().returning(StoreIdentity.id))


def _refuse_foreign(session: Any, data_dir: Path) -> None:
    newest = session.execute(select(*FOLDERS.values()).order_by(Attachment.received_at.desc()).limit(LOOKED_AT)).all()
    files = [path(data_dir, kind, name) for row in newest for kind, name in zip(FOLDERS, row, strict=True) if name]
    if files and not any(file.exists() for file in files):
        raise Strange(FOREIGN.format(folder=data_dir))
    holds_photos = next((data_dir / "photos").glob("*/*/*"), None)
    if not files and holds_photos and (found := kept_in(data_dir)):
        raise Strange(f"{data_dir / FILE} says {found}, and holds photos that this database knows nothing of.")


def kept_in(data_dir: Path) -> str:
    """The id that stands in a data folder; empty without one."""
    try:
        return (data_dir / FILE).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def keep_in(data_dir: Path, id_: str) -> None:
    """Put an id into a data folder, whole or not at all."""
    data_dir.mkdir(parents=True, exist_ok=True)
    os.replace(beside(data_dir / FILE, f"{id_}\n"), data_dir / FILE)
    sync(data_dir)
