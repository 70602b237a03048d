"""The rows of a ledger: each record of the period, and what came in too late for the ledger of the period before."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session

from ..access import Actor, below, end, kept
from ..core import clock
from ..core.db import Moment
from ..core.exports import Field, columns, said
from ..core.models import Word
from ..core.own import AT_A_TIME
from ..core.tongue import Tongue
from ..grid.models import Grid
from ..grid.queries import Cell
from .models import LedgerColumn
from .parts import PARTS
from .periods import DAY, Period

SINCE, UNTIL, CUT = (bindparam(name, type_=Moment) for name in ("since", "until", "cut"))
IDS = 500  # records that are asked for at once


def moments(period: Period) -> dict[str, Any]:
    """The period as moments, its end excluded."""
    return {"since": clock.start(period.first), "until": clock.start(period.last + DAY)}


class Row(NamedTuple):
    """A record: its id, whether it came in too late for the ledger that it belongs to, and its cells."""

    ref: uuid.UUID
    is_late: bool
    cells: Sequence[Any]


class Column(NamedTuple):
    """A field that is shown, and the county's heading for it."""

    field: Field
    heading: str | None


def shown(session: Session) -> dict[str, list[Column]]:
    """The columns of each part, from left to right. What is no field of this program any more is left out."""
    found: dict[str, list[Column]] = {part: [] for part in PARTS}
    for part, key, heading in session.execute(_COLUMNS):
        if part in PARTS and key in PARTS[part].fields:
            found[part].append(Column(PARTS[part].fields[key], heading))
    return found


_COLUMNS = (
    select(LedgerColumn.part, LedgerColumn.name, LedgerColumn.heading)
    .where(LedgerColumn.position > 0)
    .order_by(LedgerColumn.part, LedgerColumn.position, LedgerColumn.name)
)


def told(session: Session, tongue: Tongue) -> Tongue:
    """The tongue with the county's ready words, as cells are said in it."""
    return replace(tongue, ready={(row.kind, row.code): row for row in session.execute(select(Word.__table__))})


class Scope(NamedTuple):
    """Of what a ledger is: the grid with all below it, the period, and as of when the ledger of the period before was
    handed in (None where it was not)."""

    cell: Cell
    period: Period
    cut: datetime | None


def of(session: Session, actor: Actor, part: str, keys: Sequence[str], scope: Scope, tongue: Tongue) -> Iterator[Row]:
    """The rows of a part with the fields of these keys. First come the late ones: what belongs to the period before and
    came in after its ledger was handed in."""
    given = {"cut": scope.cut or clock.start(clock.LATEST), **_within(actor, scope)}
    statement, fields = _rows(actor, part, tuple(keys)), _fields(part, keys)
    with session.execute(statement, given, execution_options={"yield_per": AT_A_TIME}) as answer:
        for ref, is_late, *values in answer:
            yield Row(ref, bool(is_late), said(fields, tongue, iter(values)))


def _within(actor: Actor, scope: Scope) -> dict[str, Any]:
    path = scope.cell.path
    return {**moments(scope.period), "part": path, "part_end": end(path), **actor.reach()}


def count(session: Session, actor: Actor, part: str, scope: Scope) -> int:
    """How many rows a part has but for the late ones."""
    return session.scalar(_count(actor, part), _within(actor, scope)) or 0


@kept
def _count(actor: Actor, part: str) -> Select[int]:
    kind = PARTS[part]
    found: Select[Any] = kind.kind.rows(actor, False).with_only_columns(literal_column("1")).order_by(None)
    return select(func.count()).select_from(found.where(*_in_period(part)).subquery())


def _in_period(part: str) -> tuple[Any, ...]:
    record = PARTS[part].record
    return (below(Grid.path, bindparam("part")), record.occurred_at >= SINCE, record.occurred_at < UNTIL)


@kept
def _rows(actor: Actor, part: str, keys: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    record = PARTS[part].record
    is_late = record.occurred_at < SINCE
    came_late = and_(below(Grid.path, bindparam("part")), is_late, record.received_at > CUT)
    return (
        _read(actor, part, keys, is_late.label(None))
        .where(or_(and_(*_in_period(part)), came_late))
        .order_by(None)
        .order_by(is_late.desc(), record.occurred_at, record.id, *PARTS[part].within)
    )


def _read(actor: Actor, part: str, keys: tuple[str, ...], *more: Any) -> Select[*tuple[Any, ...]]:
    found: Select[Any] = PARTS[part].kind.rows(actor, False)
    return found.with_only_columns(
        PARTS[part].record.id.label(None), *more, *columns(_fields(part, keys), actor, False)
    )


def _fields(part: str, keys: Sequence[str]) -> list[Field]:
    return [PARTS[part].fields[key] for key in keys]


def own_words(
    session: Session, actor: Actor, part: str, keys: Sequence[str], refs: Sequence[uuid.UUID], tongue: Tongue
) -> dict[uuid.UUID, list[Any]]:
    """What stands in these fields today, by record: of those that the reader may still read."""
    found: dict[uuid.UUID, list[Any]] = {}
    for begin in range(0, len(refs) if keys else 0, IDS):
        given = {"refs": list(refs[begin : begin + IDS]), **actor.reach()}
        for ref, *values in session.execute(_own_words(actor, part, tuple(keys)), given):
            found[ref] = said(_fields(part, keys), tongue, iter(values))
    return found


@kept
def _own_words(actor: Actor, part: str, keys: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    record = PARTS[part].record
    return _read(actor, part, keys).where(record.id.in_(bindparam("refs", expanding=True)))
