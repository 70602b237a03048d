"""UUIDv7 (RFC 9562): the key and the idempotency key of everything made in the field or at a desk."""

import os
import uuid
from datetime import UTC, datetime, timedelta

from . import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LARGEST = 2**63 - 1  # of a numbered key, on both engines; SQLite's driver breaks on more instead of finding nothing


def new() -> uuid.UUID:
    """A fresh time-ordered id, for pages whose entry is made without JavaScript."""
    millis = int(clock.now().timestamp() * 1000)
    value = millis << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def made_at(id_: uuid.UUID) -> datetime | None:
    """When a UUIDv7 was made, UTC, to the millisecond; None for another version, and for a day that cannot be meant."""
    if id_.version != 7:
        return None
    try:
        made = EPOCH + timedelta(milliseconds=id_.int >> 80)
    except OverflowError:
        return None
    return made if clock.is_near(made.date()) else None
