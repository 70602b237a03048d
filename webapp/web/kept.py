"""What somebody had typed when the log-in ended: carried through the log-in page and offered again."""

import json
from typing import Any
from urllib.parse import urlsplit

from flask import request
from werkzeug.datastructures import MultiDict

from ..core.json_text import parsed

LONGEST = 60_000
LEFT_OUT = frozenset({"csrf_token", "secret", "password", "current", "new", "again"})


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
