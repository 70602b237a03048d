"""The log of acts: one line, written in the transaction of the act itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from . import clock
from .models import AuditEntry


def note(session: Session, person_id: int | None, action: str, thing: str, **detail: Any) -> None:
    """Append who (None = the system) did ``action`` to ``thing`` ("report:…"), with plain-JSON detail."""
    session.execute(
        insert(AuditEntry).values(at=clock.now(), person_id=person_id, action=action, thing=thing, detail=detail)
    )


def note_all(
    session: Session, person_id: int | None, action: str, things: Iterable[tuple[str, dict[str, Any]]]
) -> None:
    """The same for many things with the detail of each, in one statement."""
    now = clock.now()
    rows = [
        {"at": now, "person_id": person_id, "action": action, "thing": thing, "detail": detail}
        for thing, detail in things
    ]
    if rows:
        session.execute(insert(AuditEntry), rows)


def said(detail: Any) -> Mapping[str, Any]:
    """The facts of a stored line. Lines are never changed, so one that is damaged stays: it says nothing, and no page
    stops at it."""
    return detail if isinstance(detail, Mapping) else {}
