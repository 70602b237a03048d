"""What a delivery would change in a tree that is there: which cell is which grid, what is new, changed or gone.

Pure: cells of a delivery on one side, grids in force on the other. Grids and cells of one tier are the same where their
codes are, unless it is another name in another place; else where name and parent are; else where they lie on each
other. Shapes are longitude and latitude (WGS84 degrees); shares are of areas in an equal-area plane.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely

from gis.area import square_metres
from gis.delivery import Cell

SAME = 0.8  # of both areas together lies in both: one grid under another code
REDRAWN = 1e-6  # share of the area: what lies outside of the other is more than rounding
PART = 0.05  # of a grid's area at least: less than that in another one is a border that was drawn anew, and no lineage


class Grid(NamedTuple):
    """A grid in force, in tree order: its parent is the ``at`` of another, None at the root."""

    id: int
    tier: int
    code: str
    name: str
    parent: int | None
    boundary: bytes | None


class Share(NamedTuple):
    """A part of a grid's area that lies in a cell of the delivery."""

    grid: int  # place among the grids
    cell: int  # place among the cells
    share: float


Shares = dict[tuple[int, int], Share]  # by grid and cell


@dataclass
class Comparison:
    """What became of each. All numbers are places in ``grids`` and ``cells``.

    ``same`` cell → grid, whatever else changed of it. ``what`` says of a cell that is a grid already what did: code,
    name, parent, border. ``new`` are cells that are no grid yet, ``gone`` grids that no cell is. ``heirs`` of a grid
    that is gone: the cells in which it lies, the largest part first. ``made_of``: the grids out of which a cell is made
    beside its own.
    """

    same: dict[int, int] = field(default_factory=dict)
    what: dict[int, tuple[str, ...]] = field(default_factory=dict)
    new: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    heirs: dict[int, list[int]] = field(default_factory=dict)
    made_of: dict[int, list[int]] = field(default_factory=dict)


def compare(grids: Sequence[Grid], cells: Sequence[Cell]) -> Comparison:
    """Hold a delivery against the grids in force. Raises shapely.errors.GEOSException for a WKB that is none."""
    shares = _shares(grids, cells)
    found = Comparison(same=_same(grids, cells, shares))
    grid_of, taken = found.same, set(found.same.values())
    found.new = [at for at in range(len(cells)) if at not in grid_of]
    found.gone = [at for at in range(len(grids)) if at not in taken]
    for at, grid in grid_of.items():
        if changed := tuple(_what(grids, cells, grid_of, grid, at)):
            found.what[at] = changed
    _lineage(found, shares)
    return found


# --- which is which -------------------------------------------------------------------------------


def _same(grids: Sequence[Grid], cells: Sequence[Cell], shares: Shares) -> dict[int, int]:
    """Cell → grid, tier by tier: the parents are known when names below them are compared."""
    found: dict[int, int] = {}
    for tier in sorted({cell.tier for cell in cells}):
        ours = [at for at, grid in enumerate(grids) if grid.tier == tier]
        theirs = [at for at, cell in enumerate(cells) if cell.tier == tier]
        _by_code(found, grids, cells, shares, ours, theirs)
        names = {at: (grids[at].name, grids[at].parent) for at in ours}
        found |= _pairs(found, names, {at: _called(cells[at], found) for at in theirs})
        for share in sorted(shares.values(), key=lambda each: (-each.share, each.grid, each.cell)):
            is_free = share.cell not in found and share.grid not in found.values()
            if is_free and share.grid in names and _is_one(grids, cells, share):
                found[share.cell] = share.grid
    return found


def _by_code(
    found: dict[int, int],
    grids: Sequence[Grid],
    cells: Sequence[Cell],
    shares: Shares,
    ours: Sequence[int],
    theirs: Sequence[int],
) -> None:
    codes = _pairs(found, {at: grids[at].code for at in ours}, {at: cells[at].code for at in theirs})
    for at, grid in codes.items():
        is_elsewhere = grids[grid].boundary and cells[at].boundary and (grid, at) not in shares
        if grids[grid].name == cells[at].name or not is_elsewhere:
            found[at] = grid


def _pairs(found: Mapping[int, int], ours: Mapping[int, object], theirs: Mapping[int, object]) -> dict[int, int]:
    """Cell → grid, of those not found yet that a word means on both sides, where it means one only on each."""
    taken, here, there = set(found.values()), defaultdict(list), defaultdict(list)
    for at, word in ours.items():
        if at not in taken:
            here[word].append(at)
    for at, word in theirs.items():
        if at not in found and word:
            there[word].append(at)
    return {ats[0]: here[word][0] for word, ats in there.items() if len(ats) == len(here.get(word, ())) == 1}


def _called(cell: Cell, found: Mapping[int, int]) -> tuple[str, int | None] | None:
    """The name of a cell and the grid above it; nothing where what is above is no grid yet."""
    if cell.parent is None:
        return cell.name, None
    return (cell.name, found[cell.parent]) if cell.parent in found else None


def _is_one(grids: Sequence[Grid], cells: Sequence[Cell], share: Share) -> bool:
    ours, theirs = _shape(grids[share.grid].boundary), _shape(cells[share.cell].boundary)
    both = shapely.union(ours, theirs)
    return bool(shapely.area(shapely.intersection(ours, theirs)) >= SAME * shapely.area(both))


def _what(grids: Sequence[Grid], cells: Sequence[Cell], grid_of: dict[int, int], grid: int, at: int) -> Iterator[str]:
    ours, theirs = grids[grid], cells[at]
    if ours.code != theirs.code:
        yield "code"
    if ours.name != theirs.name:
        yield "name"
    parent = None if theirs.parent is None else grid_of.get(theirs.parent, -1)
    if parent != ours.parent:
        yield "parent"
    is_drawn = theirs.boundary and ours.boundary != theirs.boundary  # a list without borders takes none away
    if is_drawn and not _is_drawn_alike(ours.boundary, theirs.boundary):
        yield "border"


def _is_drawn_alike(ours: bytes | None, theirs: bytes | None) -> bool:
    if not ours or not theirs:
        return not ours and not theirs
    one, other = _shape(ours), _shape(theirs)
    if shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), tolerance=1e-9):
        return True
    return bool(shapely.area(shapely.symmetric_difference(one, other)) <= REDRAWN * shapely.area(one))


# --- what lies in what ----------------------------------------------------------------------------


def _shares(grids: Sequence[Grid], cells: Sequence[Cell]) -> Shares:
    """How much of each grid lies in each cell of its tier, where it is a part worth naming."""
    ours, theirs = _shapes([each.boundary for each in grids]), _shapes([each.boundary for each in cells])
    tree = shapely.STRtree(theirs)
    pairs = tree.query(ours, predicate="intersects").T
    tiers = [grid.tier for grid in grids], [cell.tier for cell in cells]
    pairs = np.array([(a, b) for a, b in pairs.tolist() if tiers[0][a] == tiers[1][b]], dtype=int).reshape(-1, 2)
    if not len(pairs):
        return {}
    parts = square_metres(shapely.intersection(ours[pairs[:, 0]], theirs[pairs[:, 1]]))
    whole = square_metres(ours)[pairs[:, 0]]
    ratios = np.divide(parts, whole, out=np.zeros_like(parts), where=whole > 0)
    return {
        (a, b): Share(a, b, ratio)
        for (a, b), ratio in zip(pairs.tolist(), ratios.tolist(), strict=True)
        if ratio >= PART
    }


def _shapes(wkbs: Sequence[bytes | None]) -> np.ndarray:
    shapes = shapely.from_wkb(np.array([wkb or None for wkb in wkbs], dtype=object))
    broken = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes


def _shape(wkb: bytes | None) -> shapely.Geometry:
    return _shapes([wkb])[0] if wkb else shapely.Polygon()


def _lineage(found: Comparison, shares: Shares) -> None:
    """Heirs of what is gone, and what each cell is made of beside the grid that it is."""
    gone, own = set(found.gone), found.same
    for share in sorted(shares.values(), key=lambda each: (-each.share, each.grid, each.cell)):
        if share.grid in gone:
            found.heirs.setdefault(share.grid, []).append(share.cell)
        if own.get(share.cell) != share.grid and (share.grid in gone or share.cell not in own):
            found.made_of.setdefault(share.cell, []).append(share.grid)


def joined(one: bytes | None, other: bytes | None) -> bytes | None:
    """The ground of two grids as one: WKB of their union; None where neither has a border."""
    there = [wkb for wkb in (one, other) if wkb]
    return shapely.to_wkb(shapely.union_all(_shapes(there))) if there else None
