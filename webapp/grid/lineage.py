"""What became of a grid that ended, and which grids became part of one."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from . import queries
from .models import Grid, GridVersion
from .queries import Cell


class Lineage(NamedTuple):
    """The day on which a grid ended and the grid that has its records today, both None for one in force; and the grids
    that became part of it, in code order."""

    ended_on: date | None
    heir: Cell | None
    absorbed: list[Cell]


def of(session: Session, grid_id: int) -> Lineage:
    """The lineage of a grid that was already reached; who reaches a grid also reaches what became part of it."""
    rows = [(Cell(*row[:-1]), row[-1]) for row in session.execute(_KIN, {"grid_id": grid_id})]
    ended_on = next((ended for cell, ended in rows if cell.id == grid_id), None)
    others = [cell for cell, _ in rows if cell.id != grid_id]
    # what ends hands on all that had become part of it, so that it has an heir or ancestors, and never both
    return Lineage(ended_on, others[0], []) if ended_on and others else Lineage(None, None, others)


_HEIR = select(Grid.heir_id).where(Grid.id == bindparam("grid_id")).scalar_subquery()
_KIN = (
    queries.CELLS.add_columns(Grid.ended_on)
    .where(
        or_(Grid.id == bindparam("grid_id"), Grid.heir_id == bindparam("grid_id"), Grid.id == _HEIR),
        or_(Grid.id == bindparam("grid_id"), queries.is_worked()),  # a unit grid that ended had no records to hand on
    )
    .order_by(GridVersion.code, GridVersion.id)
)
