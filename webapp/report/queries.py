"""Reads of reports.

Every one starts from ``reach``: what the actor may see or move, as the one permission table says.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import Session

from ..access import ROLES, Actor, Condition, below, end, kept, where
from ..core import calendar
from ..core.columns import one_of
from ..core.errors import NotFound
from ..core.history import seen_token
from ..core.process import Facts, Move
from ..grid.models import Grid
from ..patrol.models import Patrol, PatrolObject, Visit
from . import facts, vacant
from .history import HISTORY
from .models import Assignment, Report, ReportAttachment, ReportEvent, ReportJoint, SiteLook
from .workflow import HANDLING, REPORT

ANSWERS = ("look_answer", "sample")  # acts beside the state that one tap does
SEES_JOINT = frozenset({"report.read"})  # a joint grid sees the report; only the lead grid acts


def _joint(test: Callable[[Any], Condition]) -> Condition:
    other = Grid.__table__.alias("joint_grid")
    return exists().where(ReportJoint.report_id == Report.id, ReportJoint.grid_id == other.c.id, test(other.c.path))


def _assigned(body_id: int) -> Condition:
    return exists().where(Assignment.report_id == Report.id, Assignment.body_id == body_id)


def _lead(body_id: int) -> Condition:
    return exists().where(
        Assignment.report_id == Report.id,
        Assignment.body_id == body_id,
        Assignment.role == "lead",
        Assignment.to_at.is_(None),
    )


def reach(actor: Actor, action: str) -> Condition:
    """What of ``Report`` joined with its ``Grid`` the actor reaches for an action."""
    return where(
        actor,
        action,
        grid_path=Grid.path,
        joint=_joint if action in SEES_JOINT else None,
        assigned=_assigned,
        lead=_lead,
    )


def readable(actor: Actor) -> Select[Report]:
    """The reports the actor may see, to be narrowed further; kept, where it is narrowed for many (``access.kept``)."""
    return select(Report).join(Grid, Grid.id == Report.grid_id).where(reach(actor, "report.read"))


#: What lists show of a report: a row with these costs half of what the whole object does.
LISTED = (
    *(Report.id, Report.number, Report.state, Report.is_open, Report.due_at, Report.severity, Report.entry_mode),
    *(Report.grid_id, Report.object_id, Report.place),
)


def listed(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The same reports as rows of a list."""
    return readable(actor).with_only_columns(*LISTED)


@dataclass(frozen=True)
class Found:
    """A report the actor may see, with what he may do to this one: a role counts only where it reaches."""

    report: Report
    path: str
    roles: frozenset[str]
    facts: Facts  # the guards of the process, for who asks and this report
    moves: tuple[Move, ...]
    allowed: frozenset[str]  # acts beside the state that reach this report
    moved: int  # how often it was moved: the place of its last move in the history
    via_grid: bool  # reached by a posting to its ground, not only by a body that has or had it

    @property
    def seen(self) -> str:
        """What a page that shows it now gives back: a state alone comes again after a redo, this never does."""
        return seen_token(self.report.state, self.moved)


BESIDE = ("report.result", "report.sample", "look.ask")


def _roles_here(actor: Actor) -> dict[str, Condition]:
    """For each role held, whether it reaches a report for moving: a role counts only where it reaches."""
    return {
        role: reach(actor.only(role), "report.move").label(f"role_{role}") for role in ROLES if role in actor.roles()
    }


def one(session: Session, actor: Actor, report_id: uuid.UUID, *, lock: bool = False) -> Found:
    """One report the actor may see, else NotFound. ``lock`` holds the row until the write ends."""
    if lock:
        hold(session, report_id)
    row = session.execute(_one(actor), {"report_id": report_id, **facts.given(session, actor)}).first()
    if row is None:
        raise NotFound
    roles = _held_roles(actor, row)
    allowed = frozenset(action for index, action in enumerate(BESIDE) if getattr(row, f"may_{index}"))
    subject = vacant.Subject(report_id, row.Report.state, row.Report.grid_id, row.path, row.lead)
    known = _facts_of(row) | vacant.facts(session, [subject])[report_id]
    moves_ = REPORT.open_moves(row.Report.state, roles, known)
    return Found(row.Report, row.path, roles, known, moves_, allowed, row.moved or 0, bool(row.via_grid))


@kept
def _one(actor: Actor) -> Select[Any]:
    beside = [reach(actor, action).label(f"may_{index}") for index, action in enumerate(BESIDE)]
    via_grid = reach(actor.without_bodies(), "report.read").label("via_grid")
    return (
        select(Report, Grid.path, via_grid, HISTORY.newest_move(Report.id).label("moved"), *_known(actor), *beside)
        .join(Grid, Grid.id == Report.grid_id)
        .where(Report.id == bindparam("report_id"), reach(actor, "report.read"))
    )


def _known(actor: Actor) -> list[Any]:
    """What the guards ask of a report and the actor, who leads it now, and the roles in which he moves it."""
    handled = HISTORY.was_done_by(Report.id, actor.person_id, HANDLING).label("handled")
    asked = [fact.label(name) for name, fact in facts.asked(actor).items()]
    return [handled, *asked, vacant.LEAD.label("lead"), *_roles_here(actor).values()]


def _held_roles(actor: Actor, row: Any) -> frozenset[str]:
    return frozenset(role for role in actor.roles() if getattr(row, f"role_{role}"))


def _facts_of(row: Any) -> dict[str, bool]:
    return {name: bool(getattr(row, name)) for name in ("handled", *facts.ASKED)}


def hold(session: Session, report_id: uuid.UUID) -> None:
    """Wait for the report and keep it until the write ends. A statement of its own: what waits for a row on PostgreSQL
    sees that row anew and everything else, whose it is now among it, as it was before. The calendar comes first: who
    changes that waits for what is being moved, and the other way round."""
    calendar.hold(session)
    session.execute(select(Report.id).where(Report.id == report_id).with_for_update())


def moves(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[Move, ...]]:
    """What the actor may do to each of these reports, for a list's buttons: a few SELECTs, however long the list."""
    if not ids or not actor.roles():
        return {}
    rows = session.execute(_moves(actor), {"ids": ids, **facts.given(session, actor)}).all()
    subjects = [vacant.Subject(row.id, row.state, row.grid_id, row.path, row.lead) for row in rows]
    staffed = vacant.facts(session, subjects)
    return {
        row.id: REPORT.open_moves(row.state, _held_roles(actor, row), _facts_of(row) | staffed[row.id]) for row in rows
    }


@kept
def _moves(actor: Actor) -> Select[Any]:
    return (
        select(Report.id, Report.state, Report.grid_id, Grid.path, *_known(actor))
        .join(Grid, Grid.id == Report.grid_id)
        .where(Report.id.in_(bindparam("ids", expanding=True)), reach(actor, "report.read"))
    )


def last_action_is(action: str) -> Condition:
    """The condition that the last move of a report was this one."""
    return HISTORY.last_action_is(Report.id, action)


def held_by(actor: Actor) -> Condition:
    """Open reports that rest with the actor: the holder's role is his, and that role reaches the report."""
    held = [
        and_(one_of(Report.state, states), reach(actor.only(role), "report.move"))
        for role, states in REPORT.holdings.items()
        if role in actor.roles()
    ]
    return and_(Report.is_open, or_(false(), *held))


def just_answered(session: Session, actor: Actor) -> list[tuple[ReportEvent, Report]]:
    """Acts beside the state that the actor can still take back, newest first."""
    rows = session.execute(_just_answered(actor), facts.given(session, actor))
    return [(event, report) for event, report in rows]


@kept
def _just_answered(actor: Actor) -> Select[ReportEvent, Report]:
    return (
        select(ReportEvent, Report)
        .join(Report, Report.id == ReportEvent.report_id)
        .join(Grid, Grid.id == Report.grid_id)
        .where(
            ReportEvent.person_id == actor.person_id,
            ReportEvent.at >= facts.UNDO_SINCE,
            one_of(ReportEvent.action, ANSWERS),
            facts.is_last(ReportEvent),
            or_(ReportEvent.action != "look_answer", facts.is_as_counted(ReportEvent)),
            reach(actor, "report.read"),
        )
        .order_by(ReportEvent.at.desc(), ReportEvent.id)
    )


def attachments_read(actor: Actor) -> Select[uuid.UUID]:
    """The ids of the attachments of reports that the actor may see."""
    return (
        select(ReportAttachment.attachment_id)
        .join(Report, Report.id == ReportAttachment.report_id)
        .join(Grid, Grid.id == Report.grid_id)
        .where(reach(actor, "report.read"))
    )


def look(session: Session, actor: Actor, look_id: uuid.UUID) -> SiteLook:
    """A look that is, or was, the actor's to answer, else NotFound."""
    found = session.scalar(
        select(SiteLook)
        .join(Report, Report.id == SiteLook.report_id)
        .join(Grid, Grid.id == Report.grid_id)
        .where(
            SiteLook.id == look_id, SiteLook.grid_id.in_(actor.grids_for("look.answer")), reach(actor, "report.read")
        )
    )
    if found is None:
        raise NotFound
    return found


def open_looks(session: Session, actor: Actor) -> list[tuple[SiteLook, Report]]:
    """Looks that wait for the actor's answer, oldest limit first."""
    return [(look, report) for look, report in session.execute(_open_looks(actor), actor.reach())]


@kept
def _open_looks(actor: Actor) -> Select[SiteLook, Report]:
    return (
        select(SiteLook, Report)
        .join(Report, Report.id == SiteLook.report_id)
        .join(Grid, Grid.id == Report.grid_id)
        .where(
            SiteLook.answer.is_(None),
            SiteLook.grid_id.in_(actor.grids_for("look.answer")),
            Report.is_open,
            reach(actor, "report.read"),
        )
        .order_by(SiteLook.due_at, SiteLook.id)
    )


def recurrences(session: Session, actor: Actor, report_id: uuid.UUID) -> list[Report]:
    """Later reports that say "it is back" of this one, as far as the actor may see them."""
    return list(session.scalars(_recurrences(actor), {"report_id": report_id, **actor.reach()}))


@kept
def _recurrences(actor: Actor) -> Select[Report]:
    recurs = Report.recurs_id == bindparam("report_id")
    return readable(actor).where(recurs).order_by(Report.received_at, Report.id)


def cooperates(actor: Actor) -> Condition:
    """Reports on which a body of the actor cooperates now: its part is open until it says what it did."""
    return exists().where(
        Assignment.report_id == Report.id,
        Assignment.role == "coop",
        Assignment.to_at.is_(None),
        Assignment.body_id.in_(actor.bodies()),
    )


@kept
def _found(actor: Actor) -> Select[*tuple[Any, ...]]:
    found = listed(actor).where(Report.found_by == actor.person_id)
    in_order = found.order_by(Report.is_open.desc(), Report.received_at.desc(), Report.id)
    return in_order.offset(bindparam("first")).limit(bindparam("most"))


@kept
def _count_found(actor: Actor) -> Select[int]:
    return readable(actor).where(Report.found_by == actor.person_id).with_only_columns(func.count())


def found_by(session: Session, actor: Actor, first: int = 0, most: int = 20) -> list[Any]:
    """What the actor reported from grids that are still his, newest first, open ones before closed;
    from the ``first`` on."""
    return list(session.execute(_found(actor), {"first": first, "most": most, **actor.reach()}))


def count_found(session: Session, actor: Actor) -> int:
    """How many there are of these."""
    return session.scalar(_count_found(actor), actor.reach()) or 0


def to_supplement(session: Session, actor: Actor) -> list[Any]:
    """Reports that came back to the actor's villages for more."""
    return list(session.execute(_to_supplement(actor), actor.reach()))


@kept
def _to_supplement(actor: Actor) -> Select[*tuple[Any, ...]]:
    returned = listed(actor).where(Report.state == "returned", held_by(actor))
    return returned.order_by(Report.due_at, Report.id)


def open_in(session: Session, actor: Actor, grid_path: str, first: int = 0, most: int = 20) -> list[Any]:
    """Open reports below a grid, as far as the actor may see them, the first due first; from the ``first`` on."""
    part = {"first": first, "most": most}
    return list(session.execute(_open_in(actor), {**part, **_part(grid_path), **actor.reach()}))


def count_open_in(session: Session, actor: Actor, grid_path: str) -> int:
    """How many there are of these."""
    return session.scalar(_count_open_in(actor), {**_part(grid_path), **actor.reach()}) or 0


PART: Any = bindparam("part")


def _part(grid_path: str) -> dict[str, str]:
    return {"part": grid_path, "part_end": end(grid_path)}


@kept
def _open_in(actor: Actor) -> Select[*tuple[Any, ...]]:
    found = listed(actor).where(Report.is_open, _lies_in_part())
    return found.order_by(Report.due_at, Report.id).offset(bindparam("first")).limit(bindparam("most"))


@kept
def _count_open_in(actor: Actor) -> Select[int]:
    return readable(actor).where(Report.is_open, _lies_in_part()).with_only_columns(func.count())


def _lies_in_part() -> Condition:
    """Below a grid by its lead grid or by the other one of a matter on a border."""
    return or_(below(Grid.path, PART), _joint(lambda path: below(path, PART)))


def led_next_door(session: Session, actor: Actor) -> list[Any]:
    """Open matters on the border of the actor's villages that a neighbour leads."""
    return list(session.execute(_led_next_door(actor), actor.reach()))


@kept
def _led_next_door(actor: Actor) -> Select[*tuple[Any, ...]]:
    mine = ReportJoint.grid_id.in_(actor.grids_for("patrol.walk"))
    joint = exists().where(ReportJoint.report_id == Report.id, mine)
    return listed(actor).where(Report.is_open, joint).order_by(Report.received_at.desc(), Report.id.desc())


def unwritten(session: Session, actor: Actor, since: datetime) -> list[Any]:
    """Problems the actor saw on a round since a moment for which no report was written yet: the object's id, names and
    grid, the moment, the round."""
    return list(session.execute(_unwritten(actor), {"since": since, **actor.reach()}))


@kept
def _unwritten(actor: Actor) -> Select[*tuple[Any, ...]]:
    thing = (PatrolObject.id, PatrolObject.zh, PatrolObject.en, PatrolObject.grid_id)
    # As a sum: else SQLite goes through all rounds that he ever made, where the last visits of his objects are few.
    is_his = Patrol.person_id + 0 == actor.person_id
    return (
        select(*thing, Visit.at, Visit.patrol_id)
        .select_from(Visit)
        .join(Patrol, Patrol.id == Visit.patrol_id)
        .join(PatrolObject, PatrolObject.id == Visit.object_id)
        .join(Grid, Grid.id == PatrolObject.grid_id)
        .where(
            is_his,
            Visit.result == "problem",
            Visit.at >= bindparam("since"),
            where(actor, "report.submit", grid_path=Grid.path),
            ~exists().where(Report.patrol_id == Patrol.id, Report.object_id == PatrolObject.id),
        )
        .order_by(Visit.at, Visit.id)
    )
