"""Numbers people say on the phone: given inside the submitting transaction, without gap or repeat."""

from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .models import Counter


def take(session: Session, name: str) -> int:
    """The next number under ``name``; the row stays locked until the transaction ends, so none is given twice."""
    value = session.scalar(
        update(Counter).where(Counter.name == name).values(value=Counter.value + 1).returning(Counter.value)
    )
    return value if value is not None else _first(session, name)


def _first(session: Session, name: str) -> int:
    return _put(session, name, 1, Counter.value + 1)


def keep(session: Session, name: str, value: int) -> None:
    """Put a number under ``name`` whatever stood there, such as the day up to which something was done."""
    _put(session, name, value, value)


def lift(session: Session, name: str, value: int) -> None:
    """Put a number under ``name`` where a smaller one stands; nothing where none does."""
    session.execute(update(Counter).where(Counter.name == name, Counter.value < value).values(value=value))


def lower(session: Session, name: str, value: int) -> None:
    """Put a number under ``name`` where a greater one stands; nothing where none does."""
    session.execute(update(Counter).where(Counter.name == name, Counter.value > value).values(value=value))


def step(session: Session, name: str, before: int, value: int) -> None:
    """Put a number under ``name`` where ``before`` still stands, or none; nothing where somebody else was there."""
    if not before:
        session.execute(_insert(session).values(name=name, value=0).on_conflict_do_nothing())
    session.execute(update(Counter).where(Counter.name == name, Counter.value == before).values(value=value))


def _put(session: Session, name: str, first: int, then: Any) -> int:
    """``first`` where there is no row yet, ``then`` where there is one; what stands there now."""
    row = _insert(session).values(name=name, value=first)
    return session.scalars(
        row.on_conflict_do_update(index_elements=["name"], set_={"value": then}).returning(Counter.value)
    ).one()


def drop(session: Session, name: str) -> None:
    """Nothing stands under ``name`` any more."""
    session.execute(delete(Counter).where(Counter.name == name))


def _insert(session: Session) -> Any:
    """An INSERT that may meet a row which is there."""
    is_postgresql = session.bind is not None and session.bind.dialect.name == "postgresql"
    return (postgresql.insert if is_postgresql else sqlite.insert)(Counter)


def last(session: Session | Connection, name: str) -> int:
    """The number given last, 0 before the first."""
    return session.scalar(select(Counter.value).where(Counter.name == name)) or 0
