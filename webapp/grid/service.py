"""Acts on the grid: importing the tree once, putting versions in force, publishing borders, words of the tiers."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gis import drawing

from ..access import Actor
from ..core import audit, clock, clock_mark
from ..core.errors import N_, Refused
from . import queries
from .models import BoundaryEdition, Grid, GridCurrent, GridLevel, GridVersion, MapLayer


class Drawn(Protocol):
    """A cell of a delivery or of the invented county: parents come before children, ``parent`` is an index."""

    @property
    def tier(self) -> int:
        """1 is the root."""

    @property
    def code(self) -> str:
        """The administrative code."""

    @property
    def parent(self) -> int | None:
        """Where the parent stands among the cells."""

    @property
    def boundary(self) -> bytes | None:
        """WKB in WGS84 longitude-latitude."""


LEVELS = ((1, "县", "County"), (2, "乡镇", "Township"), (3, "村", "Village"))

SHOWN = 5  # codes that a refusal names


def name_levels(session: Session) -> None:
    """The usual words of the three tiers, unless the county has its own."""
    for tier, zh, en in LEVELS:
        if session.get(GridLevel, tier) is None:
            session.add(GridLevel(tier=tier, zh=zh, en=en))


def refuse_filled(session: Session) -> None:
    """Refused when there is a tree already."""
    if session.scalar(select(Grid.id).limit(1)) is not None:
        raise Refused(
            N_(
                "There are grids already. Bring changes in on the page “Borders” of the map, where a second person "
                "approves them."
            )
        )


def refuse_twice(session: Session, drawn: Sequence[Drawn]) -> None:
    """Refused when a grid in force bears one of these codes: a county beside those that are there has its own."""
    taken = set(session.scalars(select(GridVersion.code).where(queries.current())))
    if twice := [cell.code for cell in drawn if cell.code in taken]:
        raise Refused(
            N_(
                "Grids with these codes are there already (%(code)s). Bring changes in on the page “Borders” of the "
                "map, where a second person approves them."
            ),
            code=", ".join(twice[:SHOWN]),
        )


def refuse_to_come(day: date) -> None:
    """Refused when borders would count from a day that has not begun."""
    if day > clock.today():
        raise Refused(
            N_("%(day)s is in the future: borders apply from today or an earlier day."),
            field="since",
            day=day.isoformat(),
        )


def import_tree(
    session: Session,
    actor: Actor,
    drawn: Sequence[Drawn],
    names: Sequence[tuple[str, str]],
    on: date,
    source: str,
    facts: dict[str, Any],
    *,
    beside: bool = False,
) -> list[Grid]:
    """Store a whole tree with borders and put it in force: the first, or one ``beside`` those of other counties.

    ``names`` are (zh, en) in the order of ``drawn``. Returns the grids in that order.
    """
    one_at_a_time(session)
    if beside:
        refuse_twice(session, drawn)
    else:
        refuse_filled(session)
    grids = [unplaced(session, cell.tier) for cell in drawn]
    parents = [grids[cell.parent].id if cell.parent is not None else None for cell in drawn]
    versions = [
        version(grid.id, parent_id, cell.code, (zh, en or zh), cell.boundary, on, [])
        for grid, parent_id, cell, (zh, en) in zip(grids, parents, drawn, names, strict=True)
    ]
    session.add_all(versions)
    session.flush()
    activate(session, actor, versions, "grid.plant", source, facts)
    return grids


def unplaced(session: Session, tier: int) -> Grid:
    """A grid with an id and, until it is put in force, no place in the tree."""
    grid = Grid(tier=tier, parent_id=None, path=uuid4().hex)
    session.add(grid)
    session.flush()
    return grid


def version(
    grid_id: int,
    parent_id: int | None,
    code: str,
    names: tuple[str, str],
    boundary: bytes | None,
    on: date,
    predecessors: list[int],
) -> GridVersion:
    """A version of a grid from a day on, planned until ``activate``. ``names`` are (zh, en), ``boundary`` WKB in WGS84
    degrees."""
    import shapely

    box = shapely.from_wkb(boundary).bounds if boundary else (None,) * 4
    return GridVersion(
        grid_id=grid_id,
        code=code,
        zh=names[0],
        en=names[1],
        parent_id=parent_id,
        boundary=boundary or None,
        minx=box[0],
        miny=box[1],
        maxx=box[2],
        maxy=box[3],
        valid_from=on,
        valid_to=None,
        predecessors=predecessors,
    )


def one_at_a_time(session: Session) -> None:
    """Who changes the tree waits for whoever is changing it: a layer made meanwhile would lack the other's change."""
    session.execute(select(GridLevel.tier).with_for_update()).all()


def activate(
    session: Session, actor: Actor, versions: Sequence[GridVersion], act: str, source: str, facts: dict[str, Any]
) -> BoundaryEdition:
    """Put stored versions in force, all or none: pointer, end of those they follow, place in the tree, map layer.

    Rights follow by themselves, because they reach by ``Grid.path``. ``act`` is the word of the log for what is done.
    Refused when a version begins on a day to come, or not after the one it follows, or has no place in the tree; Busy
    when our clock cannot be right.
    """
    settle(session, versions)
    edition = publish(session, source, facts)
    audit.note(session, actor.person_id or None, act, "grid:1", source=source, grids=len(versions))
    return edition


def at_hand(session: Session) -> list[Grid | GridCurrent]:
    """All grids and their pointers, asked for once: while somebody holds them, none of them is asked for alone."""
    return [*session.scalars(select(Grid)), *session.scalars(select(GridCurrent))]


def settle(session: Session, versions: Sequence[GridVersion]) -> None:
    """The same without the map layer and the log, for what no map shows. A version that is in force already, whose
    place was mended, only gets its place anew."""
    clock_mark.refuse_if_wrong(session)
    one_at_a_time(session)
    pointers = {pointer.grid_id: pointer for pointer in session.scalars(select(GridCurrent))}
    for version in versions:
        pointer = pointers.get(version.grid_id)
        if pointer is None or pointer.version_id != version.id:
            _point(session, pointer, version)
    session.flush()
    _place(session, versions)


def _point(session: Session, pointer: GridCurrent | None, version: GridVersion) -> None:
    """Move the pointer of a grid to a version; the one it showed before ends on the day the new one begins."""
    refuse_to_come(version.valid_from)
    if pointer is None:
        session.add(GridCurrent(grid_id=version.grid_id, version_id=version.id))
        return
    followed = session.get_one(GridVersion, pointer.version_id)
    if version.valid_from <= followed.valid_from:
        raise Refused(
            N_("%(code)s: the border in force applies from %(day)s; the new one has to begin after that day."),
            code=version.code,
            day=followed.valid_from.isoformat(),
        )
    followed.valid_to, pointer.version_id = version.valid_from, version.id


def end(session: Session, grid_id: int, heir_id: int, on: date) -> None:
    """Let a grid go out of force on a day: its records stand at the heir from then on, those too that it had taken over
    itself. ``activate`` has to follow, which gives all of them their place."""
    session.execute(update(Grid).where(Grid.heir_id == grid_id).values(heir_id=heir_id))
    grid, pointer = session.get_one(Grid, grid_id), session.get_one(GridCurrent, grid_id)
    grid.ended_on, grid.heir_id = on, heir_id
    session.get_one(GridVersion, pointer.version_id).valid_to = on


def _place(session: Session, versions: Sequence[GridVersion]) -> None:
    """Hang the grids of versions below their parents, and give every grid the path that follows from this."""
    grids = {grid.id: grid for grid in session.scalars(select(Grid).order_by(Grid.tier))}
    placed = set(session.scalars(select(GridCurrent.grid_id)))
    for version in versions:
        grid, parent = grids[version.grid_id], grids.get(version.parent_id or 0)
        is_below = parent is not None and parent.id in placed and parent.tier < grid.tier
        if not (is_below if grid.tier > 1 else parent is None):
            raise Refused(N_("%(code)s has to belong to a grid in force of a level above."), code=version.code)
        grid.parent_id = version.parent_id
    standing = [grid for grid in grids.values() if grid.id in placed and grid.ended_on is None]
    for grid in standing:  # parents come first
        grid.path = f"{grids[grid.parent_id].path if grid.parent_id else ''}{grid.id}."
    for grid in grids.values():
        if grid.heir_id is not None:
            grid.parent_id, grid.path = grids[grid.heir_id].parent_id, f"{grids[grid.heir_id].path}{grid.id}."
    session.flush()


def publish(session: Session, source: str, facts: dict[str, Any]) -> BoundaryEdition:
    """Write the map layer of the borders in force once and raise the edition's number; workers follow by themselves.

    One layer for each root: a browser of one county does not load the others.
    """
    rows = session.execute(
        select(
            *(Grid.id, Grid.tier, Grid.parent_id, Grid.path),
            *(GridVersion.code, GridVersion.zh, GridVersion.en, GridVersion.boundary),
        )
        .join(GridVersion, GridVersion.grid_id == Grid.id)
        .where(queries.current(), queries.stands())
        .order_by(GridVersion.code)
    ).all()  # tree order: neighbours pack better
    counties: dict[int, list[Any]] = {}
    for row in rows:
        counties.setdefault(queries.on_path(row.path)[0], []).append(row)
    bodies = {
        queries.layer_name(root_id) if len(counties) > 1 else queries.LAYER: drawing.draw(_drawn(inside))
        for root_id, inside in counties.items() or ((0, []),)
    }
    hashes = {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()}
    edition = BoundaryEdition(at=clock.now(), source=source, facts={**facts, "layers": hashes})
    session.add(edition)
    session.flush()
    for name, body in bodies.items():
        # outlines that were published before, as when a name is taken back, are those of the new edition from now on;
        # what each edition published, its facts say
        session.merge(MapLayer(hash=hashes[name], edition_id=edition.id, name=name, body=body))
    return edition


def _drawn(rows: Sequence[Any]) -> list[drawing.Drawn]:
    place = {row.id: index for index, row in enumerate(rows)}
    return [
        drawing.Drawn(
            row.id,
            {"tier": row.tier, "parent": row.parent_id, "zh": row.zh, "en": row.en},
            row.boundary,
            place.get(row.parent_id),
        )
        for row in rows
    ]
