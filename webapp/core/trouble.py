"""Why a database or a disk did not take something: what their own words and numbers mean."""

import errno
from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError


class Trouble(StrEnum):
    """What is wrong around the program. ``BUSY`` passes by itself; all else waits for somebody who runs the machine."""

    BUSY = "busy"
    FULL = "full"
    READ_ONLY = "read only"
    BROKEN = "broken"
    GONE = "gone"


#: A word of SQLite's message → what it means. Its numbers are not to be had from every driver.
SQLITE: Mapping[str, Trouble] = {
    "locked": Trouble.BUSY,
    "full": Trouble.FULL,
    "readonly": Trouble.READ_ONLY,
    "i/o error": Trouble.BROKEN,
    "malformed": Trouble.BROKEN,
    "not a database": Trouble.BROKEN,
    "unable to open": Trouble.GONE,
}
#: SQLSTATE of PostgreSQL, or its class → what it means (PostgreSQL 15 manual, appendix A).
POSTGRESQL: Mapping[str, Trouble] = {
    "55P03": Trouble.BUSY,  # lock not available: lock_timeout
    "57014": Trouble.BUSY,  # query canceled: statement_timeout
    "40": Trouble.BUSY,  # deadlock, serialization
    "53100": Trouble.FULL,  # disk full
    "25006": Trouble.READ_ONLY,  # read only transaction, as after a failover
    "53": Trouble.BUSY,  # too many connections, out of memory
    "58": Trouble.BROKEN,  # system error: I/O
    "XX": Trouble.BROKEN,  # internal: data or index corrupted
    "57": Trouble.GONE,  # shut down, starting up
    "08": Trouble.GONE,  # connection
}
DISK: Mapping[int, Trouble] = {
    errno.ENOSPC: Trouble.FULL,
    errno.EDQUOT: Trouble.FULL,
    errno.EROFS: Trouble.READ_ONLY,
    errno.EACCES: Trouble.READ_ONLY,
    errno.EIO: Trouble.BROKEN,
}


def trouble(error: BaseException) -> Trouble | None:
    """What an error means; None for a fault of ours."""
    if isinstance(error, OSError):
        return DISK.get(error.errno or 0)
    if not isinstance(error, OperationalError | InternalError | InterfaceError):
        return None
    return _postgresql(error) or _sqlite(error) or (Trouble.GONE if error.connection_invalidated else None)


def _postgresql(error: DBAPIError) -> Trouble | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2])


def _sqlite(error: DBAPIError) -> Trouble | None:
    said = str(error.orig).lower()
    found = next((meaning for word, meaning in SQLITE.items() if word in said), None)
    # A server that cannot be reached has no state, and many words for it.
    return found or (Trouble.GONE if "connect" in said else None)
