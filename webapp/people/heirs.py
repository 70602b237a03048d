"""People and bodies at a grid that ended go on at its heir."""

from datetime import date

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from ..core import audit, clock
from ..core.happened import GridsChanged
from .models import ActingFor, Body, Posting


def follow(session: Session, changed: GridsChanged) -> None:
    """Who is posted to a grid that ended is posted to its heir from that day on, for as long as before, unless he is
    there already; its bodies belong to the heir."""
    for grid_id, heir in sorted(changed.heirs.items()):
        session.execute(update(Body).where(Body.grid_id == grid_id).values(grid_id=heir))
        going = Posting.grid_id == grid_id, or_(Posting.valid_to.is_(None), Posting.valid_to > changed.on)
        for posting in session.scalars(select(Posting).where(*going).order_by(Posting.id)):
            _follow(session, posting, heir, changed)


def _follow(session: Session, posting: Posting, heir: int, changed: GridsChanged) -> None:
    first, until = max(posting.valid_from, changed.on), posting.valid_to
    posting.valid_from, posting.valid_to = min(posting.valid_from, changed.on), changed.on
    for there in session.scalars(_held(posting, heir, first)):
        if there.valid_from > first:
            continue  # that one begins later, and both count then
        if there.valid_to is None or (until is not None and there.valid_to >= until):
            return
        first = max(first, there.valid_to)
    following = Posting(
        person_id=posting.person_id,
        role=posting.role,
        grid_id=heir,
        valid_from=first,
        valid_to=until,
        granted_by=posting.granted_by,
        granted_at=clock.now(),
    )
    session.add(following)
    session.flush()
    absent = session.scalar(select(ActingFor.person_id).where(ActingFor.posting_id == posting.id))
    if absent is not None:
        session.add(ActingFor(posting_id=following.id, person_id=absent))
    person = f"person:{posting.person_id}"
    audit.note(session, None, "posting.follow", person, posting=following.id, role=posting.role, grid=heir)


def _held(posting: Posting, heir: int, first: date) -> Select[Posting]:
    """The same role that he holds at the heir on that day or later, in the order of their days."""
    return (
        select(Posting)
        .where(
            Posting.person_id == posting.person_id,
            Posting.role == posting.role,
            Posting.grid_id == heir,
            or_(Posting.valid_to.is_(None), Posting.valid_to > first),
        )
        .order_by(Posting.valid_from, Posting.id)
    )
