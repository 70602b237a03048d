"""Acts on the duty lists: what a county says where a text is silent or old, which texts apply here, and whose duty a
problem is.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, null, select
from sqlalchemy.orm import Session

from ..access import Actor, where
from ..core import audit, clock
from ..core.errors import N_, NotFound, Refused
from .dispatching import NOBODY, ROLES
from .models import Department, Document, DocumentDecision, Duty, ProblemDuty, ProblemType, Succession
from .queries import UNKNOWN, silent_beside
from .scope import IN_FORCE, STANDINGS, parts

RANKS = range(1, 100)

Condition = ColumnElement[bool]
Row = TypeVar("Row", Duty, Succession, ProblemDuty)


def name_department(session: Session, actor: Actor, code: str, department: str | None, *, beside: bool = False) -> int:
    """The county says whose a duty is where the text does not; with ``beside`` also for the duties of the same place
    in the document that name the same body or none. How many were named.
    """
    duty = _in_force(session, actor, Duty, Duty.code == code)
    if duty.status == "ok" and duty.canonical != UNKNOWN:
        raise Refused(N_("The text itself names the body of this duty."), field="department")
    found = session.get(Department, department) if department else None
    if found is None or found.kind == UNKNOWN:
        raise Refused(N_("Choose one."), field="department")
    named = [duty, *(silent_beside(session, duty) if beside else ())]
    for each in named:
        _name(session, actor, each, found.code)
    return len(named)


def forget_department(session: Session, actor: Actor, code: str) -> None:
    """The county takes back the name it gave; the text's own reading counts again."""
    duty = _in_force(session, actor, Duty, Duty.code == code)
    if duty.named is not None:
        _name(session, actor, duty, None)


def _name(session: Session, actor: Actor, duty: Duty, department: str | None) -> None:
    audit.note(session, actor.person_id, "duty.name", f"duty:{duty.id}", before=duty.named, after=department)
    duty.named = department
    _sign(duty, actor, signed=department is not None)


def confirm_succession(session: Session, actor: Actor, succession_id: int, *, yes: bool = True) -> Succession:
    """The county confirms that a printed name is this department today, or takes that back."""
    row = _in_force(session, actor, Succession, Succession.id == succession_id)
    if yes != (row.confirmed_at is not None):
        audit.note(session, actor.person_id, "succession.confirm", f"succession:{row.id}", confirmed=yes)
        _sign(row, actor, signed=yes)
    return row


# --- which texts apply here ---


@dataclass(frozen=True)
class Decision:
    """What a part of a document is from a day on; ``to_on``, the first day on which it no longer is in force."""

    standing: str
    from_on: date
    to_on: date | None
    reason: str


def decide(session: Session, actor: Actor, document: str, part: str, decision: Decision) -> DocumentDecision:
    """The county says whether a part applies here. What was said before stays readable beside it."""
    reached = select(Document.code).with_for_update().where(Document.code == document, _reached(actor))
    known = {each.code: each for each in parts(session) if each.document == session.scalar(reached)}
    if part not in known:
        raise NotFound
    if decision.standing not in STANDINGS:
        raise Refused(N_("Choose one."), field="standing")
    if not decision.reason:
        raise Refused(N_("Say why, or by which decision."), field="reason")
    if decision.to_on and (decision.standing != IN_FORCE or decision.to_on <= decision.from_on):
        raise Refused(
            N_("Only what is in force can have an end, and the end must be later than the start."), field="to_on"
        )
    row = DocumentDecision(
        document=document, part=part, decided_by=actor.person_id, decided_at=clock.now(), **asdict(decision)
    )
    session.add(row)
    session.flush()
    audit.note(
        session,
        actor.person_id,
        "document.decide",
        f"document:{document}",
        part=part,
        before=known[part].standing,
        after=decision.standing,
        reason=decision.reason,
    )
    return row


# --- whose duty a problem is ---


@dataclass(frozen=True)
class Link:
    """What a row "problem, duty" says: in which place, in which role, and when it holds."""

    rank: int
    role: str
    zh: str = ""
    en: str = ""


def add_link(session: Session, actor: Actor, problem: str, duty: str, link: Link) -> ProblemDuty:
    """Link a duty to a problem, or say with the role nobody and no duty that nobody is named. The county's own row
    needs no confirming; one that was taken away comes back.
    """
    if session.get(ProblemType, problem) is None or not actor.may("duty.confirm"):
        raise NotFound
    _check(link, duty)
    if duty and session.scalar(select(Duty.id).where(Duty.code == duty, Duty.valid_to.is_(None))) is None:
        raise Refused(N_("No listed duty has this number. Copy it from the page of the duty."), field="duty")
    row = session.scalar(
        select(ProblemDuty).with_for_update().where(ProblemDuty.problem == problem, _same_duty(duty or None))
    )
    if row is not None and row.valid_to is None:
        raise Refused(N_("This row is already there. Change it where it is."), field="duty")
    if row is None:
        row = ProblemDuty(problem=problem, duty=duty or None, source="county")
        session.add(row)
    row.valid_to = None
    _set(row, link)
    _mark(row, actor, confirmed=True)
    session.flush()
    audit.note(session, actor.person_id, "problem_duty.add", f"problem_duty:{row.id}", after=_said(row))
    return row


def change_link(session: Session, actor: Actor, link_id: int, link: Link) -> ProblemDuty:
    """Another place, role or words of a row; with that the county has confirmed it."""
    row = _in_force(session, actor, ProblemDuty, ProblemDuty.id == link_id)
    _check(link, row.duty)
    before = _said(row)
    _set(row, link)
    _mark(row, actor, confirmed=True)
    audit.note(
        session, actor.person_id, "problem_duty.change", f"problem_duty:{row.id}", before=before, after=_said(row)
    )
    return row


def confirm_link(session: Session, actor: Actor, link_id: int, *, yes: bool = True) -> ProblemDuty:
    """The county confirms our reading, or takes that back."""
    row = _in_force(session, actor, ProblemDuty, ProblemDuty.id == link_id)
    if yes != (row.confirmed_at is not None):
        _mark(row, actor, confirmed=yes)
        audit.note(session, actor.person_id, "problem_duty.confirm", f"problem_duty:{row.id}", confirmed=yes)
    return row


def remove_link(session: Session, actor: Actor, link_id: int) -> ProblemDuty:
    """Take a row away; no seeding brings it back."""
    row = _in_force(session, actor, ProblemDuty, ProblemDuty.id == link_id)
    row.valid_to = clock.today()
    _mark(row, actor, confirmed=False)
    audit.note(session, actor.person_id, "problem_duty.remove", f"problem_duty:{row.id}", before=_said(row))
    return row


def _check(link: Link, duty: str | None) -> None:
    if link.role not in ROLES:
        raise Refused(N_("Choose one."), field="role")
    if (link.role == NOBODY) == bool(duty):
        raise Refused(N_('A row names a duty, or its role is "nobody is named": one of the two.'), field="role")
    if link.rank not in RANKS:
        raise Refused(N_("The order is a number from 1 to 99."), field="rank")


def _same_duty(duty: str | None) -> Any:
    return ProblemDuty.duty == duty if duty else ProblemDuty.duty.is_(None)


def _set(row: ProblemDuty, link: Link) -> None:
    row.rank, row.role, row.zh, row.en = link.rank, link.role, link.zh, link.en


def _said(row: ProblemDuty) -> str:
    """A row in a line of the log."""
    return f"{row.problem} {row.duty or NOBODY} {row.rank} {row.role} {row.zh}".strip()


def _mark(row: ProblemDuty, actor: Actor, *, confirmed: bool) -> None:
    """With the mark of the county no seeding changes the row any more."""
    row.changed_by, row.changed_at = actor.person_id, clock.now()
    _sign(row, actor, signed=confirmed)


def _sign(row: Duty | Succession | ProblemDuty, actor: Actor, *, signed: bool) -> None:
    row.confirmed_by, row.confirmed_at = (actor.person_id, clock.now()) if signed else (None, None)


def _in_force(session: Session, actor: Actor, table: type[Row], key: Condition) -> Row:
    """The row in force, locked, if this person may say something of it; else NotFound."""
    row = session.scalar(select(table).with_for_update().where(key, table.valid_to.is_(None), _reached(actor)))
    if row is None:
        raise NotFound
    return row


def _reached(actor: Actor) -> Any:
    return where(actor, "duty.confirm", grid_path=null())
