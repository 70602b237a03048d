"""Ready words of forms, in their order."""
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from .models import Contact, Word

_OF = select(Word.__table__).where(Word.kind == bindparam("kind")).order_by(Word.position)


def of(session: Session, kind: str) -> Sequence[Row[Any]]:
    """All words of a kind, as rows of the table."""
    return session.connection().execute(_OF, {"kind": kind}).all()


def named(session: Session, kind: str) -> dict[str, Row[Any]]:
    """The words of a kind by their code."""
    return {word.code: word for word in of(session, kind)}


def contacts(session: Session) -> list[Contact]:
    """Telephone numbers for every page of an officer."""
    return list(session.scalars(select(Contact).order_by(Contact.position)))
