"""JSON that somebody sent: whatever cannot be read is one kind of error, and every text in it can be kept and shown."""

import json
from typing import Any


def parsed(text: str | bytes) -> Any:
    """What the text says; ValueError when it is no JSON, has NaN or Infinity in it, or is nested without end."""
    try:
        return _of_whole_texts(json.loads(text, parse_constant=_no_number))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def whole(text: str) -> str:
    """The text with "?" in the place of each half of a character (a lone surrogate), which neither a database nor a
    browser takes. JSON can hold one: a note that a phone cut off within an emoji."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _of_whole_texts(value: Any) -> Any:
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_of_whole_texts(each) for each in value]
    if isinstance(value, dict):
        return {whole(key): _of_whole_texts(each) for key, each in value.items()}
    return value
