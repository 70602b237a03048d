"""Ready words of forms, in their order."""

import time
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, select
from sqlalchemy.orm import Session

from .models import Contact, Word

KEPT_SECONDS = 60  # only seeding changes them, and every form asks for some
_ALL = select(Word.__table__).order_by(Word.position, Word.kind, Word.code)
_kept: WeakKeyDictionary[Engine, tuple[float, dict[str, list[Row[Any]]]]] = WeakKeyDictionary()


def of(db: Connection, kind: str) -> Sequence[Row[Any]]:
    """All words of a kind, as rows of the table; at most a minute old. Not for a write that changes words."""
    read_at, words = _kept.get(db.engine, (0.0, {}))
    if not words or time.monotonic() - read_at > KEPT_SECONDS:
        words = {}
        for word in db.execute(_ALL):
            words.setdefault(word.kind, []).append(word)
        _kept[db.engine] = time.monotonic(), words
    return words.get(kind, [])


def named(db: Connection, kind: str) -> dict[str, Row[Any]]:
    """The words of a kind by their code."""
    return {word.code: word for word in of(db, kind)}


def contacts(session: Session) -> list[Contact]:
    """Telephone numbers for every page of an officer."""
    return list(session.scalars(_CONTACTS))


_CONTACTS = select(Contact).order_by(Contact.position, Contact.code)
