"""Lighter borders for the map, shared edges kept shared.

Done once, when boundaries are published, never per request. All shapes are longitude and latitude.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely import GeometryType, GEOSException

_NOTHING = shapely.Polygon()


def lighter(wkbs: Sequence[bytes | None], tolerance_deg: float = 0.0005) -> list[bytes]:
    """Polygons of one tier with fewer vertices: WKB in, WKB out, one for one and in the same order.

    The tier is simplified as a whole, so that neighbours keep one common border. `tolerance_deg` is in
    degrees: 0.0005 is about 50 m. Never raises on a bad shape: rings are closed and repaired where that can
    be done, lines and points left by the repair are dropped, and what cannot be read at all (or is None)
    becomes an empty polygon. A shape that would vanish or break keeps all its vertices.
    """
    whole = _polygons(wkbs)
    try:
        thin = shapely.coverage_simplify(whole, tolerance_deg)
    except GEOSException:
        # The tier has no common linework at all to work with: heavy borders are better than none.
        thin = whole
    good = shapely.is_valid(thin) & ~shapely.is_empty(thin)
    return list(shapely.to_wkb(np.where(good, thin, whole), byte_order=1))


def lighter_tree(
    wkbs: Sequence[bytes | None], parents: Sequence[int | None], tolerance_deg: float = 0.0005
) -> list[bytes]:
    """As `lighter` for a whole tree of cells: parents' borders run exactly on those of their children.

    `parents[i]` is the position of the parent of shape i, None at the root. A parent that its children fill
    exactly is drawn as their union; any other (no children yet, gaps, parts outside) is simplified with the
    other such shapes of its depth. Raises ValueError when the two sequences differ in length or a cell is
    its own ancestor, KeyError when a parent is not there.
    """
    if len(wkbs) != len(parents):
        raise ValueError(f"{len(wkbs)} shapes for {len(parents)} parents")
    whole = _polygons(wkbs)
    thin = np.full(len(whole), _NOTHING, dtype=object)
    children = _children(parents)
    for rows in reversed(_by_depth(parents, children)):
        alone = [row for row in rows if not _joined(row, children[row], whole, thin)]
        thin[alone] = shapely.from_wkb(lighter(list(shapely.to_wkb(whole[alone])), tolerance_deg))
    return list(shapely.to_wkb(thin, byte_order=1))


def _polygons(wkbs: Sequence[bytes | None]) -> np.ndarray:
    """The shapes as valid two-dimensional polygons; an empty polygon for what holds none."""
    shapes = np.empty(len(wkbs), dtype=object)
    # A coordinate that is no number makes numpy warn beside the answer; such a shape ends up empty.
    with np.errstate(invalid="ignore"):
        shapes[:] = [_polygon(wkb) for wkb in wkbs]
    return shapes


def _polygon(wkb: bytes | None) -> shapely.Geometry:
    try:
        shape = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="fix"))
        if shape is not None and not shapely.is_valid(shape):
            shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except (GEOSException, TypeError, ValueError):
        return _NOTHING
    return _areas(shape)


def _areas(shape: shapely.Geometry | None) -> shapely.Geometry:
    """The areas in a shape: itself, the polygons of a collection, or an empty polygon."""
    if isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        return shape
    if shape is None:
        return _NOTHING
    areas = [
        part
        for part in shapely.get_parts(shapely.get_parts(shape))
        if shapely.get_type_id(part) == GeometryType.POLYGON
    ]
    return shapely.multipolygons(areas) if areas else _NOTHING


def _children(parents: Sequence[int | None]) -> dict[int | None, list[int]]:
    """The positions of each one's children; under None those of the roots."""
    children: dict[int | None, list[int]] = {row: [] for row in [None, *range(len(parents))]}
    for row, parent in enumerate(parents):
        children[parent].append(row)
    return children


def _by_depth(parents: Sequence[int | None], children: Mapping[int | None, list[int]]) -> list[list[int]]:
    """The positions of each depth, roots first."""
    depths = []
    rows = children[None]
    while rows:
        depths.append(rows)
        rows = [child for row in rows for child in children[row]]
    if sum(map(len, depths)) != len(parents):
        raise ValueError("a cell is its own ancestor")
    return depths


def _joined(row: int, children: list[int], whole: np.ndarray, thin: np.ndarray) -> bool:
    """Draw a parent as the union of its light children, if they fill it exactly; whether that was done."""
    parts, target = whole[children], whole[row]
    if not children or shapely.is_empty(target) or not shapely.coverage_is_valid(parts):
        return False
    try:
        if not shapely.equals(shapely.coverage_union_all(parts), target):
            return False
        union = shapely.coverage_union_all(thin[children])
    except GEOSException:
        return False  # children that became too thin to have common lines: the parent is drawn by itself
    if shapely.is_valid(union) and not shapely.is_empty(union):
        thin[row] = union
        return True
    return False
