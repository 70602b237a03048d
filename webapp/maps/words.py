"""What the pages of the map say in the reader's language."""

from itertools import count
from typing import Any

from flask_babel import gettext as _

from gis.messages import WORDS

from ..grid.labels import ADVICE


def said(findings: Any) -> list[dict[str, Any]]:
    """What was found, in the reader's language: level, sentence, what to do, and its number in the drawing."""
    numbers = count(1)
    return [
        {
            "level": each["level"],
            "sentence": _sentence(each["params"], each["message"]),
            "advice": _advice(ADVICE.get(each["code"])),
            "number": next(numbers) if each.get("at") else None,
        }
        for each in findings
    ]


def _advice(words: str | None) -> str:
    return _(words) if words else ""


def _sentence(params: dict[str, str], message: str) -> str:
    return _(message, **{name: _(value) if name in WORDS else value for name, value in params.items()})
