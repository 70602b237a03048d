"""What the words and numbers of databases and disks mean."""

import errno
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError, ProgrammingError

from webapp.core.trouble import Trouble, trouble


def said(message: str, state: str | None = None, kind: type = OperationalError) -> Exception:
    """An error as SQLAlchemy passes it on."""
    cause = type("Cause", (Exception,), {"sqlstate": state})(message)
    return kind("update x", {}, cause)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (said("database is locked"), Trouble.BUSY),
        (said("database table is locked: report"), Trouble.BUSY),
        (said("database or disk is full"), Trouble.FULL),
        (said("attempt to write a readonly database"), Trouble.READ_ONLY),
        (said("disk I/O error"), Trouble.BROKEN),
        (said("database disk image is malformed"), Trouble.BROKEN),
        (said("unable to open database file"), Trouble.GONE),
        (said("canceling statement due to lock timeout", "55P03"), Trouble.BUSY),
        (said("canceling statement due to statement timeout", "57014"), Trouble.BUSY),
        (said("deadlock detected", "40P01"), Trouble.BUSY),
        (said("too many connections", "53300"), Trouble.BUSY),
        (said("could not extend file: No space left on device", "53100"), Trouble.FULL),
        (said("cannot execute UPDATE in a read-only transaction", "25006", InternalError), Trouble.READ_ONLY),
        (said("could not read block 0", "58030"), Trouble.BROKEN),
        (said("terminating connection due to administrator command", "57P01"), Trouble.GONE),
        (said("connection failed: Connection refused"), Trouble.GONE),
        (OSError(errno.ENOSPC, "no room"), Trouble.FULL),
        (OSError(errno.EROFS, "read only"), Trouble.READ_ONLY),
        (OSError(errno.EIO, "worn out"), Trouble.BROKEN),
    ],
)
def test_each_is_told_by_what_it_says(error: Exception, meaning: Trouble) -> None:
    assert trouble(error) is meaning


@pytest.mark.parametrize(
    "error",
    [
        said("no such column: x"),
        said("UNIQUE constraint failed", kind=IntegrityError),
        said("syntax error", "42601", ProgrammingError),
        OSError(errno.ENOENT, "no such file"),
        OSError("no number"),
        ValueError("full"),
        SimpleNamespace(orig="database is locked"),
    ],
)
def test_what_is_a_fault_of_ours_stays_one(error: BaseException) -> None:
    assert trouble(error) is None
