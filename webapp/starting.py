"""How a process of ours begins: what it writes is for its own user alone, and each event of its log is one line.

The umask is set whatever shell or service started us; SQLite gives its WAL and its index the mode of the database, and
a child has the umask of its parent. What an older version left open is closed at the start.
"""

import logging
import os
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from .config import KEY_FILE, Config

UMASK = 0o077
FOLDERS = ("photos", "tmp", "small", "waiting")
ENDINGS = ("", "-wal", "-shm", "-journal")
#: What ends a line somewhere, or moves the cursor of a terminal, as it would be typed in Python.
UNSEEN = {code: repr(chr(code))[1:-1] for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)}


def begin(config: Config) -> None:
    """From here on everything that is made is for its owner alone; what there is of ours becomes so."""
    os.umask(UMASK)
    for folder in FOLDERS:
        _close(config.data_dir / folder, 0o700)
    for file in (config.data_dir / KEY_FILE, config.backup_key_file, *_database(config.database_url)):
        if file is not None:
            _close(file, 0o600)


def _database(url: str) -> list[Path]:
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number is the latter
        return []
    if found.get_backend_name() != "sqlite" or not found.database:
        return []
    return [Path(f"{found.database}{ending}") for ending in ENDINGS]


def _close(place: Path, mode: int) -> None:
    """Take away what others may; a place that is not there, or not ours, stays as it is."""
    try:
        if place.stat().st_mode & 0o077:
            place.chmod(mode)
    except OSError:
        pass


class OneLine(logging.Formatter):
    """An event is a line, whatever somebody typed into it; the lines of a traceback are set in, so that none of them
    can be taken for an event."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with everything unseen spelled out."""
        return super().formatMessage(record).translate(UNSEEN)

    def formatException(self, ei: object) -> str:
        """Set in."""
        lines = super().formatException(ei).splitlines()  # type: ignore[arg-type]
        return "\n".join(f"    {line.translate(UNSEEN)}" for line in lines)


def log_to_stderr() -> None:
    """Of a server: warnings and errors, for whatever keeps its standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler])
