"""What a stored move said, read so that no value, however odd, can stop a page.

The history is append-only: what once got into ``report_event.given`` stays there. So a reader takes what it can use and
treats everything else as not said; one odd value costs a word in one line, never a desk.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ..core.json_text import whole

NO_KEY = 0  # no row has it
#: What is typed with a move, in the order in which it is read.
TYPED = ("place", "done", "document_no", "reason", "note", "against", "question", "ground_text")
LARGEST_KEY = 2**31 - 1  # of bodies and duties, on both engines
_DIGITS = len(str(LARGEST_KEY))  # longer numbers are not even worked out


class Given:
    """The facts of one move, from its stored JSON, and when it was made where that matters."""

    def __init__(self, stored: Any, at: datetime | None = None):
        self._facts: Mapping[str, Any] = stored if isinstance(stored, Mapping) else {}
        self.at = at

    def has(self, name: str) -> bool:
        """Whether anything was said under this name."""
        return self._facts.get(name) is not None

    def text(self, name: str) -> str:
        """A text as it was typed; empty when there is none."""
        return _text(self._facts.get(name))

    def texts(self, name: str) -> list[str]:
        """The texts of a list, such as the codes that were picked."""
        return [text for text in map(_text, self._list(name)) if text]

    def key(self, name: str) -> int:
        """The id of a body or a duty; NO_KEY for what can be none."""
        return _key(self._facts.get(name))

    def keys(self, name: str) -> list[int]:
        """The ids of a list."""
        return [key for key in map(_key, self._list(name)) if key != NO_KEY]

    def day(self, name: str) -> date | None:
        """A day in ISO form; None for what is no day."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            return None

    def _list(self, name: str) -> list[Any]:
        value = self._facts.get(name)
        return list(value) if isinstance(value, list | tuple) else []


def _text(value: Any) -> str:
    """A text that can be sent to a browser."""
    return whole(value) if isinstance(value, str) else ""


def _key(value: Any) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) <= _DIGITS:
        value = int(value)
    is_key = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_KEY
    return value if is_key else NO_KEY
