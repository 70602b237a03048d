"""Acts beside the state: a site look and its answer, a cooperating body's result, sampling, a corrected problem type;
and taking back a look or a part of which nobody is left.

Each appends to the history and moves nothing; docs/glossary.md has the words.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ..access import Actor, holders
from ..core import clock
from ..core.calendar import limit_after
from ..core.entry import fingerprint_of, is_resend, same
from ..core.errors import N_, Conflict, NotFound, Refused
from ..core.files import PhotoFile
from ..core.history import Author
from ..core.process import UNDO
from ..duty.models import ProblemType
from ..grid import queries as grid_queries
from ..people import queries as people_queries
from ..people.models import Body
from . import details, queries
from .effects import body_for, look_again
from .facts import SAID
from .given import Given
from .history import HISTORY
from .models import Assignment, Report, ReportEvent, ReportProblem, SiteLook
from .service import keep_photos
from .workflow import ENDS, REPORT, TOO_LATE

WITHDRAWN = "withdrawn"  # stands in the place of an answer
CLOSED = N_("This is closed. Reopen it first.")


@dataclass(frozen=True)
class Result:
    """A cooperating body's result as it was sent."""

    done: str

    V1_FIELDS: ClassVar = "done"


@dataclass(frozen=True)
class Correction:
    """The problem types that a desk says it is."""

    codes: tuple[str, ...]

    V1_FIELDS: ClassVar = "codes"


@dataclass(frozen=True)
class LookAnswer:
    """The answer to a look as it was sent; of a second look at what was settled on the spot, "in_order"."""

    look_id: uuid.UUID  # or the report's
    answer: str
    note: str | None = None
    photos: tuple[PhotoFile, ...] = ()


def ask_look(
    session: Session,
    actor: Actor,
    report_id: uuid.UUID,
    look_id: uuid.UUID,
    question: str | None,
    grid_id: int | None = None,
) -> SiteLook:
    """Ask the officer of the village, or of the other one of a matter on a border (``grid_id``), to go and look; on top
    of his page until he answers. Nobody can be asked where nobody is posted."""
    found = queries.one(session, actor, report_id, lock=True)
    known = session.get(SiteLook, look_id)
    if known is not None and known.report_id != report_id:
        raise Conflict
    asked = (fingerprint_of({"question": known.question}), known.asked_by) if known is not None else None
    if known is not None and is_resend(asked, {"question": question}, actor.person_id):
        return known
    if "look.ask" not in found.allowed:
        raise NotFound
    if found.report.state in ENDS:
        raise Refused(CLOSED)
    if any(look.answer is None for look in details.looks(session, report_id)):
        raise Refused(N_("Someone has already been asked to go and look, and has not answered yet."))
    asked_at = grid_queries.standing(session, grid_id or found.report.grid_id)
    _somebody_to_ask(session, found.report, asked_at)
    look = SiteLook(
        id=look_id,
        report_id=report_id,
        grid_id=asked_at,
        asked_by=actor.person_id,
        asked_at=clock.now(),
        due_at=limit_after(session, "look", clock.now()),
        question=question,
    )
    session.add(look)
    _note(
        session,
        actor,
        found.report,
        "ask_look",
        _role(actor, "look.ask", found.roles),
        {"question": question},
        event_id=uuid.uuid5(look_id, "ask"),
    )
    return look


def _somebody_to_ask(session: Session, report: Report, grid_id: int) -> None:
    """Refused where nobody is posted, with the village that could be asked instead, if there is one."""
    grids = {report.grid_id, *details.joint_grids(session, report.id)}
    others = {grid_queries.standing(session, id_) for id_ in grids}
    if grid_id not in others:
        raise Refused(N_("Choose one of the villages of this report."), field="grid")
    could = sorted({id_ for _, id_ in people_queries.posted(session, others, people_queries.WALKERS)})
    if grid_id in could:
        return
    names = grid_queries.named(session, {grid_id, *could})
    if could:
        raise Refused(
            N_("Nobody is posted to %(village)s. You could ask %(other)s."),
            field="grid",
            village=names[grid_id],
            other=names[could[0]],
        )
    raise Refused(
        N_("Nobody is posted to %(village)s, so nobody there can go and look. Go yourselves, or post someone first."),
        field="question",
        village=names[grid_id],
    )


def withdraw_look(session: Session, actor: Actor, report_id: uuid.UUID, look_id: uuid.UUID, reason: str) -> None:
    """Take back a look that was asked of a village to which nobody is posted any more; another can be asked then."""
    found = queries.one(session, actor, report_id, lock=True)
    look = session.get(SiteLook, look_id)
    if look is None or look.report_id != report_id or "look.ask" not in found.allowed:
        raise NotFound
    if look.answer is not None:
        if (look.answer, look.answered_by, look.note) == (WITHDRAWN, actor.person_id, reason):
            return
        raise Refused(N_("This site visit was already answered."))
    if people_queries.officers(session, look.grid_id):
        raise Refused(N_("Someone is posted to that village now and can answer."))
    look.answer, look.note, look.answered_by, look.answered_at = WITHDRAWN, reason, actor.person_id, clock.now()
    _note(
        session,
        actor,
        found.report,
        "withdraw_look",
        _role(actor, "look.ask", found.roles),
        {"reason": reason},
        event_id=uuid.uuid5(look_id, WITHDRAWN),
    )


def answer_look(
    session: Session,
    actor: Actor,
    look_id: uuid.UUID,
    answer: str,
    note: str | None,
    *,
    photos: tuple[PhotoFile, ...] = (),
    event_id: uuid.UUID | None = None,
) -> bool:
    """The village's answer: put right, or not yet. A second sending of the same answer changes nothing. Tells whether
    the look is answered now: it is not when an answer comes again that was taken back.

    ``event_id`` is the id of the form; one of before forms had it stands for the first answer that the look ever got.
    """
    look = session.get(SiteLook, look_id)
    if look is not None:  # the report first, as every other act on it does
        queries.hold(session, look.report_id)
        session.refresh(look)
    if look is None or look.grid_id not in actor.grids_for("look.answer"):
        raise NotFound
    entry = LookAnswer(look_id, answer, note, photos)
    if _answered_so(session, actor, look, entry, event_id):
        return look.answer is not None
    if answer not in SAID:
        raise Refused(N_("Choose one."), field="answer")
    event_id = event_id or _without_id(look)
    if look.answer is not None or session.get(ReportEvent, event_id) is not None:
        raise Refused(N_("This site visit was already answered."))
    look.answer, look.note, look.answered_by, look.answered_at = answer, note, actor.person_id, clock.now()
    report, given = session.get_one(Report, look.report_id), {"answer": answer, "note": note, "look": str(look_id)}
    _note(session, actor, report, "look_answer", _role(actor, "look.answer"), given, event_id=event_id, entry=entry)
    keep_photos(session, actor, report.id, photos, event_id)
    return True


def _without_id(look: SiteLook) -> uuid.UUID:
    """The id of an answer whose form had none: there was one answer to a look and no more."""
    return uuid.uuid5(look.id, "answer")


def _answered_so(session: Session, actor: Actor, look: SiteLook, entry: LookAnswer, event_id: uuid.UUID | None) -> bool:
    """Whether this very answer was received: the form comes again, or another one says the same without a photo."""
    if event_id is not None:
        if HISTORY.sent_before(session, look.report_id, event_id, entry, actor.person_id):
            return True
    else:
        known = session.get(ReportEvent, _without_id(look))
        if known is not None and known.person_id == actor.person_id:
            said = Given(known.given)
            if (said.text("answer"), said.text("note")) == (entry.answer, entry.note or ""):
                return True
    in_force = (look.answer, look.answered_by, look.note)
    return not entry.photos and in_force == (entry.answer, actor.person_id, entry.note)


def add_result(session: Session, actor: Actor, report_id: uuid.UUID, event_id: uuid.UUID, result: str) -> None:
    """What a cooperating body did; the lead's result stays the lead's."""
    found = queries.one(session, actor, report_id, lock=True)
    entry = Result(result)
    if HISTORY.sent_before(session, report_id, event_id, entry, actor.person_id):
        return
    mine = session.scalar(
        select(Assignment).where(
            Assignment.report_id == report_id,
            Assignment.role == "coop",
            Assignment.to_at.is_(None),
            Assignment.body_id.in_(actor.bodies()),
        )
    )
    if mine is None:
        raise Refused(N_("Your department does not cooperate on this one now."))
    mine.to_at = clock.now()  # its part is done; the lead's goes on
    _note(
        session,
        actor,
        found.report,
        "coop_result",
        _role(actor, "report.result", found.roles),
        {"done": result},
        event_id=event_id,
        entry=entry,
    )


def release_part(session: Session, actor: Actor, report_id: uuid.UUID, part_id: int, reason: str) -> None:
    """Take back the part of a cooperating body (its assignment) for which nobody speaks any more."""
    found = queries.one(session, actor, report_id, lock=True)
    part, dispatching = session.get(Assignment, part_id), found.roles & REPORT.movers("dispatch")
    if part is None or (part.report_id, part.role) != (report_id, "coop") or not dispatching:
        raise NotFound
    event_id = uuid.uuid5(report_id, f"part:{part_id}")
    first = session.get(ReportEvent, event_id)
    if first is not None and first.person_id == actor.person_id and Given(first.given).text("reason") == reason:
        return
    if part.to_at is not None:
        raise Refused(N_("That department does not cooperate on this one now."))
    if people_queries.spoken_for(session, [part.body_id]):
        body = session.get_one(Body, part.body_id)
        raise Refused(N_("Someone is posted to %(body)s now and can report its result."), body=body)
    part.to_at = clock.now()
    given = {"body": part.body_id, "reason": reason}
    _note(session, actor, found.report, "release_part", min(dispatching), given, event_id=event_id)


def sample(
    session: Session,
    actor: Actor,
    report_id: uuid.UUID,
    note: str | None,
    *,
    photos: tuple[PhotoFile, ...] = (),
    event_id: uuid.UUID | None = None,
) -> bool:
    """A desk has looked again at a matter that was settled on the spot. ``event_id``, and what it tells, as in
    ``answer_look``."""
    found = queries.one(session, actor, report_id, lock=True)
    if "report.sample" not in found.allowed:
        raise NotFound
    entry = LookAnswer(report_id, "in_order", note, photos)
    if event_id is not None and HISTORY.sent_before(session, report_id, event_id, entry, actor.person_id):
        return found.report.sampled_at is not None
    event_id = event_id or uuid.uuid5(report_id, "sample")
    first = session.get(ReportEvent, event_id)
    if first is not None and first.person_id == actor.person_id and same(first.given, {"note": note}):
        return found.report.sampled_at is not None
    if not found.report.waits_for_sample:
        raise Refused(N_("This was already spot-checked."))
    look_again(found.report, actor)
    _note(
        session,
        actor,
        found.report,
        "sample",
        _role(actor, "report.sample", found.roles),
        {"note": note},
        event_id=event_id,
        entry=entry,
    )
    keep_photos(session, actor, report_id, photos, event_id)
    return True


def undo(session: Session, actor: Actor, report_id: uuid.UUID, event_id: uuid.UUID) -> None:
    """Take back what one tap said beside the state: the look waits for its answer again, what was settled on the spot
    to be looked at. Only its own author can, at once, and while nobody has acted since; both stand in the history."""
    found = queries.one(session, actor, report_id, lock=True)
    undone_id = uuid.uuid5(event_id, "undo")
    if session.get(ReportEvent, undone_id) is not None:
        return
    event = next((event for event, _ in queries.just_answered(session, actor) if event.id == event_id), None)
    if event is None or event.report_id != report_id:
        raise Refused(TOO_LATE)
    if event.action == "sample":
        found.report.sampled_at = None
    else:
        look = _look_of(session, event)
        look.answer = look.note = look.answered_by = look.answered_at = None
    _note(session, actor, found.report, UNDO, event.role, {"undone": event.action}, event_id=undone_id)


def _look_of(session: Session, event: ReportEvent) -> SiteLook:
    """The look that an answer in the history is about; Refused where the line is damaged."""
    try:
        look = session.get(SiteLook, uuid.UUID(Given(event.given).text("look")))
    except ValueError:
        look = None
    if look is None or look.report_id != event.report_id:
        raise Refused(TOO_LATE)
    return look


def correct_problems(
    session: Session, actor: Actor, report_id: uuid.UUID, event_id: uuid.UUID, codes: Sequence[str]
) -> None:
    """The township's correction of what the problem is; before and after stand in the history."""
    found = queries.one(session, actor, report_id, lock=True)
    entry = Correction(tuple(sorted(codes)))
    if HISTORY.sent_before(session, report_id, event_id, entry, actor.person_id):
        return
    if "report.sample" not in found.allowed:
        raise NotFound
    if found.report.state in ENDS:
        raise Refused(CLOSED)
    known = set(session.scalars(select(ProblemType.code).where(ProblemType.code.in_(codes))))
    if not codes or known != set(codes):
        raise Refused(N_("Choose what the problem is."), field="problem")
    before = [problem.code for problem in details.problems(session, [report_id]).get(report_id, [])]
    session.execute(delete(ReportProblem).where(ReportProblem.report_id == report_id))
    session.execute(insert(ReportProblem), [{"report_id": report_id, "problem": code} for code in sorted(known)])
    _note(
        session,
        actor,
        found.report,
        "correct",
        _role(actor, "report.sample", found.roles),
        {"before": before, "after": sorted(known)},
        event_id=event_id,
        entry=entry,
    )


def _note(
    session: Session,
    actor: Actor,
    report: Report,
    action: str,
    role: str,
    given: Mapping[str, Any],
    *,
    event_id: uuid.UUID,
    entry: Any = None,
) -> None:
    by = Author(actor.person_id, role, body_for(actor, role))
    HISTORY.append(session, report, action, by, given, event_id=event_id, entry=entry)


def _role(actor: Actor, action: str, reaching: frozenset[str] = frozenset()) -> str:
    """The role in which an act is done: of those that hold it, the first that reaches this very report, if one does."""
    held = [role for role in holders(action) if role in actor.roles()]
    return next((role for role in held if role in reaching), held[0])
