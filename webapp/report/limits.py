"""Open limits under another calendar: each gets the moment that the same number of work days gives by it.

What counts in hours or calendar days, and a day that a desk named itself, stays. A limit moves only to a moment that is
still to come: nobody becomes late by what somebody types, and what has run out stays late unless it would not have
(docs/decisions/0032).
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock, ids
from ..core.calendar import WORK_DAY, Calendar, Numbers
from ..core.history import MOVE_LIMIT, Author
from . import queries
from .history import HISTORY
from .models import Assignment, Report, ReportEvent, SiteLook
from .service import limit_code
from .workflow import RECEIVING, REPORT, STATES

LIMIT, LOOK, PART = "limit", "look", "part"  # the clock of the state, a site look, a body's part


class Moved(NamedTuple):
    """A limit with its old and its new moment. ``what`` is LIMIT, LOOK or PART; ``row`` is what keeps it."""

    report: Report
    what: str
    row: Any
    before: datetime
    after: datetime


@dataclass(frozen=True)
class _Matter:
    """An open report with all in it that has a limit of its own."""

    report: Report
    parts: Sequence[Assignment]
    looks: Sequence[SiteLook]

    @property
    def lead(self) -> Assignment | None:
        """Whose it is, where a body still has to do the work; its day is the clock's then, or will be."""
        if _is_with_body(self.report.state):
            return next((part for part in self.parts if part.role == "lead"), None)
        return None


def _is_with_body(state: str) -> bool:
    return REPORT.relations[STATES[state].holder or ""].of == "lead"


def moving(session: Session, old: Calendar, new: Calendar) -> list[Moved]:
    """The limits of open reports that another calendar moves, each once, by the reports' numbers; nothing changes."""
    return [each for each in _all(session, old, new) if not _is_clocks(each)]


def _all(session: Session, old: Calendar, new: Calendar) -> list[Moved]:
    if old.exceptions == new.exceptions:
        return []
    now, numbers = clock.now(), Numbers(session)
    return [moved for matter in _open(session) for moved in _moving(matter, numbers, old, new) if moved.after > now]


def _is_clocks(moved: Moved) -> bool:
    """Whether it is the day of who leads it while the work is being done: the clock's own, kept a second time."""
    is_lead = moved.what == PART and moved.row.role == "lead"
    return is_lead and not set(STATES[moved.report.state].clocks) & RECEIVING


def move(session: Session, by: Author, old: Calendar, new: Calendar) -> list[Moved]:
    """Move them, with a line in the history of each matter. The calendar is held already (core/calendar.py)."""
    session.execute(select(Report.id).where(Report.is_open).order_by(Report.id).with_for_update())
    every = _all(session, old, new)
    for each in every:
        _keep(each)
    found = [each for each in every if not _is_clocks(each)]
    for each in found:
        _note(session, by, each)
    return found


def seal(found: Sequence[Moved]) -> str:
    """What somebody has seen and agrees to: the same for the same limits with the same moments, empty for none."""
    lines = sorted(f"{each.report.id} {each.what} {each.row.id} {each.after.isoformat()}" for each in found)
    return sha256("\n".join(lines).encode()).hexdigest() if lines else ""


def readable(session: Session, actor: Actor, found: Sequence[Moved]) -> list[Moved]:
    """Those in reports that the actor may see."""
    mine = set(session.scalars(queries.readable(actor).with_only_columns(Report.id).where(Report.is_open)))
    return [each for each in found if each.report.id in mine]


class Line(NamedTuple):
    """A limit that was moved once: its report, and the line of the history."""

    report: Report
    event: ReportEvent


def lines(session: Session, actor: Actor, first: int, most: int) -> list[Line]:
    """What was ever moved of what the actor may see, newest first: a part of it."""
    newest = _lines(actor).add_columns(ReportEvent).order_by(ReportEvent.at.desc(), Report.number, ReportEvent.seq)
    return [Line(*row) for row in session.execute(newest.offset(first).limit(most))]


def count_lines(session: Session, actor: Actor) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(_lines(actor).subquery())) or 0


def _lines(actor: Actor) -> Select[Any]:
    is_its = and_(ReportEvent.report_id == Report.id, ReportEvent.action == literal(MOVE_LIMIT, literal_execute=True))
    return queries.readable(actor).join(ReportEvent, is_its)


def _open(session: Session) -> Iterator[_Matter]:
    reports = session.scalars(select(Report).where(Report.is_open).order_by(Report.number)).all()
    parts = _by_report(session, Assignment, Assignment.to_at.is_(None))
    looks = _by_report(session, SiteLook, SiteLook.answer.is_(None))
    return (_Matter(report, parts.get(report.id, ()), looks.get(report.id, ())) for report in reports)


def _by_report(session: Session, model: type[Any], condition: Any) -> Mapping[uuid.UUID, list[Any]]:
    is_its = and_(Report.id == model.report_id, Report.is_open)
    found: dict[uuid.UUID, list[Any]] = {}
    for row in session.scalars(select(model).join(Report, is_its).where(condition).order_by(model.id)):
        found.setdefault(row.report_id, []).append(row)
    return found


def _moving(matter: _Matter, numbers: Numbers, old: Calendar, new: Calendar) -> Iterator[Moved]:
    before, after = (dict(_counted(matter, numbers, calendar)) for calendar in (old, new))
    for (what, id_), on in after.items():
        row = _row(matter, what, id_)
        if on == before[what, id_] or (what == PART and _stays(matter, row, before[what, id_])):
            continue
        was = clock.at_hour(row.due_on, new.closes) if what == PART else row.due_at
        if clock.day(was) == on:
            continue  # an earlier change would have made it late, and left it there
        hour = was.astimezone(clock.ZONE).time()  # what a change of the office hours left as it was
        yield Moved(matter.report, what, row, was, clock.at_hour(on, hour))


def _stays(matter: _Matter, part: Assignment, counted: date) -> bool:
    """Whether a cooperating body has an earlier day than its own limit gives: that of a lead whose work was since sent
    back, and which has another day now."""
    return _outlives(matter, part) and part.due_on != counted


def _outlives(matter: _Matter, part: Assignment) -> bool:
    """Whether the work of the lead was sent back since a cooperating body got its day."""
    begun = next((lead.counted_from for lead in matter.parts if lead.role == "lead"), None)
    return part.role == "coop" and bool(begun and part.counted_from and begun > part.counted_from)


def _row(matter: _Matter, what: str, id_: Any) -> Any:
    rows: Mapping[str, Sequence[Any]] = {LIMIT: (matter.report,), PART: matter.parts, LOOK: matter.looks}
    return next(row for row in rows[what] if row.id == id_)


def _counted(matter: _Matter, numbers: Numbers, calendar: Calendar) -> Iterator[tuple[tuple[str, Any], date]]:
    """The last day of each limit in a matter that is counted in work days, as a calendar gives it."""

    def day(code: str, since: datetime) -> date | None:
        number = numbers.at(code, since)
        return None if number is None else clock.day(calendar.after(since, number, WORK_DAY))

    report, lead = matter.report, matter.lead
    theirs = _lead_day(lead, report, day)
    on = _clock_day(report, lead, theirs, day)
    if on and report.due_at:
        yield (LIMIT, report.id), on
    for part in matter.parts:
        if part.role == "coop" and part.counted_from and (own := day("coop_result", part.counted_from)):
            most = None if _outlives(matter, part) else theirs or _named(matter.parts)
            yield (PART, part.id), min(own, most or own)
    if lead and lead.counted_from and theirs:
        yield (PART, lead.id), theirs
    for look in matter.looks:
        if until := day(LOOK, look.asked_at):
            yield (LOOK, look.id), until


def _lead_day(lead: Assignment | None, report: Report, day: Any) -> date | None:
    """The day of who leads it: counted, or as a desk has named it."""
    if lead is None:
        return None
    if lead.counted_from is None:
        return lead.due_on
    state = "handling" if set(STATES[report.state].clocks) & RECEIVING else report.state
    return day(STATES[state].clocks[0], lead.counted_from)


def _clock_day(report: Report, lead: Assignment | None, theirs: date | None, day: Any) -> date | None:
    """The last day of the state's clock; None where it is not counted in work days."""
    name = STATES[report.state].clocks[0]
    if lead is not None and name not in RECEIVING:
        return theirs
    own = day(limit_code(name, report.severity), report.state_since)
    return min(own, theirs) if own and theirs else own


def _named(parts: Sequence[Assignment]) -> date | None:
    return next((part.due_on for part in parts if part.role == "lead"), None)


def _keep(moved: Moved) -> None:
    if moved.what == PART:
        moved.row.due_on = clock.day(moved.after)
    else:
        moved.row.due_at = moved.after


def _note(session: Session, by: Author, moved: Moved) -> None:
    """A line in the history of its report."""
    given = {
        "limit": moved.what,
        "due_before": clock.day(moved.before).isoformat(),
        "due_after": clock.day(moved.after).isoformat(),
    }
    HISTORY.append(
        session,
        moved.report,
        MOVE_LIMIT,
        by,
        given | ({"part": moved.row.body_id} if moved.what == PART else {}),
        event_id=ids.new(),
        due_was=moved.before if moved.what == LIMIT else None,
    )
