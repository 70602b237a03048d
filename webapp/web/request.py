"""What a view may use of its request: who asks, a session to look with, the short write, and its access rule."""
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import current_app, g
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..access import MATRIX, Actor
from ..core.db import Store

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC, SIGNED_IN = "public", "signed in"


def may(action: str) -> Callable[[View], View]:
    """The view is for people who hold this action of the permission table anywhere at all."""
    if action not in MATRIX:
        raise ValueError(f"no such action: {action}")
    return _ruled(action)


def _ruled(rule: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.rule = rule  # type: ignore[attr-defined]
        return view
    return mark


public = _ruled(PUBLIC)  # open to everybody: log-in, health, help before log-in
signed_in = _ruled(SIGNED_IN)  # about the person's own account only


def store() -> Store:
    """The application's database."""
    return current_app.extensions["store"]


def actor() -> Actor:
    """Who asks; a programming error in a public view."""
    return g.actor


def read() -> Session:
    """This request's session to look with, opened at first use."""
    if "reading" not in g:
        g.reading = store().read()
    return g.reading


def stop_reading(_error: BaseException | None = None) -> None:
    """Close the reading session: before a write begins, and when the request ends."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()


@contextmanager
def write() -> Iterator[Session]:
    """The short write; committed when the block ends, so that an answer never goes out before it."""
    stop_reading()
    with store().write() as session:
        yield session


def write_once(act: Callable[[Session], Any]) -> Any:
    """Do an idempotent act in a short write; when its twin got there first (unique key), do it again: it finds that one."""
    try:
        with write() as session:
            return act(session)
    except IntegrityError:
        with write() as session:
            return act(session)
