"""Entries that may arrive twice: the fingerprint of what was sent, and the comparison that answers a resend."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from .errors import Conflict


def content(entry: Any) -> str:
    """sha256 (hex) of a frozen dataclass as first sent. Kept with the record and never computed again for it."""
    text = json.dumps(asdict(entry), default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_resend(known: tuple[str, int] | None, entry_content: str, author: int) -> bool:
    """Whether ``known`` (content, author) is this very entry; False when the id is new; Conflict for anything else."""
    if known is None:
        return False
    if known != (entry_content, author):
        raise Conflict
    return True
