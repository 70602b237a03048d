"""An invented county, the same every time: the demo, the tests and the benchmarks stand on it.

Nothing in here exists: no border, code, name, firm or person was taken from a real place; a name that some
place also bears is chance. Shapes are
longitude and latitude (as CGCS2000 or WGS84), on the North China Plain for the right size of a degree.
"""

import cmath
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import shapely

from gis import names
from gis.land import RADIUS, Land, Point, course, middle
from gis.land import townships as divided

# The first two digits of a real code are the province (GB/T 2260); no province has 99, so these codes
# can never be taken for a place.
COUNTY_CODE = "999901"
CENTRE_LON, CENTRE_LAT = 115.8, 37.6
TYPES = (
    "enterprise",
    "river_section",
    "water_source",
    "livestock_farm",
    "straw_plot",
    "construction_site",
    "waste_point",
)
MOST_IN_A_VILLAGE = 8

# Bands of the code: subdistricts 001-, towns 100-, townships 200-; communities 001-, villages 200-.
_BANDS = {"subdistrict": 1, "town": 100, "township": 200, "community": 1, "village": 200}
# How many objects of a type stand in a community and in a village: one of these numbers, each as likely.
_PLENTY: dict[str, dict[str, tuple[int, ...]]] = {
    "waste_point": {"community": (1,), "village": (1,)},
    "straw_plot": {"community": (0,), "village": (1, 1, 2)},
    "enterprise": {"community": (1, 2, 3), "village": (0, 0, 1, 2)},
    "construction_site": {"community": (0, 1, 1, 2), "village": (0,)},
    "livestock_farm": {"community": (0,), "village": (0, 0, 1, 1, 2)},
    "water_source": {"community": (0,), "village": (0, 0, 0, 1)},
}
# Metres: a shorter stretch of river in a village is its neighbours' to walk; metres per degree at the centre.
_SHORTEST_SECTION = 500.0
_EAST = 111_320 * math.cos(math.radians(CENTRE_LAT))
_NORTH = 111_000.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the tree: tier 1 county, 2 township, 3 village; `parent` is a position in County.cells.

    `code` has 12 digits; `kind` is county, subdistrict, town, township, community or village; `boundary` is WKB in
    longitude and latitude.
    """

    tier: int
    code: str
    kind: str
    name_zh: str
    name_en: str
    parent: int | None
    boundary: bytes


@dataclass(frozen=True, slots=True)
class Thing:
    """An object to patrol, strictly inside its village; `type` is one of TYPES, `cell` a position in County.cells."""

    type: str
    name_zh: str
    name_en: str
    cell: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class River:
    """A river on its way through the county; `line` is WKB in longitude and latitude."""

    name_zh: str
    name_en: str
    line: bytes


@dataclass(frozen=True, slots=True)
class County:
    """The whole: cells in code order (so each parent stands before its children), objects, rivers."""

    cells: tuple[Cell, ...]
    objects: tuple[Thing, ...]
    rivers: tuple[River, ...]


def county(seed: int = 2026, townships: int = 13, villages: int = 250) -> County:
    """Invent a county of `townships` townships and `villages` villages (communities counted in both).

    The same three numbers give the same county on every machine. Raises ValueError unless
    1 <= townships <= villages, and beyond some 100 townships or 800 villages, where the names run out.
    """
    if not 1 <= townships <= villages:
        raise ValueError(f"{townships} townships cannot divide {villages} villages")
    rng = Random(f"{seed}/{townships}/{villages}")
    land = Land.grown(rng, villages)
    groups = divided(rng, land, townships)
    cells, homes = _cells(rng, land, groups)
    rivers = _rivers(rng, cells[0])
    return County(cells, tuple(_objects(rng, cells, homes, rivers)), rivers)


def ground(land: County) -> dict[str, str]:
    """Roads and waters as a county's office has them: a text in GeoJSON for each kind (see gis.backdrop)."""
    lines: dict[str, Sequence[shapely.Geometry]] = {
        "roads": roads(land),
        "waters": [shapely.from_wkb(river.line) for river in land.rivers],
    }
    return {
        kind: json.dumps({"type": "FeatureCollection", "features": _features(found)}) for kind, found in lines.items()
    }


def _features(lines: Sequence[shapely.Geometry]) -> list[dict[str, object]]:
    return [{"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(line))} for line in lines]


def roads(land: County) -> list[shapely.LineString]:
    """The main roads: each township is joined to the nearest one beside it that is joined already, the first of them
    being the first in code order; a road crosses a border where two townships meet."""
    shapes = [shapely.from_wkb(cell.boundary) for cell in land.cells if cell.tier == 2]
    middles = [shape.representative_point() for shape in shapes]
    joined, left, found = [0], set(range(1, len(shapes))), []
    while left:
        pairs = [(near, far) for near in joined for far in left if shapely.touches(shapes[near], shapes[far])]
        if not pairs:
            break
        near, far = min(pairs, key=lambda pair: shapely.distance(middles[pair[0]], middles[pair[1]]))
        gate = shapely.line_interpolate_point(
            _longest(shapely.intersection(shapes[near], shapes[far])), 0.5, normalized=True
        )
        found.append(shapely.LineString([middles[near], gate, middles[far]]))
        joined.append(far)
        left.remove(far)
    return found


def people_names(n: int, seed: int = 2026) -> list[tuple[str, str]]:
    """`n` different invented names of persons, (Chinese, romanised with the family name first)."""
    return names.people(n, Random(f"people/{seed}"))


def _cells(
    rng: Random,
    land: Land,
    groups: Sequence[tuple[str, list[int]]],
) -> tuple[tuple[Cell, ...], dict[int, Point]]:
    """All cells in code order, and for each village (by its position) the point it grew around."""
    calls = names.Names(rng)
    shapes = {row: _polygon(ring) for row, ring in land.rings.items()}
    unions = [shapely.coverage_union_all([shapes[row] for row in rows]) for _, rows in groups]
    cells = [Cell(1, f"{COUNTY_CODE}000000", "county", *names.COUNTY, None, _wkb(shapely.coverage_union_all(unions)))]
    homes: dict[int, Point] = {}
    given: dict[str, int] = {}
    for (kind, rows), union in zip(groups, unions, strict=True):
        parent, code = len(cells), f"{COUNTY_CODE}{_number(given, kind):03d}"
        name = calls.township(kind, cmath.phase(middle(land, rows)))
        cells.append(Cell(2, f"{code}000", kind, *name, 0, _wkb(union)))
        counted: dict[str, int] = {}
        for what, row in _villages(rng, land, kind, rows):
            homes[len(cells)] = land.sites[row]
            cells.append(
                Cell(3, f"{code}{_number(counted, what):03d}", what, *calls.village(what), parent, _wkb(shapes[row]))
            )
    return tuple(cells), homes


def _number(given: dict[str, int], kind: str) -> int:
    """The next number in the band of this kind."""
    given[kind] = given.get(kind, _BANDS[kind] - 1) + 1
    return given[kind]


def _villages(rng: Random, land: Land, kind: str, rows: Sequence[int]) -> list[tuple[str, int]]:
    """The areas of a township as (community or village, area), in code order.

    Communities lie at the heart: most of a subdistrict, one or two in a town, none in a township.
    """
    number = {"subdistrict": round(0.75 * len(rows)), "town": rng.choice((1, 1, 2)), "township": 0}[kind]
    heart = 0j if kind == "subdistrict" else middle(land, rows)
    urban = set(sorted(rows, key=lambda row: abs(land.sites[row] - heart))[:number])
    return sorted(
        (("community" if row in urban else "village", row) for row in rows),
        key=lambda pair: (pair[0], -land.sites[pair[1]].imag),
    )


def _lonlat(z: Point) -> tuple[float, float]:
    """A point of the plane as longitude and latitude, to the decimetre."""
    return round(CENTRE_LON + z.real / _EAST, 6), round(CENTRE_LAT + z.imag / _NORTH, 6)


def _polygon(ring: Sequence[Point]) -> shapely.Polygon:
    return shapely.Polygon([_lonlat(z) for z in ring])


def _wkb(shape: shapely.Geometry) -> bytes:
    """The one way to write this shape, wherever its rings began and whichever way they went."""
    return shapely.to_wkb(shapely.orient_polygons(shapely.normalize(shape)), byte_order=1)


def _rivers(rng: Random, land: Cell) -> tuple[River, ...]:
    """A river across the county past its seat, and a brook that joins it; one that misses a tiny county is left out."""
    shape = shapely.from_wkb(land.boundary)
    bearing = rng.uniform(-0.4, 0.4)
    main = course(rng, cmath.rect(1.6 * RADIUS, bearing + math.pi), bearing, 3.2 * RADIUS)
    mouth = main[round(len(main) * rng.uniform(0.58, 0.64))]
    brook = course(rng, mouth, bearing + rng.choice((-1, 1)) * rng.uniform(1.2, 1.5), 1.6 * RADIUS)
    ways = [shapely.LineString([_lonlat(z) for z in way]) for way in (main, brook)]
    return tuple(
        River(*name, shapely.to_wkb(_longest(shapely.intersection(way, shape)), byte_order=1))
        for name, way in zip(names.RIVERS, ways, strict=True)
        if shapely.intersects(way, shape)
    )


def _longest(lines: shapely.Geometry) -> shapely.LineString:
    """The longest of the pieces into which a border cuts a river."""
    return max(shapely.get_parts(shapely.line_merge(lines)), key=shapely.length)


def _objects(rng: Random, cells: Sequence[Cell], homes: dict[int, Point], rivers: Sequence[River]) -> Iterator[Thing]:
    """The objects of all villages in code order, two to MOST_IN_A_VILLAGE in each."""
    calls = names.Things(rng)
    lines = [(river, shapely.from_wkb(river.line)) for river in rivers]
    for position, home in homes.items():
        cell, shape = cells[position], shapely.from_wkb(cells[position].boundary)
        things = [
            Thing("river_section", *calls.section(cell, river), position, *spot)
            for river, line in lines
            for spot in _sections(line, shape)
        ]
        for kind, plenty in _PLENTY.items():
            bearings = rng.sample(names.BEARINGS, rng.choice(plenty[cell.kind]))
            things += [
                Thing(kind, *calls.thing(kind, cell, bearing), position, *_spot(rng, shape, home, bearing))
                for bearing in bearings
            ]
        yield from things[:MOST_IN_A_VILLAGE]


def _sections(line: shapely.Geometry, shape: shapely.Geometry) -> list[tuple[float, float]]:
    """The middle of the river's longest way through a village, if it is long enough to walk."""
    if not shapely.intersects(line, shape):
        return []
    part = _longest(shapely.intersection(line, shape))
    plane = shapely.transform(part, lambda xy: xy * (_EAST, _NORTH))
    middle = shapely.line_interpolate_point(part, 0.5, normalized=True)
    lon, lat = round(middle.x, 6), round(middle.y, 6)
    return [(lon, lat)] if shapely.length(plane) >= _SHORTEST_SECTION and shapely.contains_xy(shape, lon, lat) else []


def _spot(rng: Random, shape: shapely.Geometry, home: Point, bearing: names.Bearing) -> tuple[float, float]:
    """A place strictly inside the village, from its middle roughly in this direction."""
    west, south, east, north = shapely.bounds(shape).tolist()
    way = 0.5 * rng.uniform(0.25, 1.0) * math.hypot((east - west) * _EAST, (north - south) * _NORTH)
    turn = bearing.angle + rng.uniform(-0.35, 0.35)
    while not shapely.contains_xy(shape, *_lonlat(home + cmath.rect(way, turn))):
        way *= 0.85
    return _lonlat(home + cmath.rect(way, turn))
