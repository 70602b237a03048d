"""A small drawing of where a point lies: the borders around it as SVG paths, the point, its circle, a bar in metres.

Pure numbers and paths in the drawing's own units, to the right and down from its upper left corner. It stands in a page
as it is, prints, and weighs a few kilobytes: borders are cut to the drawing and thinned to what can be seen.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import shapely

from gis.metres import metres_per_degree

WIDTH, HEIGHT, MARGIN = 320, 240, 12
LEAST_M = 400.0  # across and down at least: a hamlet is not drawn as large as the sheet
THIN = 0.6  # of a unit: what lies closer together cannot be told apart
ROOM = 2000.0  # square units: in less a name would lie over its neighbours
NAME = (110, 13)  # how long and high a name is
BARS_M = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


class Outline(NamedTuple):
    """A cell in the drawing: its id, whether it is the point's own, the path, and where its name stands, if it fits."""

    id: int
    is_own: bool
    path: str
    at: tuple[float, float] | None


class Sketch(NamedTuple):
    """The drawing. ``reach`` is the radius of the circle in which the point lies, ``bar`` the length of ``bar_m``."""

    outlines: tuple[Outline, ...]
    at: tuple[float, float]
    reach: float
    bar_m: int
    bar: float


class _View(NamedTuple):
    """From degrees to units: where metres begin, metres per degree, the middle in metres, units a metre."""

    origin: tuple[float, float]
    degree: tuple[float, float]
    middle: tuple[float, float]
    scale: float

    def metres(self, shape: Any) -> Any:
        return shapely.transform(shape, lambda xy: (xy - self.origin) * self.degree)

    def units(self, xy: Any) -> Any:
        return (xy - self.middle) * (self.scale, -self.scale) + (WIDTH / 2, HEIGHT / 2)


def draw(cells: Sequence[tuple[int, Any]], own: int, lon: float, lat: float, accuracy_m: float) -> Sketch:
    """The point at longitude and latitude (WGS84 degrees), good to so many metres, among cells (id and polygon)."""
    degree = metres_per_degree(lat)
    flat = _View((lon, lat), degree, (0, 0), 1)
    shapes = {id_: flat.metres(shape) for id_, shape in cells}
    area = _area(shapes.get(own), accuracy_m)
    scale = min((WIDTH - 2 * MARGIN) / (area[2] - area[0]), (HEIGHT - 2 * MARGIN) / (area[3] - area[1]))
    view = flat._replace(middle=((area[0] + area[2]) / 2, (area[1] + area[3]) / 2), scale=scale)
    outlines = [_outline(view, id_, shape, id_ == own) for id_, shape in shapes.items()]
    drawn = sorted((outline for outline in outlines if outline), key=lambda outline: outline.is_own)
    bar_m = max((bar for bar in BARS_M if bar * scale <= WIDTH / 3), default=BARS_M[0])
    at = view.units(shapely.get_coordinates(shapely.Point(0, 0)))[0].round(1).tolist()
    return Sketch(_legible(drawn), (at[0], at[1]), round(accuracy_m * scale, 1), bar_m, round(bar_m * scale, 1))


def reach_m(shape: Any, lat: float) -> float:
    """How far from a point in a cell the drawing may go, in metres: what has to be looked up around it."""
    east, north = metres_per_degree(lat)
    left, low, right, high = shapely.bounds(shape)
    return 2 * max((right - left) * east, (high - low) * north, LEAST_M)


def _area(own: Any, accuracy_m: float) -> tuple[float, float, float, float]:
    """What has to be seen, in metres around the point: its circle, its own cell, and a little at least."""
    half = max(LEAST_M / 2, accuracy_m)
    seen = shapely.box(-half, -half, half, half)
    left, low, right, high = shapely.bounds(seen if own is None else shapely.union(seen, shapely.envelope(own)))
    return float(left), float(low), float(right), float(high)


def _outline(view: _View, id_: int, shape: Any, is_own: bool) -> Outline | None:
    across, down = WIDTH / view.scale / 2, HEIGHT / view.scale / 2
    x, y = view.middle
    left, low, right, high = shapely.bounds(shape)
    if left > x + across or right < x - across or low > y + down or high < y - down:
        return None
    thin = shapely.simplify(shapely.make_valid(shape), THIN / view.scale)
    seen = shapely.intersection(thin, shapely.box(x - across, y - down, x + across, y + down))
    polygons = [part for part in shapely.get_parts(seen) if part.geom_type == "Polygon" and part.area > 0]
    if not polygons:
        return None
    rings = [ring for part in polygons for ring in (part.exterior, *part.interiors)]
    largest = max(polygons, key=shapely.area)
    x, y = view.units(shapely.get_coordinates(shapely.point_on_surface(largest)))[0].round(1).tolist()
    at = (x, y) if is_own or largest.area * view.scale**2 >= ROOM else None
    return Outline(id_, is_own, "".join(_path(view, ring) for ring in rings), at)


def _legible(outlines: Sequence[Outline]) -> tuple[Outline, ...]:
    """Of names that would lie over each other the first one stays, that of the point's own cell before all."""
    taken: list[tuple[float, float]] = []
    kept: dict[int, Outline] = {}
    for outline in sorted(outlines, key=lambda each: not each.is_own):
        at = outline.at
        free = at is not None and all(abs(at[0] - x) > NAME[0] or abs(at[1] - y) > NAME[1] for x, y in taken)
        kept[outline.id] = outline if free else outline._replace(at=None)
        taken += [at] if at is not None and free else []
    return tuple(kept[outline.id] for outline in outlines)


def _path(view: _View, ring: Any) -> str:
    points = view.units(shapely.get_coordinates(ring)).round(1).tolist()
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points[:-1]) + "Z"
