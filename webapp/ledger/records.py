"""The rows of a ledger: each record of the period, and what belongs to one before and is in none of the ledgers."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    select,
)
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
from .models import KeptEntry, KeptLedger, LedgerColumn
from .parts import PARTS
from .periods import Period, moments

SINCE, UNTIL, FROM, STOP = (bindparam(name, type_=Moment) for name in ("since", "until", "from_", "stop"))
IDS = 500  # records that are asked for at once
BACK = timedelta(days=400)  # how far back a record may lie that is late


class Row(NamedTuple):
    """A record: its id, whether it came in too late for the ledger that it belongs to, and its cells."""

    ref: uuid.UUID
    is_late: bool
    cells: Sequence[Any]


class Column(NamedTuple):
    """A field that is shown, and the county's heading for it."""

    field: Field
    heading: str | None


class Scope(NamedTuple):
    """Of what a ledger is: the grid with all below it, and the period."""

    cell: Cell
    period: Period


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
    return replace(tongue, ready={(row.kind, row.code): row for row in session.execute(_WORDS)})


_WORDS = select(Word.__table__)

# --- the rows ---


def of(session: Session, actor: Actor, part: str, keys: Sequence[str], scope: Scope, tongue: Tongue) -> Iterator[Row]:
    """The rows of the period itself with the fields of these keys, in the order of the records' moments."""
    return _rows(session, _of(actor, part, tuple(keys)), _within(actor, scope), _fields(part, keys), tongue, False)


def count(session: Session, actor: Actor, part: str, scope: Scope) -> int:
    """How many of them there are."""
    return session.scalar(_count(actor, part), _within(actor, scope)) or 0


def is_covered(session: Session, scope: Scope) -> bool:
    """Whether a ledger of a period before was handed in for this grid: without one nothing is late."""
    return bool(session.scalar(_COVERED, _of_kind(scope)))


def late(session: Session, actor: Actor, part: str, keys: Sequence[str], scope: Scope, tongue: Tongue) -> Iterator[Row]:
    """The rows of before that are in none of the ledgers handed in (``is_covered``): such as lie in a period whose
    ledger was handed in for this grid, and stand in no other ledger of the same kind of period and level. Once a later
    ledger was handed in, only what had come in by then: the rest is for the ledgers after it."""
    stop = session.scalar(_STOP, _of_kind(scope)) or clock.start(clock.LATEST)
    given = {**_within(actor, scope), **_of_kind(scope), "tier": scope.cell.tier, "stop": stop}
    given["from_"] = clock.start(scope.period.first - BACK)
    return _rows(session, _late(actor, part, tuple(keys)), given, _fields(part, keys), tongue, True)


def _rows(
    session: Session, statement: Any, given: dict[str, Any], fields: Sequence[Field], tongue: Tongue, is_late: bool
) -> Iterator[Row]:
    with session.execute(statement, given, execution_options={"yield_per": AT_A_TIME}) as answer:
        for ref, *values in answer:
            yield Row(ref, is_late, said(fields, tongue, iter(values)))


def _within(actor: Actor, scope: Scope) -> dict[str, Any]:
    path = scope.cell.path
    return {**moments(scope.period), "part": path, "part_end": end(path), **actor.reach()}


def _of_kind(scope: Scope) -> dict[str, Any]:
    return {"grid_id": scope.cell.id, "span": scope.period.span, **moments(scope.period)}


GRID, TIER = (bindparam(name, type_=Integer) for name in ("grid_id", "tier"))
SPAN: BindParameter[str] = bindparam("span", type_=String)
_OF_GRID = and_(KeptLedger.grid_id == GRID, KeptLedger.span == SPAN)
_COVERED = select(exists().where(_OF_GRID, KeptLedger.ends <= SINCE))
_STOP = select(func.min(KeptLedger.as_of)).where(_OF_GRID, KeptLedger.begins >= UNTIL)


@kept
def _of(actor: Actor, part: str, keys: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return _in_order(part, _read(actor, part, keys).where(*_in_period(part)))


@kept
def _count(actor: Actor, part: str) -> Select[int]:
    found: Select[Any] = PARTS[part].kind.rows(actor, False).with_only_columns(literal_column("1")).order_by(None)
    return select(func.count()).select_from(found.where(*_in_period(part)).subquery())


def _in_period(part: str) -> tuple[Any, ...]:
    record = PARTS[part].record
    return (below(Grid.path, bindparam("part")), record.occurred_at >= SINCE, record.occurred_at < UNTIL)


@kept
def _late(actor: Actor, part: str, keys: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    record = PARTS[part].record
    found = _read(actor, part, keys).where(
        below(Grid.path, bindparam("part")),
        record.occurred_at >= FROM,
        record.occurred_at < SINCE,
        record.received_at <= STOP,
        _covered(record),
        not_(_listed(record)),
    )
    return _in_order(part, found)


def _covered(record: Any) -> Any:
    """It lies in a period whose ledger was handed in for this grid."""
    covers = and_(_OF_GRID, KeptLedger.ends <= SINCE, record.occurred_at >= KeptLedger.begins)
    return exists().where(covers, record.occurred_at < KeptLedger.ends)


def _listed(record: Any) -> Any:
    """Another ledger of the level has it that was handed in; an earlier one of this very period does not count."""
    itself = and_(KeptLedger.grid_id == GRID, KeptLedger.begins == SINCE, KeptLedger.ends == UNTIL)
    found = select(KeptEntry.ref).join(KeptLedger, KeptLedger.id == KeptEntry.ledger_id)
    found = found.join(Grid, Grid.id == KeptLedger.grid_id)
    return found.where(KeptEntry.ref == record.id, KeptLedger.span == SPAN, Grid.tier == TIER, not_(itself)).exists()


def _in_order(part: str, found: Select[Any]) -> Select[Any]:
    record = PARTS[part].record
    return found.order_by(None).order_by(record.occurred_at, record.id, *PARTS[part].within)


def _read(actor: Actor, part: str, keys: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    found: Select[Any] = PARTS[part].kind.rows(actor, False)
    return found.with_only_columns(PARTS[part].record.id.label(None), *columns(_fields(part, keys), actor, False))


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
