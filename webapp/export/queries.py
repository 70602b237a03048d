"""What somebody takes out: the rows of a kind that he may read, in their order, read as they are wanted."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from .. import domains
from ..access import SYSTEM, Actor, kept
from ..core import clock
from ..core.db import Moment
from ..core.exports import Export
from ..core.own import AT_A_TIME
from ..core.tongue import Tongue

SINCE, UNTIL = (bindparam(name, type_=Moment) for name in ("since", "until"))


class Period(NamedTuple):
    """County days, both included; None for an open end."""

    first: date | None = None
    last: date | None = None

    def moments(self) -> dict[str, Any]:
        """The same as moments, the end excluded, for a SELECT."""
        first, last = self.first or clock.EARLIEST, self.last or clock.LATEST
        return {"since": clock.start(first), "until": clock.start(last + timedelta(days=1))}


def kinds(actor: Actor) -> list[Export]:
    """The kinds that somebody may read anywhere at all."""
    return [kind for kind in domains.exports().values() if actor is SYSTEM or actor.may(kind.action)]


def count(session: Session, actor: Actor, kind: Export, period: Period, most: int) -> int:
    """How many rows there are; no further than one above ``most``."""
    return session.scalar(_count(actor, kind.key, actor is SYSTEM), _given(actor, period) | {"most": most + 1}) or 0


def rows(session: Session, actor: Actor, kind: Export, period: Period, tongue: Tongue) -> Iterator[tuple[Any, Any]]:
    """The cells and the shape of each."""
    given = _given(actor, period)
    statement = _rows(actor, kind.key, actor is SYSTEM)
    with session.execute(statement, given, execution_options={"yield_per": AT_A_TIME}) as answer:
        for row in answer:
            yield kind.cells(tongue, row)


def _given(actor: Actor, period: Period) -> dict[str, Any]:
    return {"today": clock.today(), **period.moments(), **actor.reach()}


@kept
def _rows(actor: Actor, key: str, is_operator: bool) -> Select[Any]:
    kind = domains.exports()[key]
    return _within(kind, actor, is_operator).with_only_columns(*kind.columns(actor, is_operator))


@kept
def _count(actor: Actor, key: str, is_operator: bool) -> Select[int]:
    found: Select[Any] = _within(domains.exports()[key], actor, is_operator).with_only_columns(literal_column("1"))
    return select(func.count()).select_from(found.order_by(None).limit(bindparam("most")).subquery())


def _within(kind: Export, actor: Actor, is_operator: bool) -> Select[Any]:
    found: Select[Any] = kind.rows(actor, is_operator)
    return found if kind.when is None else found.where(kind.when >= SINCE, kind.when < UNTIL)
