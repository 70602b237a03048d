"""Which cells may hold a point: one search tree over all boundaries of one version.

Several answers are normal: on a shared border, on an overlap, or when the phone knows its place only
roughly. The caller, and in the end the person, chooses. Everything is longitude and latitude
(WGS84 or CGCS2000) in degrees; distances are metres.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import shapely

from gis import sketch
from gis.metres import metres_per_degree

# Nothing on Earth is farther away; keeps the search box finite whatever a phone reports.
_FARTHEST = 20_100_000.0

SKETCHES = 512  # drawings that are kept, a few kilobytes each
SAME_BORDER_M = 30  # two drawings of one border differ by some metres


class Candidate(NamedTuple):
    """A cell that may hold the point.

    `distance_m` is 0 inside and on the border, else the way to the nearest border in metres (to the centimetre).
    """

    id: int
    distance_m: float
    inside: bool


class Cells:
    """All cells of one boundary version, ready to be asked.

    `ids` and `boundaries` (WKB, polygons in longitude and latitude) go together one by one; a cell without
    a boundary (None) is known but holds no point. Raises ValueError when the two differ in length,
    shapely.errors.GEOSException when a WKB cannot be read.
    """

    def __init__(self, ids: Sequence[int], boundaries: Sequence[bytes | None]):
        if len(ids) != len(boundaries):
            raise ValueError(f"{len(ids)} ids for {len(boundaries)} boundaries")
        drawn = [(id_, wkb) for id_, wkb in zip(ids, boundaries, strict=True) if wkb is not None]
        self._ids = [id_ for id_, _ in drawn]
        self._rows = {id_: row for row, id_ in enumerate(self._ids)}
        self._shapes = shapely.force_2d(shapely.from_wkb([wkb for _, wkb in drawn]))
        self._tree = shapely.STRtree(self._shapes)
        #: A point does not move and is looked at often; with these cells its drawing is always the same.
        self.sketch = lru_cache(maxsize=SKETCHES)(self._sketch)

    def __len__(self) -> int:
        """How many cells have a boundary."""
        return len(self._ids)

    def __contains__(self, id_: int) -> bool:
        """Whether this cell has a boundary."""
        return id_ in self._rows

    def candidates(self, lon: float, lat: float, accuracy_m: float = 0) -> tuple[Candidate, ...]:
        """The cells that hold the point (borders count), then those within `accuracy_m` metres of it.

        The order is always the same: inside before near, then by distance, then by id. Empty where no cell
        is; also for a place that is none (not a number, or off the globe).
        """
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            return ()
        point = shapely.Point(lon, lat)
        held = self._tree.query(point, predicate="intersects").tolist()
        found = [Candidate(self._ids[row], 0.0, True) for row in held]
        if accuracy_m > 0:
            found += self._near(lon, lat, min(accuracy_m, _FARTHEST), set(held))
        return tuple(sorted(found, key=lambda c: (not c.inside, c.distance_m, c.id)))

    def beside(self, id_: int) -> frozenset[int]:
        """The cells whose border comes within `SAME_BORDER_M` metres of this one's (to north and south a little more).

        None when it has no boundary.
        """
        if id_ not in self._rows:
            return frozenset()
        shape = self._shapes[self._rows[id_]]
        degrees = SAME_BORDER_M / min(metres_per_degree(shape.centroid.y))
        return frozenset(self._ids[row] for row in self._tree.query(shape, "dwithin", degrees).tolist()) - {id_}

    def _sketch(self, own: int, lon: float, lat: float, accuracy_m: float = 0) -> sketch.Sketch:
        """A small drawing of the point, which belongs to the cell ``own``, among the cells around it."""
        shape = self._shapes[self._rows[own]] if own in self._rows else shapely.Point(lon, lat)
        east, north = metres_per_degree(lat)
        reach = sketch.reach_m(shape, lat) + min(accuracy_m, _FARTHEST)
        area = shapely.box(lon - reach / east, lat - reach / north, lon + reach / east, lat + reach / north)
        rows = self._tree.query(shapely.union(area, shapely.envelope(shape))).tolist()
        return sketch.draw([(self._ids[row], self._shapes[row]) for row in rows], own, lon, lat, accuracy_m)

    def _near(self, lon: float, lat: float, reach: float, held: set[int]) -> list[Candidate]:
        """The cells that do not hold the point but come within `reach` metres of it."""
        east, north = metres_per_degree(lat)
        area = shapely.box(lon - reach / east, lat - reach / north, lon + reach / east, lat + reach / north)
        rows = [row for row in self._tree.query(area).tolist() if row not in held]
        around = shapely.transform(self._shapes[rows], lambda xy: (xy - (lon, lat)) * (east, north))
        ways = shapely.distance(around, shapely.Point(0, 0)).tolist()
        return [
            Candidate(self._ids[row], round(way, 2), False) for row, way in zip(rows, ways, strict=True) if way <= reach
        ]
