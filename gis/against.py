"""A delivery held against the borders in force: is all of it beside them, as another coordinate system puts it there,
and which grids have become much larger or smaller.

Pure. Grids and cells are the same here where tier and code are; shapes are longitude and latitude (WGS84 degrees).
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import shapely

from gis import crs
from gis.area import SQUARE_METRES, square_metres
from gis.delivery import Cell, Finding, Tolerance

Present = tuple[int, str, bytes]  # tier, code and border (WKB) of a grid in force

#: The shifts of web maps are 100 to 1,200 m; what is moved less than this is drawn anew.
LEAST = 30.0
CLOSE = 0.2  # of a shift: with less than that left of it on average, it is explained
FEW = 3  # grids at least, before "all of them" means anything
SYSTEMS: tuple[tuple[crs.System, Callable[[np.ndarray], np.ndarray]], ...] = (
    (crs.GCJ02, crs.wgs84_to_gcj02),
    (crs.BD09, crs.wgs84_to_bd09),
)


def findings(present: Sequence[Present], cells: Sequence[Cell], tolerance: Tolerance) -> Iterator[Finding]:
    """A shift of all of it, else each grid whose area changes by more than is tolerated."""
    places = {(cell.tier, cell.code): at for at, cell in enumerate(cells) if cell.boundary}
    both = [(wkb, places[tier, code]) for tier, code, wkb in present if wkb and (tier, code) in places]
    if not both:
        return
    ats = [at for _, at in both]
    old = shapely.from_wkb(np.array([wkb for wkb, _ in both], dtype=object))
    new = shapely.from_wkb(np.array([cells[at].boundary for at in ats], dtype=object))
    lowest = max(cells[at].tier for at in ats)
    villages = np.array([cells[at].tier == lowest for at in ats])
    yield from _shift(old[villages], new[villages], [at for at in ats if cells[at].tier == lowest], cells)
    yield from _areas(old, new, ats, cells, tolerance)


def _shift(old: np.ndarray, new: np.ndarray, ats: Sequence[int], cells: Sequence[Cell]) -> Iterator[Finding]:
    """By how much the middles of the grids have moved, against how much each system would move them."""
    was, is_ = (shapely.get_coordinates(shapely.centroid(shapes)) for shapes in (old, new))
    origin = (float(was[:, 0].mean()), float(was[:, 1].mean()))
    start = crs.metres(was, origin)
    moved = crs.metres(is_, origin) - start
    distance = _median(moved)
    if distance < LEAST:
        return
    rows, params = tuple(cells[at].label for at in ats), {"distance": f"{distance:.0f}"}
    left = {
        (system.name, sign): _median(moved - sign * (crs.metres(shifted(was), origin) - start))
        for system, shifted in SYSTEMS
        for sign in (1, -1)
    }
    (name, sign), least = min(left.items(), key=lambda each: each[1])
    at = tuple(map(float, is_[len(is_) // 2]))
    if least < CLOSE * distance:
        code = "shift_system" if sign > 0 else "shift_undone"
        yield Finding(code, rows, params | {"system": name}, tuple(ats), at)  # type: ignore[arg-type]
        return
    middle = np.median(moved, axis=0)
    if len(ats) >= FEW and _median(moved - middle) < CLOSE * distance:
        east, north = (f"{value:.0f}" for value in middle)
        yield Finding("shift", rows, params | {"east": east, "north": north}, tuple(ats), at)  # type: ignore[arg-type]


def _median(vectors: np.ndarray) -> float:
    return float(np.median(np.hypot(*vectors.T)))


def _areas(
    old: np.ndarray, new: np.ndarray, ats: Sequence[int], cells: Sequence[Cell], tolerance: Tolerance
) -> Iterator[Finding]:
    before, after = square_metres(old), square_metres(new)
    for i in np.flatnonzero(np.abs(after - before) > before * tolerance.change / 100).tolist():
        point = shapely.point_on_surface(new[i])
        said = {"before": _km2(before[i]), "after": _km2(after[i])}
        yield Finding("area_changed", (cells[ats[i]].label,), said, (ats[i],), (float(point.x), float(point.y)))


def _km2(area: float) -> str:
    return f"{area / SQUARE_METRES:.2f}"
