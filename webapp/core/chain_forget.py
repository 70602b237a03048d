"""Forgetting what erased rows said: the salts of their older leaves go, and a digest without its salt says nothing.

A salt is known to whoever reads the chain, and with it a short text or a position could be found again by trying them
all. No root covers the salts (chain_form.py), so heads, witnesses and backups stay good.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from . import chain, numbers
from .chain_form import FORGETS, NO_SALT, Leaf, unpacked
from .chain_link import ChainLink
from .db import Store
from .retention import history_open

MARK = "chain-forgotten"  #: counter: up to this link, what is to be forgotten has been
LINKS = 50  # read at once, and written at most in one transaction: one of a whole county is a megabyte
_SOME = select(ChainLink.seq, ChainLink.leaves).where(ChainLink.seq > bindparam("after")).order_by(ChainLink.seq)
_THESE = select(ChainLink.seq, ChainLink.leaves).where(ChainLink.seq.in_(bindparam("wanted", expanding=True)))
_THESE = _THESE.order_by(ChainLink.seq).with_for_update()
LOGGER = logging.getLogger("wangge.sweep")

Row = tuple[str, str]  # table and key, as leaves name a row


class Changed(NamedTuple):
    """A link whose leaves forget something: how many do, and all of them packed anew."""

    seq: int
    number: int
    leaves: bytes


def forget(store: Store) -> int:
    """Blank the salts of all leaves from before a rule erased or deleted their row; how many leaves that was.

    Nothing is locked while links are read. Killed half way it goes on with the next call, and a call when nothing is
    left to do reads only what was written since.
    """
    with store.read() as session:
        begin, newest = numbers.last(session, MARK), chain.newest_seen(session.connection())
    end = newest.seq if newest else 0
    erased = _erased(store, begin, end)
    blanked = _blank(store, erased) if erased else 0
    if erased or end - begin >= LINKS:
        with store.write() as session:
            numbers.keep(session, MARK, end)
    return blanked


def _erased(store: Store, begin: int, end: int) -> dict[Row, int]:
    """Which rows were erased by a link after ``begin``, and by which one last."""
    found: dict[Row, int] = {}
    while begin < end:
        for seq, leaves in _some(store, begin):
            found |= {(leaf.table, leaf.key): seq for leaf in _held(seq, leaves) if leaf.kind in FORGETS}
            begin = seq
    return found


def _blank(store: Store, erased: Mapping[Row, int]) -> int:
    last, at, blanked = max(erased.values()), 0, 0
    while at < last and (links := _some(store, at)):
        at = links[-1][0]
        wanted = [seq for seq, leaves in links if _without(seq, leaves, erased)]
        if wanted:
            with store.write() as session:
                blanked += _write(session, wanted, erased)
    return blanked


def _some(store: Store, after: int) -> list[tuple[int, bytes]]:
    with store.read() as session:
        return [(seq, leaves) for seq, leaves in session.execute(_SOME.limit(LINKS), {"after": after})]


def _without(seq: int, leaves: bytes, erased: Mapping[Row, int]) -> Changed | None:
    """The link without the salts of what was erased later; None where it holds none."""
    held = _held(seq, leaves)
    kept = [leaf._replace(salt=NO_SALT) if _is_older(leaf, seq, erased) else leaf for leaf in held]
    number = sum(old is not new for old, new in zip(held, kept, strict=True))
    return Changed(seq, number, b"".join(leaf.packed() for leaf in kept)) if number else None


def _is_older(leaf: Leaf, seq: int, erased: Mapping[Row, int]) -> bool:
    return leaf.salt != NO_SALT and seq < erased.get((leaf.table, leaf.key), 0)


def _held(seq: int, leaves: bytes) -> list[Leaf]:
    """The leaves of a link; of one that was damaged none, which ``verify-audit`` says of it."""
    try:
        return list(unpacked(leaves))
    except ValueError:
        LOGGER.warning("link %d of the chain cannot be read, and nothing in it is forgotten: run verify-audit", seq)
        return []


def _write(session: Session, wanted: Sequence[int], erased: Mapping[Row, int]) -> int:
    """An erasure of history, which the database lets pass for this transaction alone; how many leaves it was.

    The links are read again under the lock: somebody else may have made them forget something meanwhile.
    """
    found = session.execute(_THESE, {"wanted": wanted}).all()
    changed = [new for seq, leaves in found if (new := _without(seq, leaves, erased))]
    with history_open(session, "erasure"):
        for link in changed:
            session.execute(update(ChainLink).where(ChainLink.seq == link.seq).values(leaves=link.leaves))
    return sum(each.number for each in changed)
