"""People and bodies at a grid that ended go on at its heir."""

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ..core import audit, clock
from ..core.happened import GridsChanged
from .models import Body, Posting


def follow(session: Session, changed: GridsChanged) -> None:
    """Who is posted to a grid that ended is posted to its heir from that day on, for as long as before, unless he is
    there already; its bodies belong to the heir."""
    for grid_id, heir in sorted(changed.heirs.items()):
        session.execute(update(Body).where(Body.grid_id == grid_id).values(grid_id=heir))
        going = Posting.grid_id == grid_id, or_(Posting.valid_to.is_(None), Posting.valid_to > changed.on)
        for posting in session.scalars(select(Posting).where(*going).order_by(Posting.id)):
            _follow(session, posting, heir, changed)


def _follow(session: Session, posting: Posting, heir: int, changed: GridsChanged) -> None:
    until = posting.valid_to
    posting.valid_to = changed.on
    posting.valid_from = min(posting.valid_from, changed.on)
    there = select(Posting.id).where(
        Posting.person_id == posting.person_id,
        Posting.role == posting.role,
        Posting.grid_id == heir,
        or_(Posting.valid_to.is_(None), Posting.valid_to > changed.on),
    )
    if session.scalar(there.limit(1)) is not None:
        return
    following = Posting(
        person_id=posting.person_id,
        role=posting.role,
        grid_id=heir,
        valid_from=changed.on,
        valid_to=until,
        granted_by=posting.granted_by,
        granted_at=clock.now(),
    )
    session.add(following)
    session.flush()
    person = f"person:{posting.person_id}"
    audit.note(session, None, "posting.follow", person, posting=following.id, role=posting.role, grid=heir)
