"""What somebody had typed when the log-in ended: carried through the log-in page and offered again."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms import Field, HiddenField

from ..core.errors import Refused
from ..core.json_text import parsed
from .forms import BaseForm
from .language import day

View = TypeVar("View", bound=Callable[..., Any])
Pairs = list[tuple[str, str]]
LONGEST = 60_000
LEFT_OUT = frozenset({"csrf_token", "secret", "password", "current", "new", "again", "kept", "open"})


def from_our_page() -> bool:
    """Whether the browser says that a page of ours sent this request; a post that says nothing of itself is not ours.

    What is young sends Sec-Fetch-Site; Chrome 70 and iOS 13 do not, but an Origin or at least a Referer with each form.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        sender = urlsplit(request.headers.get("Origin") or request.headers.get("Referer") or "")
    except ValueError:
        return False
    return sender.scheme in ("http", "https") and sender.netloc == request.host


def pack(form: MultiDict[str, str]) -> str:
    """The form's fields as JSON, without secrets; empty when there is nothing or too much."""
    fields = [[key, value] for key, value in form.items(multi=True) if key not in LEFT_OUT]
    text = json.dumps(fields, ensure_ascii=False)
    return text if fields and len(text) <= LONGEST else ""


def unpack(text: str | None) -> list[tuple[str, str]]:
    """The fields again; anything that is not such a list is nothing."""
    try:
        fields: Any = parsed(text or "[]")
        return [(str(key), str(value)) for key, value in fields if key not in LEFT_OUT]
    except (ValueError, TypeError):
        return []


def tells(words: Callable[..., Pairs], *, opens: bool = False) -> Callable[[View], View]:
    """The view takes a form, and ``words`` says in the words of its page what such a form says.

    It gets the fields and the parts of the address, and gives labels and values. ``opens``: with ``open=form`` the
    fields come back as the form, to be changed.
    """

    def mark(view: View) -> View:
        view.tells, view.opens = words, opens  # type: ignore[attr-defined]
        return view

    return mark


def told(address: str, fields: Sequence[tuple[str, str]]) -> tuple[Pairs, bool]:
    """What the fields say to the view at an address, in words, and whether it opens them as a form.

    Nothing where no view says so, or the fields are none of its form; they can be sent again all the same.
    """
    try:
        endpoint, parts = current_app.url_map.bind("").match(address, method="POST")
        view = current_app.view_functions[endpoint]
        tells = getattr(view, "tells", None)
        return (tells(MultiDict(fields), **parts), getattr(view, "opens", False)) if tells else ([], False)
    except (HTTPException, Refused):
        return [], False


def in_words(form: BaseForm) -> Pairs:
    """Label and value of each field that somebody filled in; of a list the words that were chosen."""
    return [(str(field.label.text), words) for field in form if (words := _said(field))]


def _said(field: Field) -> str:
    if isinstance(field, HiddenField) or not str(field.label.text) or not field.data:
        return ""
    if hasattr(field, "iter_choices"):
        groups = [each for _name, each in field.iter_groups()] if field.has_groups() else [field.iter_choices()]
        return _(", ").join(str(one.label) for each in groups for one in each if one.selected and one.value)
    if isinstance(field.data, date):
        return day(field.data)
    return _("yes") if field.data is True else str(field.data)
