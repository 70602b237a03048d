"""Problem types of the seeds into their table."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from ..core.load import Change, SeedTable
from .models import ProblemType

_TYPES = SeedTable(ProblemType)


def load_problem_types(session: Session, person_id: int | None, rows: Iterable[Any], source: str) -> Change:
    """Upsert by code; a type that the seeds no longer have stays, because reports name it."""
    return _TYPES.bring_in(session, person_id, rows, source)
