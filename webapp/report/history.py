"""The histories of reports as they are read: each line with the names of who acted. What is written:
``core/history.py``."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core.history import History
from ..people.models import Body, Person
from .given import Given
from .models import ReportEvent
from .workflow import REPORT

HISTORY = History(REPORT, ReportEvent, "report_id")


class Event(NamedTuple):
    """One line of the history with the names of who acted."""

    event: ReportEvent
    person: Person | None
    body: Body | None


def lines(session: Session, report_id: uuid.UUID) -> list[Event]:
    """What happened, newest first."""
    rows = session.execute(
        select(ReportEvent, Person, Body)
        .outerjoin(Person, Person.id == ReportEvent.person_id)
        .outerjoin(Body, Body.id == ReportEvent.body_id)
        .where(ReportEvent.report_id == report_id)
        .order_by(ReportEvent.seq.desc())
    )
    return [Event(*row) for row in rows]


def last_moves(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Event]:
    """The last move of each report: the answer to "why is it here"."""
    newest = HISTORY.last_moves(ids)
    rows = session.execute(
        select(ReportEvent, Person, Body)
        .outerjoin(Person, Person.id == ReportEvent.person_id)
        .outerjoin(Body, Body.id == ReportEvent.body_id)
        .join(newest, HISTORY.is_in(newest))
    )
    return {row[0].report_id: Event(*row) for row in rows} if ids else {}


def bounces(session: Session, report_id: uuid.UUID) -> dict[int, int | None]:
    """Bodies that said "not ours", the last one first, each with the body that it named, if it named one."""
    rows = session.execute(
        select(ReportEvent.body_id, ReportEvent.given)
        .where(ReportEvent.report_id == report_id, ReportEvent.action == "bounce", ReportEvent.body_id.is_not(None))
        .order_by(ReportEvent.seq.desc())
    )
    found: dict[int, int | None] = {}
    for body_id, given in rows:
        found.setdefault(body_id, Given(given).key("duty_or_none") or None)
    return found
