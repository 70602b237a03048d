"""The gate before every view: who asks, whether the view is for them, and that the post came from our own page."""

import secrets
import uuid
from collections.abc import Sequence
from functools import lru_cache

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_wtf.csrf import ValidationError as BadToken
from flask_wtf.csrf import validate_csrf
from itsdangerous import URLSafeTimedSerializer

from ..access import VISITOR, visitors_may
from ..core.errors import N_
from . import errors, photos
from .askers import Asker, Nobody, NotKnown, who_asks
from .cookies import keys
from .kept import from_our_page, pack
from .request import SIGNED_IN, close_reads, read_connection

SAFE = frozenset({"GET", "HEAD"})  # run a view that only reads; every other method that reaches a view needs the token
OLD_PAGE = N_("This page was open too long. Check what you wrote and send it again.")
LOG_IN = N_("Please log in.")
#: What a person can reach whose second factor is still to come.
AT_THE_DOOR = frozenset(
    {"login.second_factor", "login.second_check", "login.second_begin", "login.second_confirm", "login.logout"}
)
#: What changes accounts, rights or settings is never sent again after a log-in: it is opened and typed anew.
NEVER_KEPT = frozenset({SIGNED_IN, "person.help", "posting.grant", "setting.edit", "setting.read"})


class Gate:
    """Set up with the askers, in their order; whom none of them knows, the last one takes for a visitor."""

    def __init__(self, askers: Sequence[Asker]):
        if not askers or not isinstance(askers[-1], Nobody):
            raise ValueError("the last asker has to answer always: Nobody()")
        self.askers = askers

    def pass_through(self, rule: str) -> Response | None:
        """None when the view may run, else the answer in its place."""
        g.actor = VISITOR
        try:
            asker, g.actor = who_asks(self.askers, request)
        except NotKnown:
            g.is_program = True
            return errors.answer(401, gettext(LOG_IN))
        g.is_program = asker.is_program
        refusal = refuse(rule) or (None if asker.is_program else check_token(rule))
        if refusal is None:
            asker.let_in(g.actor)
        return refusal


def refuse(rule: str) -> Response | None:
    """Not logged in, still to change the password, or nobody who ever does this; visitors' views are for everybody."""
    if is_open(rule):
        return None
    if g.actor is VISITOR:
        # The cookie keeps the name of a log-in that has ended: written here, it would come after that of a new log-in
        # which another request of the same browser has brought meanwhile.
        return keep_and_log_in(rule, LOG_IN)
    if g.is_program and (rule == SIGNED_IN or g.actor.must_change or g.actor.is_half):
        return errors.answer(403, gettext(errors.WORDS[403]))
    if g.actor.is_half and request.endpoint not in AT_THE_DOOR:
        return _to_second_factor()
    if g.actor.must_change and rule != SIGNED_IN:
        return redirect(url_for("login.password"))  # type: ignore[return-value]
    if rule != SIGNED_IN and not g.actor.may(rule):
        return errors.answer(403, gettext(errors.WORDS[403]))
    return None


def _to_second_factor() -> Response:
    """Who has shown the password alone comes no further than this page."""
    if errors.wants_json():
        return errors.answer(401, gettext(LOG_IN))
    asked = request.full_path.rstrip("?") if request.method in SAFE else "/"
    return redirect(url_for("login.second_factor", next=asked))  # type: ignore[return-value]


def is_open(rule: str) -> bool:
    """Whether the permission table opens the view to visitors."""
    return rule != SIGNED_IN and visitors_may(rule)


def check_token(rule: str) -> Response | None:
    """A browser's post counts only with the token of a page of ours; the visitor's too, so that nobody is logged in by
    another site."""
    if request.method in SAFE or token_is_good():
        return None
    return errors.answer(400, gettext(OLD_PAGE)) if is_open(rule) else keep_and_log_in(rule, OLD_PAGE)


def token_is_good() -> bool:
    """The CSRF token, from the form or the header."""
    sent = request.headers.get("X-CSRFToken") or request.form.get("csrf_token")
    try:
        _check_token(sent, session.get("csrf_token"), tuple(keys()))
    except BadToken:
        return False
    return True


@lru_cache(maxsize=1024)
def _check_token(sent: str | None, _of_session: str | None, secrets: tuple[str, ...]) -> None:
    """BadToken, which is not kept: without a time limit a token that was good once for a session stays so."""
    validate_csrf(sent, secret_key=list(secrets))


def keep_and_log_in(rule: str, message: str) -> Response:
    """Send a person to the log-in page and back afterwards; tell a program 401.

    What was typed is not lost when the log-in ended meanwhile: the log-in page carries it and offers it again. Only
    what was typed on a page of ours, though: this comes before any check of a token, so another site may be the sender.
    """
    if errors.wants_json():
        return errors.answer(401, gettext(message))
    if request.method in SAFE:
        return redirect(url_for("login.login", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    back, kept = (request.path, pack(request.form)) if from_our_page() and rule not in NEVER_KEPT else ("/", "")
    if kept:
        _keep_photos()
    if kept and g.actor is not VISITOR:  # logged in again meanwhile, in another tab: only the page's token is of before
        return current_app.extensions["kept_page"](back, kept)
    return current_app.extensions["log_in_page"](gettext(message), back, kept)


def _keep_photos() -> None:
    """The photos of that form wait for its sender, when it is certain who that is.

    Either he is logged in, or this browser's cookie, with our signature, names the log-in that has ended and the form
    has its token. Nobody else can leave a file here.
    """
    entry, sender = request.form.get("id", ""), g.actor.person_id
    if g.actor is VISITOR:
        was = session.get("sid") if token_is_good() else None
        sender = current_app.extensions["whose_log_in"](read_connection(), was) if was else None
    if sender is not None and is_id(entry) and request.files:
        close_reads()
        photos.wait(uuid.UUID(entry), sender)


def is_id(text: str) -> bool:
    """Whether this is a UUID as pages and phones write it."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def new_token() -> str:
    """What the tokens of a browser's forms are signed over; it stands in the cookie."""
    return secrets.token_hex()


def csrf_token() -> str:
    """The token of this browser's session for a form; its place, while a page is drawn for everybody (web/drawn.py)."""
    if "token_place" in g:
        return g.token_place
    if "csrf_token" not in session:
        session["csrf_token"] = new_token()
    return _signed(current_app.secret_key, session["csrf_token"])


@lru_cache(maxsize=1024)
def _signed(secret: str, raw: str) -> str:
    """As Flask-WTF signs it. Signed once per session: without a time limit every signature is as good as the first."""
    return URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw)


def init(app: Flask) -> None:
    """Templates make the token with ``csrf_token()``."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # the log-in session's own end is the limit
    app.jinja_env.globals["csrf_token"] = csrf_token
