"""Refusals and faults as pages, or as JSON for those who asked so. Error pages need no database."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException

from ..core.errors import N_, NotFound, Refused
from ..core.trouble import Trouble, trouble
from .language import named

LOG = logging.getLogger("wangge.trouble")
WORDS = {
    400: N_("Something in this request is damaged. Go back and try again."),
    403: N_("This is not part of your work here."),
    404: N_("Not there, or not yours to see"),
    405: N_("This page cannot be used that way."),
    413: N_("Too large, and not received. Go back, leave out some photos or choose smaller ones, and send it again."),
    500: N_("Our fault, not yours. What you sent may not have arrived: please check before sending again."),
    503: N_("Busy just now. Nothing was lost; please send again in a moment."),
}

#: What is said of trouble around the program that does not pass by itself.
TROUBLE = {
    Trouble.FULL: N_("The server's disk is full."),
    Trouble.READ_ONLY: N_("The server can only be read just now."),
    Trouble.BROKEN: N_("The server's disk does not work as it should."),
    Trouble.GONE: N_("The server's database does not answer."),
}
NOT_SAVED, LATER = N_("This was not saved. Please send it again later."), N_("Please try again later.")
SOON, LATE = "5", "60"  # seconds after which to ask again

WAYS_BACK = frozenset({400, 413})  # what a form met on its way here


def wants_json() -> bool:
    """Whether the asker is a program (one with a key, or the phone's own code), not a person with a page."""
    return (
        g.get("is_program", False)
        or request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )


def say(error: Refused) -> str:
    """A refusal's message in the reader's language, and so the names in it."""
    return gettext(error.message, **shown(error.params))


def shown(params: Mapping[str, Any]) -> dict[str, Any]:
    """What fills a sentence, in the reader's language: a param may be a row with zh and en."""
    return {name: named(value) if hasattr(value, "zh") else value for name, value in params.items()}


def answer(status: int, message: str, **facts: Any) -> Response:
    """One message as page or JSON."""
    if wants_json():
        return make_response(jsonify(error=message, **facts), status)
    return make_response(render_template("error.html", status=status, message=message, **facts), status)


def refused(error: Refused) -> Response:
    """An act that a service declined and no form caught."""
    response = answer(error.status, say(error))
    if error.again is not None:
        response.headers["Retry-After"] = str(error.again)
    return response


def says_when(response: Response) -> Response:
    """Whoever is told that it is not possible just now is told when to ask again, whatever page says it."""
    if response.status_code in (429, 503):
        response.headers.setdefault("Retry-After", SOON)
    return response


def http(error: HTTPException) -> Response:
    """Flask's own refusals: wrong address, wrong method, too large."""
    code = error.code or 500
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    doors = {} if wants_json() or code not in WAYS_BACK else {"doors": _ways_back()}
    return answer(code, gettext(WORDS.get(code, WORDS[400])), **doors)


def _ways_back() -> list[tuple[str, str]]:
    """The page of ours that this came from, if it says so; else the page offers the start page."""
    here, came = urlsplit(request.host_url), urlsplit(request.headers.get("Referer", ""))
    if (came.scheme, came.netloc) != (here.scheme, here.netloc) or not came.path.startswith("/"):
        return []
    return [(gettext("Back to the page"), urlunsplit(("", "", came.path, came.query, "")))]


def unavailable(error: Exception) -> Response:
    """Database or disk did not take it, and nothing was written: the true reason, and a line for who runs the machine.
    A fault of ours stays one."""
    what = trouble(error)
    if what is None:
        return current_app.handle_exception(error)
    cause = getattr(error, "orig", None) or error
    if what == Trouble.BUSY:
        LOG.warning("%s %s: %s", request.method, what, cause)
        response = answer(503, gettext(WORDS[503]))
    else:
        LOG.error("%s %s: %s", request.method, what, cause)
        tail = LATER if request.method in ("GET", "HEAD") else NOT_SAVED
        response = answer(503, f"{gettext(TROUBLE[what])} {gettext(tail)}", heading=gettext("Not available just now"))
    response.headers["Retry-After"] = SOON if what == Trouble.BUSY else LATE
    return response


def clash(_error: IntegrityError) -> Response:
    """Two acts met at a rule of the database (one lead, one number): the later one did nothing."""
    return answer(409, gettext("Someone did the same at this moment. Open the page again and check."))


def init(app: Flask) -> None:
    """Register all of them."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(NotFound, refused)
    app.register_error_handler(HTTPException, http)
    for kind in (OperationalError, InternalError, InterfaceError, OSError):
        app.register_error_handler(kind, unavailable)
    app.register_error_handler(IntegrityError, clash)
    app.after_request(says_when)
    app.register_error_handler(500, lambda error: answer(500, gettext(WORDS[500])))
