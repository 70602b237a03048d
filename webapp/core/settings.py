"""Settings: typed reading of rows that the county office, or for technical ones the system administrator,
may change."""

from datetime import time
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
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
    row = session.execute(_ONE, {"key": key}).first()
    if row is None and unseeded is None:
        raise LookupError(f"no setting {key!r} in the database: is it in seeds/settings/settings.csv, and seeded?")
    return unseeded if row is None else KINDS[row.kind](row.value)


def is_adopted(session: Session, key: str) -> bool:
    """Whether its owner has set or adopted it; until then it is our suggestion, on which nothing is lost for good."""
    return session.scalar(_ADOPTED, {"key": key}) is not None


def several(session: Session, *keys: str, **unseeded: Any) -> dict[str, Any]:
    """The values of some settings by their keys, with one SELECT; a missing key is a programming error, but for those
    in ``unseeded``, which stand there with what counts without them."""
    rows = session.execute(_SEVERAL, {"keys": [*keys, *unseeded]})
    found = unseeded | {key: KINDS[kind](value) for key, kind, value in rows}
    if missing_ := [key for key in keys if key not in found]:
        raise LookupError(
            f"no settings {missing_} in the database: are they in seeds/settings/settings.csv, and seeded?"
        )
    return found


_SEVERAL = select(Setting.key, Setting.kind, Setting.value).where(Setting.key.in_(bindparam("keys", expanding=True)))
_ADOPTED = select(Setting.changed_at).where(Setting.key == bindparam("key"))
_ONE = select(Setting.kind, Setting.value).where(Setting.key == bindparam("key"))


def missing(session: Session) -> list[str]:
    """The keys of the seeds that have no row yet; a page that needs one of them could not be shown.

    All of them before the first seeding, new ones between an update of the program and the next.
    """
    there = set(session.scalars(select(Setting.key)))
    return [key for key in _of_the_seeds() if key not in there]


@cache
def _of_the_seeds() -> tuple[str, ...]:
    return tuple(row.key for row in seeds.read("settings").rows)
