"""Reads of feedback: one's own messages, and all of them for who answers.

Every list starts from what the actor reaches.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy.orm import Session

from ..access import Actor, Condition, holders, where
from ..core import calendar, clock, settings
from ..core.announce import InHand
from ..core.errors import N_, NotFound
from ..grid import queries as grids
from ..grid.models import GridVersion
from ..people.models import Body, Person, Posting
from ..people.queries import PostingLine, Seat
from .models import Feedback

PAGE = 25
LIMIT = "feedback"  # the row of the time limits


class MessageRow(NamedTuple):
    """A message, who wrote it, his postings on that day, and when its answer is (or was) due."""

    message: Feedback
    person: Person
    places: Sequence[PostingLine]
    due_at: datetime

    @property
    def is_late(self) -> bool:
        """Whether it still waits and its time has passed."""
        return self.message.answered_at is None and self.due_at < clock.now()


def _reach(actor: Actor) -> Condition:
    """What of ``Feedback`` the actor answers; it belongs to no grid."""
    return where(actor, "feedback.answer", grid_path=literal(""))


def due_after(session: Session, moments: Collection[datetime]) -> dict[datetime, datetime]:
    """When the answer to a message of each moment is due, by the limit's row and the calendar."""
    limit, days = calendar.limit(session, LIMIT), calendar.load(session, settings.get(session, "work_to"))
    return {at: days.after(at, limit.number, limit.unit) for at in moments}


def mine(session: Session, actor: Actor, page: int = 0) -> list[Feedback]:
    """The actor's own messages, newest first: one page, and one more when another follows."""
    return list(
        session.scalars(
            select(Feedback)
            .where(Feedback.person_id == actor.person_id)
            .order_by(Feedback.at.desc(), Feedback.id)
            .offset(page * PAGE)
            .limit(PAGE + 1)
        )
    )


def _is(answered: bool) -> Condition:
    return Feedback.answered_at.is_not(None) if answered else Feedback.answered_at.is_(None)


def counts(session: Session, actor: Actor) -> tuple[int, int]:
    """How many wait for an answer, and how many have one: the conditions of the lists."""
    return tuple(
        session.execute(
            select(  # type: ignore[return-value]
                func.count().filter(_is(False)), func.count().filter(_is(True))
            )
            .select_from(Feedback)
            .where(_reach(actor))
        ).one()
    )


def inbox(session: Session, actor: Actor, *, answered: bool, page: int = 0) -> list[MessageRow]:
    """What waits, oldest first, or what is answered, newest first; one page, and one more when another follows."""
    order = (Feedback.answered_at.desc(), Feedback.id) if answered else (Feedback.at, Feedback.id)
    return _lines(session, _written(actor).where(_is(answered)).order_by(*order).offset(page * PAGE).limit(PAGE + 1))


def one(session: Session, actor: Actor, message_id: uuid.UUID) -> MessageRow:
    """One message the actor may answer, as its list shows it; else NotFound."""
    found = _lines(session, _written(actor).where(Feedback.id == message_id))
    if not found:
        raise NotFound
    return found[0]


def _written(actor: Actor) -> Select[Feedback, Person]:
    return select(Feedback, Person).join(Person, Person.id == Feedback.person_id).where(_reach(actor))


def _lines(session: Session, query: Select[Feedback, Person]) -> list[MessageRow]:
    found = [(message, person) for message, person in session.execute(query)]
    due = due_after(session, {message.at for message, _ in found})
    held = _postings(session, {person.id for _, person in found})
    return [
        MessageRow(message, person, _on_day(held.get(person.id, []), message.at), due[message.at])
        for message, person in found
    ]


def _postings(session: Session, people: Collection[int]) -> dict[int, list[PostingLine]]:
    """All postings these people ever held, with the names of the places."""
    found: dict[int, list[PostingLine]] = {}
    for row in session.execute(
        select(Posting, GridVersion, Body)
        .select_from(Posting)
        .outerjoin(GridVersion, and_(GridVersion.grid_id == Posting.grid_id, grids.current()))
        .outerjoin(Body, Body.id == Posting.body_id)
        .where(Posting.person_id.in_(people))
        .order_by(Posting.id)
    ):
        found.setdefault(row[0].person_id, []).append(PostingLine(*row))
    return found


def _on_day(held: Sequence[PostingLine], at: datetime) -> list[PostingLine]:
    on = clock.day(at)
    return [
        line
        for line in held
        if line.posting.valid_from <= on and (line.posting.valid_to is None or on < line.posting.valid_to)
    ]


def to_answer(session: Session, actor: Actor, message_id: uuid.UUID) -> Feedback:
    """One message the actor may answer, held until the write ends; else NotFound."""
    found = session.scalar(select(Feedback).where(Feedback.id == message_id, _reach(actor)).with_for_update())
    if found is None:
        raise NotFound
    return found


def sent_by(session: Session, message_id: uuid.UUID) -> int | None:
    """Who sent the message with this id; None when it is not there."""
    return session.scalar(select(Feedback.person_id).where(Feedback.id == message_id))


def in_hand(session: Session, actor: Actor, seats: Collection[Seat], _ended: Collection[int]) -> list[InHand]:
    """What waits for an answer where those sit who give it; who leaves is ended by somebody who does not read it."""
    if not {seat.role for seat in seats} & set(holders("feedback.answer")):
        return []
    waiting = session.scalar(select(func.count()).select_from(Feedback).where(_is(False))) or 0
    return [InHand(N_("Feedback to answer"), "", waiting, ())]
