"""Where a log-in leads: to what had been typed, to what others did to the account meanwhile, or to where one was
going."""

import secrets
import uuid
from functools import partial
from typing import Any

from flask import redirect, render_template, request, session, url_for

from ..core.addresses import network
from ..core.errors import Later, Refused
from ..web import photos
from ..web.gate import is_id
from ..web.kept import told, unpack
from ..web.language import safe_next
from ..web.request import actor, read, turn, write
from . import queries
from . import service as acts
from .brake import Where
from .forms import OnwardForm, PasswordForm

KNOWN, MOST_KNOWN = "known", 20  # in the cookie: this device's number, and who has logged in on it, the last ones
IN_TURN = partial(turn, "password")


def here() -> Where:
    """What guesses are counted under. The cookie is signed: nobody says of himself what device he is."""
    device, people = session.get(KNOWN) or ("", [])
    return Where(network(request.remote_addr), device, frozenset(people))


def know(person_id: int) -> None:
    """This device has logged in to this account, by all that is asked for: it keeps its own allowance of wrong tries
    from now on."""
    device, people = session.get(KNOWN) or (secrets.token_urlsafe(12), [])
    session[KNOWN] = [device, [*(id_ for id_ in people if id_ != person_id), person_id][-MOST_KNOWN:]]


def count(refusal: Refused, login: str, secret: str) -> None:
    """A wrong secret counts against whoever tried it here; a try that was not looked at does not."""
    if not isinstance(refusal, Later):
        with write() as writing:
            acts.failed(writing, login, here(), secret)


def onward(form: OnwardForm) -> Any:
    """To where the person was going. What had been typed is offered again on the way, else he is told what others did
    to his account; he is told it at each log-in until he has seen it."""
    fields, address = unpack(form.kept.data), safe_next(form.next.data)
    if fields:
        return kept_form(address, fields)
    if queries.notices(read(), actor().person_id):
        address = url_for("login.notices", next=address)
    return redirect(address)


def choose_password(form: OnwardForm, *, ask_current: bool) -> str:
    """The page for a new password, after which the person goes on to where he was going, with what he had typed."""
    return render_template("login/password.html", form=PasswordForm(data=form.carried), ask_current=ask_current)


def when(refusal: Refused) -> dict[str, str]:
    """The header that says after how many seconds the same may succeed, where that is known."""
    return {} if refusal.again is None else {"Retry-After": str(refusal.again)}


def kept_form(address: str, fields: list[tuple[str, str]]) -> str:
    """In the words of its page, with the photos that arrived with it when they were this person's."""
    words, opens = told(address, fields)
    entry = dict(fields).get("id", "")
    waiting = photos.carried(uuid.UUID(entry), actor().person_id) if is_id(entry) else []
    return render_template("login/kept.html", fields=fields, address=address, words=words, opens=opens, kept=waiting)
