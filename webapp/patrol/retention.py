"""Positions of rounds are deleted when their time has come; the privacy page promises the period."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, update
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import clock, settings
from ..core.retention import ERASING, Expiry
from .models import ObjectProposal, Patrol

_HAS_POINT = or_(Patrol.lon.is_not(None), Patrol.lat.is_not(None), Patrol.accuracy_m.is_not(None))


def _walked_long_ago(session: Session) -> Condition:
    before = clock.start(clock.today() - timedelta(days=settings.get(session, "place_days")))
    return and_(Patrol.occurred_at < before, _HAS_POINT)


#: The fingerprint of what was sent goes too: it holds no salt, so that with all else known a point can be tried out.
NO_POINT = {"lon": None, "lat": None, "accuracy_m": None, "content": ""}
#: An officer's exact point on a round; the round and its village stay.
PLACES = Expiry(Patrol.id, Patrol.occurred_at, _walked_long_ago, blanks=NO_POINT)


_HAS_PLACE = or_(ObjectProposal.lon.is_not(None), ObjectProposal.lat.is_not(None))


def _proposed_long_ago(session: Session) -> Condition:
    before = clock.start(clock.today() - timedelta(days=settings.get(session, "place_days")))
    return and_(ObjectProposal.made_at < before, _HAS_PLACE)


NO_PLACE = {"lon": None, "lat": None, "content": ""}
#: Where an officer stood who proposed something; what came on the list has the place of its own.
PROPOSED = Expiry(ObjectProposal.id, ObjectProposal.made_at, _proposed_long_ago, blanks=NO_PLACE)


def forget(session: Session, people: Sequence[int]) -> None:
    """The points of the rounds of people who are forgotten, without waiting for their time."""
    his = update(Patrol).where(Patrol.person_id.in_(people), _HAS_POINT)
    session.execute(his.values(NO_POINT), execution_options=ERASING)
    wished = update(ObjectProposal).where(ObjectProposal.made_by.in_(people), _HAS_PLACE)
    session.execute(wished.values(NO_PLACE), execution_options=ERASING)
