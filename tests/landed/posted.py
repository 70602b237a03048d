"""What was posted to a landed county: each request as it was sent, and the answer it got. Kept as ``posted.json``."""

import base64
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Sent:
    """One request: what a browser or a phone put on the wire."""

    path: str
    content_type: str
    body: bytes
    accept: str = "text/html"


@dataclass(frozen=True)
class Answer:
    """What the sender saw: the status, where the page led, and the receipt when it was asked for as JSON."""

    status: int
    location: str | None = None
    receipt: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stored:
    """The row that keeps a fingerprint of the entry."""

    table: str
    id: str
    content: str


@dataclass(frozen=True)
class Posted:
    """One entry of a landed county.

    ``kind`` says in words what it is, ``login`` who sent it. ``other`` has the same id and other content; it was never
    taken. ``stored`` is None for an entry of which no fingerprint is kept.
    """

    kind: str
    login: str
    sent: Sent
    answer: Answer
    stored: Stored | None
    other: Sent


def write(file: Path, entries: list[Posted]) -> None:
    """Keep them, one entry a line, so that a change can be read in a comparison."""
    lines = [json.dumps(_plain(asdict(entry)), ensure_ascii=False) for entry in entries]
    file.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def read(file: Path) -> list[Posted]:
    """The entries of a landed county, in the order in which they were posted."""
    return [_posted(**entry) for entry in json.loads(file.read_text())]


def _posted(*, sent: Any, other: Any, answer: Any, stored: Any, **more: Any) -> Posted:
    return Posted(
        sent=_sent(**sent),
        other=_sent(**other),
        answer=Answer(**answer),
        stored=Stored(**stored) if stored else None,
        **more,
    )


def _sent(*, body: str, **more: Any) -> Sent:
    return Sent(body=base64.b64decode(body), **more)
