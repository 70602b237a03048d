"""The tabs of every desk as one table, and the condition behind each: a count always equals its list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_
from sqlalchemy.orm import Session

from ..access import Actor, Condition
from ..core import calendar, clock, settings
from ..core.errors import N_
from ..core.tables import table
from ..report import queries
from ..report.models import Report

#: Which desk shows which tabs, in this order (docs/glossary.md has the words).
DESKS = {
    row["role"]: tuple(row["tabs"].split(","))
    for row in table("""
role                 tabs
township_supervisor  review,due_today,overdue,to_check,returned,stuck,not_gone,settled,all_open
county_office        emergency,dispatch,to_check,bounced,due_today,overdue,stuck,settled,all_open
department_liaison   receive,handling,due_today,overdue,redo,cooperating
station_officer      station,due_today,overdue,redo
leader               emergency,all_open,late_anywhere,stuck
evaluator            all_open,late_anywhere,stuck
""")
}

LABELS = {
    "emergency": N_("Emergency"),
    "review": N_("To review"),
    "dispatch": N_("To dispatch"),
    "receive": N_("To receive"),
    "handling": N_("Being handled"),
    "station": N_("With village or station"),
    "due_today": N_("Due today"),
    "overdue": N_("Overdue"),
    "to_check": N_("To check"),
    "returned": N_("Returned"),
    "bounced": N_("Not ours"),
    "stuck": N_("No move for days"),
    "not_gone": N_("Due, not gone"),
    "settled": N_("Settled on the spot"),
    "redo": N_("Redo"),
    "cooperating": N_("Cooperating"),
    "all_open": N_("All open"),
    "late_anywhere": N_("Overdue"),
}


@dataclass(frozen=True)
class Moments:
    """What "today" and "for days" mean now."""

    now: datetime
    tonight: datetime
    stuck_since: datetime


def moments(session: Session) -> Moments:
    """By the county's day, and by its setting of after how many work days a report counts as stuck."""
    days, worked = settings.get(session, "stuck_days"), calendar.load(session, settings.get(session, "work_to"))
    return Moments(
        clock.now(), clock.start(clock.today() + calendar.DAY), clock.start(worked.back(clock.today(), days))
    )


def _held(actor: Actor, _at: Moments) -> Condition:
    return queries.held_by(actor)


def _state(*states: str) -> Callable[[Actor, Moments], Condition]:
    return lambda actor, at: and_(Report.state.in_(states), queries.held_by(actor))


#: One condition per tab, on top of what the actor may read.
CONDITIONS: dict[str, Callable[[Actor, Moments], Condition]] = {
    "emergency": lambda actor, at: and_(queries.is_open(), Report.severity == "emergency"),
    "review": _state("township"),
    "dispatch": _state("county"),
    "receive": _state("department"),
    "handling": _state("handling"),
    "station": _state("station"),
    "to_check": _state("station_done", "department_done", "township_done"),
    "due_today": lambda actor, at: and_(_held(actor, at), Report.due_at >= at.now, Report.due_at < at.tonight),
    "overdue": lambda actor, at: and_(_held(actor, at), Report.due_at < at.now),
    "returned": lambda actor, at: Report.state == "returned",
    "bounced": lambda actor, at: and_(Report.state == "county", _held(actor, at), queries.last_action_is("bounce")),
    "stuck": lambda actor, at: and_(queries.is_open(), Report.state_since < at.stuck_since),
    "settled": lambda actor, at: and_(queries.waits_for_sample(), queries.reach(actor, "report.sample")),
    "redo": lambda actor, at: and_(_held(actor, at), queries.last_action_is("redo")),
    "cooperating": lambda actor, at: and_(queries.is_open(), queries.cooperates(actor)),
    "all_open": lambda actor, at: queries.is_open(),
    "late_anywhere": lambda actor, at: and_(queries.is_open(), Report.due_at < at.now),
}


def query(actor: Actor, tab: str, at: Moments) -> Select[tuple[Report]]:
    """The reports of a tab, the clock that runs out first on top."""
    return (
        queries.readable(actor).where(CONDITIONS[tab](actor, at)).order_by(Report.due_at, Report.received_at, Report.id)
    )


def counts(session: Session, actor: Actor, tabs: tuple[str, ...], at: Moments) -> dict[str, int]:
    """How many each tab holds: the very conditions of the lists, counted in one SELECT."""
    wanted = [tab for tab in tabs if tab in CONDITIONS]
    columns: list[Any] = [func.count().filter(CONDITIONS[tab](actor, at)).label(tab) for tab in wanted]
    live = or_(queries.is_open(), queries.waits_for_sample())  # no tab shows anything else, and the rest only grows
    row = session.execute(queries.readable(actor).where(live).with_only_columns(*columns)).one()
    return dict(zip(wanted, row, strict=True))
