"""The chain: every transaction that touched chained rows ends with one link, in the same commit.

The link's number is given under a lock that is taken last and held until the commit, so the chain never forks and
nobody who holds it waits for anything else (docs/decisions/0036).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text
from sqlalchemy.orm import Session

from . import clock
from .chain_form import FIRST, Leaf, head_of, root_of
from .chain_link import ChainLink
from .chain_watch import OPTION, Touched, watch

__all__ = ["append", "linked", "newest", "newest_seen", "seal", "watch", "watched"]

#: PostgreSQL: the function takes the lock and then looks, with a view of the rows of its own (revision 0007).
NEWEST = {
    "sqlite": text("select seq, head from chain_link order by seq desc limit 1"),
    "postgresql": text("select seq, head from chain_newest()"),
}
_NEWEST_SEEN = select(ChainLink.seq, ChainLink.head, ChainLink.at).order_by(ChainLink.seq.desc()).limit(1)
_LINK = insert(ChainLink.__table__)  # type: ignore[arg-type]


def watched() -> dict[str, Any]:
    """Options of a connection on which chained rows are followed, until ``seal``."""
    return {OPTION: Touched()}


def seal(session: Session) -> None:
    """End the transaction of a session with its link; without one where no chained row was touched."""
    session.flush()
    _seal(session.connection())


@contextmanager
def linked(connection: Connection) -> Iterator[None]:
    """What is written on a connection inside of the block is a link of its own."""
    connection.execution_options(**watched())
    yield
    _seal(connection)
    connection.execution_options(**{OPTION: None})


def _seal(connection: Connection) -> None:
    leaves = connection.get_execution_options()[OPTION].leaves(connection)
    if leaves:
        append(connection, leaves)


def append(connection: Connection, leaves: Iterable[Leaf]) -> None:
    """One link more, of these leaves."""
    held = list(leaves)
    seq, previous = newest(connection)
    at, root = clock.now(), root_of(held)
    connection.execute(
        _LINK,
        {
            "seq": seq + 1,
            "at": at,
            "previous": previous,
            "root": root,
            "head": head_of(previous, seq + 1, at, root),
            "leaves": b"".join(leaf.packed() for leaf in held),
        },
    )


def newest_seen(connection: Connection) -> Row[int, str, datetime] | None:
    """Number, head and moment of the last link that is there to be read, without waiting for anybody."""
    return connection.execute(_NEWEST_SEEN).first()


def newest(connection: Connection) -> tuple[int, str]:
    """Number and head of the last link, which stays the last until this transaction ends; before the first 0."""
    row = connection.execute(NEWEST[connection.dialect.name]).first()
    return (row.seq, row.head) if row else (0, FIRST)
