"""The log of acts: one line, written in the transaction of the act itself."""
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from . import clock
from .models import AuditEntry


def note(session: Session, person_id: int | None, action: str, thing: str, **detail: Any) -> None:
    """Append who (None = the system) did ``action`` to ``thing`` ("report:…"), with plain-JSON detail."""
    session.execute(insert(AuditEntry).values(
        at=clock.now(), person_id=person_id, action=action, thing=thing, detail=detail))
