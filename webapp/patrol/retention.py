"""Positions of rounds are deleted when their time has come; the privacy page promises the period."""

from datetime import timedelta

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import clock, settings
from ..core.retention import Expiry
from .models import Patrol


def _walked_long_ago(session: Session) -> Condition:
    before = clock.start(clock.today() - timedelta(days=settings.get(session, "place_days")))
    has_point = or_(Patrol.lon.is_not(None), Patrol.lat.is_not(None), Patrol.accuracy_m.is_not(None))
    return and_(Patrol.occurred_at < before, has_point)


#: An officer's exact point on a round; the round and its village stay.
PLACES = Expiry(Patrol.id, Patrol.occurred_at, _walked_long_ago, blanks=("lon", "lat", "accuracy_m"))
