"""One move of anything: the same journey for every process, from what was sent to the line of the history.

The domain fetches the thing through its access filter and holds it until the write ends, says how the asker stands to
it, and gives what is its own: the effect of a move, and its clocks.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from . import clock, happened
from .errors import Refused, Stale
from .history import Author, History, Left
from .process import CANNOT, UNDO, Facts, Move

#: What a move changes besides the state; what it returns goes to the clocks, such as a day that a desk set.
Effect = Callable[[Move], Any]
#: Sets the clocks of the thing after a move, made at a moment, with what the effect returned.
SetClocks = Callable[[Move, datetime, Any], None]
#: Stores what came with the line of a move, such as photos.
Evidence = Callable[[Any], None]


@dataclass(frozen=True)
class Sent:
    """A move as it was sent: its own id, what is done, what the page showed, what the form said.

    ``seen`` is ``history.seen_token``; from a program, or a page of before there was that, the state alone. ``entry``
    is all that was sent, by which a second sending is known; None where nobody can send it twice.
    """

    id: uuid.UUID
    action: str
    seen: str
    given: Mapping[str, Any]
    entry: Any = None


@dataclass(frozen=True)
class Standing:
    """Who asks, and what he is to this thing now: the relations in which he stands to it, and what is so of both.

    ``body_of`` gives the body he speaks for in a relation, if any; ``seen`` is the token of the thing as it is.
    """

    person_id: int
    relations: frozenset[str]
    facts: Facts
    seen: str
    body_of: Callable[[str], int | None]

    def author(self, move: Move) -> Author:
        """Who the history says made the move."""
        relation = move.made_as(self.relations)
        return Author(self.person_id, relation, self.body_of(relation))


def move(
    session: Session,
    history: History,
    thing: Any,
    sent: Sent,
    standing: Standing,
    effect: Effect,
    set_clocks: SetClocks,
    evidence: Evidence,
) -> Any | None:
    """Make a move and return its line of the history; None when it is there already, made by the first sending.

    ``evidence`` stores what came with the line, before anybody hears of the move. Stale when the page was out of date,
    Refused when the tables, the effect or a listener say so.
    """
    if history.sent_before(session, thing.id, sent.id, sent.entry, standing.person_id):
        return None
    if sent.seen not in (standing.seen, thing.state):
        raise Stale
    made = history.process.step(thing.state, sent.action, standing.relations, standing.facts, sent.given)
    left = Left(thing.state, thing.due_at)
    if made.action == UNDO:
        _put_back(session, history, thing, made)
    else:
        agreed = effect(made)
        history.place(thing, made.target, clock.now())
        set_clocks(made, thing.state_since, agreed)
    by = standing.author(made)
    line = _append(session, history, thing, made, sent, by, left)
    evidence(line)
    _tell(session, history, thing, made, by, line)
    return line


def _put_back(session: Session, history: History, thing: Any, made: Move) -> None:
    """As it stood before its last move, clock and all; Refused when the row leads elsewhere."""
    before = history.before(session, thing.id)
    if before is None or before.state != made.target:
        raise Refused(CANNOT)
    history.place(thing, before.state, before.since)
    thing.due_at = before.due


def begin(session: Session, history: History, thing: Any, made: Move, sent: Sent, by: Author) -> Any:
    """The first line of a thing that its domain has just stored, evidence and all, by a row from ``START``."""
    line = _append(session, history, thing, made, sent, by, Left(None, None))
    _tell(session, history, thing, made, by, line)
    return line


def _append(session: Session, history: History, thing: Any, made: Move, sent: Sent, by: Author, left: Left) -> Any:
    return history.append(session, thing, made.action, by, sent.given, event_id=sent.id, entry=sent.entry, left=left)


def _tell(session: Session, history: History, thing: Any, made: Move, by: Author, line: Any) -> None:
    happened.tell(session, happened.Moved(history.process.name, thing.id, made, by, line.id, line.at))
