"""What a view may use of its request: who asks, a session to look with, the short write, and its access rule."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any, TypeVar

from flask import current_app, g, request, url_for
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..access import MATRIX, VISITOR, Actor
from ..core import pools
from ..core.db import Reader, Store, end_reading

View = TypeVar("View", bound=Callable[..., Any])
SIGNED_IN = "signed in"
NOTHING = uuid.UUID(int=0)  # in the place of an id


def may(action: str) -> Callable[[View], View]:
    """The view is for who holds this action of the permission table anywhere at all; a visitor, where it is his too."""
    if action not in MATRIX:
        raise ValueError(f"no such action: {action}")
    return _ruled(action)


def _ruled(rule: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.rule = rule  # type: ignore[attr-defined]
        return view

    return mark


signed_in = _ruled(SIGNED_IN)  # about the person's own account only, and for the log-in session of a browser


def store() -> Store:
    """The application's database."""
    return current_app.extensions["store"]


def address(endpoint: str, **words: str) -> str:
    """The address of a view without parameters, or with words of the program, worked out once: the frame of a page asks
    for a dozen."""
    return _address(request.script_root, endpoint, **words)


@lru_cache(maxsize=1024)
def _address(_script_root: str, endpoint: str, **words: str) -> str:
    return url_for(endpoint, **words)  # type: ignore[arg-type]


def address_of(endpoint: str, name: str, id_: uuid.UUID, **words: str) -> str:
    """The address of a view with one id in it, put together around the id: a list asks for dozens."""
    before, after = _around(request.script_root, endpoint, name, **words)
    return f"{before}{id_}{after}"


@lru_cache(maxsize=1024)
def _around(_script_root: str, endpoint: str, name: str, **words: str) -> tuple[str, str]:
    given: dict[str, Any] = {name: NOTHING, **words}
    before, after = url_for(endpoint, **given).split(str(NOTHING))
    return before, after


def actor() -> Actor:
    """Who asks; the visitor, where nobody is logged in."""
    return g.actor


def person() -> Actor | None:
    """Who is logged in; None for a visitor, and on pages that are answered before the gate."""
    found = g.get("actor")
    return None if found is VISITOR else found


def read_connection() -> Connection:
    """This request's connection to look with, opened at first use; enough for the gate, and cheaper than a session."""
    if "read_connection" not in g:
        g.read_connection = store().reader.connect()
    return g.read_connection


def read() -> Session:
    """This request's session to look with, on that connection."""
    if "reading" not in g:
        g.reading = Reader(read_connection(), autoflush=False)
    return g.reading


def close_reads(_error: BaseException | None = None) -> None:
    """Close the session and its connection: before a write begins, and when the request ends."""
    reading, connection = g.pop("reading", None), g.pop("read_connection", None)
    if connection is not None:
        end_reading(connection)
    for opened in filter(None, (reading, connection)):
        opened.close()


@contextmanager
def write() -> Iterator[Session]:
    """The short write; committed when the block ends, so that an answer never goes out before it."""
    close_reads()
    with store().write() as session:
        yield session


def turn(pool: str, **about: Any) -> AbstractContextManager[None]:
    """Slow work of a request takes its turn: ``with turn("password"): …``; Busy when it does not come."""
    return pools.turn(current_app.config["WANGGE"].data_dir, pool, **about)


def write_once(act: Callable[[Session], Any]) -> Any:
    """Do an idempotent act in a short write; when its twin got there first (unique key), do it again:
    it finds that one."""
    try:
        with write() as session:
            return act(session)
    except IntegrityError:
        with write() as session:
            return act(session)
