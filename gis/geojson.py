"""Our own reader for GeoJSON: bounded before it is parsed, finite numbers only, no GDAL and no requests.

GDAL would follow a `crs` link and take VRT text for a layer; this reader knows FeatureCollections of polygons
and lines and nothing else. A ring of two million points costs a plain JSON parser 671 MB: hence the count beforehand.
"""

import json
import math
import re
from itertools import islice
from typing import Any

import numpy as np
import shapely

from gis import crs, text
from gis.delivery import Refused

SIZE, POINTS, DEPTH = 50_000_000, 500_000, 20
READ = ("Polygon", "MultiPolygon", "LineString", "MultiLineString")
PARTS = 5_000_000  # commas: what the parsed text may cost in memory
SLICE = 4_000_000
MALFORMED = (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, shapely.errors.GEOSException)
NO_TEXT = re.compile("[\0\ud800-\udfff]")  # half characters and NUL, which JSON can spell and no database stores


def parse(data: bytes, file: str) -> tuple[dict[str, list[str]], list[Any], str, crs.System]:
    """Columns, shapes (polygons, lines or None), encoding and coordinate system of a GeoJSON file."""
    if len(data) > SIZE:
        raise Refused("file_too_big", file=file, limit=str(SIZE // 10**6))
    _check_bounds(data, file)
    codec, _ = text.choose([data.removeprefix(b"\xef\xbb\xbf")], [], file)
    root = _load(text.decode(data.removeprefix(b"\xef\xbb\xbf"), codec)[0], file)
    features = root.get("features") if isinstance(root, dict) else None
    if not isinstance(features, list) or root.get("type") != "FeatureCollection":
        raise Refused("json_no_collection", file=file)
    system = _system(root.get("crs"), file)
    shapes = [_shape(feature, row, file) for row, feature in enumerate(features, 1)]
    return _columns(features), shapes, codec, system


def _check_bounds(data: bytes, file: str) -> None:
    """Depth and numbers of brackets and commas outside strings, counted before anything is built."""
    plain = np.frombuffer(data.replace(b"\\\\", b"  ").replace(b'\\"', b"  "), dtype=np.uint8)
    inside, depth, opens, commas = False, 0, 0, 0
    for start in range(0, len(plain), SLICE):
        piece = plain[start : start + SLICE]
        quoted = np.logical_xor.accumulate(np.concatenate([[inside], piece == ord('"')]))
        outside, inside = ~quoted[1:], bool(quoted[-1])
        opening = (((piece == ord("[")) | (piece == ord("{"))) & outside).astype(np.int8)
        closing = (((piece == ord("]")) | (piece == ord("}"))) & outside).astype(np.int8)
        levels = depth + np.cumsum(opening - closing, dtype=np.int64)
        depth, opens = int(levels[-1]), opens + int(opening.sum())
        commas += int(((piece == ord(",")) & outside).sum())
        if levels.max() > DEPTH:
            raise Refused("json_too_deep", file=file, limit=str(DEPTH))
        if opens > POINTS * 1.4 or commas > PARTS:
            raise Refused("json_too_many", file=file, limit=str(POINTS))


def _load(content: str, file: str) -> Any:
    """Parsed JSON; NaN, Infinity and numbers beyond floating point (1e999) are refused."""

    def finite(number: str) -> float:
        value = float(number)
        if not math.isfinite(value):
            raise Refused("json_not_finite", file=file, value=number[:20])
        return value

    def whole(number: str) -> float:
        return int(number) if len(number) < 20 else finite(number)

    try:
        return json.loads(content, parse_float=finite, parse_int=whole, parse_constant=finite)
    except (ValueError, RecursionError) as error:
        raise Refused("json_bad", file=file, why=str(error)[:100]) from error


def _system(named: Any, file: str) -> crs.System:
    """WGS84 unless the old `crs` member names another; a link is refused and never followed."""
    if named is None:
        return crs.WGS84
    kind = named.get("type") if isinstance(named, dict) else None
    properties = named.get("properties") if isinstance(named, dict) else None
    if kind == "link":
        raise Refused("json_crs_link", file=file)
    name = properties.get("name") if isinstance(properties, dict) else None
    if kind == "EPSG" and isinstance(properties, dict):
        name = f"EPSG:{properties.get('code')}"
    return crs.from_name(name if isinstance(name, str) else str(named)[:80], file)


def _columns(features: list[Any]) -> dict[str, list[str]]:
    """Property name -> text of every feature; nested values are nobody's code or name and count as empty."""
    rows = [row if isinstance(row := feature.get("properties"), dict) else {} for feature in features]
    names = dict.fromkeys(name for row in rows for name in row)
    room = max(20, PARTS // max(1, len(rows)))  # ever new names would make a huge empty table
    return {_text(name): [_text(row.get(name)) for row in rows] for name in islice(names, room)}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return NO_TEXT.sub("\ufffd", value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _shape(feature: Any, row: int, file: str) -> Any:
    """The polygons or lines of a feature, None where it has none; Refused where it is malformed."""
    try:
        if feature["type"] != "Feature":
            raise ValueError("no Feature")
        return _geometry(feature.get("geometry"))
    except MALFORMED as error:
        raise Refused("json_geometry", layer=file, row=str(row), why=str(error)[:100]) from error


def _geometry(geometry: Any) -> Any:
    if geometry is not None and geometry["type"] == "GeometryCollection":
        parts = [shape for each in geometry["geometries"] if (shape := _geometry(each)) is not None]
        return shapely.GeometryCollection(parts) if parts else None
    if geometry is None or geometry["type"] not in READ:
        return None
    coordinates = geometry["coordinates"]
    if geometry["type"] == "LineString":
        return shapely.LineString(_points(coordinates, 2))
    if geometry["type"] == "MultiLineString":
        return shapely.MultiLineString([_points(line, 2) for line in coordinates])
    if geometry["type"] == "Polygon":
        return _polygon(coordinates)
    return shapely.multipolygons([_polygon(rings) for rings in coordinates]) if coordinates else None


def _polygon(rings: list[Any]) -> Any:
    """Rings of [lon, lat, (height)] as a polygon; heights are dropped."""
    if not rings:
        return None
    outer, *holes = (shapely.LinearRing(_points(ring, 4)) for ring in rings)
    return shapely.Polygon(outer, holes)


def _points(positions: list[Any], least: int) -> np.ndarray:
    points = np.array([position[:2] for position in positions], dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < least or not np.isfinite(points).all():
        raise ValueError(f"at least {least} points of two finite numbers are needed")
    return points
