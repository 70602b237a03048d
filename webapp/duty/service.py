"""Acts on the duty lists: bring in the documents as data, and what a county says where a text is silent or old."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from ..access import Actor, where
from ..core import audit, clock
from ..core.errors import N_, NotFound, Refused
from ..core.load import Change, SeedTable
from .models import Department, Document, Duty, Figure, Succession
from .queries import UNKNOWN, silent_beside


def _document(row: Any) -> dict[str, Any]:
    return {
        "unsure": [{"zh": each.zh, "en": each.en} for each in row.unsure],
        "no_duty": [{"lines": list(each.lines), "zh": each.zh, "en": each.en} for each in row.no_duty],
    }


KINDS = {
    "documents": SeedTable(Document, _document),
    "departments": SeedTable(Department),
    "succession": SeedTable(Succession, key=("body", "canonical")),
    "duties": SeedTable(Duty, key=("code",)),
    "figures": SeedTable(Figure, key=("code",)),
}


def import_list(session: Session, actor: Actor, name: str, rows: Iterable[Any], source: str) -> Change:
    """Make the list called ``name`` (a key of KINDS) hold ``rows`` of the seeds; ``source`` names files and hashes.

    Upsert by code. A vanished row is retired by ``valid_to`` and a returning one is in force again; documents and
    departments stay, because retired rows name them. What a county has named or confirmed is never touched.
    """
    return KINDS[name].bring_in(session, actor.person_id or None, rows, source)


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
