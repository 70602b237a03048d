"""Something happened: how a domain is heard by those above it, whom it may not import.

A domain tells; who listens stands in one table, ``webapp/listeners.py``, which a ``Store`` is opened with and each of
its writes carries. A listener runs at once, inside the same transaction: what it writes is kept or lost together with
the act, and its Refused refuses the act.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from .history import Author
from .process import START, Move

INFO = "listeners"  # the place in a session's ``info``


@dataclass(frozen=True)
class Moved:
    """A thing was moved by a row of its process, or came to be by one. ``event_id`` is the line of its history."""

    process: str
    thing_id: Any
    move: Move
    by: Author
    event_id: uuid.UUID
    at: datetime

    @property
    def is_new(self) -> bool:
        """Whether the thing came to be by this move."""
        return self.move.source == START


@dataclass(frozen=True)
class Visited:
    """Objects of a grid were looked at on a round by ``person_id``: for each object's id, what was found."""

    round_id: uuid.UUID
    grid_id: int
    person_id: int
    results: Mapping[int, str]
    at: datetime


@dataclass(frozen=True)
class GridsChanged:
    """Borders changed on a day: ``heirs`` says of each grid that ended which one has its records from then on;
    ``redrawn`` are those that had a border and got a new version; ``parts`` says of each grid that was split what
    became of it, ``chosen`` of things, by their key, the part that was chosen for them by whom (``by``). ``set_id`` is
    the set of changes; ``units`` are the communities below which it put unit grids."""

    heirs: Mapping[int, int]
    redrawn: Collection[int]
    on: date
    parts: Mapping[int, Collection[int]] = field(default_factory=dict)
    chosen: Mapping[str, int] = field(default_factory=dict)
    by: int | None = None
    set_id: int = 0
    units: Collection[int] = ()


@dataclass(frozen=True)
class HandedOver:
    """Somebody's postings went to a successor today, those at these grids among them; ``by`` is None for the system."""

    person_id: int
    successor_id: int
    grid_ids: tuple[int, ...]
    by: int | None


@dataclass(frozen=True)
class Listener:
    """Who is called with the writing session when something of a type happens."""

    to: type
    act: Callable[[Session, Any], None]


class Listeners:
    """The table of listeners: called in its order, each once. ValueError when one stands in it twice."""

    def __init__(self, *rows: Listener):
        twice = [row for row in rows if rows.count(row) > 1]
        if twice:
            raise ValueError(f"listens twice to {twice[0].to.__name__}: {twice[0].act.__qualname__}")
        self.rows = rows

    def __iter__(self) -> Iterator[Listener]:
        return iter(self.rows)


def tell(session: Session, event: Any) -> None:
    """Call everybody who listens to this kind of event. RuntimeError in a session without a table of them."""
    listeners = session.info.get(INFO)
    if listeners is None:
        raise RuntimeError("nobody would hear this: open the store with webapp.listeners.open_store()")
    for listener in listeners:
        if isinstance(event, listener.to):
            listener.act(session, event)
