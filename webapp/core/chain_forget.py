"""Forgetting what erased rows said: the salts of their older leaves go, and a digest without its salt says nothing.

A salt is known to whoever reads the chain, and with it a short text or a position could be found again by trying them
all. No root covers the salts (chain_form.py), so heads, witnesses and backups stay good.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from . import chain, numbers
from .chain_form import FORGETS, NO_SALT, Leaf, unpacked
from .chain_link import ChainLink
from .db import Store
from .retention import history_open

MARK = "chain-forgotten"  #: counter: up to this link, what is to be forgotten has been
LINKS = 100  # read at once, and written at most in one transaction: one of a whole county is a megabyte
_SOME = select(ChainLink.seq, ChainLink.leaves).where(ChainLink.seq > bindparam("after")).order_by(ChainLink.seq)

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
            found |= {(leaf.table, leaf.key): seq for leaf in unpacked(leaves) if leaf.kind in FORGETS}
            begin = seq
    return found


def _blank(store: Store, erased: Mapping[Row, int]) -> int:
    last, at, blanked = max(erased.values()), 0, 0
    while at < last and (links := _some(store, at)):
        at = links[-1][0]
        changed = [new for seq, leaves in links if (new := _without(seq, leaves, erased))]
        if changed:
            with store.write() as session:
                _write(session, changed)
        blanked += sum(each.number for each in changed)
    return blanked


def _some(store: Store, after: int) -> list[tuple[int, bytes]]:
    with store.read() as session:
        return [(seq, leaves) for seq, leaves in session.execute(_SOME.limit(LINKS), {"after": after})]


def _without(seq: int, leaves: bytes, erased: Mapping[Row, int]) -> Changed | None:
    """The link without the salts of what was erased later; None where it holds none."""
    held = list(unpacked(leaves))
    kept = [leaf._replace(salt=NO_SALT) if _is_older(leaf, seq, erased) else leaf for leaf in held]
    number = sum(old is not new for old, new in zip(held, kept, strict=True))
    return Changed(seq, number, b"".join(leaf.packed() for leaf in kept)) if number else None


def _is_older(leaf: Leaf, seq: int, erased: Mapping[Row, int]) -> bool:
    return leaf.salt != NO_SALT and seq < erased.get((leaf.table, leaf.key), 0)


def _write(session: Session, changed: list[Changed]) -> None:
    """An erasure of history, which the database lets pass for this transaction alone."""
    with history_open(session, "erasure"):
        for link in changed:
            session.execute(update(ChainLink).where(ChainLink.seq == link.seq).values(leaves=link.leaves))
