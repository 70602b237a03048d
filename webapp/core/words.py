"""Ready words of forms, in their order."""
from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Contact, Word


def of(session: Session, kind: str) -> list[Word]:
    """All words of a kind."""
    return list(session.scalars(select(Word).where(Word.kind == kind).order_by(Word.position)))


def named(session: Session, kind: str) -> dict[str, Word]:
    """The words of a kind by their code."""
    return {word.code: word for word in of(session, kind)}


def contacts(session: Session) -> list[Contact]:
    """Telephone numbers for every page of an officer."""
    return list(session.scalars(select(Contact).order_by(Contact.position)))
