"""The map layer: the outlines of all grids as few bytes, written once when borders are published.

JSON (UTF-8) in gzip: ``{"step": degrees, "features": [{"id", "properties", "polygons"}]}``. ``polygons`` is a list of
polygons, each a list of rings (the outer one first), each a flat list of whole numbers: the first point's x and y, then
the difference to every next point, all in steps of ``step`` degrees of longitude and latitude. The last point is not
the first again. ``null`` where there is no outline. webapp/web/static/js/map_layer.js reads it.
"""

import gzip
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely

DECIMALS = 4  # some ten metres: borders are drawn simplified to fifty
Feature = tuple[int | str, Mapping[str, object], bytes | None]


def layer(features: Iterable[Feature], decimals: int = DECIMALS) -> bytes:
    """The layer of (id, properties, WKB in degrees), in the order given; WKB None is a grid without an outline.

    What is too small to be drawn in such steps is left out: a ring, a hole, a part. The same features give the same
    bytes, so their hash can be the address. Raises TypeError or ValueError for properties that JSON cannot hold,
    shapely.errors.GEOSException for a WKB that cannot be read.
    """
    rows = [
        {"id": id_, "properties": dict(properties), "polygons": _polygons(wkb, decimals)}
        for id_, properties, wkb in features
    ]
    told = {"step": 10.0**-decimals, "features": rows}
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


def _polygons(wkb: bytes | None, decimals: int) -> list[list[list[int]]] | None:
    return None if wkb is None else polygons(shapely.from_wkb(wkb), decimals)


def polygons(shape: shapely.Geometry, decimals: int) -> list[list[list[int]]] | None:
    """The rings of each polygon that is wide enough; None when none is."""
    parts = [_rings(part, decimals) for part in shapely.get_parts(shape)]
    return [rings for rings in parts if rings] or None


def _rings(polygon: shapely.Polygon, decimals: int) -> list[list[int]]:
    """The outer ring and the holes that are wide enough; nothing when the outer ring is not."""
    outer, *holes = (_steps(ring, decimals) for ring in shapely.get_rings(polygon)) if not polygon.is_empty else ([],)
    return [outer, *filter(None, holes)] if outer else []


def _steps(ring: shapely.LinearRing, decimals: int) -> list[int]:
    """Differences from point to point in whole steps; empty when fewer than three different points are left."""
    points = np.rint(shapely.get_coordinates(ring)[:-1] * 10**decimals).astype(np.int64)
    moved = np.diff(points, axis=0, prepend=points[-1:]).any(axis=1)
    points = points[moved]
    if len(np.unique(points, axis=0)) < 3:
        return []
    return np.diff(points, axis=0, prepend=[[0, 0]]).ravel().tolist()


def lines(shape: shapely.Geometry, decimals: int) -> list[list[int]]:
    """The lines of a shape in the same steps as rings; those that are too short for one are left out."""
    found = []
    for line in shapely.get_parts(shape):
        points = np.rint(shapely.get_coordinates(line) * 10**decimals).astype(np.int64)
        moved = np.diff(points, axis=0)
        if moved.any():
            found.append(np.concatenate([points[:1], moved[moved.any(axis=1)]]).ravel().tolist())
    return found


def outlines(body: bytes) -> dict[Any, shapely.MultiPolygon | None]:
    """What a layer draws, by id, in degrees; raises KeyError or ValueError when it is none."""
    told = json.loads(gzip.decompress(body))
    return {row["id"]: _shape(row["polygons"], told["step"]) for row in told["features"]}


def _shape(polygons: list[list[list[int]]] | None, step: float) -> shapely.MultiPolygon | None:
    if polygons is None:
        return None
    rings = [[np.cumsum(np.reshape(ring, (-1, 2)), axis=0) * step for ring in polygon] for polygon in polygons]
    return shapely.MultiPolygon([(outer, holes) for outer, *holes in rings])
