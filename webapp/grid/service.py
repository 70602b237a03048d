"""Acts on the grid: planting the tree once, publishing its borders, words of the tiers."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis import simplify

from ..access import Actor
from ..core import audit, clock
from ..core.errors import N_, Refused
from .models import BoundaryEdition, Grid, GridLevel, GridVersion, MapLayer


class Drawn(Protocol):
    """A cell of a delivery or of the invented county: parents come before children, ``parent`` is an index."""

    tier: int
    code: str
    parent: int | None
    boundary: bytes | None


LEVELS = ((1, "县", "County"), (2, "乡镇", "Township"), (3, "村", "Village"))


def name_levels(session: Session) -> None:
    """The usual words of the three tiers, unless the county has its own."""
    for tier, zh, en in LEVELS:
        if session.get(GridLevel, tier) is None:
            session.add(GridLevel(tier=tier, zh=zh, en=en))


def refuse_filled(session: Session) -> None:
    """Refused when there is a tree already."""
    if session.scalar(select(Grid.id).limit(1)) is not None:
        raise Refused(N_("There is a grid tree already. Borders are imported once, into an empty one."))


def import_tree(
    session: Session,
    actor: Actor,
    drawn: Sequence[Drawn],
    names: Sequence[tuple[str, str]],
    on: date,
    source: str,
    facts: dict[str, Any],
) -> list[Grid]:
    """Store a whole tree with borders and publish it. Only into an empty tree: changes to a living one are others' work.

    ``names`` are (zh, en) in the order of ``drawn``. Returns the grids in that order.
    """
    refuse_filled(session)
    grids: list[Grid] = []
    for cell in drawn:
        parent = grids[cell.parent] if cell.parent is not None else None
        grids.append(_rooted(session, cell.tier, parent))
    for cell, grid, (zh, en) in zip(drawn, grids, names, strict=True):
        session.add(_version(grid, cell, zh, en, on))
    session.flush()
    publish(session, source, facts)
    audit.note(session, actor.person_id or None, "grid.plant", "grid:1", source=source, grids=len(grids))
    return grids


def _rooted(session: Session, tier: int, parent: Grid | None) -> Grid:
    grid = Grid(tier=tier, parent_id=parent.id if parent else None, path=uuid4().hex)  # the real one needs the id
    session.add(grid)
    session.flush()
    grid.path = f"{parent.path if parent else ''}{grid.id}."
    return grid


def _version(grid: Grid, cell: Drawn, zh: str, en: str, on: date) -> GridVersion:
    import shapely

    box = shapely.from_wkb(cell.boundary).bounds if cell.boundary else (None,) * 4
    return GridVersion(
        grid_id=grid.id,
        code=cell.code,
        zh=zh,
        en=en or zh,
        parent_id=grid.parent_id,
        boundary=cell.boundary,
        minx=box[0],
        miny=box[1],
        maxx=box[2],
        maxy=box[3],
        valid_from=on,
        valid_to=None,
        predecessors=[],
    )


def publish(session: Session, source: str, facts: dict[str, Any]) -> BoundaryEdition:
    """Write the map layer of today's borders once and raise the edition's number; workers follow by themselves."""
    edition = BoundaryEdition(at=clock.now(), source=source, facts=facts)
    session.add(edition)
    session.flush()
    rows = session.execute(
        select(
            Grid.id, Grid.tier, Grid.parent_id, GridVersion.code, GridVersion.zh, GridVersion.en, GridVersion.boundary
        )
        .join(GridVersion, GridVersion.grid_id == Grid.id)
        .where(GridVersion.valid_to.is_(None))
        .order_by(GridVersion.code)
    ).all()  # tree order: neighbours pack better
    body = simplify.layer(_features(rows))
    session.add(MapLayer(hash=hashlib.sha256(body).hexdigest(), edition_id=edition.id, name="grids", body=body))
    return edition


def _features(rows: Sequence[Any]) -> list[tuple[int, dict[str, Any], bytes | None]]:
    place = {row.id: index for index, row in enumerate(rows)}
    thin = simplify.lighter_tree([row.boundary for row in rows], [place.get(row.parent_id) for row in rows])
    return [
        (row.id, {"tier": row.tier, "code": row.code, "parent": row.parent_id, "zh": row.zh, "en": row.en}, wkb)
        for row, wkb in zip(rows, thin, strict=True)
    ]
