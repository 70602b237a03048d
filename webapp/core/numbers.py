"""Numbers people say on the phone: given inside the submitting transaction, without gap or repeat."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from .models import Counter


def take(session: Session, name: str) -> int:
    """The next number under ``name``; the row stays locked until the transaction ends, so none is given twice."""
    value = session.scalar(
        update(Counter).where(Counter.name == name).values(value=Counter.value + 1).returning(Counter.value)
    )
    return value if value is not None else _first(session, name)


def _first(session: Session, name: str) -> int:
    if session.bind is not None and session.bind.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    row = insert(Counter).values(name=name, value=1)
    return session.scalars(
        row.on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1}).returning(Counter.value)
    ).one()


def last(session: Session, name: str) -> int:
    """The number given last, 0 before the first."""
    return session.scalar(select(Counter.value).where(Counter.name == name)) or 0
