"""What a link of the chain is made of: the form of a row, leaves, their Merkle root, and the head.

All of it is fixed for ever, whatever engine, program or library wrote a row: forms go by the type of a column and never
by what ``str`` happens to give. A column that says nothing (None, False, an empty text) is left out, so a column that
is added later changes no old digest. Merkle trees as in RFC 6962, section 2.1.
"""

import json
import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, String, Table
from sqlalchemy.types import TypeEngine

from .columns import CompactUuid, Moment, Shape

SALT, DIGEST = 16, 32
NOTHING = bytes(DIGEST)
FIRST = "0" * 64  #: What the first link names as the head before it.
HEAD_OF_LEAF = struct.Struct(">BHc")  # length of the table's name, of the key, and the kind

STORED, DELETED, EXPIRED, ERASED = b"+", b"-", b"x", b"e"
IS_THERE = (STORED, ERASED)
FORGETS = (EXPIRED, ERASED)  #: What the row said before is to be forgotten (core/chain_forget.py).
NO_SALT = bytes(SALT)

_encode = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode


class Leaf(NamedTuple):
    """What a transaction did to one row: ``kind`` STORED, DELETED, or by a rule EXPIRED, which is deleted, and ERASED,
    which is there and says less than before.

    ``digest`` is sha256(salt || form of the row). Who forgets the salt forgets the row: the digest alone says nothing.
    """

    table: str
    key: str
    kind: bytes
    salt: bytes
    digest: bytes

    def hash(self) -> bytes:
        """Of the leaf in the tree; the salt is no part of it, so that it can be forgotten."""
        return sha256(b"\0" + self.packed(with_salt=False)).digest()

    def packed(self, *, with_salt: bool = True) -> bytes:
        """As bytes, one behind the other in a link."""
        table, key = self.table.encode(), self.key.encode()
        head = HEAD_OF_LEAF.pack(len(table), len(key), self.kind)
        return head + table + key + (self.salt if with_salt else b"") + self.digest


def unpacked(leaves: bytes) -> Iterator[Leaf]:
    """The leaves of a link. ValueError where the bytes are no leaves."""
    at = 0
    while at < len(leaves):
        try:
            table_length, key_length, kind = HEAD_OF_LEAF.unpack_from(leaves, at)
        except struct.error as error:
            raise ValueError("cut leaves") from error
        at += HEAD_OF_LEAF.size
        parts = []
        for length in (table_length, key_length, SALT, DIGEST):
            parts.append(leaves[at : at + length])
            at += length
        if len(parts[-1]) != DIGEST:
            raise ValueError("cut leaves")
        yield Leaf(parts[0].decode(), parts[1].decode(), kind, parts[2], parts[3])


# --- the form of a row ---------------------------------------------------------------------------------


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _json(value: Any) -> str:
    return _encode(value) if value else ""


#: By the type of a column, the first that fits: its form, from what Python holds.
FORMS: tuple[tuple[type[TypeEngine[Any]], Callable[[Any], Any]], ...] = (
    (Moment, _moment),
    (CompactUuid, lambda value: value.hex),
    (Shape, lambda value: sha256(value).hexdigest()),
    (LargeBinary, lambda value: sha256(value).hexdigest()),
    (JSON, _json),
    (Boolean, bool),
    (Integer, int),
    (Float, lambda value: float.__repr__(float(value) + 0.0)),  # no minus before zero: SQLite does not keep it
    (Date, lambda value: value.isoformat()),
    (String, lambda value: value),
)


def _form_of(column: "Column[Any]") -> Callable[[Any], Any]:
    for kind, form in FORMS:
        if isinstance(column.type, kind):
            return form
    raise TypeError(f"{column}: no canonical form for {column.type!r}")


class TableForm:
    """How the rows of a table are written down. TypeError for a column of a type without a form."""

    def __init__(self, table: Table):
        self.table = table
        self.key_columns: Sequence[Column[Any]] = tuple(table.primary_key)
        self._columns = sorted((column.key, _form_of(column)) for column in table.columns)
        self._key = [_form_of(column) for column in self.key_columns]

    def key(self, values: Sequence[Any]) -> str:
        """The key of a row as text, from the values of its primary key."""
        forms = [form(value) for form, value in zip(self._key, values, strict=True)]
        return str(forms[0]) if len(forms) == 1 else _encode(forms)

    def text(self, row: Mapping[str, Any]) -> str:
        """What a row says."""
        said: list[Any] = []
        for name, form in self._columns:
            value = row.get(name)
            if value is None or value is False:
                continue
            written = form(value)
            if written != "":
                said += (name, written)
        return _encode(said)

    def digest(self, salt: bytes, row: Mapping[str, Any]) -> bytes:
        """The commitment to a row."""
        return sha256(salt + self.text(row).encode()).digest()

    def leaf(self, key: Sequence[Any], row: Mapping[str, Any], kind: bytes = STORED) -> Leaf:
        """A leaf with a salt of its own."""
        salt = os.urandom(SALT)
        return Leaf(self.table.name, self.key(key), kind, salt, self.digest(salt, row))

    def gone(self, key: Sequence[Any], kind: bytes) -> Leaf:
        """The leaf of a row that was deleted."""
        return Leaf(self.table.name, self.key(key), kind, NO_SALT, NOTHING)


@cache
def form(table: Table) -> TableForm:
    """The form of a table's rows, worked out once."""
    return TableForm(table)


# --- roots and heads -----------------------------------------------------------------------------------


def root_of(leaves: Iterable[Leaf]) -> str:
    """The Merkle root, in hexadecimal."""
    level = [leaf.hash() for leaf in leaves] or [sha256(b"").digest()]
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def _above(level: list[bytes]) -> list[bytes]:
    """The next level of a tree; one that is left over goes up as it is."""
    pairs = [sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
    return pairs + level[len(level) & ~1 :]


def path_of(leaves: Sequence[Leaf], at: int) -> list[list[str]]:
    """The way from a leaf to the root: on each level the other half, and on which side it stands."""
    level, path = [leaf.hash() for leaf in leaves], []
    while len(level) > 1:
        if at ^ 1 < len(level):
            path.append(["left" if at % 2 else "right", level[at ^ 1].hex()])
        level, at = _above(level), at // 2
    return path


def root_by(leaf: Leaf, path: Sequence[Sequence[str]]) -> str:
    """The root to which a way leads from a leaf."""
    here = leaf.hash()
    for side, other in path:
        halves = (bytes.fromhex(other), here) if side == "left" else (here, bytes.fromhex(other))
        here = sha256(b"\1" + b"".join(halves)).digest()
    return here.hex()


def head_of(previous: str, seq: int, at: datetime, root: str) -> str:
    """The head of a link: it stands for this link and all before it."""
    return sha256(f"{previous} {seq} {_moment(at)} {root}".encode()).hexdigest()
