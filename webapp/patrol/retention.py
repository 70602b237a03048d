"""Positions of rounds are deleted when their time has come; the privacy page promises the period."""

from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ..core import clock, settings
from ..core.retention import run
from .models import Patrol


def places(session: Session, most: int) -> int:
    """An officer's exact point on a round; the round and its village stay."""
    before = clock.start(clock.today() - timedelta(days=settings.get(session, "place_days")))
    old = (
        select(Patrol.id)
        .where(
            Patrol.occurred_at < before,
            or_(Patrol.lon.is_not(None), Patrol.lat.is_not(None), Patrol.accuracy_m.is_not(None)),
        )
        .limit(most)
    )
    return run(session, update(Patrol).where(Patrol.id.in_(old)).values(lon=None, lat=None, accuracy_m=None))
