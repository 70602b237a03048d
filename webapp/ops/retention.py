"""The sweep: what is deleted when its time has come. The privacy page promises these periods.

Each domain says in its ``about.py`` what of it goes; ``wangge sweep`` and ``serve`` call this.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import and_, not_, select
from sqlalchemy.orm import Session

from .. import domains
from ..core import audit, clock, files, waiting
from ..core.attachments import FOLDERS
from ..core.db import Store
from ..core.models import AuditEntry
from ..core.retention import delete_some, log_months, months_ago
from . import sweep_clock

BATCH = 2000  # rows of each kind in one write, so that a first run does not hold others up


def sweep(store: Store, data_dir: Path, *, clock_is_right: bool = False) -> dict[str, int]:
    """Delete all that is past its time, rows first, then files; how many of each kind went.

    May run at any time, twice, and on several machines; all zeros means that nothing is left to do. Once a day is
    enough. ImplausibleClock, and nothing is deleted, when today cannot be believed; ``clock_is_right`` says that an
    operator looked.
    """
    with store.write() as session, clock.at(clock.now()):  # the moment that is believed is the one that counts
        if clock_is_right:
            sweep_clock.confirm(session)
        gone = purge(session)
    left = files.tidy(data_dir) + waiting.tidy(data_dir)
    return gone | {"uploads": left, "photos": drop_photos(store, data_dir)}


def purge(session: Session, most: int = BATCH) -> dict[str, int]:
    """Delete what is past its period, at most ``most`` rows of each kind; how many of each kind went."""
    sweep_clock.believe(session)
    gone = {kind: act(session, most) for kind, act in domains.sweep().items()}
    if any(gone.values()):
        audit.note(session, None, "retention.purge", "retention", **gone)
    return gone


def drop_photos(store: Store, data_dir: Path) -> int:
    """Delete files that came with a form which was never put right; how many. No lock is held meanwhile."""
    return sum(
        files.drop(data_dir, file)
        for kind, column in FOLDERS.items()
        for file in _unnamed(store, files.lain(data_dir, kind), column)
    )


def _unnamed(store: Store, found: list[Path], column: Any) -> list[Path]:
    named: set[str] = set()
    for start in range(0, len(found), BATCH):
        with store.read() as session:
            named |= set(
                session.scalars(select(column).where(column.in_([file.name for file in found[start : start + BATCH]])))
            )
    return [file for file in found if file.name not in named]


def log(session: Session, most: int) -> int:
    """The log of acts, past the county's months; never sooner than the law allows. What a duty said before stays:
    it concerns nobody, and a dispatch on it is read with it (duty/details.py).
    """
    before = months_ago(log_months(session))
    worded = and_(AuditEntry.action == "seed.change", AuditEntry.thing.startswith("duty:"))
    return delete_some(session, AuditEntry, AuditEntry.id, and_(AuditEntry.at < before, not_(worded)), most)
