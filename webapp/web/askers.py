"""Who stands behind a request: the ways of showing it, asked one after the other.

The contract of an asker. Called with the request, it answers with the actor it finds; None when there is nothing in the
request for it, and the next one is asked; ``NotKnown`` when there is, but it does not count, and nobody else is asked.
Which rights the actor brings is the asker's to say: no posting of another asker's person is ever added.

A browser adds its cookie to whatever a page of any site sends, so a post counts only with the token of our own page. A
program (``is_program``) shows a key that nothing adds by itself: no token is asked, it is answered in JSON, it has no
account pages, and it never sees a cookie: it could not be told from a browser by one.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from flask import current_app, g, session
from sqlalchemy import Connection
from sqlalchemy.exc import InternalError, OperationalError
from werkzeug.wrappers import Request

from ..access import VISITOR, Actor
from ..core import clock
from .request import close_reads, read_connection

LOG = logging.getLogger("wangge.trouble")
MINUTE = timedelta(minutes=1)


class NotKnown(Exception):
    """What the request shows belongs to nobody, or no longer counts."""


class LoggedIn(Protocol):
    """What a log-in session gives: whose it is, and when it was last in use."""

    @property
    def actor(self) -> Actor:
        """Its person with the postings in force now."""

    @property
    def seen_at(self) -> datetime:
        """When it was last noted to be in use."""


class Asker(ABC):
    """One way of showing who asks. What says nothing of itself is a browser, and has to bring the token."""

    is_program = False

    @abstractmethod
    def __call__(self, request: Request) -> Actor | None:
        """Who asks, as the module's contract says."""

    def let_in(self, actor: Actor) -> None:  # noqa: B027 - most askers have nothing to note
        """The gate lets the actor through; the view runs next."""


class ByCookie(Asker):
    """A person at a browser, by the log-in session behind the signed cookie.

    Set up with what knows people (``by_token`` and ``seen``), so that this room does not import that domain.
    """

    def __init__(self, by_token: Callable[[Connection, str], LoggedIn | None], seen: Callable[[Any, int], None]):
        self.by_token, self.seen = by_token, seen

    def __call__(self, request: Request) -> Actor | None:
        """The person behind the cookie, with the postings in force now; None when the log-in has ended.

        One that had ended by our clock, and by our clock has not, goes on: the clock was ahead meanwhile.
        """
        token = session.get("sid")
        found = self.by_token(read_connection(), token) if token else None
        if found is None:
            return None
        g.seen_at = found.seen_at
        return found.actor

    def let_in(self, actor: Actor) -> None:
        """Note at most once a minute that the session is in use: a short write, also when the view only reads."""
        if clock.now() - g.seen_at <= MINUTE:
            return
        assert actor.session_id is not None
        close_reads()
        try:
            with current_app.extensions["store"].write_at_once() as writing:
                self.seen(writing, actor.session_id)
        except (OperationalError, InternalError) as error:  # reading goes on; the next page notes it
            LOG.warning("a log-in's use was not noted: %s", error.orig)


class Nobody(Asker):
    """Whoever has shown nothing is a visitor; asked last, it always answers."""

    def __call__(self, request: Request) -> Actor:
        """The visitor, who reaches what the table opens to everybody."""
        return VISITOR


def who_asks(askers: Sequence[Asker], request: Request) -> tuple[Asker, Actor]:
    """The first asker that knows who it is, and who that is. NotKnown ends the search."""
    for asker in askers:
        actor = asker(_without_cookies(request) if asker.is_program else request)
        if actor is not None:
            return asker, actor
    raise NotKnown


def _without_cookies(request: Request) -> Request:
    """The same request as a program sent it: what a browser would have added is not there to be taken for a key."""
    hidden = ("HTTP_COOKIE", "werkzeug.request")
    shown = {name: value for name, value in request.environ.items() if name not in hidden}
    return Request(shown, populate_request=False, shallow=True)  # shallow: the body is the view's to read
