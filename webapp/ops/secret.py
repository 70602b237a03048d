"""Keys in files that only their owner reads: a key a line, the newest first. It signs or encrypts; all are read."""

import os
import re
import secrets
from pathlib import Path

from ..core.errors import N_, Refused
from ..core.files import beside, sync

OWNER_ONLY = 0o600
KEY = re.compile(r"[0-9a-f]{64}")
NO_KEYS = N_("%(file)s does not hold keys as the command makes them, one a line. Put the right file there.")
TOO_CLOSE = N_("%(file)s lies in the data folder, with what it is to protect. Set BACKUP_KEY_FILE to another place.")


def make_key(place: Path, key: str = "") -> bool:
    """Write a key to ``place``, a random one where none is given, whole or not at all; False when something is there,
    which is never written over."""
    fresh = _fresh(place, [key or secrets.token_hex(32)])
    try:
        os.link(fresh, place)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True


def rotate(place: Path) -> int:
    """Put a new key above those that are there; how many there are now."""
    lines = [secrets.token_hex(32), *_lines(place)]
    _replace(place, lines)
    return len(lines)


def retire(place: Path) -> int:
    """Take away all keys but the newest; how many went."""
    newest, *older = _lines(place)
    _replace(place, [newest])
    return len(older)


def backup_keys(place: Path | None, data_dir: Path) -> list[bytes]:
    """The keys of backups, the newest first; none where there is no such file. Refused when it cannot be one."""
    if place is None or not place.exists():
        return []
    refuse_close(place, data_dir)
    lines = _lines(place)
    if not lines or not all(map(KEY.fullmatch, lines)):
        raise Refused(NO_KEYS, file=str(place))
    return [bytes.fromhex(line) for line in lines]


def refuse_close(place: Path, data_dir: Path) -> None:
    """Refused for a place inside the data folder: whoever takes the one would have the other."""
    if place.resolve().is_relative_to(data_dir.resolve()):
        raise Refused(TOO_CLOSE, file=str(place))


def _lines(place: Path) -> list[str]:
    try:
        return place.read_text(encoding="ascii").split()
    except ValueError as error:
        raise Refused(NO_KEYS, file=str(place)) from error


def _replace(place: Path, lines: list[str]) -> None:
    os.replace(_fresh(place, lines), place)
    sync(place.parent)


def _fresh(place: Path, lines: list[str]) -> Path:
    """Beside the place, for its owner alone."""
    return beside(place, "".join(f"{line}\n" for line in lines), OWNER_ONLY)
