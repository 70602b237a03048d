"""Acts on the duty lists: bring in the documents as data, and what a county says where a text is silent or old."""

from typing import Any

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from ..access import Actor, where
from ..core import audit, clock
from ..core.errors import N_, NotFound, Refused
from .models import Department, Duty, Succession
from .queries import UNKNOWN, silent_beside


def name_department(session: Session, actor: Actor, code: str, department: str | None, *, beside: bool = False) -> int:
    """The county says whose a duty is where the text does not; with ``beside`` also for the duties of the same place
    in the document that name the same body or none. How many were named.
    """
    duty = _duty(session, actor, code)
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
    duty = _duty(session, actor, code)
    if duty.named is not None:
        _name(session, actor, duty, None)


def _name(session: Session, actor: Actor, duty: Duty, department: str | None) -> None:
    audit.note(session, actor.person_id, "duty.name", f"duty:{duty.id}", before=duty.named, after=department)
    duty.named = department
    _sign(duty, actor, signed=department is not None)


def confirm_succession(session: Session, actor: Actor, succession_id: int, *, yes: bool = True) -> Succession:
    """The county confirms that a printed name is this department today, or takes that back."""
    row = session.scalar(
        select(Succession)
        .with_for_update()
        .where(Succession.id == succession_id, Succession.valid_to.is_(None), _reached(actor))
    )
    if row is None:
        raise NotFound
    if yes != (row.confirmed_at is not None):
        audit.note(session, actor.person_id, "succession.confirm", f"succession:{row.id}", confirmed=yes)
        _sign(row, actor, signed=yes)
    return row


def _sign(row: Duty | Succession, actor: Actor, *, signed: bool) -> None:
    row.confirmed_by, row.confirmed_at = (actor.person_id, clock.now()) if signed else (None, None)


def _duty(session: Session, actor: Actor, code: str) -> Duty:
    """The duty in force, if this person may say whose it is."""
    duty = session.scalar(
        select(Duty).with_for_update().where(Duty.code == code, Duty.valid_to.is_(None), _reached(actor))
    )
    if duty is None:
        raise NotFound
    return duty


def _reached(actor: Actor) -> Any:
    return where(actor, "duty.confirm", grid_path=null())
