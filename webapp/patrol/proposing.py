"""Acts by which an officer proposes what to put on the list of his grid or take off it, and the office answers.

Nothing that is proposed counts: what is due and what a coverage is of changes only when it is accepted.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.entry import fingerprint_of, is_resend
from ..core.errors import N_, Conflict, Refused
from ..grid import queries as grid_queries
from . import proposed, service
from .models import ObjectProposal, ObjectType, PatrolObject
from .queries import thing

ASKED = N_("This has been proposed already and waits for its answer.")


@dataclass(frozen=True)
class ProposalEntry:
    """A proposal as it was sent: with ``object_id`` that it goes, else what is to come; place in WGS84 degrees."""

    id: uuid.UUID
    grid_id: int
    object_id: int | None = None
    type: str | None = None
    zh: str | None = None
    lon: float | None = None
    lat: float | None = None
    why: str | None = None


def propose(session: Session, actor: Actor, entry: ProposalEntry) -> None:
    """Store a proposal once, however often it is sent. Refused where its object is off the list already, or another
    that waits for its answer says the same."""
    known = session.get(ObjectProposal, entry.id)
    if known is not None and _is_resend(known, entry, actor.person_id):
        return
    cell = grid_queries.cell(session, actor, "object.propose", entry.grid_id)
    if entry.object_id is None:
        _check_new(session, cell.id, entry)
    else:
        _check_stop(session, actor, cell.id, entry)
    session.add(
        ObjectProposal(
            id=entry.id,
            content=fingerprint_of(entry),
            kind="add" if entry.object_id is None else "stop",
            grid_id=cell.id,
            object_id=entry.object_id,
            type=entry.type,
            zh=entry.zh,
            lon=entry.lon,
            lat=entry.lat,
            why=entry.why,
            made_by=actor.person_id,
            made_at=clock.now(),
            is_accepted=None,
            answer=None,
            answered_by=None,
            answered_at=None,
        )
    )


def _is_resend(known: ObjectProposal, entry: ProposalEntry, author: int) -> bool:
    """As ``is_resend``. The fingerprint goes with the point (retention.py); then the rest of it is compared."""
    if known.content:
        return is_resend((known.content, known.made_by), entry, author)
    said = (known.type, known.zh, known.why)
    if known.made_by != author or said != (entry.type, entry.zh, entry.why):
        raise Conflict
    return True


def _check_new(session: Session, grid_id: int, entry: ProposalEntry) -> None:
    kind = session.get(ObjectType, entry.type) if entry.type else None
    if kind is None or kind.is_withheld:
        raise Refused(N_("Choose a type."), field="type")
    if service.namesake(session, grid_id, kind.code, entry.zh or "") is not None:
        raise Refused(N_("An object of this type and name is already on the list."), field="zh")
    if proposed.is_asked(session, grid_id, kind.code, entry.zh or ""):
        raise Refused(ASKED, field="zh")


def _check_stop(session: Session, actor: Actor, grid_id: int, entry: ProposalEntry) -> None:
    gone = thing(session, actor, "object.propose", entry.object_id or 0)
    if gone.grid_id != grid_id or gone.valid_to is not None:
        raise Refused(service.OFF_THE_LIST)
    if gone.id in proposed.open_stops(session, [gone.id]):
        raise Refused(ASKED)


def accept(session: Session, actor: Actor, proposal_id: uuid.UUID) -> ObjectProposal:
    """Do what is proposed, from today on. Refused where it was answered, or can no longer be done."""
    found = _unanswered(session, actor, proposal_id)
    if found.kind == "stop":
        service.retire_object(session, actor, found.object_id or 0, found.why or "")
    else:
        found.object_id = _put_on_the_list(session, actor, found).id
    _answer(session, actor, found, is_accepted=True)
    return found


def _put_on_the_list(session: Session, actor: Actor, found: ObjectProposal) -> PatrolObject:
    """What is proposed; where the office put it there itself meanwhile, that, with the place it had not."""
    name, type_ = found.zh or "", found.type or ""
    there = service.namesake(session, found.grid_id, type_, name)
    if there is None:
        return service.add_object(session, actor, found.grid_id, type_, name, name, found.lon, found.lat)
    if there.lon is None and found.lon is not None and found.lat is not None:
        service.place_objects(session, actor, [service.Placed(there, found.lon, found.lat, "")])
    return there


def decline(session: Session, actor: Actor, proposal_id: uuid.UUID, why: str) -> ObjectProposal:
    """Leave the list as it is, and say why."""
    found = _unanswered(session, actor, proposal_id)
    _answer(session, actor, found, is_accepted=False, words=why)
    return found


def _unanswered(session: Session, actor: Actor, proposal_id: uuid.UUID) -> ObjectProposal:
    found = proposed.one(session, actor, proposal_id)
    if found.is_accepted is not None:
        raise Refused(N_("This has been answered already."))
    return found


def _answer(
    session: Session, actor: Actor, found: ObjectProposal, *, is_accepted: bool, words: str | None = None
) -> None:
    found.is_accepted, found.answer = is_accepted, words
    found.answered_by, found.answered_at = actor.person_id, clock.now()
    audit.note(session, actor.person_id, "object.answer", f"proposal:{found.id}", accepted=is_accepted)
