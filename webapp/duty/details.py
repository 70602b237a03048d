"""A duty as it was worded at a moment. A later reading of the document may word it anew or retire it; what was
dispatched on it keeps saying what it said. The earlier words stand in the log of acts, which keeps them
(ops/retention.py).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ..core import audit
from ..core.models import AuditEntry
from .models import Duty


@dataclass(frozen=True)
class Cited:
    """What a duty said when it was cited; ``is_reworded`` when its page says something else today."""

    code: str
    zh: str
    en: str
    document: str
    line_from: int
    line_to: int
    is_reworded: bool = False


_WORDS = ("zh", "en", "document", "line_from", "line_to")


@dataclass(frozen=True)
class Wordings:
    """Duties by id, and what later readings found in them, newest first."""

    duties: Mapping[int, Duty]
    changes: Mapping[int, Sequence[tuple[datetime, Mapping[str, Any]]]]

    def at(self, duty_id: int, moment: datetime) -> Cited | None:
        """How the duty was worded at a moment; None where there is no such duty."""
        duty = self.duties.get(duty_id)
        if duty is None:
            return None
        now = Cited(duty.code, *(getattr(duty, name) for name in _WORDS))
        then = now
        for at, before in self.changes.get(duty_id, ()):
            if at > moment:
                then = replace(then, **{name: before[name] for name in _WORDS if name in before})
        return then if then == now else replace(then, is_reworded=True)


def wordings(session: Session, ids: Collection[int]) -> Wordings:
    """The duties of these ids with all they have said."""
    duties = {duty.id: duty for duty in session.scalars(_DUTIES, {"ids": list(ids)})} if ids else {}
    things = {f"duty:{duty_id}": duty_id for duty_id in duties}
    changes: dict[int, list[tuple[datetime, Mapping[str, Any]]]] = {}
    if not things:  # an empty IN would go through the whole log
        return Wordings(duties, changes)
    for entry in session.scalars(_READINGS, {"things": list(things)}):
        changes.setdefault(things[entry.thing], []).append((entry.at, _before(entry)))
    return Wordings(duties, changes)


def _before(entry: AuditEntry) -> Mapping[str, Any]:
    """The words and lines that a change took away; of a damaged line of the log those that are such."""
    before = audit.said(audit.said(entry.detail).get("before"))
    kinds = {name: int if name.startswith("line") else str for name in _WORDS}
    return {name: value for name, value in before.items() if isinstance(value, kinds.get(name, str))}


_DUTIES = select(Duty).where(Duty.id.in_(bindparam("ids", expanding=True)))
_READINGS = (
    select(AuditEntry)
    .where(AuditEntry.action == "seed.change", AuditEntry.thing.in_(bindparam("things", expanding=True)))
    .order_by(AuditEntry.id.desc())
)
