"""What of a report the guards of its process ask, as conditions for a SELECT; and which looks say how it stands now."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from ..access import Actor, Condition
from ..core import clock, settings
from ..core.columns import one_of
from ..core.db import Moment
from ..core.models import CalendarDay
from .models import Report, ReportEvent, SiteLook
from .workflow import HANDLING, TAKEN_BACK

SAID = ("right", "not_yet")  # whatever else ends a look says nothing of the matter
#: From when on what somebody did can still be taken back by him: a parameter, for a SELECT that is kept.
UNDO_SINCE = bindparam("undo_since", type_=Moment)
IDS: BindParameter[Any] = bindparam("ids", expanding=True)


ASKED = ("waits_for_sample", "not_right", "just_done")


def asked(actor: Actor) -> dict[str, Condition]:
    """The facts of the guards by their names, of a report and the actor. Who handled it is asked beside
    (``queries._known``), and who is there (``vacant.facts``). Their parameters: ``given``."""
    return dict(zip(ASKED, (waits_for_sample(), not_right(), just_done(actor)), strict=True))


def given(session: Session, actor: Actor) -> dict[str, Any]:
    """What a SELECT with these facts is executed with."""
    return {**actor.reach(), "undo_since": since(session)}


def waits_for_sample(of: Any = Report) -> Condition:
    """The condition that a matter settled on the spot was not looked at again yet."""
    return and_(of.settled, of.sampled_at.is_(None))


#: From when on what was settled on the spot is listed for a second look: a parameter (``desk.moments``).
SAMPLES_SINCE = bindparam("samples_since", type_=Moment)


def is_listed_for_sample(of: Any = Report) -> Condition:
    """The condition that it waits, and was not reported longer ago than the county lists it: what nobody looked at in
    all that time would only make the list longer for ever. Its own page still takes the look."""
    return and_(waits_for_sample(of), of.received_at >= SAMPLES_SINCE)


def _looks_count() -> Condition:
    """The condition that a look says how the matter stands now: it waits for its answer, whoever was asked and when,
    or it was answered after a result was last reported. An answer to an earlier result is history."""
    later = exists().where(
        ReportEvent.report_id == SiteLook.report_id,
        one_of(ReportEvent.action, HANDLING),
        ReportEvent.at > SiteLook.answered_at,
    )
    return and_(or_(SiteLook.answer.is_(None), one_of(SiteLook.answer, SAID)), ~later)


def not_right() -> Condition:
    """The condition that one of the looks that count says "not put right"; another that says "put right" does not
    outweigh it."""
    return exists().where(SiteLook.report_id == Report.id, SiteLook.answer == "not_yet", _looks_count())


def looks_that_count(session: Session, ids: Sequence[uuid.UUID]) -> list[SiteLook]:
    """The looks beside these reports that say how they stand now, in the order in which they were asked for."""
    return list(session.scalars(_LOOKS, {"ids": ids})) if ids else []


_LOOKS = select(SiteLook).where(SiteLook.report_id.in_(IDS), _looks_count()).order_by(SiteLook.asked_at, SiteLook.id)


def since(session: Session) -> datetime:
    """From when on an act may still be taken back by who did it (a county setting); from now on, so nothing can, in a
    county that was not seeded since the program was updated."""
    return clock.now() - timedelta(seconds=settings.get(session, "undo_seconds", 0))


def is_last(event: Any) -> Condition:
    """The condition that an event is the last of its report."""
    later = ReportEvent.__table__.alias("later")
    return ~exists().where(later.c.report_id == event.report_id, later.c.seq > event.seq)


def is_as_counted(event: Any) -> Condition:
    """The condition that the county has not changed the calendar since an event. What is taken back gets its limit as
    it was left, and one that was left has not followed the calendar."""
    return ~exists().where(CalendarDay.changed_at > event.at)


def just_done(actor: Actor) -> Condition:
    """The condition that the actor himself has just brought a report to where it is by one of the moves that can be
    taken back, and that nothing has been done to it since, beside its state or otherwise, nor to the calendar."""
    move = aliased(ReportEvent)
    return exists().where(
        move.report_id == Report.id,
        move.person_id == actor.person_id,
        move.at >= UNDO_SINCE,
        or_(*(and_(move.from_state == source, move.to_state == target) for source, target in TAKEN_BACK)),
        is_last(move),
        is_as_counted(move),
    )
