"""The sweep: what is deleted when its time has come. The privacy page promises these periods.

Each domain says in its ``about.py`` what of it goes; ``wangge sweep`` and ``serve`` call this.
"""

import logging
import sys
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import and_, not_
from sqlalchemy.orm import Session

from .. import domains
from ..access import Condition
from ..core import audit, chain_forget, clock, files, waiting
from ..core.attachments import FOLDERS, named
from ..core.db import Store
from ..core.models import AuditEntry
from ..core.retention import Expiry, Look, log_months, months_ago
from . import identity, photo_places, sweep_clock

LOGGER = logging.getLogger("wangge.sweep")
BATCH = 2000  # rows of each kind in one write, so that a first run does not hold others up
#: Of each kind in one run, our own safety number: several times what a large county has in a day. More than that at
#: once is a slip in a setting or a clock as often as it is right, so the rest waits for the next run, and is said.
MOST = 20_000
ALL = sys.maxsize


class Swept(NamedTuple):
    """How many of each kind went, and of which how many wait because one run takes no more."""

    gone: dict[str, int]
    waiting: dict[str, int]


def sweep(store: Store, data_dir: Path, *, really: bool = False, most: int = MOST) -> Swept:
    """Delete all that is past its time, rows first, then files, then positions inside photos, of each kind at most
    ``most``.

    May run at any time, twice, and on several machines; all zeros means that nothing is left to do. Once a day is
    enough. ImplausibleClock, and nothing is deleted, when the time cannot be believed; ``really`` says that an operator
    looked, and takes all.
    """
    if why := identity.mismatch(store, data_dir):  # its photos are named in another database
        raise identity.Strange(why)
    with clock.at(clock.now()):  # the moment that is believed is the one that counts
        if really:
            with store.write() as session:
                sweep_clock.confirm(session)
        sweep_clock.look_at_all(store)  # what that shows is kept, whatever comes of the sweep
        for act in domains.timely():
            try:
                act(store)
            except Exception:  # what has to go goes all the same
                LOGGER.exception("an act whose day has come failed; next try with the next sweep")
        most = ALL if really else most
        gone, more = _rows(store, most)
        left = {kind: len(found) for kind, found in files_past(store, data_dir).items()}
        parts = files.tidy(data_dir, most)
        gone["uploads"] = parts + waiting.tidy(data_dir, most - parts)
        gone["photos"] = drop_photos(store, data_dir, most)
        more |= {kind: number - most for kind, number in left.items() if number > most}
    try:
        gone["photo_places"] = photo_places.take_out(store, data_dir, most)  # slow: it asks the clock at each step
    finally:
        chain_forget.forget(store)
    if gone["photo_places"] >= most:
        with store.read() as session:
            more["photo_places"] = photo_places.look(session).number
    waits = {kind: number for kind, number in more.items() if number}
    if waits:
        LOGGER.warning("one run deletes at most %d of a kind; waiting for the next: %s", most, waits)
    return Swept(gone, waits)


def _rows(store: Store, most: int) -> tuple[dict[str, int], dict[str, int]]:
    """Rows of all kinds, a batch in each write, until ``most`` of a kind are gone or nothing of it is left."""
    kinds = list(domains.sweep())
    gone, budget = dict.fromkeys(kinds, 0), most
    while kinds and budget:
        batch = min(BATCH, budget)
        with store.write() as session:
            done = purge(session, batch, kinds)
        gone |= {kind: gone[kind] + number for kind, number in done.items()}
        kinds, budget = [kind for kind in kinds if done[kind] == batch], budget - batch
    with store.read() as session:
        return gone, {kind: domains.sweep()[kind].look(session).number for kind in kinds}


def purge(session: Session, most: int = BATCH, kinds: Collection[str] | None = None) -> dict[str, int]:
    """Delete what is past its period, at most ``most`` rows of each kind; how many of each kind went."""
    sweep_clock.believe(session)
    gone = {kind: past.drop(session, most) for kind, past in domains.sweep().items() if kinds is None or kind in kinds}
    if any(gone.values()):
        audit.note(session, None, "retention.purge", "retention", **gone)
    return gone


def foreseen(store: Store, data_dir: Path) -> dict[str, Look]:
    """What a sweep without limit would delete now, by kind; deletes nothing, and asks no clock whether it is right."""
    with clock.at(clock.now()), store.read() as session:
        rows = {kind: past.look(session) for kind, past in domains.sweep().items()}
        rows["photo_places"] = photo_places.look(session)
    return rows | {kind: _look(found) for kind, found in files_past(store, data_dir).items()}


def _look(found: list[Path]) -> Look:
    ages = sorted(map(files.moment_of, found))
    return Look(len(ages), ages[0] if ages else None, ages[-1] if ages else None)


def files_past(store: Store, data_dir: Path) -> dict[str, list[Path]]:
    """The files that would go: what a killed server or a form that was not finished left behind."""
    return {"uploads": [*files.left(data_dir), *waiting.old(data_dir)], "photos": _photos_past(store, data_dir)}


def drop_photos(store: Store, data_dir: Path, most: int = MOST) -> int:
    """Delete files that came with a form which was never put right; how many. No lock is held meanwhile."""
    return sum(files.drop(data_dir, file) for file in _photos_past(store, data_dir)[:most])


def _photos_past(store: Store, data_dir: Path) -> list[Path]:
    held = waiting.held(data_dir)
    lain = {kind: [file for file in files.lain(data_dir, kind) if file.name not in held] for kind in FOLDERS}
    return [file for kind, found in lain.items() for file in _unnamed(store, kind, found)]


def _unnamed(store: Store, kind: str, found: list[Path]) -> list[Path]:
    known = named(store, kind, [file.name for file in found])
    return [file for file in found if file.name not in known]


def _old_lines(session: Session) -> Condition:
    """The log of acts, past the county's months; never sooner than the law allows. What a duty said before
    (duty/details.py) concerns nobody and is read with old records, so it stays.
    """
    worded = and_(AuditEntry.action == "seed.change", AuditEntry.thing.startswith("duty:"))
    return and_(AuditEntry.at < months_ago(log_months(session)), not_(worded))


LOG = Expiry(AuditEntry.id, AuditEntry.at, _old_lines)
