"""The histories of reports as they are read: each line with the body that acted. What is written:
``core/history.py``."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from ..core.history import History
from ..people.models import Body
from .given import Given
from .models import ReportEvent
from .workflow import REPORT

HISTORY = History(REPORT, ReportEvent, "report_id")
IDS: BindParameter[Any] = bindparam("ids", expanding=True)


class Event(NamedTuple):
    """One line of the history with the body that acted, if one did: pages name offices, never a person. In lists both
    are rows of the columns that are shown."""

    event: ReportEvent | Any
    body: Body | Any


_EVENTS = select(ReportEvent, Body).outerjoin(Body, Body.id == ReportEvent.body_id)
_LINES = _EVENTS.where(ReportEvent.report_id == bindparam("report_id")).order_by(ReportEvent.seq.desc())
_NEWEST = HISTORY.last_moves(IDS)
_LAST = _EVENTS.join(_NEWEST, HISTORY.is_in(_NEWEST))


def lines(session: Session, report_id: uuid.UUID) -> list[Event]:
    """What happened, newest first."""
    return [Event(*row) for row in session.execute(_LINES, {"report_id": report_id})]


def last_moves(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Event]:
    """The last move of each report: the answer to "why is it here"."""
    rows = session.execute(_LAST, {"ids": ids}) if ids else ()
    return {row[0].report_id: Event(*row) for row in rows}


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
