"""What follows from a posting in the same act: where one person at a time holds a role, who held it before ends."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit
from ..people import rules
from ..people.models import Body, Posting

ONE_DAY = timedelta(days=1)


def others(session: Session, posting: Posting) -> list[Posting]:
    """What other people hold of the same role in the same body on the days of a posting."""
    is_another = true() if posting.person_id is None else Posting.person_id != posting.person_id
    begins = true() if posting.valid_to is None else Posting.valid_from < posting.valid_to
    found = select(Posting).where(
        Posting.role == posting.role,
        Posting.body_id == posting.body_id,
        or_(Posting.valid_to.is_(None), Posting.valid_to > posting.valid_from),
        *(is_another, begins),
    )
    return list(session.scalars(found.order_by(Posting.id)))


def end_those_before(session: Session, actor: Actor, postings: Collection[Posting]) -> None:
    """Where a role is one person's at a place (004:268), whoever holds it there ends as the new one begins; the new
    postings are not stored yet. The bodies are held, so that two acts come one after the other.
    """
    single = [posting for posting in postings if rules.is_single(posting.role)]
    if not single:
        return
    held = {posting.body_id for posting in single}
    session.execute(select(Body.id).where(Body.id.in_(held)).order_by(Body.id).with_for_update())
    for posting in single:
        for other in others(session, posting):
            other.valid_to = max(other.valid_from, posting.valid_from)
            audit.note(
                session,
                actor.person_id or None,
                "posting.end",
                f"person:{other.person_id}",
                posting=other.id,
                role=other.role,
                ends=other.valid_to.isoformat(),
            )


def note_granted(session: Session, actor: Actor, postings: Collection[Posting]) -> None:
    """The lines of the log for new postings."""
    audit.note_all(
        session,
        actor.person_id or None,
        "posting.grant",
        [
            (
                f"person:{p.person_id}",
                {
                    "role": p.role,
                    "grid": p.grid_id,
                    "body": p.body_id,
                    "first": p.valid_from.isoformat(),
                    "last": (p.valid_to - ONE_DAY).isoformat() if p.valid_to else None,
                },
            )
            for p in postings
        ],
    )
