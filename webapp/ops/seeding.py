"""All seeds into the database: everything is read and checked first, then each kind is handed to its domain."""

from collections.abc import Callable
from importlib.resources.abc import Traversable
from typing import Any

from sqlalchemy.orm import Session

import seeds
from seeds import Rows, SeedError, laws

from ..access import SYSTEM
from ..core import load
from ..core.db import Store
from ..core.load import Change, SeedTable
from ..duty import service as duty_service
from ..patrol.models import ObjectType
from ..report.load import load_problem_types

_OBJECT_TYPES = SeedTable(ObjectType)


def _settings(session: Session, name: str, rows: Rows, source: str) -> Change:
    return load.load(session, None, name, rows, source)


def _duties(session: Session, name: str, rows: Rows, source: str) -> Change:
    return duty_service.import_list(session, SYSTEM, name, rows, source)


def _problem_types(session: Session, _name: str, rows: Rows, source: str) -> Change:
    return load_problem_types(session, None, rows, source)


def _object_types(session: Session, _name: str, rows: Rows, source: str) -> Change:
    return _OBJECT_TYPES.bring_in(session, None, rows, source)


#: Who takes each kind, in an order in which what is referred to comes first.
LOADERS: dict[str, Callable[[Session, str, Rows, str], Change]] = {
    **dict.fromkeys(("settings", "limits", "calendar", "words", "contacts"), _settings),
    "problem_types": _problem_types,
    "object_types": _object_types,
    **dict.fromkeys(("documents", "departments", "succession", "duties", "figures"), _duties),
}


def seed(store: Store, root: Traversable | None = None) -> dict[str, Change]:
    """Bring in every kind of seeds, from the package or from ``root``, in one write; what changed, by kind.

    Raises SeedError, and stores nothing, when anything is damaged or does not fit together.
    """
    found = {name: seeds.read(name, root) for name in LOADERS}
    _refuse_strangers(found)
    with store.write() as session:
        return {name: LOADERS[name](session, name, rows, _source(rows)) for name, rows in found.items()}


def _source(rows: Rows) -> str:
    return "; ".join(f"{file.name} sha256:{file.sha256}" for file in rows.files)


def _refuse_strangers(found: dict[str, Any]) -> None:
    """Rows that break a law of the seeds, or that name a body which is not there."""
    known = {row.code for row in found["departments"]}
    for fault in laws.broken(
        found["documents"].rows, found["duties"].rows + found["figures"].rows, found["departments"].rows
    ):
        raise SeedError(str(fault))
    for row in [*found["succession"], *found["duties"]]:
        if row.canonical not in known:
            name, _, line = row.origin.rpartition(":")
            raise SeedError(f"{name}, row {line}: the body {row.canonical!r} is not in departments.csv")
