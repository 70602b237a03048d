"""A line of the log in words. What a later program wrote and this one has no word for stands as it is."""

import json
from typing import Any

from ..core import audit
from ..core.errors import N_
from ..core.json_text import whole
from ..core.models import Setting, TimeLimit
from ..core.tongue import Tongue
from ..domains import log_words
from ..patrol.models import ObjectType, PatrolTopic
from ..people.rules import ROLE_NAMES

OF = N_("%(name)s: %(value)s")
#: Kinds of things that the log calls by the name of their row.
NAMED: dict[str, Any] = {
    "setting": Setting.key,
    "time_limit": TimeLimit.code,
    "object_type": ObjectType.code,
    "patrol_topic": PatrolTopic.code,
}


def act(tongue: Tongue, action: str) -> str:
    """What was done."""
    return tongue.among(log_words("acts"), action)


def thing(tongue: Tongue, name: str, row: Any = None) -> str:
    """To what: "person officer_a1", "time limit: township reviews"; by the name of its ``row`` (a text, or with ``zh``
    and ``en``), else by its key."""
    kind, _colon, which = name.partition(":")
    word, called = tongue.among(log_words("things"), kind), which if row is None else row
    if not isinstance(called, str):
        return tongue.word(OF) % {"name": word, "value": tongue.name(called.zh, called.en)}
    return " ".join(filter(None, (word, called)))


def facts(tongue: Tongue, detail: Any) -> str:
    """The facts beside it: "before: 3; after: 5"."""
    sentence, names = tongue.word(OF), log_words("facts")
    return tongue.word(N_("; ")).join(
        sentence % {"name": tongue.among(names, name), "value": _value(tongue, name, value)}
        for name, value in audit.said(detail).items()
    )


def _value(tongue: Tongue, name: str, value: Any) -> str:
    if name == "role" and isinstance(value, str):
        return whole(tongue.among(ROLE_NAMES, value))
    if isinstance(value, bool):
        return tongue.yes_no(value)
    if value is None:
        return tongue.word(N_("nothing"))
    return whole(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
