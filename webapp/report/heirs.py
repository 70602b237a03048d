"""What waits for somebody at a grid that ended waits at its heir. Reports themselves stand below the heir by their
path: they keep the grid in which they were found, and so does their history."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core.happened import GridsChanged
from .models import SiteLook


def follow(session: Session, changed: GridsChanged) -> None:
    """Looks that wait for their answer are asked of the heir."""
    waiting = select(SiteLook).where(SiteLook.answer.is_(None), SiteLook.grid_id.in_(list(changed.heirs)))
    for look in session.scalars(waiting.order_by(SiteLook.id)):
        look.grid_id = changed.heirs[look.grid_id]
    session.flush()
