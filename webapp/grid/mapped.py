"""How much of a county is drawn: it works without a border, and so does a village among others that have one."""

from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from ..access import below, end
from . import queries
from .models import Grid, GridVersion


class Drawing(NamedTuple):
    """Grids with a border, and villages without one."""

    borders: int
    without: int


NONE = Drawing(0, 0)


def drawn(session: Session, path: str) -> Drawing:
    """How much is drawn of the county of a path."""
    root = f"{queries.on_path(path)[0]}."
    return Drawing(*session.execute(_DRAWN, {"part": root, "part_end": end(root)}).one())


_WITHOUT = and_(GridVersion.minx.is_(None), Grid.tier == queries.WORKING_TIER)
_DRAWN = (
    select(func.count(GridVersion.minx), func.count().filter(_WITHOUT))
    .select_from(Grid)
    .join(GridVersion, and_(GridVersion.grid_id == Grid.id, queries.current()))
    .where(queries.stands(), below(Grid.path, bindparam("part")))
)
