"""The land of the invented county before anything on it has a name: points, borders, rivers on a plane in metres.

Points spread evenly over a square are crowded together towards the county seat (0, 0); around each the area
nearest to it (a Voronoi cell) is a village; townships and the county grow over neighbouring villages. Each
border between two areas is bent once, inside a rhombus that belongs to this border alone (the way of Amit Patel's
"Noisy edges", redblobgames.com), so borders never cross and neighbours share them exactly. Points are
complex numbers: east + north * 1j.
"""

import cmath
import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely

AREA_M2 = 2.0e9
# Metres: the county's mean radius; the longest straight piece of a border; the step along a river.
RADIUS = math.sqrt(AREA_M2 / math.pi)
_PIECE = 200.0
_STEP = 150.0

Point = complex
Edge = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class Land:
    """The villages before they have names; a village is its position in `sites`.

    `even` are the points spread evenly (all townships have about as many villages), `sites` the same crowded
    towards the seat, both in metres on a plane; `inside` those in the county; `rings` and `near` the bent
    border and the neighbours of each of them.
    """

    even: list[Point]
    sites: list[Point]
    inside: list[int]
    rings: dict[int, list[Point]]
    near: dict[int, list[int]]

    @classmethod
    def grown(cls, rng: Random, villages: int) -> "Land":
        """A county of this many villages."""
        even = _spread(rng, villages)
        sites = [_crowded(z) for z in even]
        corners = _voronoi(sites)
        sides = _sides(corners)
        near = _neighbours(sides)
        inside = _outline(rng, even, near, villages)
        bent = {
            edge: _bent(rng, *edge, *(sites[row] for row in sorted(rows)))
            for edge, rows in sorted(sides.items(), key=lambda item: _order(item[0]))
            if not rows.isdisjoint(inside)
        }
        rings = {row: _ring(corners[row], bent) for row in inside}
        return cls(even, sites, inside, rings, near)


def _spread(rng: Random, villages: int) -> list[Point]:
    """Points all over a square one and a half times as wide as the county, evenly but in no pattern."""
    half = 1.5 * RADIUS
    number = round(villages * (2 * half) ** 2 / AREA_M2) + 12
    points = [complex(rng.uniform(-half, half), rng.uniform(-half, half)) for _ in range(number)]
    frame = shapely.box(-half, -half, half, half)
    for _ in range(4):
        middles = shapely.centroid(shapely.intersection(_areas(points), frame))
        points = [_rounded(complex(x, y)) for x, y in shapely.get_coordinates(middles).tolist()]
    return points


def _crowded(z: Point) -> Point:
    """A point drawn towards the county seat, the more the nearer it is: communities are small."""
    return _rounded(z * (1 - 0.66 * math.exp(-((abs(z) / (0.4 * RADIUS)) ** 2))))


def _areas(points: Sequence[Point]) -> np.ndarray:
    """The Voronoi areas of the points, in their order."""
    seeds = shapely.multipoints([(z.real, z.imag) for z in points])
    return shapely.get_parts(shapely.voronoi_polygons(seeds, ordered=True))


def _voronoi(points: Sequence[Point]) -> list[list[Point]]:
    """The corners of the area of each point, counter-clockwise, to the centimetre (so neighbours agree)."""
    rings = []
    for area in shapely.orient_polygons(_areas(points)):
        corners = [_rounded(complex(x, y)) for x, y in shapely.get_coordinates(area).tolist()[:-1]]
        rings.append([z for k, z in enumerate(corners) if z != corners[k - 1]])
    return rings


def _rounded(z: Point) -> Point:
    # Rounded after every step of geometry, so that the last bit of a library cannot change the county.
    return complex(round(z.real, 2), round(z.imag, 2))


def _order(edge: Edge) -> tuple[float, ...]:
    return edge[0].real, edge[0].imag, edge[1].real, edge[1].imag


def _edge(a: Point, b: Point) -> Edge:
    return (a, b) if (a.real, a.imag) < (b.real, b.imag) else (b, a)


def _sides(rings: Sequence[Sequence[Point]]) -> dict[Edge, set[int]]:
    """Each straight border with the one or two areas beside it."""
    sides: defaultdict[Edge, set[int]] = defaultdict(set)
    for row, ring in enumerate(rings):
        for k, corner in enumerate(ring):
            sides[_edge(ring[k - 1], corner)].add(row)
    return sides


def _neighbours(sides: dict[Edge, set[int]]) -> dict[int, list[int]]:
    near: defaultdict[int, set[int]] = defaultdict(set)
    for rows in sides.values():
        for row in rows:
            near[row] |= rows - {row}
    return {row: sorted(beside) for row, beside in near.items()}


def _bent(rng: Random, a: Point, b: Point, left: Point, right: Point) -> list[Point]:
    """The border from a to b, bent inside the rhombus it has to itself between the two sites."""
    middle, along = (a + b) / 2, b - a
    slope = min(_slope(a, b, left), _slope(b, a, left), _slope(a, b, right), _slope(b, a, right), 1.0)
    aside = along * 1j * 0.43 * slope
    return [a, *_pieces(rng, a, middle + aside, b, middle - aside), b]


def _slope(a: Point, b: Point, site: Point) -> float:
    """The tangent of the angle at a between the border and the way to the site; infinite from 90 degrees on."""
    way = (site - a) * (b - a).conjugate()
    return abs(way.imag) / way.real if way.real > 0 else math.inf


def _pieces(rng: Random, a: Point, up: Point, b: Point, down: Point, loose: float = 0.3) -> list[Point]:
    """The points between a and b: one in the four-cornered area, then again on either side, ever less loose."""
    if abs(b - a) < _PIECE:
        return []
    p, q = (0.5 + rng.uniform(-loose, loose) for _ in "pq")
    before_up, before_down = _between(a, up, q), _between(a, down, p)
    after_up, after_down = _between(up, b, p), _between(down, b, q)
    point, less = _between(before_down, after_up, q), 0.65 * loose
    return [
        *_pieces(rng, a, before_up, point, before_down, less),
        point,
        *_pieces(rng, point, after_up, b, after_down, less),
    ]


def _between(a: Point, b: Point, part: float) -> Point:
    return a + (b - a) * part


def _ring(corners: Sequence[Point], bent: dict[Edge, list[Point]]) -> list[Point]:
    """The whole bent border of an area, its first point not repeated."""
    ring = []
    for k, corner in enumerate(corners):
        start = corners[k - 1]
        line = bent[_edge(start, corner)]
        ring += line[:-1] if line[0] == start else line[:0:-1]
    return ring


def _outline(rng: Random, even: Sequence[Point], near: dict[int, list[int]], villages: int) -> list[int]:
    """The areas of the county: grown from its seat, the nearest to an irregular round shape first."""
    waves = [(k, rng.uniform(0.03, 0.25 / k), rng.uniform(0, math.tau)) for k in (2, 3, 4, 5)]

    def level(row: int) -> float:
        angle = cmath.phase(even[row])
        return abs(even[row]) / (1 + sum(size * math.cos(k * angle + turn) for k, size, turn in waves))

    seat = min(near, key=level)
    owner = _growth({seat: 0}, near, lambda row, _: level(row), villages)
    return sorted(owner)


def _growth(
    seeds: dict[int, int], near: dict[int, list[int]], cost: Callable[[int, int], float], most: int
) -> dict[int, int]:
    """Spread from each seed over its neighbours, cheapest step first: area → number of its seed.

    Whatever the cost, each number's areas hang together.
    """
    owner: dict[int, int] = {}
    queue = [(-1.0, row, number) for row, number in seeds.items()]
    heapq.heapify(queue)
    while queue and len(owner) < most:
        _, row, number = heapq.heappop(queue)
        if row in owner:
            continue
        owner[row] = number
        for beside in near[row]:
            heapq.heappush(queue, (cost(beside, number), beside, number))
    return owner


def townships(rng: Random, land: Land, number: int) -> list[tuple[str, list[int]]]:
    """The townships as (kind, areas), in code order: by kind, then from north to south."""
    streets = max(1, round(number * 0.15))
    centres = _centres(rng, land, number, streets)
    seeds: dict[int, int] = {}
    for k, centre in enumerate(centres):
        free = (row for row in land.inside if row not in seeds)
        seeds[min(free, key=lambda row: abs(land.even[row] - centre))] = k
    inside = set(land.inside)
    near = {row: [beside for beside in land.near[row] if beside in inside] for row in inside}
    owner = _growth(seeds, near, lambda row, k: abs(land.even[row] - centres[k]), len(inside))
    groups = [[row for row in land.inside if owner[row] == k] for k in range(number)]
    rural = sorted(groups[streets:], key=len, reverse=True)
    towns = round(0.62 * len(rural))
    return [
        (kind, rows)
        for kind, some in (("subdistrict", groups[:streets]), ("town", rural[:towns]), ("township", rural[towns:]))
        for rows in sorted(some, key=lambda rows: -middle(land, rows).imag)
    ]


def _centres(rng: Random, land: Land, number: int, streets: int) -> list[Point]:
    """Where townships grow from: the subdistricts around the seat, the others spread as widely as they can."""
    turn = math.pi / 2 + rng.uniform(-0.4, 0.4)
    away = 0.55 * math.sqrt(streets / number) * RADIUS if streets > 1 else 0.0
    centres = [cmath.rect(away, turn + math.tau * k / streets) for k in range(streets)]
    while len(centres) < number:
        centres.append(
            max((land.even[row] for row in land.inside), key=lambda z: min(abs(z - centre) for centre in centres))
        )
    for _ in range(6):
        circles = defaultdict(list)
        for row in land.inside:
            circles[min(range(number), key=lambda k: abs(land.even[row] - centres[k]))].append(land.even[row])
        centres[streets:] = [
            _rounded(sum(circles[k]) / len(circles[k])) if circles[k] else centres[k] for k in range(streets, number)
        ]
    return centres


def middle(land: Land, rows: Sequence[int]) -> Point:
    """The mean of these villages' sites, in metres on the plane."""
    return sum(land.sites[row] for row in rows) / len(rows)


def course(rng: Random, start: Point, bearing: float, length: float) -> list[Point]:
    """A winding line from `start`, a point every _STEP metres; it begins in its bearing, without a bend."""
    waves = [
        (size * RADIUS, wave * RADIUS, rng.uniform(0, math.tau))
        for size, wave in ((0.07, 1.3), (0.03, 0.45), (0.012, 0.16))
    ]
    line = []
    for step in range(round(length / _STEP) + 1):
        way = step * _STEP
        aside = sum(size * math.sin(math.tau * way / wave + turn) for size, wave, turn in waves)
        aside *= 1 - math.exp(-((3 * way / RADIUS) ** 2))
        line.append(start + cmath.rect(1, bearing) * complex(way, aside))
    return line
