"""The keys that sign cookies and heads of the chain, each in a file that only its owner reads."""

import os
import secrets
from pathlib import Path

OWNER_ONLY = 0o600


def make_key(place: Path, key: str = "") -> bool:
    """Write a key to ``place``, a random one where none is given, whole or not at all; False when something is there,
    which is never written over."""
    fresh = place.with_name(f"{place.name}.{os.getpid()}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(file, "w", encoding="ascii") as out:
            out.write((key or secrets.token_hex(32)) + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.link(fresh, place)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True
