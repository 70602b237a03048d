"""Is the history as it was written? The chain against itself, against every chained row, and against a witness.

Reads only, in bounded memory: the newest leaf of each row lies in a temporary database of its own.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Integer, Table, cast, func, select

from ..core.chain_form import DELETED, EXPIRED, FIRST, IS_THERE, Leaf, TableForm, form, head_of, root_of, unpacked
from ..core.chain_link import ChainLink
from ..core.models import Counter
from ..report.models import Report
from . import chain_rows
from .chain_head import Head
from .verify import Finding

LINKS = 20  # read at once: a link of a whole county holds thousands of leaves
ROWS = 500
#: What a row can hold that was written past the program, and cannot even be read.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, OverflowError)

Row = tuple[Sequence[Any], Mapping[str, Any]]


class Audit:
    """One look over the whole chain; what it counted stands here when the findings are through."""

    def __init__(self, witness: Sequence[Head] = ()):
        self.witness = {head.seq: head for head in witness}
        self.links = self.rows = self.deleted = self.expired = 0

    def findings(self, connection: Connection) -> Iterator[Finding]:
        """The first link that is broken, what the witness saw otherwise, and every row that is not as its leaf says.

        On the connection the records must stand still meanwhile (``dump.snapshot``).
        """
        with _Leaves() as leaves:
            yield from self._links(connection, leaves)
            yield from self._unseen()
            for table in chain_rows.tables():
                yield from self._rows(connection, table, leaves)
            yield from leaves.left()
            yield from _numbers(connection)

    # --- links ---

    def _links(self, connection: Connection, leaves: "_Leaves") -> Iterator[Finding]:
        broken, previous = False, FIRST
        chain = select(ChainLink.__table__).order_by(ChainLink.seq)
        for link in connection.execute(chain, execution_options={"yield_per": LINKS}):
            self.links += 1
            held, fault = _held(link)
            fault = _fault(link, self.links, previous) or fault
            if fault and not broken:
                broken = True
                yield Finding("link", str(link.seq), f"the first that is broken: {fault}")
            seen = self.witness.pop(link.seq, None)
            if seen is not None and seen.head != link.head:
                yield Finding("witness", f"link {link.seq}", "has another head than the witness saw: it was rewritten")
            previous = link.head
            leaves.put(link.seq, held)
            self.deleted += sum(leaf.kind == DELETED for leaf in held)
            self.expired += sum(leaf.kind == EXPIRED for leaf in held)

    def _unseen(self) -> Iterator[Finding]:
        for seq in sorted(self.witness):
            what = f"the witness saw it, and there are {self.links} links: it was cut off"
            yield Finding("witness", f"link {seq}", what)

    # --- rows ---

    def _rows(self, connection: Connection, table: Table, leaves: "_Leaves") -> Iterator[Finding]:
        written = form(table)
        found = _readable(connection, table)
        while batch := list(islice(found, ROWS)):
            self.rows += len(batch)
            whole = [row for row in batch if not isinstance(row, Finding)]
            yield from (row for row in batch if isinstance(row, Finding))
            keys = [written.key(key) for key, _row in whole]
            known = leaves.take(table.name, keys)
            for key, (_, row) in zip(keys, whole, strict=True):
                what = _row_fault(written, known.get(key), row)
                if what:
                    yield Finding("row", f"{table.name} {key}", what)


def _held(link: Any) -> tuple[list[Leaf], str]:
    """The leaves of a link, and what is wrong with them."""
    try:
        held = list(unpacked(link.leaves))
    except ValueError:
        return [], "its leaves cannot be read"
    return held, "" if root_of(held) == link.root else "its root is not that of its leaves"


def _fault(link: Any, number: int, previous: str) -> str:
    if link.seq != number:
        return f"it stands in place {number}"
    if link.previous != previous:
        return "it does not follow on the head before it"
    if link.head != head_of(link.previous, link.seq, link.at, link.root):
        return "its head is not that of its content"
    return ""


def _row_fault(written: TableForm, known: tuple[int, bytes, bytes, bytes] | None, row: Mapping[str, Any]) -> str:
    if known is None:
        return "no link knows it: it was written past the program"
    seq, kind, salt, digest = known
    if kind not in IS_THERE:
        return f"is there, though link {seq} says that it was deleted"
    try:
        same = written.digest(salt, row) == digest
    except UNREADABLE:
        same = False
    return "" if same else f"is not as link {seq} says: it was changed past the program"


def _readable(connection: Connection, table: Table) -> Iterator[Row | Finding]:
    """All rows of a table; a finding in the place of one that cannot be read."""
    number = 0
    try:
        for row in chain_rows.rows(connection, table):
            yield row
            number += 1
    except UNREADABLE:
        yield from _one_by_one(connection, table, number)


def _one_by_one(connection: Connection, table: Table, start: int) -> Iterator[Row | Finding]:
    """The rows of a table from one on, of which some cannot be read."""
    written = form(table)
    try:
        keys = connection.execute(chain_rows.keys(table).offset(start)).all()
    except UNREADABLE:
        yield Finding("row", table.name, "has keys that cannot be read: it was changed past the program")
        return
    for key in keys:
        try:
            yield next(chain_rows.rows(connection, table, key))
        except UNREADABLE:
            yield Finding("row", f"{table.name} {written.key(key)}", "cannot be read: it was changed past the program")


class _Leaves:
    """The newest leaf of each row, on disk; a table of SQLite that vanishes with the connection."""

    def __enter__(self) -> "_Leaves":
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("pragma journal_mode = off")
        self._db.execute(
            "create table leaf (name text, key text, seq int, kind blob, salt blob, digest blob, "
            "primary key (name, key)) without rowid"
        )
        self._db.execute("begin")
        return self

    def __exit__(self, *_error: object) -> None:
        self._db.close()

    def put(self, seq: int, leaves: Sequence[Leaf]) -> None:
        """What a link says of its rows counts from here on."""
        self._db.executemany(
            "insert or replace into leaf values (?, ?, ?, ?, ?, ?)",
            ((leaf.table, leaf.key, seq, leaf.kind, leaf.salt, leaf.digest) for leaf in leaves),
        )

    def take(self, name: str, keys: Sequence[str]) -> dict[str, tuple[int, bytes, bytes, bytes]]:
        """The leaves of some rows of a table, which are forgotten here."""
        if not keys:
            return {}
        which, given = f"name = ? and key in ({', '.join('?' * len(keys))})", (name, *keys)
        found = self._db.execute(f"select key, seq, kind, salt, digest from leaf where {which}", given).fetchall()
        self._db.execute(f"delete from leaf where {which}", given)
        return {key: (seq, kind, salt, digest) for key, seq, kind, salt, digest in found}

    def left(self) -> Iterator[Finding]:
        """Rows that a link says are there, and no longer are."""
        for name, key, seq in self._db.execute("select name, key, seq from leaf where kind in (?, ?)", IS_THERE):
            yield Finding("row", f"{name} {key}", f"is gone, though link {seq} says that it is there")


def _numbers(connection: Connection) -> Iterator[Finding]:
    """Counters are not chained: the numbers of the reports, which are, say where each has to stand."""
    year, number = func.substr(Report.number, 1, 4), cast(func.substr(Report.number, 6), Integer)
    last = connection.execute(select("report-" + year, func.max(number)).group_by(year)).all()
    kept = select(Counter.name, Counter.value).where(Counter.name.startswith("report-", autoescape=True))
    given, stands = (dict(map(tuple, found)) for found in (last, connection.execute(kept).all()))
    for name in sorted(given.keys() | stands.keys()):
        if given.get(name, 0) != stands.get(name, 0):
            what = f"stands at {stands.get(name, 0)}, and the last number given is {given.get(name, 0)}"
            yield Finding("counter", name, what)
