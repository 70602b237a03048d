"""The shapes of a layer as valid flat polygons in longitude and latitude.

What is wrong with one row stays with that row: it is marked, and the others come in. Only what is wrong with most of
them is wrong with the layer.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import shapely

from gis import crs
from gis.delivery import Refused
from gis.opening import Layer, objects

POLYGON, MULTIPOLYGON, COLLECTION = 3, 6, 7  # shapely.get_type_id
# A ring is cut into so many pieces at most, and where the frame of each meets so many others on average, it is no
# border: repairing a ring of a million crossings takes minutes and gigabytes. Borders that cross themselves by
# mistake meet three or four.
PIECES, MEETINGS, FREE = 20_000, 20, 2_000


class Outlines(NamedTuple):
    """A polygon or multipolygon for each row, None where there is none; and per kind of fault which rows have it.

    The kinds are codes of gis.messages: 'invalid' (was repaired), 'tangled', 'row_place' and 'row_not_finite' (were
    left without a shape).
    """

    shapes: np.ndarray
    marks: dict[str, np.ndarray]


def outlines(layer: Layer, system: crs.System) -> Outlines:
    """The polygons of a layer in `system`; Refused where most of its coordinates cannot belong to it."""
    given = layer.shapes.copy()
    infinite = _infinite(given, layer.name)
    given[infinite] = None
    shapes, misplaced = _placed(given, system, layer.name)
    broken = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
    tangled = np.array([at for at in broken if _is_tangled(shapes[at])], dtype=int)
    shapes[tangled] = None
    broken = np.setdiff1d(broken, tangled)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    marks = {"invalid": broken, "tangled": tangled, "row_place": misplaced, "row_not_finite": infinite}
    return Outlines(objects(map(_polygon_parts, shapes)), marks)


def _infinite(shapes: np.ndarray, layer: str) -> np.ndarray:
    points, row = shapely.get_coordinates(shapes, return_index=True)
    rows = np.unique(row[~np.isfinite(points).all(axis=1)])
    if 2 * len(rows) > len(shapes):
        raise Refused("not_finite", layer=layer)
    return rows


def _placed(shapes: np.ndarray, system: crs.System, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """All shapes in degrees, and the rows whose numbers cannot be of this system, now without a shape."""

    def moved(some: np.ndarray) -> np.ndarray:
        return shapely.transform(some, lambda points: crs.to_lonlat(points, system, layer))

    try:
        return moved(shapes), np.array([], dtype=int)
    except Refused:
        wrong = np.array([at for at, shape in enumerate(shapes) if not _fits(shape, system, layer)], dtype=int)
        if 2 * len(wrong) > np.count_nonzero(~shapely.is_missing(shapes)):
            raise
        kept = shapes.copy()
        kept[wrong] = None
        return moved(kept), wrong


def _fits(shape: shapely.Geometry | None, system: crs.System, layer: str) -> bool:
    try:
        crs.to_lonlat(shapely.get_coordinates(shape), system, layer)
    except Refused:
        return False
    return True


def _is_tangled(shape: shapely.Geometry) -> bool:
    """Whether it crosses itself so often that no repair is worth trying."""
    pieces = np.array(list(_pieces(shape)), dtype=object)
    left, tree = MEETINGS * len(pieces) + FREE, shapely.STRtree(pieces)
    step = max(1, 1_000_000 // len(pieces))
    for start in range(0, len(pieces), step):
        left -= tree.query(pieces[start : start + step]).shape[1]
        if left < 0:
            return True
    return False


def _pieces(shape: shapely.Geometry) -> Iterator[shapely.LineString]:
    points = shapely.get_num_coordinates(shape)
    length = 1 + points // PIECES
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        line = shapely.get_coordinates(ring)
        for start in range(0, len(line) - 1, length):
            yield shapely.LineString(line[start : start + length + 1])


def _polygon_parts(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """Only what has an area: a repair may leave lines and points beside it."""
    kind = shapely.get_type_id(shape)
    if kind == COLLECTION:
        parts = shapely.get_parts(shape)
        shape = shapely.union_all(parts[np.isin(shapely.get_type_id(parts), (POLYGON, MULTIPOLYGON))])
        kind = shapely.get_type_id(shape)
    return shape if kind in (POLYGON, MULTIPOLYGON) and not shapely.is_empty(shape) else None
