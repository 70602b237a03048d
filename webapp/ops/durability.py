"""Whether the database keeps what it has confirmed, also when the power goes: asked before anybody is served.

SQLite's settings are ours, but a place, a library or an edit can make them other than we set them: so they are read.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from ..core import db
from ..core.db import Store

LOG = logging.getLogger("wangge.durability")

#: Settings of PostgreSQL with which a confirmed write can be lost or torn, and the value that does it (manual, 20.5).
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
#: What each connection to SQLite has to say of itself.
WANTED = {"synchronous": (2, 3), "foreign_keys": (1,), "busy_timeout": (db.BUSY_MS,), "trusted_schema": (0,)}
#: Journals that lie beside the database. A WAL is as safe where the library is (core/db.py).
ROLLBACK = ("delete", "truncate", "persist")
#: File systems of other machines: locks and shared memory, on which SQLite depends, do not hold there.
NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "davfs"} | {
    f"fuse.{name}" for name in ("sshfs", "glusterfs", "ceph", "rclone", "s3fs", "davfs2")
}
MOUNTS = Path("/proc/self/mounts")


def careless(store: Store) -> str | None:
    """What is set so that receipts would be given for what can be lost; None where nothing is."""
    return _sqlite(store) if store.is_sqlite else _postgresql(store)


def warn(store: Store) -> None:
    """One line of the server's log where PostgreSQL would not notice that a page of its files was damaged."""
    if store.is_sqlite:
        return
    with store.read() as session:
        if session.scalar(text("show data_checksums")) == "off":
            LOG.warning("PostgreSQL keeps no checksums of its pages: pg_checksums --enable, while it is stopped")


def _postgresql(store: Store) -> str | None:
    with store.read() as session:
        off = [name for name, bad in CARELESS.items() if session.scalar(text(f"show {name}")) == bad]
    if not off:
        return None
    return (
        f"PostgreSQL is set so that it loses what it has confirmed when the power goes: {', '.join(off)} = off. "
        "Set this to on for the database or its server, and start again."
    )


def _sqlite(store: Store) -> str | None:
    kind = file_system(Path(store.url.database or "").absolute())
    if kind in NETWORK:
        return (
            f"The records would lie on a disk of another machine ({kind}), where SQLite can lose or damage them. "
            "Set DATA_DIR to a disk of this machine, or take PostgreSQL."
        )
    wrong = sorted({fault for engine in (store.reader, store.writer) for fault in _wrong(engine)})
    if not wrong and not _takes_the_lock(store):
        wrong = ["begin = deferred"]
    if not wrong:
        return None
    return (
        f"SQLite would lose or damage what it has confirmed: {', '.join(wrong)}. "
        "Install the program anew by its own lists, put the records on a disk of this machine, and start again."
    )


def library(engine: Engine) -> Any:
    """The module by which an engine speaks to its database."""
    return engine.dialect.dbapi


def _wrong(engine: Engine) -> Iterator[str]:
    """The settings of a connection that are not as they must be."""
    is_safe = library(engine).sqlite_version_info >= db.SQLITE_SAFE
    journals = (*ROLLBACK, "wal") if is_safe else ROLLBACK
    with engine.connect() as connection:
        for name, wanted in {"journal_mode": journals, **WANTED}.items():
            found = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            if found not in wanted:
                too_old = "" if is_safe or name != "journal_mode" else " with a library that is too old for it"
                yield f"{name} = {found}{too_old}"


def _takes_the_lock(store: Store) -> bool:
    """Whether a write holds SQLite's lock from its beginning on, so that nobody comes between reading and writing."""
    with store.writer.connect() as writer, store.reader.connect() as reader:
        writer.begin()
        other = reader.connection.dbapi_connection
        assert other is not None
        try:
            for statement in ("PRAGMA busy_timeout=0", "BEGIN IMMEDIATE", "ROLLBACK"):
                other.execute(statement)
        except library(store.writer).OperationalError:
            return True
        finally:
            other.execute(f"PRAGMA busy_timeout={db.BUSY_MS}")
    return False


def file_system(file: Path) -> str:
    """The kind of file system on which a file lies or would lie; empty where the machine does not say."""
    try:
        mounts = [line.split(" ") for line in MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    real = str(file.resolve())
    best = ("", "")
    for _device, escaped, kind, *_rest in mounts:
        place = escaped.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\").rstrip("/")
        if (real == place or real.startswith(place + "/")) and len(place) >= len(best[0]):
            best = place, kind
    return best[1]
