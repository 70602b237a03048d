"""All seeds into the database: everything is read and checked first,
then each kind goes into the table of its domain."""

from dataclasses import replace
from datetime import time
from importlib.resources.abc import Traversable
from typing import Any

import seeds
from seeds import Rows, SeedError, laws

from .. import domains
from ..core import calendar, settings
from ..core.db import Store
from ..core.history import Author
from ..core.load import Change
from ..report import limits

PROGRAM = Author(None, "system_admin", None)  # who is at the command line; no person, and so "the system" in words


def seed(store: Store, root: Traversable | None = None) -> dict[str, Change]:
    """Bring in every kind of seeds, from the package or from ``root``, in one write; what changed, by kind. Open limits
    follow a calendar that changed.

    Raises SeedError, and stores nothing, when anything is damaged or does not fit together.
    """
    tables = domains.seeds()
    found = {name: seeds.read(name, root) for name in tables}
    _refuse_strangers(found)
    with store.write() as session:
        calendar.hold(session, to_change=True)
        before = calendar.load(session, time())
        changes = {name: tables[name].bring_in(session, None, rows, _source(rows)) for name, rows in found.items()}
        closes = settings.get(session, "work_to")
        limits.move(session, PROGRAM, replace(before, closes=closes), calendar.load(session, closes))
        return changes


def _source(rows: Rows) -> str:
    return "; ".join(f"{file.name} sha256:{file.sha256}" for file in rows.files)


def _refuse_strangers(found: dict[str, Any]) -> None:
    """Rows that break a law of the seeds, or that name a body which is not there."""
    known = {row.code for row in found["departments"]}
    for fault in laws.broken(
        found["documents"].rows, found["duties"].rows + found["figures"].rows, found["departments"].rows
    ):
        raise SeedError(str(fault))
    for fault in laws.broken_links(
        found["problem_duties"].rows,
        (row.code for row in found["problem_types"]),
        (row.code for row in found["duties"]),
    ):
        raise SeedError(str(fault))
    for row in [*found["succession"], *found["duties"]]:
        if row.canonical not in known:
            name, _, line = row.origin.rpartition(":")
            raise SeedError(f"{name}, row {line}: the body {row.canonical!r} is not in departments.csv")
