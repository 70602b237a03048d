"""A line of the log in words. What a later program wrote and this one has no word for stands as it is."""

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from ..core import audit
from ..core.json_text import whole
from ..domains import log_words
from ..people.rules import ROLE_NAMES
from ..web.language import named


def _word(part: str, key: str) -> str:
    known = log_words(part)
    return _(known[key]) if key in known else key


def act(action: str) -> str:
    """What was done."""
    return _word("acts", action)


def thing(name: str, known: Mapping[str, Any]) -> str:
    """To what: "person officer_a1", "time limit: township reviews"; what is ``known`` by its name,
    all else by its key."""
    kind, _colon, which = name.partition(":")
    word, row = _word("things", kind), known.get(name, which)
    if not isinstance(row, str):
        return _("%(name)s: %(value)s", name=word, value=named(row))
    return " ".join(filter(None, (word, row)))


def facts(detail: Any) -> str:
    """The facts beside it: "before: 3; after: 5"."""
    return _("; ").join(
        _("%(name)s: %(value)s", name=_word("facts", name), value=_value(name, value))
        for name, value in audit.said(detail).items()
    )


def _value(name: str, value: Any) -> str:
    if name == "role" and isinstance(value, str) and value in ROLE_NAMES:
        return _(ROLE_NAMES[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return _("nothing")
    return whole(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
