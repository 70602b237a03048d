"""Coordinate systems of Chinese boundary files: recognised from numbers, brought to WGS84/CGCS2000 lon/lat.

CGCS2000 and WGS84 differ by less than a metre and count as one here. The text of a .prj is parsed by our own
small reader and never handed to PROJ: only numbers go there. The axis order is always longitude, latitude.
EPSG numbers of the CGCS2000 3-degree Gauss-Kruger zones: 4513-4533 with the zone number before the easting
(zones 25-45), 4534-4554 without (central meridians 75-135 E); of 6 degrees: 4491-4501 with (zones 13-23), 4502-4512
without. UTM on WGS84: 32643-32653. Web Mercator: 3857.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis.delivery import Refused

LONLAT, TM, MERCATOR = "lonlat", "tm", "mercator"
Node = tuple[str, list[Any]]  # of a WKT: its keyword, and its arguments, which may be nodes


@dataclass(frozen=True)
class System:
    """A known coordinate system: lon/lat degrees, or metres of a transverse Mercator or of Web Mercator."""

    name: str
    epsg: int | None = None
    kind: str = LONLAT
    meridian: float = 0.0
    east: float = 0.0
    north: float = 0.0
    scale: float = 1.0
    latitude: float = 0.0


WGS84 = System("WGS 84", 4326)
CGCS2000 = System("CGCS2000", 4490)
GCJ02 = System("GCJ-02")
BD09 = System("BD-09")
WEB_MERCATOR = System("WGS 84 / Pseudo-Mercator", 3857, MERCATOR)
SPHERE, EDGE = 6378137.0, 20037508.35  # metres: its radius, and how far it reaches each way


def _zone(epsg: int, meridian: float, east: float, width: int = 3) -> System:
    zone = f"zone {int(east // 1e6)}" if east > 1e6 else f"CM {meridian:g}E"
    name = f"CGCS2000 / 3-degree Gauss-Kruger {zone}" if width == 3 else f"CGCS2000 / Gauss-Kruger {zone}"
    return System(name, epsg, TM, meridian, east)


BY_EPSG: dict[int, System] = {
    4326: WGS84,
    4490: CGCS2000,
    3857: WEB_MERCATOR,
    **{4488 + z: _zone(4488 + z, 3.0 * z, z * 1e6 + 5e5) for z in range(25, 46)},
    **{4509 + z: _zone(4509 + z, 3.0 * z, 5e5) for z in range(25, 46)},
    **{4478 + z: _zone(4478 + z, 6.0 * z - 3, z * 1e6 + 5e5, 6) for z in range(13, 24)},
    **{4489 + z: _zone(4489 + z, 6.0 * z - 3, 5e5, 6) for z in range(13, 24)},
    **{
        32600 + z: System(f"WGS 84 / UTM zone {z}N", 32600 + z, TM, 6.0 * z - 183, 5e5, scale=0.9996)
        for z in range(43, 54)
    },
}

# EPSG ranges that are known and cannot be used, and what to answer.
REFUSED_EPSG = (
    (range(2327, 2391), "crs_xian80"),
    (range(4610, 4611), "crs_xian80"),
    (range(2401, 2443), "crs_beijing54"),
    (range(21413, 21464), "crs_beijing54"),
    (range(4214, 4215), "crs_beijing54"),
    (range(4555, 4556), "crs_beijing54"),
)
DATUMS = (
    (r"china.?2000|cgcs.?2000|china_geodetic_coordinate_system_2000", "CGCS2000"),
    (r"wgs.?(19)?84|world geodetic system 1984", "WGS 84"),
    (r"xian|西安|1980", "crs_xian80"),
    (r"beijing|北京|1954|krasov|krassow", "crs_beijing54"),
    (r"unknown|local|独立|地方", "crs_local"),
)
# The names WKT 1 (Esri and OGC) and WKT 2 give to the same five parameters.
PARAMETERS = {
    "central_meridian": "meridian",
    "longitude_of_natural_origin": "meridian",
    "false_easting": "east",
    "false_northing": "north",
    "scale_factor": "scale",
    "scale_factor_at_natural_origin": "scale",
    "latitude_of_origin": "latitude",
    "latitude_of_natural_origin": "latitude",
}
WKT_LIMIT = 20_000
_TOKEN = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([A-Za-z_][\w]*)|([-+]?[\d.]+(?:[eE][-+]?\d+)?)|([\[\](),]))')


# --- recognising ----------------------------------------------------------------------------------


def from_epsg(number: int, layer: str) -> System:
    """The system with this EPSG number; Refused with advice for every other."""
    if number in BY_EPSG:
        return BY_EPSG[number]
    code = next((code for numbers, code in REFUSED_EPSG if number in numbers), "crs_unknown")
    raise Refused(code, layer=layer, name=f"EPSG:{number}")


def from_name(text: str, layer: str) -> System:
    """The system a person or a GeoJSON `crs` names: 'EPSG:4547', 'urn:ogc:def:crs:EPSG::4490', 'gcj02', 'bd09'."""
    short = text.strip().casefold()
    if short in ("gcj02", "gcj-02", "bd09", "bd-09"):
        return GCJ02 if short.startswith("gcj") else BD09
    if short.endswith("crs84"):
        return WGS84
    found = re.fullmatch(r"(?:urn:ogc:def:crs:)?epsg:(?:[\d.]*:)?([0-9]{4,9})", short)
    if not found:
        raise Refused("crs_unknown", layer=layer, name=text[:80])
    return from_epsg(int(found[1]), layer)


def from_wkt(text: str, layer: str) -> System:
    """The system a .prj (WKT 1 of Esri or OGC, or WKT 2) describes; Refused with advice where it is no use."""
    tree = _parse(text[:WKT_LIMIT], layer)
    if tree[0] in ("LOCAL_CS", "ENGCRS", "ENGINEERINGCRS"):
        raise Refused("crs_local", layer=layer)
    datum = _datum(tree, layer)
    if not _nodes(tree, "PROJCS", "PROJCRS", "PROJECTEDCRS"):
        return CGCS2000 if datum == "CGCS2000" else WGS84
    return _projected(tree, datum, layer)


def _parse(text: str, layer: str) -> Node:
    """WKT as nested tuples (KEYWORD, [arguments]); a stack, so nesting costs no recursion."""
    stack: list[list[Any]] = [[]]
    position = 0
    while match := _TOKEN.match(text, position):
        position = match.end()
        quoted, word, number, mark = match.groups()
        if mark and mark in "[(":
            stack.append([])
        elif mark and mark in "])":
            arguments = stack.pop()
            if not stack or not stack[-1] or not isinstance(stack[-1][-1], str):
                break
            stack[-1][-1] = (stack[-1][-1].upper(), arguments)
        elif not mark:
            stack[-1].append(_value(quoted, word, number))
    if len(stack) == 1 and stack[0] and isinstance(stack[0][0], tuple):
        return stack[0][0]
    raise Refused("crs_unknown", layer=layer, name=text.strip()[:80])


def _value(quoted: str | None, word: str | None, number: str | None) -> str | float:
    if number is None:
        return quoted if quoted is not None else word or ""
    try:
        return float(number)
    except ValueError:
        return number


def _nodes(tree: Node, *keywords: str) -> list[Node]:
    """Every node with one of these keywords, the outermost first."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop(0)
        if node[0] in keywords:
            found.append(node)
        waiting.extend(part for part in node[1] if isinstance(part, tuple))
    return found


def _first_name(tree: Node, *keywords: str) -> str:
    """The quoted name of the first such node, or ''."""
    return next((str(node[1][0]) for node in _nodes(tree, *keywords) if node[1]), "")


def _datum(tree: Node, layer: str) -> str:
    """'CGCS2000' or 'WGS 84', from the datum's name or, where that says nothing, the geographic system's."""
    names = [
        _first_name(tree, "DATUM", "GEODETICDATUM", "ENSEMBLE", "TRF"),
        _first_name(tree, "GEOGCS", "GEOGCRS", "GEODCRS", "BASEGEOGCRS", "BASEGEODCRS"),
    ]
    answers = (answer for name in names for pattern, answer in DATUMS if re.search(pattern, name, re.IGNORECASE))
    datum = next(answers, "crs_unknown")
    if datum.startswith("crs_"):
        raise Refused(datum, layer=layer, name=" / ".join(filter(None, names))[:80] or "?")
    return datum


def _projected(tree: Node, datum: str, layer: str) -> System:
    """A transverse Mercator with the numbers of the WKT, named by EPSG where one fits."""
    method = _first_name(tree, "PROJECTION", "METHOD")
    flat = re.sub(r"[\W_]+", "", method).casefold()
    system = System("", None, TM, **dict(_parameters(tree)))
    if _is_web_mercator(tree, flat, system) and datum == "WGS 84":
        return WEB_MERCATOR
    if flat not in ("gausskruger", "transversemercator") or not (_in_metres(tree) and _sane(system)):
        raise Refused("crs_projection", layer=layer, name=method[:80] or "?")
    return _named(system, datum)


def _is_web_mercator(tree: Node, method: str, system: System) -> bool:
    """The map of the world on the web, by its method, or by its name where the method is that of any Mercator."""
    named = re.sub(r"[\W_]+", "", _first_name(tree, "PROJCS", "PROJCRS", "PROJECTEDCRS")).casefold()
    is_usual = (system.meridian, system.east, system.north, system.scale, system.latitude) == (0, 0, 0, 1, 0)
    is_meant = method in ("mercatorauxiliarysphere", "popularvisualisationpseudomercator")
    is_meant |= method == "mercator1sp" and ("pseudomercator" in named or "webmercator" in named)
    return is_meant and is_usual and _in_metres(tree)


def _in_metres(tree: Node) -> bool:
    """Whether the plane counts in metres (its unit is the outermost one) and longitudes from Greenwich."""
    units = [node[1][1:2] for node in _nodes(tree, "UNIT", "LENGTHUNIT")]
    return units[:1] == [[1.0]] and all(node[1][1:2] in ([0.0], []) for node in _nodes(tree, "PRIMEM"))


def _sane(system: System) -> bool:
    """Numbers a transverse Mercator can have; also false for infinite ones."""
    return (
        abs(system.meridian) <= 180
        and abs(system.latitude) <= 90
        and abs(system.east) < 1e8
        and abs(system.north) < 1e8
        and 0.9 < system.scale < 1.1
    )


def _parameters(tree: Node) -> Iterator[tuple[str, float]]:
    """(field of System, value) of every parameter with a known name."""
    for node in _nodes(tree, "PARAMETER"):
        if len(node[1]) > 1 and isinstance(node[1][1], float):
            name = re.sub(r"[\W_]+", "_", str(node[1][0])).casefold()
            if name in PARAMETERS:
                yield PARAMETERS[name], node[1][1]


def _named(system: System, datum: str) -> System:
    """The EPSG system with exactly these numbers, or one described (a county's own meridian is usual)."""
    if datum == "CGCS2000":
        for known in BY_EPSG.values():
            if (known.kind, known.meridian, known.east, known.north, known.scale, known.latitude) == (
                TM,
                system.meridian,
                system.east,
                system.north,
                system.scale,
                system.latitude,
            ):
                return known
    name = f"{datum} / Gauss-Kruger CM {system.meridian:g}E, false easting {system.east:.0f}"
    return System(name, None, TM, system.meridian, system.east, system.north, system.scale, system.latitude)


# --- converting -----------------------------------------------------------------------------------


def to_lonlat(points: np.ndarray, system: System, layer: str) -> np.ndarray:
    """Points (n, 2) of `system` as lon/lat degrees (n, 2); Refused where the numbers cannot belong to it."""
    if not len(points):
        return points
    if system.kind == TM:
        return _from_tm(points, system, layer)
    if system.kind == MERCATOR:
        return _from_mercator(points, system, layer)
    _check_degrees(points, system, layer)
    if system in (GCJ02, BD09):
        return gcj02_to_wgs84(points) if system is GCJ02 else bd09_to_wgs84(points)
    return points


def _check_degrees(points: np.ndarray, system: System, layer: str) -> None:
    x, y = np.abs(points[:, 0]).max(), np.abs(points[:, 1]).max()
    if not (x <= 180 and y <= 180):
        raise Refused("crs_metres", layer=layer, name=system.name, value=f"{points[0, 0]:.10g}")
    if y > 90:
        raise Refused("crs_swapped", layer=layer)


def _from_mercator(points: np.ndarray, system: System, layer: str) -> np.ndarray:
    """Inverse of the sphere's Mercator, whose longitude and latitude count as those of the ellipsoid (EPSG 1024)."""
    if np.abs(points).max() <= 180:
        raise Refused("crs_degrees", layer=layer, name=system.name)
    if not np.abs(points).max() <= EDGE:
        raise Refused("crs_zone", layer=layer, name=system.name, value=f"{points[0, 0]:.0f}")
    lat = np.arctan(np.sinh(points[:, 1] / SPHERE))
    return np.degrees(np.column_stack([points[:, 0] / SPHERE, lat]))


def _from_tm(points: np.ndarray, system: System, layer: str) -> np.ndarray:
    """Inverse transverse Mercator by PROJ, from numbers only; GRS80 is CGCS2000's ellipsoid to 0.1 mm."""
    from pyproj import Transformer

    east = points[:, 0]
    if np.abs(points).max() <= 180:
        raise Refused("crs_degrees", layer=layer, name=system.name)
    if np.abs(east - system.east).max() > 5e5 or np.abs(points[:, 1] - system.north).max() > 1e7:
        raise Refused("crs_zone", layer=layer, name=system.name, value=f"{east[0]:.0f}")
    inverse = Transformer.from_pipeline(
        f"+proj=pipeline +step +inv +proj=tmerc +lat_0={system.latitude!r} +lon_0={system.meridian!r} "
        f"+k={system.scale!r} +x_0={system.east!r} +y_0={system.north!r} +ellps=GRS80 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    lonlat = np.column_stack(inverse.transform(east, points[:, 1]))
    if not np.isfinite(lonlat).all():
        raise Refused("crs_zone", layer=layer, name=system.name, value=f"{east[0]:.0f}")
    return lonlat


# GCJ-02 as the published reconstructions agree on it: Krasovsky's ellipsoid and two sums of sines in metres.
_A, _EE = 6378245.0, 0.00669342162296594323
_BD = np.pi * 3000 / 180


def _waves(value: np.ndarray, rows: tuple[tuple[float, float], ...]) -> np.ndarray:
    waves = [amplitude * np.sin(np.pi * frequency * value) for amplitude, frequency in rows]
    return np.sum(waves, axis=0) * 2 / 3


def wgs84_to_gcj02(points: np.ndarray) -> np.ndarray:
    """WGS84 lon/lat (n, 2) as GCJ-02, the shifted grid of most Chinese web maps; only meant inside China."""
    lon, lat = points[:, 0], points[:, 1]
    x, y = lon - 105, lat - 35
    fast = _waves(x, ((20, 6), (20, 2)))
    north = (
        -100
        + 2 * x
        + 3 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * np.sqrt(np.abs(x))
        + fast
        + _waves(y, ((20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30)))
    )
    east = (
        300
        + x
        + 2 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * np.sqrt(np.abs(x))
        + fast
        + _waves(x, ((20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30)))
    )
    magic = 1 - _EE * np.sin(np.radians(lat)) ** 2
    degrees_north = np.degrees(north * magic * np.sqrt(magic) / (_A * (1 - _EE)))
    degrees_east = np.degrees(east * np.sqrt(magic) / (_A * np.cos(np.radians(lat))))
    return np.column_stack([lon + degrees_east, lat + degrees_north])


def gcj02_to_bd09(points: np.ndarray) -> np.ndarray:
    """GCJ-02 lon/lat (n, 2) as BD-09, Baidu's second shift."""
    lon, lat = points[:, 0], points[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def wgs84_to_bd09(points: np.ndarray) -> np.ndarray:
    """WGS84 lon/lat (n, 2) as BD-09."""
    return gcj02_to_bd09(wgs84_to_gcj02(points))


def gcj02_to_wgs84(points: np.ndarray) -> np.ndarray:
    """GCJ-02 lon/lat (n, 2) as WGS84; the round trip is exact to better than a millimetre inside China."""
    return _undo(wgs84_to_gcj02, points)


def bd09_to_wgs84(points: np.ndarray) -> np.ndarray:
    """BD-09 lon/lat (n, 2) as WGS84; the round trip is exact to better than a centimetre inside China."""
    return _undo(wgs84_to_bd09, points)


def _undo(forward: Callable[[np.ndarray], np.ndarray], target: np.ndarray) -> np.ndarray:
    """The points that `forward` takes to `target`: each step shrinks the error by a factor of about 200."""
    guess = np.asarray(target, dtype=float)
    for _ in range(4 if forward is wgs84_to_bd09 else 3):
        guess = guess - (forward(guess) - target)
    return guess


def metres(points: np.ndarray, origin: tuple[float, float]) -> np.ndarray:
    """Lon/lat (n, 2) in a plane of metres with exact areas (Lambert's cylindrical equal-area on GRS80).

    `origin` is the longitude and latitude where lengths are true too; good for lengths within a county.
    Formulas: J. P. Snyder, Map Projections - A Working Manual, USGS Professional Paper 1395, section 10.
    """
    radius, e2 = 6378137.0, 0.006694380022900788
    e = np.sqrt(e2)
    start, sine = np.sin(np.radians(origin[1])), np.sin(np.radians(points[:, 1]))
    true = np.cos(np.radians(origin[1])) / np.sqrt(1 - e2 * start**2)
    q = (1 - e2) * (sine / (1 - e2 * sine**2) - np.log((1 - e * sine) / (1 + e * sine)) / (2 * e))
    return np.column_stack([radius * true * np.radians(points[:, 0] - origin[0]), radius * q / (2 * true)])
