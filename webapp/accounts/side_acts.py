"""Acts that put somebody in another's place: a handover to a successor, and acting for who is away."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.errors import N_, Refused
from ..core.happened import HandedOver, tell
from ..people.models import ActingFor, Person, Posting
from ..people.queries import ONE_DAY
from . import queries, service
from .service import PostingEntry

NOTHING = N_("There is no posting of this person that you can hand over.")


def hand_over(session: Session, actor: Actor, person_id: int, successor_id: int) -> list[Posting]:
    """End today all postings of somebody that the actor may end, and give the same ones to his successor.

    What waits in these seats stays there and so is the successor's. All or nothing: Refused where one of them cannot be
    given to him, where there is none, and for a successor who is nobody else below the actor with an open account.
    """
    queries.person(session, actor, person_id, to_help=True)
    successor = _successor(session, actor, person_id, successor_id)
    may_end = queries.endable(session, actor, person_id)
    ending = [posting for posting in queries.live_postings(session, person_id) if posting.id in may_end]
    if not ending:
        raise Refused(NOTHING)
    acted = queries.standing_in(session, person_id)  # where he only acts for another: that ends, and is not passed on
    entries = [_same(posting) for posting in ending if posting.id not in acted]
    for posting in ending:
        service.end_posting(session, actor, posting.id)
    session.flush()
    given = [each for each in (_give(session, actor, successor, entry) for entry in entries) if each is not None]
    seats = [posting.grid_id for posting in ending if posting.grid_id is not None]
    tell(session, HandedOver(person_id, successor_id, tuple(seats), actor.person_id or None))
    audit.note(session, actor.person_id or None, "person.hand_over", f"person:{person_id}", login=successor.login)
    return given


def stand_in(
    session: Session, actor: Actor, posting_id: int, person_id: int, first: date, last: date | None
) -> Posting:
    """Let somebody else below the actor act in a posting's place from a first to a last day, with his own log-in.

    He has a posting of his own for these days and nothing afterwards; that of the absent stays as it is. Refused
    without a last day, and on days on which the other posting does not count.
    """
    posting = queries.posting_below(session, actor, posting_id)
    if last is None:
        raise Refused(N_("Acting for somebody needs a last day."), field="last")
    _successor(session, actor, posting.person_id, person_id, "stand_in")
    if first < posting.valid_from or (posting.valid_to is not None and last >= posting.valid_to):
        raise Refused(N_("The other posting does not count on all of these days."), field="last")
    if posting.id in queries.standing_in(session, posting.person_id):
        raise Refused(N_("This posting acts for somebody already. Choose the posting of the person who is away."))
    entry = PostingEntry(posting.role, posting.grid_id, posting.body_id, first, last)
    made = service.grant_posting(session, actor, person_id, entry, beside=True)
    session.add(ActingFor(posting_id=made.id, person_id=posting.person_id))
    audit.note(
        session, actor.person_id or None, "posting.act_for", f"person:{person_id}", posting=made.id, role=made.role
    )
    return made


def _successor(session: Session, actor: Actor, person_id: int, successor_id: int, field: str = "successor") -> Person:
    """Him; both are held, so that two handovers come one after the other."""
    queries.hold(session, [person_id, successor_id])
    found = {each.id: each for each in queries.successors(session, actor, person_id)}
    if successor_id not in found:
        raise Refused(N_("Choose one."), field=field)
    return found[successor_id]


def _same(posting: Posting) -> PostingEntry:
    """The entry of a posting from today on, or from its own first day; with its own last one."""
    last = None if posting.valid_to is None else posting.valid_to - ONE_DAY
    first = max(posting.valid_from, clock.today())
    return PostingEntry(posting.role, posting.grid_id, posting.body_id, first, last)


def _give(session: Session, actor: Actor, successor: Person, entry: PostingEntry) -> Posting | None:
    """The posting, or None where he holds the same one already on these days."""
    held = queries.live_postings(session, successor.id)
    if _covers(held, entry):
        return None
    return service.grant_posting(session, actor, successor.id, entry)


def _covers(held: Sequence[Posting], entry: PostingEntry) -> bool:
    wanted = entry.role, entry.grid_id, entry.body_id
    begun = [each for each in held if each.valid_from <= entry.first and (each.valid_to or date.max) > entry.first]
    return any((each.role, each.grid_id, each.body_id) == wanted for each in begun)
