"""A drawing of cells as SVG paths, for a page: what would change in a county, and where something was found.

Paths and points are in the drawing's own units, to the right and down from its upper left corner. Borders are thinned
to what can be seen, so a county weighs some ten kilobytes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely

from gis.metres import metres_per_degree

WIDTH, MARGIN = 640, 8
TALLEST = 900
THIN = 0.7  # of a unit: what lies closer together cannot be told apart


class Part(NamedTuple):
    """A cell in the drawing: what the page calls its kind, its name, and its path."""

    kind: str
    name: str
    path: str


class Picture(NamedTuple):
    """The drawing; ``marks`` are the points that were given, each with its number from 1, those outside left out."""

    width: int
    height: int
    parts: tuple[Part, ...]
    marks: tuple[tuple[int, float, float], ...]


def picture(
    cells: Sequence[tuple[str, str, bytes | None]], marks: Sequence[tuple[float, float]] = (), around: str = ""
) -> Picture | None:
    """Draw cells (kind, name, WKB in WGS84 degrees), the later over the earlier, and marks (longitude, latitude); None
    where no cell has a border. Cells of the kind ``around`` are drawn only near the others, where there are any."""
    shapes = shapely.from_wkb(np.array([wkb or None for *_, wkb in cells], dtype=object))
    if not len(shapes):
        return None
    shapes[_far(shapes, np.array([kind == around for kind, *_ in cells], dtype=bool))] = None
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    if not west <= east:
        return None
    across, down = metres_per_degree((south + north) / 2)
    scale = min(
        (WIDTH - 2 * MARGIN) / ((east - west) * across or 1), (TALLEST - 2 * MARGIN) / ((north - south) * down or 1)
    )
    size = np.array([across * scale, -down * scale])
    origin = np.array([west, north]) - np.array([MARGIN, MARGIN]) / size

    def units(points: np.ndarray) -> np.ndarray:
        return (points - origin) * size

    drawn = shapely.simplify(shapely.transform(shapes, units), THIN)
    parts = [
        Part(kind, name, "".join(map(_path, shapely.get_parts(shape))))
        for (kind, name, _), shape in zip(cells, drawn, strict=True)
        if shape is not None and not shape.is_empty
    ]
    height = round((north - south) * down * scale + 2 * MARGIN)
    spots = units(np.array(marks, dtype=float).reshape(-1, 2)).round(1).tolist()
    numbered = [(number, x, y) for number, (x, y) in enumerate(spots, 1)]
    there = tuple(each for each in numbered if 0 <= each[1] <= WIDTH and 0 <= each[2] <= height)
    return Picture(WIDTH, height, tuple(parts), there)


def _far(shapes: np.ndarray, are_around: np.ndarray) -> np.ndarray:
    """Which cells lie farther from what they surround than half of its size; none where that has no border."""
    west, south, east, north = shapely.total_bounds(shapes[~are_around]) if not are_around.all() else (np.nan,) * 4
    if not west <= east:
        return np.zeros(len(shapes), dtype=bool)
    half = max(east - west, north - south) / 2
    near = shapely.box(west - half, south - half, east + half, north + half)
    return are_around & ~shapely.intersects(shapes, near)


def _path(polygon: shapely.Geometry) -> str:
    if not isinstance(polygon, shapely.Polygon):
        return ""
    rings = (shapely.get_coordinates(ring)[:-1].round(1).tolist() for ring in (polygon.exterior, *polygon.interiors))
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)
