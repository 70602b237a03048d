"""Positions inside photos go when their time has come: the originals are put anew without anything that may say where
they were taken (core/placeless.py), and what is shown was free of it from the start.

In the order in which the photos were received, a batch after the other: new files on disk, then the rows with the mark
of how far it is done in one short write, then the old files. Whoever is stopped in between leaves a file too many,
which the next sweep finds, and goes on where the mark stands. docs/decisions/0046 says why.
"""

import logging
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import audit, clock, files, numbers, pools, settings
from ..core.attachments import EXCHANGE, IMAGE, PLACELESS, named
from ..core.clock_mark import minutes, moment
from ..core.db import Store
from ..core.errors import Busy
from ..core.models import Attachment
from ..core.retention import ERASING, Look
from . import sweep_clock

LOGGER = logging.getLogger("wangge.sweep")
BATCH = 50  # photos of one write
MINUTE = timedelta(minutes=1)
LOST = (
    "%d photos are missing or damaged on disk, so what their originals say was not looked at. When they are there "
    "again, say once: sweep --photos-again"
)


class Photo(NamedTuple):
    """An image of long ago: its row, and the two files it names."""

    id: uuid.UUID
    sha256: str
    copy: str


class Made(NamedTuple):
    """What is to stand in the place of an original: hash and size."""

    sha256: str
    size: int


class Batch(NamedTuple):
    """Photos of whole minutes: from a minute of the mark up to another."""

    photos: Sequence[Photo]
    start: int
    end: int


def look(session: Session) -> Look:
    """What a sweep would go through."""
    query = select(func.count(), func.min(Attachment.received_at), func.max(Attachment.received_at))
    return Look(*session.execute(query.where(_between(_start(session), _before(session)))).one())


def again(session: Session) -> None:
    """Let the next sweep go through all photos from the first, as after files came back from elsewhere."""
    numbers.keep(session, PLACELESS, 0)


def take_out(store: Store, data_dir: Path, most: int) -> int:
    """Go through the photos whose time has come, at most so many (of whole minutes); how many they were.

    ImplausibleClock as for all that a sweep does. Stops early, to go on another time, when we do not come to it.
    """
    done = 0
    try:
        while done < most:
            with clock.at(clock.now()), pools.lock(data_dir, EXCHANGE, alone=True):
                batch = _next(store, min(BATCH, most - done))
                if batch is None:
                    break
                _exchange(store, data_dir, batch)
            done += len(batch.photos)
            time.sleep(pools.LOOK)  # in which a backup that waits gets the lock
    except (Busy, BlockingIOError):
        LOGGER.warning("positions inside photos wait for the next run: the machine is busy, or a backup is being made")
    return done


def _start(session: Session) -> datetime:
    return moment(numbers.last(session, PLACELESS))


def _before(session: Session) -> datetime:
    return clock.start(clock.today() - timedelta(days=settings.get(session, "place_days")))


def _between(start: datetime, end: datetime) -> Condition:
    return and_(Attachment.kind == IMAGE, Attachment.received_at >= start, Attachment.received_at < end)


def _next(store: Store, most: int) -> Batch | None:
    """The photos of the next minutes, about so many; None when nothing is left."""
    with store.read() as session:
        start, end = _start(session), _before(session)
        times = select(Attachment.received_at).where(_between(start, end)).order_by(Attachment.received_at)
        first = session.scalars(times.limit(most + 1)).all()
        if not first:
            return None
        if len(first) > most:
            end = max(moment(minutes(first[-1])), moment(minutes(first[0])) + MINUTE)
        rows = session.execute(
            select(Attachment.id, Attachment.sha256, Attachment.copy)
            .where(_between(start, end))
            .order_by(Attachment.id)
        )
        return Batch([Photo(row.id, row.sha256, row.copy or "") for row in rows], minutes(start), minutes(end))


def _exchange(store: Store, data_dir: Path, batch: Batch) -> None:
    found = [(photo, files.placeless(data_dir, photo.sha256, photo.copy)) for photo in batch.photos]
    made = [(photo, Made(*new)) for photo, new in found if new is not None and new[0] != photo.sha256]
    if lost := sum(new is None for _, new in found):
        LOGGER.warning(LOST, lost)
    old = sorted({photo.sha256 for photo, _ in made})
    for fingerprint in old:
        files.leave(data_dir, fingerprint)
    with store.write() as session:
        sweep_clock.believe(session)
        _record(session, made)
        numbers.step(session, PLACELESS, batch.start, batch.end)
    for fingerprint in set(old) - named(store, "originals", old):
        files.drop(data_dir, files.path(data_dir, "originals", fingerprint))


def _record(session: Session, made: Sequence[tuple[Photo, Made]]) -> None:
    for photo, new in made:
        session.execute(
            update(Attachment)
            .where(Attachment.id == photo.id, Attachment.sha256 == photo.sha256)
            .values(sha256=new.sha256, size=new.size),
            execution_options=ERASING,
        )
    if made:
        audit.note(session, None, "retention.purge", "retention", photo_places=len(made))
