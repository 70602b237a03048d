"""JSON that somebody sent: whatever cannot be read is one kind of error."""

import json
from typing import Any


def parsed(text: str | bytes) -> Any:
    """What the text says; ValueError when it is no JSON, has NaN or Infinity in it, or is nested without end."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")
