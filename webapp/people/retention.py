"""Who left is forgotten when his time has come; the records keep his number. The privacy page promises the period."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import String, and_, cast, exists, false, func, literal, not_, or_, select, update
from sqlalchemy.orm import Session

from .. import domains
from ..access import Condition
from ..core import audit, clock, settings
from ..core.errors import N_, Refused
from ..core.models import AuditEntry
from ..core.retention import ERASING, Look, log_months, months_ago, months_before
from .models import Person, Posting

NAMELESS = "#"  # before the number in place of a log-in name: no name that is typed begins so
_IS_HIS = Posting.person_id == Person.id


def erase(session: Session, ids: Sequence[int]) -> None:
    """Forget these people for good: no name, telephone or log-in is left, nor what the domains keep of a person alone.

    What they recorded stays, under their number; so do lines of the log, until their months are over.
    """
    domains.forget(session, ids)
    number = cast(Person.id, String)
    statement = update(Person).values(
        login=literal(NAMELESS) + number,
        zh=literal("原工作人员 ") + number,
        en=literal("Former member of staff ") + number,
        phone=None,
        password_hash=None,
        must_change=True,
        suspended_at=func.coalesce(Person.suspended_at, clock.now()),
        erased_at=clock.now(),
    )
    session.execute(statement.where(Person.id.in_(ids)), execution_options=ERASING)
    audit.note_all(session, None, "person.erase", [(f"person:{id_}", {}) for id_ in ids])


def check_has_left(session: Session, person_id: int) -> None:
    """Refused for who still has a posting, or was forgotten already; else held until the transaction ends."""
    person = session.scalars(select(Person).where(Person.id == person_id).with_for_update()).one()
    if person.erased_at is not None:
        raise Refused(N_("This person has been forgotten already."))
    if session.scalar(select(exists().where(_IS_HIS, _lasts(clock.today()), Person.id == person_id))):
        raise Refused(N_("This person still has a posting. End it first."))


def _lasts(day: date) -> Condition:
    """A posting that does not end before a day has begun."""
    return or_(Posting.valid_to.is_(None), Posting.valid_to > day)


def months(session: Session) -> int:
    """How long after his last posting somebody is known by name: never shorter than the log names him."""
    return max(settings.get(session, "person_months"), log_months(session))


def _left(session: Session) -> Condition:
    """Who has no posting that lasted beyond that day, and is in no line of the log that is younger; who never had one
    counts from the making of his account. Nobody, until the county has adopted the period: there is no way back."""
    if not settings.is_adopted(session, "person_months"):
        return false()
    day = months_before(clock.today(), months(session))
    has_left = not_(exists().where(_IS_HIS, _lasts(day)))
    is_named = or_(AuditEntry.person_id == Person.id, AuditEntry.thing == literal("person:") + cast(Person.id, String))
    is_young = exists().where(is_named, AuditEntry.at >= months_ago(log_months(session)))
    return and_(Person.erased_at.is_(None), Person.created_at < clock.start(day), has_left, not_(is_young))


class Left:
    """The rule of the sweep."""

    def drop(self, session: Session, most: int) -> int:
        """Forget at most ``most`` of who left; how many."""
        found = select(Person.id).where(_left(session)).order_by(Person.id)
        held = session.scalars(found.limit(most).with_for_update(of=Person)).all()
        ids = session.scalars(found.where(Person.id.in_(held))).all()  # some may have been posted while we waited
        if ids:
            erase(session, ids)
        return len(ids)

    def look(self, session: Session) -> Look:
        """Who would be forgotten now, and when the first and the last of them had left."""
        last = select(func.max(Posting.valid_to)).where(_IS_HIS).correlate(Person).scalar_subquery()
        query = select(func.count(), func.min(last), func.max(last)).select_from(Person).where(_left(session))
        number, *days = session.execute(query).one()
        return Look(number, *(clock.start(day) if day else None for day in days))
