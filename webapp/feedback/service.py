"""Acts of feedback: a message is kept once however often it is sent, and answered once."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.entry import fingerprint_of, is_resend
from ..core.errors import N_, Refused
from . import queries
from .models import Feedback


@dataclass(frozen=True)
class Message:
    """What somebody says, as it was sent, and the page (a path of this site, or empty) it is about."""

    id: uuid.UUID
    page: str
    text: str


def send(session: Session, actor: Actor, entry: Message) -> datetime:
    """Keep a message once; when it was received. Its id with other content, or from somebody else, is a Conflict.

    The three fields are never changed afterwards, so the fingerprint of what is kept is that of what was first sent.
    """
    known = session.get(Feedback, entry.id)
    first = (fingerprint_of(Message(known.id, known.page, known.text)), known.person_id) if known is not None else None
    if known is not None and is_resend(first, entry, actor.person_id):
        return known.at
    now = clock.now()
    session.add(Feedback(id=entry.id, person_id=actor.person_id, at=now, page=entry.page, text=entry.text))
    session.flush()
    return now


def answer(session: Session, actor: Actor, message_id: uuid.UUID, text: str) -> None:
    """Answer a message, once. The same answer sent twice changes nothing; a second, other one is refused."""
    found = queries.to_answer(session, actor, message_id)
    if found.answer is not None:
        if (found.answer, found.answered_by) == (text, actor.person_id):
            return
        raise Refused(N_("This was answered already. Your text is kept below."), field="answer")
    found.answer, found.answered_by, found.answered_at = text, actor.person_id, clock.now()
    audit.note(session, actor.person_id, "feedback.answer", f"feedback:{message_id}")
