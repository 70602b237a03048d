"""What a request can hold at all, seen to in one place: keys that the tables can have, and no control characters.

PostgreSQL refuses a NUL, SQLite a number over 63 bits, both in the middle of a statement; so none of them gets that
far. Numbers and days of forms are seen to in ``forms.BaseForm``.
"""

import re
from datetime import date
from typing import Any

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, PathConverter, UnicodeConverter, ValidationError

from ..core.json_text import parsed

MOST = 2**31 - 1  # the largest key of a table, on both engines
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # but for tabs and ends of lines, which people type
_WHOLE = re.compile(r"\d{1,10}", re.ASCII)
_NOT_IN_PATHS = re.compile(r"[\x00-\x1f\x7f]")


class Sent(ImmutableMultiDict[str, Any]):
    """The query or the form, its texts without control characters; a number too large to be kept is as good as none."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = ImmutableMultiDict(mapping).items(multi=True)
        super().__init__([(key, _CONTROL.sub("", value) if isinstance(value, str) else value) for key, value in pairs])

    def get(self, key: str, *given: Any, **named: Any) -> Any:
        """As ever (default and type, in their places or by name),
        but the default for a number that no table could have."""
        value = super().get(key, *given, **named)
        is_too_large = isinstance(value, int) and abs(value) > MOST
        return (given[0] if given else named.get("default")) if is_too_large else value


def whole(text: Any) -> int:
    """The whole number that somebody typed or chose; ValueError for what is none, and for what no table keeps.

    Thousands of digits are not even worked out: Python's own int() breaks on them in its own words.
    """
    found = _WHOLE.fullmatch(str(text))
    if found is None or int(found[0]) > MOST:
        raise ValueError("no number that a table keeps")
    return int(found[0])


def day(text: str) -> date | None:
    """A day in ISO form; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Asked(Request):
    """A request whose query and form are ``Sent``."""

    parameter_storage_class = Sent


class Key(IntegerConverter):
    """``<int:…>``: any other number is an address that does not exist."""

    regex = r"\d{1,10}"  # a number of thousands of digits is not even worked out

    def __init__(self, map: Any) -> None:
        super().__init__(map, max=MOST)


class Part(UnicodeConverter):
    """``<…>`` without control characters."""

    def to_python(self, value: str) -> str:
        """The part as it stands."""
        return _clear(value)


class Rest(PathConverter):
    """``<path:…>`` without control characters."""

    def to_python(self, value: str) -> str:
        """The rest of the address as it stands."""
        return _clear(value)


def _clear(value: str) -> str:
    if _NOT_IN_PATHS.search(value):
        raise ValidationError
    return value


class Json(DefaultJSONProvider):
    """Flask's own, with ``parsed`` to read."""

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """ValueError for whatever cannot be read."""
        return parsed(s)


def init(app: Flask) -> None:
    """Before any view has an address."""
    app.url_map.converters.update({"int": Key, "default": Part, "string": Part, "path": Rest})
    app.request_class, app.json = Asked, Json(app)
