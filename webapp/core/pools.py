"""Who may take how much: slow work has its own share of the machine, and of the threads of a server, so that none of it
takes the others' place.

``at_once`` counts over all processes that use one data folder, whatever server runs them: each piece of work holds a
locked file below ``DATA_DIR/slots`` while it lasts, and the system lets go of the lock of a process that dies.
``share`` and ``queue`` are for the threads of one process of ``wangge serve`` (``webapp/lanes.py``).
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import N_, Busy
from .tables import table

LOOK = 0.03  # seconds between two looks for a free slot
CORES = len(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Pool:
    """A row of the table below."""

    name: str
    at_once: int  #: so many on the machine; 0: as many as come
    waits: float  #: seconds that one may wait for its turn; afterwards it is told that we are busy
    share: int  #: parts of a server's threads; 0: it is no lane, but work within a request
    queue: int  #: requests that may wait for a thread of the lane; the next is refused at once
    again: int  #: seconds after which to try again


def _number(word: str) -> int:
    return CORES if word == "cores" else 0 if word == "-" else int(word)


#: What is told when a turn did not come, and where no page of the application could say it better, is 503 with
#: Retry-After, and never a fault of what was sent.
POOLS = {
    row["pool"]: Pool(row["pool"], *(_number(row[key]) for key in ("at_once", "waits", "share", "queue", "again")))
    for row in table("""
pool      at_once  waits  share  queue  again
page      -        30     6      200    5      # requests: all that is in no other lane
login     -        20     2      80     5      # requests that check a password
upload    -        45     4      80     10     # requests with files, and small sizes of photos
own       1        25     1      10     10     # what is kept about a person, read out and written as a file
export    1        25     1      10     10     # records taken out as a file
password  1        5      -      -      5      # hashing: argon2 takes every core it finds
photo     cores    25     -      -      10     # decoding a photo and writing it anew, in a child process
sheet     1        25     -      -      10     # reading a spreadsheet, in a child process
borders   1        25     -      -      20     # reading and comparing files of borders, in a child process
""")
}
#: What is said of the work whose turn did not come.
BUSY = {
    "borders": N_("The borders could not be read just now, because the server is busy. Please send them again."),
    "export": N_("The file could not be made just now, because the server is busy. Please try again in a moment."),
    "own": N_("The spreadsheet could not be made just now, because the server is busy. Please try again in a moment."),
    "password": N_("Many people are logging in just now. Please try again in a moment."),
    "photo": N_('"%(name)s" could not be checked just now, because the server is busy. Please send it again.'),
    "sheet": N_("The spreadsheet could not be read just now, because the server is busy. Please send it again."),
}


def busy(name: str, /, **about: Any) -> Busy:
    """The refusal of work that we did not come to."""
    return Busy(BUSY[name], again=POOLS[name].again, **about)


@contextmanager
def turn(data_dir: Path, name: str, /, **about: Any) -> Iterator[None]:
    """Hold one of the pool's slots while the block runs; Busy when none came free in time. ``about``: the field of the
    refusal, and what fills its sentence."""
    pool = POOLS[name]
    until = time.monotonic() + pool.waits
    while (slot := _free(data_dir / "slots", pool)) is None:
        if time.monotonic() > until:
            raise busy(name, **about)
        time.sleep(LOOK)
    try:
        yield
    finally:
        os.close(slot)


@contextmanager
def lock(data_dir: Path, name: str, *, alone: bool) -> Iterator[None]:
    """Hold the lock of this name, over all processes that use the data folder, while the block runs: together with all
    who do not want it alone, after waiting for one who does; or alone, BlockingIOError when somebody holds it."""
    folder = data_dir / "slots"
    folder.mkdir(parents=True, exist_ok=True)
    if alone:
        if (held := grasp(folder / name)) is None:
            raise BlockingIOError(f"somebody holds {name}")
    else:
        held = os.open(folder / name, os.O_RDONLY | os.O_CREAT, 0o600)
        fcntl.flock(held, fcntl.LOCK_SH)
    try:
        yield
    finally:
        os.close(held)


def grasp(place: Path) -> int | None:
    """A file opened and locked for us alone, until it is closed or our process dies; None when somebody has it."""
    held = os.open(place, os.O_RDONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return None
    return held


def _free(folder: Path, pool: Pool) -> int | None:
    """A slot's open file, locked for us; None when all are taken."""
    folder.mkdir(parents=True, exist_ok=True)
    slots = (grasp(folder / f"{pool.name}-{number}") for number in range(pool.at_once))
    return next((slot for slot in slots if slot is not None), None)
