"""Reads of ledgers that were handed in, and of the columns."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session, defer

from ..access import Actor, kept, where
from ..core.db import Moment
from ..core.errors import NotFound
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..grid.queries import Cell
from .models import KeptLedger, LedgerColumn, LedgerTemplate
from .periods import Period, moments


def is_followed(session: Session, grid_id: int, period: Period) -> bool:
    """Whether a ledger of this period was handed in, and one of a later period of the same kind too."""
    return bool(session.scalar(_IS_FOLLOWED, {"grid_id": grid_id, "span": period.span, **moments(period)}))


SINCE, UNTIL = (bindparam(name, type_=Moment) for name in ("since", "until"))
_OF_GRID = and_(KeptLedger.grid_id == bindparam("grid_id"), KeptLedger.span == bindparam("span"))
_ITSELF = and_(_OF_GRID, KeptLedger.begins == SINCE, KeptLedger.ends == UNTIL)
_IS_FOLLOWED = select(and_(exists().where(_ITSELF), exists().where(_OF_GRID, KeptLedger.begins >= UNTIL)))


def handed_in(session: Session, actor: Actor, grid_id: int, most: int) -> Sequence[KeptLedger]:
    """Those of a grid that were handed in, the newest first, without what they say."""
    return session.scalars(_handed_in(actor), {"grid_id": grid_id, "most": most, **actor.reach()}).all()


@kept
def _handed_in(actor: Actor) -> Select[Any]:
    return (
        _readable(actor)
        .where(KeptLedger.grid_id == bindparam("grid_id"))
        .options(defer(KeptLedger.said))
        .order_by(KeptLedger.as_of.desc(), KeptLedger.id)
        .limit(bindparam("most"))
    )


def one(session: Session, actor: Actor, ledger_id: uuid.UUID) -> tuple[KeptLedger, Cell]:
    """One that was handed in, and its grid as it is called today. NotFound where it is not, or not for who asks."""
    found = session.scalar(_one(actor), {"ledger_id": ledger_id, **actor.reach()})
    if found is None:
        raise NotFound
    return found, grid_queries.named(session, {found.grid_id})[found.grid_id]


@kept
def _one(actor: Actor) -> Select[Any]:
    return _readable(actor).where(KeptLedger.id == bindparam("ledger_id"))


def _readable(actor: Actor) -> Select[Any]:
    reach = where(actor, "ledger.read", grid_path=Grid.path)
    return select(KeptLedger).join(Grid, Grid.id == KeptLedger.grid_id).where(reach)


def template(session: Session) -> LedgerTemplate | None:
    """The county's own workbook that holds, if there is one, without its bytes until they are asked for."""
    return next(iter(templates(session)), None)


def templates(session: Session) -> Sequence[LedgerTemplate]:
    """Those that hold, the newest first: one at most, but where two came in the same moment."""
    return session.scalars(_TEMPLATES).all()


def has_template(session: Session) -> bool:
    """Whether there is one."""
    return bool(session.scalar(_HAS_TEMPLATE))


_HOLDS = LedgerTemplate.ended_at.is_(None)
_TEMPLATES = select(LedgerTemplate).where(_HOLDS).options(defer(LedgerTemplate.body)).order_by(LedgerTemplate.id.desc())
_HAS_TEMPLATE = select(exists().where(_HOLDS))


def columns(session: Session) -> Sequence[LedgerColumn]:
    """All fields that may be columns, the shown ones first, from left to right."""
    return session.scalars(_ALL).all()


_ALL = select(LedgerColumn).order_by(
    LedgerColumn.part, LedgerColumn.position == 0, LedgerColumn.position, LedgerColumn.name
)
