"""Rows of the seeds into tables: added, changed or retired, never deleted, and never over what a county has set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, inspect, select, update
from sqlalchemy.orm import Session

from . import audit, clock
from .models import AuditEntry

#: Columns that are a county's or the table's own: no seed gives them.
OWN = frozenset({"id", "changed_at", "changed_by", "named", "confirmed_by", "confirmed_at", "valid_to"})

Values = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """What a seeding did to one table, in rows; the keys of the changed and retired ones, to be shown."""

    added: int
    changed: int
    retired: int
    same: int
    changed_keys: tuple[str, ...] = ()
    retired_keys: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether the table already held just this."""
        return not (self.added or self.changed or self.retired)


def ended(row: Any) -> Values:
    """What becomes of a vanished row where the table has an end date; without one it stays as it is."""
    return {"valid_to": row.valid_to or clock.today()} if hasattr(row, "valid_to") else {}


@dataclass(frozen=True)
class SeedTable:
    """How seed rows become rows of a table.

    ``more`` gives the columns that are not called alike in the seeds (``position`` is ``order`` everywhere); ``key``
    is what finds a row again, the primary key when left out; ``gone`` says what becomes of a row that the seeds no
    longer have. A row whose ``changed_at`` a county has set is left alone. Kinds of seeds that the rows refer to
    (``after``) come in before.
    """

    model: Any
    more: Callable[[Any], Values] = lambda row: {}
    key: tuple[str, ...] = ()
    gone: Callable[[Any], Values] = ended
    after: tuple[str, ...] = ()

    def bring_in(self, session: Session, person_id: int | None, rows: Iterable[Any], source: str) -> Change:
        """Make the table hold ``rows``; one audit line for the whole, one for each changed or retired row."""
        wanted = {self._key(values): values for values in map(self._values, rows)}
        known = {self._key(row._mapping): row for row in session.execute(select(*self.model.__table__.columns))}
        added = [values for key, values in wanted.items() if key not in known]
        changed = _differences((key, known[key], values) for key, values in wanted.items() if key in known)
        retired = _differences((key, row, self.gone(row)) for key, row in known.items() if key not in wanted)
        if added:
            session.execute(insert(self.model), added)
        self._update(session, [*changed, *retired])
        change = Change(
            len(added),
            len(changed),
            len(retired),
            len(wanted) - len(added) - len(changed),
            _keys(changed),
            _keys(retired),
        )
        self._note(session, person_id, source, change, changed, retired)
        return change

    def _values(self, row: Any) -> Values:
        given = self.more(row)
        columns = {column.key for column in self.model.__table__.columns}
        names = columns - OWN - given.keys()
        values = given | {name: getattr(row, "order" if name == "position" else name) for name in names}
        return values | ({"valid_to": None} if "valid_to" in columns else {})

    def _key(self, values: Any) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.key or _primary(self.model))

    def _update(self, session: Session, found: "list[_Difference]") -> None:
        """By primary key, rows with the same columns together."""
        groups: dict[tuple[str, ...], list[Values]] = {}
        for each in found:
            key = {name: getattr(each.row, name) for name in _primary(self.model)}
            groups.setdefault(tuple(each.after), []).append(key | each.after)
        for group in groups.values():
            session.execute(update(self.model), group)

    def _note(
        self,
        session: Session,
        person_id: int | None,
        source: str,
        change: Change,
        changed: "list[_Difference]",
        retired: "list[_Difference]",
    ) -> None:
        if change.is_nothing:
            return
        table = self.model.__tablename__
        audit.note(
            session,
            person_id,
            "seed.import",
            table,
            source=source,
            added=change.added,
            changed=change.changed,
            retired=change.retired,
        )
        now = clock.now()
        lines = [
            {
                "at": now,
                "person_id": person_id,
                "action": action,
                "thing": f"{table}:{each.name(self.model)}",
                "detail": {"before": _plain(each.before), "after": _plain(each.after)},
            }
            for action, found in (("seed.change", changed), ("seed.retire", retired))
            for each in found
        ]
        if lines:
            session.execute(insert(AuditEntry), lines)


@dataclass(frozen=True)
class _Difference:
    """A stored row, its key, and the columns that are to hold something else."""

    key: tuple[Any, ...]
    row: Any
    after: Values
    before: Values = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "before", {name: getattr(self.row, name) for name in self.after})

    def name(self, model: Any) -> str:
        """The row's primary key, as the audit calls it."""
        return ".".join(str(getattr(self.row, name)) for name in _primary(model))


def _differences(pairs: Iterable[tuple[tuple[Any, ...], Any, Values]]) -> list[_Difference]:
    found = (
        (key, row, {name: value for name, value in values.items() if getattr(row, name) != value})
        for key, row, values in pairs
        if getattr(row, "changed_at", None) is None
    )
    return [_Difference(*each) for each in found if each[2]]


def _primary(model: Any) -> tuple[str, ...]:
    return tuple(column.key for column in inspect(model).primary_key)


def _keys(found: list[_Difference]) -> tuple[str, ...]:
    return tuple(" ".join(map(str, each.key)) for each in found)


def _plain(values: Values) -> Values:
    """Plain JSON."""
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in values.items()}
