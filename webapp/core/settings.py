"""Settings: typed reading of rows that the county office, or for technical ones the system administrator,
may change."""

from datetime import time
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import seeds

from .models import Setting

KINDS: dict[str, Any] = {
    "int": int,
    "text": str,
    "bool": lambda text: text == "yes",
    "time": time.fromisoformat,
}


def get(session: Session, key: str, unseeded: Any = None) -> Any:
    """The value of a setting in its own type; a missing key is a programming error.

    ``unseeded`` stands for a setting that is younger than the last seeding, where work has to go on without it.
    """
    row = session.get(Setting, key) if unseeded is not None else session.get_one(Setting, key)
    return unseeded if row is None else KINDS[row.kind](row.value)


def missing(session: Session) -> list[str]:
    """The keys of the seeds that have no row yet; a page that needs one of them could not be shown.

    All of them before the first seeding, new ones between an update of the program and the next.
    """
    there = set(session.scalars(select(Setting.key)))
    return [key for key in _of_the_seeds() if key not in there]


@cache
def _of_the_seeds() -> tuple[str, ...]:
    return tuple(row.key for row in seeds.read("settings").rows)
