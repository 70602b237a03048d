"""The gate before every view: who asks, whether the view is for them, and that the post came from our own page."""

from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_wtf.csrf import ValidationError as BadToken
from flask_wtf.csrf import generate_csrf, validate_csrf
from itsdangerous import URLSafeTimedSerializer

from ..core import clock
from ..core.errors import N_
from . import errors
from .kept import from_our_page, pack
from .request import PUBLIC, SIGNED_IN, close_reads, read_connection

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OLD_PAGE = N_("This page was open too long. Check what you wrote and send it again.")
MINUTE = timedelta(minutes=1)
#: What changes accounts, rights or settings is never sent again after a log-in: it is opened and typed anew.
NEVER_KEPT = frozenset({PUBLIC, SIGNED_IN, "person.help", "posting.grant", "setting.read"})


class Gate:
    """Set up with what knows people (``by_token`` and ``seen``), so that this room does not import that domain."""

    def __init__(self, by_token: Any, seen: Any):
        self.by_token, self.seen = by_token, seen

    def pass_through(self, rule: str) -> Response | None:
        """None when the view may run, else the answer in its place."""
        asker = self.asker()
        g.actor = asker.actor if asker else None
        if rule != PUBLIC:
            refusal = self.refuse(rule)
            if refusal is not None:
                return refusal
        if request.method not in SAFE and not token_is_good():
            return errors.answer(400, gettext(OLD_PAGE)) if rule == PUBLIC else keep_and_log_in(rule, OLD_PAGE)
        if asker is not None and clock.now() - asker.seen_at > MINUTE:
            self.note_seen(asker.actor.session_id)
        return None

    def asker(self) -> Any:
        """The person behind the cookie, with the postings in force now."""
        token = session.get("sid")
        return self.by_token(read_connection(), token) if token else None

    def refuse(self, rule: str) -> Response | None:
        """Not logged in, still to change the password, or nobody who ever does this."""
        if g.actor is None:
            session.pop("sid", None)
            return keep_and_log_in(rule, N_("Please log in."))
        if g.actor.must_change and rule != SIGNED_IN:
            return redirect(url_for("login.password"))  # type: ignore[return-value]
        if rule != SIGNED_IN and not g.actor.may(rule):
            return errors.answer(403, gettext(errors.WORDS[403]))
        return None

    def note_seen(self, session_id: int) -> None:
        """A short write of its own, also when the request only reads."""
        close_reads()
        with current_app.extensions["store"].write() as writing:
            self.seen(writing, session_id)


def token_is_good() -> bool:
    """The CSRF token, from the form or the header."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken") or request.form.get("csrf_token"))
    except BadToken:
        return False
    return True


def keep_and_log_in(rule: str, message: str) -> Response:
    """Send a person to the log-in page and back afterwards; tell a program 401.

    What was typed is not lost when the log-in ended meanwhile: the log-in page carries it and offers it again. Only what
    was typed on a page of ours, though: this comes before any check of a token, so another site may be the sender.
    """
    if errors.wants_json():
        return errors.answer(401, gettext(message))
    if request.method in SAFE:
        return redirect(url_for("login.login", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    back, kept = (request.path, pack(request.form)) if from_our_page() else ("/", "")
    return current_app.extensions["log_in_page"](gettext(message), back, "" if rule in NEVER_KEPT else kept)


def csrf_token() -> str:
    """The token of this browser's session for a form; its place, while a page is drawn for everybody (web/drawn.py)."""
    if "token_place" in g:
        return g.token_place
    if "csrf_token" not in session:
        generate_csrf()  # puts one there
    return _signed(current_app.secret_key, session["csrf_token"])


@lru_cache(maxsize=1024)
def _signed(secret: str, raw: str) -> str:
    """As Flask-WTF signs it. Signed once per session: without a time limit every signature is as good as the first."""
    return URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw)  # type: ignore[return-value]


def init(app: Flask) -> None:
    """Templates make the token with ``csrf_token()``."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # the log-in session's own end is the limit
    app.jinja_env.globals["csrf_token"] = csrf_token
