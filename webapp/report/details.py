"""What belongs to reports that were already reached: bodies, problems, further grids, looks. Asks for no right
itself."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from ..core.attachments import IMAGE
from ..core.models import Attachment
from ..duty.models import ProblemType
from ..patrol.models import PatrolObject
from ..people.models import Body
from .given import Given
from .models import Assignment, Report, ReportAttachment, ReportEvent, ReportJoint, ReportProblem, SiteLook

IDS: BindParameter[Any] = bindparam("ids", expanding=True)
IS_LATER = ReportAttachment.event_id.is_not(None)  # a file that came with a move, not with the report


class Place(NamedTuple):
    """Whose a report is now or was: the assignment and the body."""

    assignment: Assignment
    body: Body


def assignments(session: Session, report_id: uuid.UUID, *, now: bool = False) -> list[Place]:
    """The bodies a report is (``now``) or ever was with, lead first."""
    return [Place(*row) for row in session.execute(_WITH_NOW if now else _WITH, {"report_id": report_id})]


_WITH = (
    select(Assignment, Body)
    .join(Body, Body.id == Assignment.body_id)
    .where(Assignment.report_id == bindparam("report_id"))
    .order_by(Assignment.role.desc(), Assignment.id)
)
_WITH_NOW = _WITH.where(Assignment.to_at.is_(None))


def leads(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Body]:
    """The body that leads each report now."""
    rows = (
        session.execute(
            select(Assignment.report_id, Body)
            .join(Body, Body.id == Assignment.body_id)
            .where(Assignment.report_id.in_(ids), Assignment.role == "lead", Assignment.to_at.is_(None))
        ).all()
        if ids
        else []
    )
    return dict(rows)


def bodies(session: Session, ids: Collection[int]) -> dict[int, Body]:
    """Bodies by id, for the names that stand in records that were already reached."""
    return {body.id: body for body in session.scalars(_BODIES, {"ids": list(ids)})} if ids else {}


_BODIES = select(Body).where(Body.id.in_(IDS))


def things(session: Session, ids: Collection[int | None]) -> dict[int | None, PatrolObject]:
    """Objects that reports name, likewise."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return {thing.id: thing for thing in session.scalars(_THINGS, {"ids": wanted})} if wanted else {}


_THINGS = select(PatrolObject).where(PatrolObject.id.in_(IDS))


def problems(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """The problem types of each report in their order: code, names, and whether they call for enforcement."""
    found: dict[uuid.UUID, list[Any]] = {}
    for row in session.execute(_PROBLEMS, {"ids": ids}) if ids else ():
        found.setdefault(row.report_id, []).append(row)
    return found


_PROBLEMS = (
    select(*(ReportProblem.report_id, ProblemType.code, ProblemType.zh, ProblemType.en, ProblemType.needs_enforcement))
    .join(ProblemType, ProblemType.code == ReportProblem.problem)
    .where(ReportProblem.report_id.in_(IDS))
    .order_by(ProblemType.position, ProblemType.code)
)


def problem_codes(session: Session, report_id: uuid.UUID) -> list[str]:
    """The codes of a report's problem types in their order."""
    return [problem.code for problem in problems(session, [report_id]).get(report_id, [])]


def doubts(session: Session, report_id: uuid.UUID) -> list[str | None]:
    """For each dispatch of a report, first to last, why its duty was no plain ground: each made one lead with one."""
    return list(session.scalars(_DOUBTS, {"report_id": report_id}))


_DOUBTS = (
    select(Assignment.doubt)
    .where(Assignment.report_id == bindparam("report_id"), Assignment.role == "lead", Assignment.ground.is_not(None))
    .order_by(Assignment.id)
)


def last_lead(session: Session, problems: Collection[str], but: uuid.UUID) -> Assignment | None:
    """Whom the last dispatch of another report with one of these problems named as lead."""
    return session.scalar(
        select(Assignment)
        .join(ReportProblem, ReportProblem.report_id == Assignment.report_id)
        .where(
            ReportProblem.problem.in_(problems),
            Assignment.report_id != but,
            Assignment.role == "lead",
            Assignment.ground.is_not(None),
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    )


def needs_enforcement(session: Session, report_id: uuid.UUID) -> bool:
    """Whether a problem of the report calls for enforcement, which no village committee may decide."""
    return any(problem.needs_enforcement for problem in problems(session, [report_id]).get(report_id, []))


def joint_grids(session: Session, report_id: uuid.UUID) -> list[int]:
    """Ids of the further grids of a matter on a border."""
    return list(session.scalars(_JOINT_GRIDS, {"report_id": report_id}))


_JOINT_GRIDS = (
    select(ReportJoint.grid_id).where(ReportJoint.report_id == bindparam("report_id")).order_by(ReportJoint.grid_id)
)


def thumbs(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The photos by which a list shows each report: the first two that were found, and the last that came later."""
    rows = session.execute(_THUMBS, {"ids": ids}) if ids else ()
    found: dict[uuid.UUID, tuple[list[uuid.UUID], list[uuid.UUID]]] = {}
    for report_id, photo, later in rows:
        found.setdefault(report_id, ([], []))[bool(later)].append(photo)
    return {report_id: [*first[:2], *last[-1:]] for report_id, (first, last) in found.items()}


_THUMBS = (
    select(ReportAttachment.report_id, Attachment.id, IS_LATER)
    .join(Attachment, Attachment.id == ReportAttachment.attachment_id)
    .where(ReportAttachment.report_id.in_(IDS), Attachment.kind == IMAGE)
    .order_by(IS_LATER, Attachment.received_at, ReportAttachment.position, Attachment.id)
)


def look_photos(session: Session, looks: Sequence[SiteLook]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Ids of the photos that came with the last answer of each of these looks, by the look's id."""
    if not looks:
        return {}
    rows = session.execute(_LOOK_PHOTOS, {"ids": list({look.report_id for look in looks})})
    last: dict[str, dict[uuid.UUID, list[uuid.UUID]]] = {}
    for event_id, given, photo in rows:
        of_look = last.get(Given(given).text("look"), {})
        last[Given(given).text("look")] = {event_id: [*of_look.get(event_id, ()), *([photo] if photo else ())]}
    return {look.id: [photo for each in last.get(str(look.id), {}).values() for photo in each] for look in looks}


_LOOK_PHOTOS = (
    select(ReportEvent.id, ReportEvent.given, ReportAttachment.attachment_id)
    .outerjoin(ReportAttachment, ReportAttachment.event_id == ReportEvent.id)
    .where(ReportEvent.report_id.in_(IDS), ReportEvent.action == "look_answer")
    .order_by(ReportEvent.seq, ReportAttachment.position, ReportAttachment.attachment_id)
)


def looks(session: Session, report_id: uuid.UUID) -> list[SiteLook]:
    """The site looks asked for, newest first."""
    return list(session.scalars(_LOOKS, {"report_id": report_id}))


_LOOKS = (
    select(SiteLook).where(SiteLook.report_id == bindparam("report_id")).order_by(SiteLook.asked_at.desc(), SiteLook.id)
)


class Picture(NamedTuple):
    """A photo of a report, and whether it came with a move: it shows the place after something was done."""

    file: Attachment
    is_later: bool


def photos(session: Session, report_id: uuid.UUID) -> list[Picture]:
    """Its pictures, those sent with the report first."""
    return [Picture(*row) for row in session.execute(_PHOTOS, {"report_id": report_id})]


_PHOTOS = (
    select(Attachment, IS_LATER)
    .join(ReportAttachment, ReportAttachment.attachment_id == Attachment.id)
    .where(ReportAttachment.report_id == bindparam("report_id"), Attachment.kind == IMAGE)
    .order_by(IS_LATER, ReportAttachment.event_id, ReportAttachment.position, Attachment.id)
)


def written_for(session: Session, patrol_id: uuid.UUID) -> set[int]:
    """Objects of a round for which a report was written."""
    return set(session.scalars(_WRITTEN, {"patrol_id": patrol_id}))


_WRITTEN = select(Report.object_id).where(Report.patrol_id == bindparam("patrol_id"), Report.object_id.is_not(None))


def senders(session: Session, report_id: uuid.UUID) -> Sequence[int]:
    """Who may have sent the report with this id, himself or through a desk; nobody when it is not there."""
    return tuple(session.execute(_SENDERS, {"report_id": report_id}).first() or ())


_SENDERS = select(Report.entered_by, Report.found_by).where(Report.id == bindparam("report_id"))


def moved_by(session: Session, event_id: uuid.UUID, person_id: int) -> uuid.UUID | None:
    """The report of the move or act with this id, if this person made it."""
    return session.scalar(
        select(ReportEvent.report_id).where(ReportEvent.id == event_id, ReportEvent.person_id == person_id)
    )
