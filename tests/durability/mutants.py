"""The real server, or one with a fault that a test must find. ``python -m tests.durability.mutants SOCKET FAULT``.

It runs ``wangge serve`` on a listening socket that it inherits, so that several processes can share one and a killed
server comes back at the same address. Settings come from the environment as in real use.
"""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

import webapp.app  # noqa: F401  its views take the honest write() before a fault replaces it for posts sent with ids
from webapp import cli
from webapp.core import db, files
from webapp.ops import durability
from webapp.web import request

LATE = 0.25  # seconds between answer and commit, so that a kill at the answer falls between them


def answered_before_the_commit() -> None:
    """Posts are answered while their transaction is still open; the commit follows."""

    @contextmanager
    def write() -> Iterator[Session]:
        request.close_reads()
        session = Session(request.store().writer, info=request.store().info)
        try:
            session.connection()
            yield session
        except BaseException:
            session.close()
            raise
        threading.Timer(LATE, _finish, [session]).start()

    request.write = write  # type: ignore[assignment]


def _finish(session: Session) -> None:
    session.commit()
    session.close()


def commits_not_synced() -> None:
    """SQLite hands commits to the operating system and does not wait for the disk."""
    safe = db._sqlite

    def unsynced(url: Any, begin: str, *more: str) -> Any:
        engine = safe(url, begin, *more)
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
        return engine

    db._sqlite = unsynced


def photos_not_synced() -> None:
    """Photo files are renamed into place without waiting for the disk."""
    files.sync = lambda place: None


def writers_without_lock() -> None:
    """SQLAlchemy's own way with SQLite: what is read before the first INSERT is read without the write lock."""
    db._sqlite = lambda url, begin, *more: create_engine(
        url, module=db._sqlite_module(), connect_args={"timeout": db.BUSY_MS / 1000, "check_same_thread": False}
    )


FAULTS: dict[str, Callable[[], None]] = {
    "none": lambda: None,
    **{
        fault.__name__: fault
        for fault in (answered_before_the_commit, commits_not_synced, photos_not_synced, writers_without_lock)
    },
}


if __name__ == "__main__":
    FAULTS[sys.argv[2]]()
    durability.careless = lambda _store: None  # type: ignore[assignment]  # the tests' own PostgreSQL waits for no disk
    cli.listening = lambda _host, _port: [socket.socket(fileno=int(sys.argv[1]))]
    cli.main(["serve", "--processes", "1"])
