"""A line of the log in the words of the page (log_line.py)."""

from collections.abc import Mapping
from typing import Any

from ..web.language import tongue
from . import log_line


def act(action: str) -> str:
    """What was done."""
    return log_line.act(tongue(), action)


def thing(name: str, known: Mapping[str, Any]) -> str:
    """To what: by its name, where it is ``known``, else by its key."""
    return log_line.thing(tongue(), name, known.get(name))


def facts(detail: Any) -> str:
    """The facts beside it."""
    return log_line.facts(tongue(), detail)
