"""Backups of a folder go when the county's days for them are over: what was deleted or erased meanwhile would live on
in them.

Only after a backup that went well, and never that one; only files that begin as ours do and that our keys open, told
old by the moment in them; and not under a clock that cannot be right. What stays all the same is said.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from ..core import audit, clock, settings
from ..core.db import Store
from ..core.errors import Refused
from ..core.files import moment_of, sync
from . import archive, sealed, sweep_clock

UNSEEDED = 90  # days, until the setting is there
LINK, OTHER_KEY, UNREADABLE = "a link", "made with a key that is not here", "cannot be opened"
NO_DATABASE = "The database did not answer, or takes no write."


class Old(NamedTuple):
    """A backup that is past its days: where it is, of which moment, and why it may not be deleted, if so."""

    place: Path
    at: datetime
    why: str = ""

    def __str__(self) -> str:
        why = f", {self.why}" if self.why else ""
        return f"{self.place.name} (of {clock.day(self.at)}{why})"


class Aged(NamedTuple):
    """Backups that were deleted, those that are past their days and stay, and why all of them had to, if so."""

    gone: list[Old]
    kept: list[Old]
    refusal: str = ""


def target(folder: Path) -> Path:
    """Where a backup made now goes: a new name that says the moment, in UTC."""
    name = f"wangge-{clock.now():%Y%m%dT%H%M%SZ}"
    there = folder / f"{name}.backup"
    number = 1
    while there.exists():
        number += 1
        there = folder / f"{name}-{number}.backup"
    return there


def age_out(store: Store, made: Path, keys: Sequence[bytes]) -> Aged:
    """Delete what is past its days beside a backup that was just made, and went well."""
    with clock.at(clock.now()):  # the moment that is believed is the one that counts
        try:
            with store.read() as session:
                days = settings.get(session, "backup_days", UNSEEDED)
            refusal = sweep_clock.refusal(store)
        except SQLAlchemyError:
            days, refusal = UNSEEDED, NO_DATABASE
        found = list(_old(made, clock.now() - timedelta(days=days), keys))
        if refusal:
            return Aged([], found, refusal if found else "")
        dropped = [_dropped(old) for old in found]
        aged = Aged([old for old in dropped if not old.why], [old for old in dropped if old.why])
        if aged.gone:
            sync(made.parent)
            with suppress(SQLAlchemyError), store.write() as session:  # they are gone, whether it is noted or not
                audit.note(session, None, "retention.purge", "retention", backups=len(aged.gone))
        return aged


def _old(made: Path, before: datetime, keys: Sequence[bytes]) -> Iterator[Old]:
    for place in sorted(made.parent.iterdir()):
        with suppress(OSError):  # what another one deleted meanwhile, and what is not ours to read
            if place.is_file() and not place.samefile(made) and archive.is_one(place):
                old = _looked_at(place, keys)
                if old.at < before:
                    yield old


def _looked_at(place: Path, keys: Sequence[bytes]) -> Old:
    """A backup with its moment; where that cannot be read, with that of its file."""
    if sealed.is_sealed(place) and sealed.key_of(place) not in map(sealed.name_of, keys):
        return Old(place, moment_of(place), OTHER_KEY)
    try:
        return Old(place, archive.begun(place, keys), LINK if place.is_symlink() else "")
    except Refused:
        return Old(place, moment_of(place), UNREADABLE)


def _dropped(old: Old) -> Old:
    """Deleted; or why not."""
    if old.why:
        return old
    try:
        old.place.unlink(missing_ok=True)
    except OSError as error:
        return old._replace(why=error.strerror or type(error).__name__)
    return old
