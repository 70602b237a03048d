"""Do the shapes of a delivery fit each other, and its rows each other: every doubt becomes a Finding.

Complete and cheap (measured against overlay and pairwise methods before it was built): invalid edges of the
coverage point to the overlaps, prepared `covers` to what leaves its parent, the sum of areas to the parents with
gaps; only what these point to is intersected or subtracted exactly. Shapes are compared in longitude and latitude,
where shared borders are shared exactly; areas are m² of an equal-area plane.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
import shapely

from gis import codes, crs, place
from gis.delivery import Cell, Delivery, Finding, Tolerance, in_order
from gis.messages import TIER_NAMES

MOSTLY = 0.5  # a cell with more than this share outside its parent belongs elsewhere
# So many others on average may the frame of a cell meet: five to fifteen in a county. A layer that is in the file again
# and again would make as many overlaps as pairs, and nobody reads these.
FRAMES = 50
APART = 500.0  # metres, ours: a part of a cell that is farther from its largest one is an exclave
NOTHING = 0.5  # m²: what would be said to be 0 is not said
CODE, NAME = 20, 80  # characters that the records have room for
USUAL = Tolerance()
ROUNDING = 1e-9  # share of an area that may be lost by adding up floating point numbers


def check(delivery: Delivery, tolerance: Tolerance = USUAL) -> tuple[Finding, ...]:
    """All findings about rows and shapes, errors first; those of the reading stay in `delivery.findings`."""
    return in_order([*_rows(delivery.cells), *_Shapes(delivery.cells, tolerance).findings()])


# --- rows -----------------------------------------------------------------------------------------


def _rows(cells: tuple[Cell, ...]) -> Iterator[Finding]:
    tests: dict[str, Callable[[Cell], bool]] = {
        "code_empty": lambda cell: not cell.code,
        "name_empty": lambda cell: not cell.name,
        "too_long": lambda cell: len(cell.code) > CODE or max(len(cell.name), len(cell.en)) > NAME,
        "no_shape": lambda cell: not cell.boundary,
        "parent_none": lambda cell: cell.tier > 1 and cell.parent is None,
    }
    for code, is_wrong in tests.items():
        if wrong := [at for at, cell in enumerate(cells) if is_wrong(cell)]:
            yield _finding(cells, code, wrong)
    yield from _twice(cells)
    yield from _tiers(cells)
    for kind, ats, params in codes.doubts(cells):
        yield _finding(cells, kind, ats, None, **params)


def _twice(cells: tuple[Cell, ...]) -> Iterator[Finding]:
    same = defaultdict(list)
    for at, cell in enumerate(cells):
        same[cell.code].append(at)
    for code, ats in same.items():
        if code and len(ats) > 1:
            yield _finding(cells, "code_twice", ats, code=code)


def _tiers(cells: tuple[Cell, ...]) -> Iterator[Finding]:
    """One county at the top, and no tier left out."""
    for tier, name in TIER_NAMES.items():
        if not any(cell.tier == tier for cell in cells):
            yield Finding("villages_missing") if tier == 3 else Finding("tier_missing", params={"tier": name})
    counties = [at for at, cell in enumerate(cells) if cell.tier == 1]
    if len(counties) > 1:
        yield _finding(cells, "counties_many", counties)


def _finding(
    cells: tuple[Cell, ...], kind: str, ats: list[int], place: shapely.Geometry | None = None, **params: str
) -> Finding:
    at = None
    if place is not None:
        point = shapely.point_on_surface(place)
        at = (shapely.get_x(point).item(), shapely.get_y(point).item())
    return Finding(kind, tuple(cells[i].label for i in ats), params, tuple(ats), at)


# --- shapes ---------------------------------------------------------------------------------------


class _Shapes:
    """The cells' shapes with their areas, and the slivers seen on the way."""

    def __init__(self, cells: tuple[Cell, ...], tolerance: Tolerance):
        self.cells, self.tolerance = cells, tolerance
        self.shapes = shapely.from_wkb(np.array([cell.boundary or None for cell in cells], dtype=object))
        self.there = ~shapely.is_missing(self.shapes)
        self.broken = np.flatnonzero(self.there & ~shapely.is_valid(self.shapes))
        self.shapes[self.broken] = shapely.make_valid(
            self.shapes[self.broken], method="structure", keep_collapsed=False
        )
        bounds = shapely.total_bounds(self.shapes)
        self.origin = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
        self.areas = self.area(self.shapes)
        self.slivers: dict[int | None, list[tuple[float, tuple[int, ...]]]] = defaultdict(list)

    def _flat(self, shapes: np.ndarray) -> np.ndarray:
        """The shapes in metres."""
        return shapely.transform(shapes, lambda points: crs.metres(points, self.origin))

    def area(self, shapes: np.ndarray) -> np.ndarray:
        """m², 0 where there is no shape."""
        return np.nan_to_num(shapely.area(self._flat(shapes)))

    def findings(self) -> Iterator[Finding]:
        """Every kind in turn; slivers last, in one line."""
        if not self.there.any():
            return
        for province, ats in place.misplaced([cell.code for cell in self.cells], shapely.bounds(self.shapes)):
            yield _finding(self.cells, "place_wrong", ats, province=province)
        if len(self.broken):  # reading repairs its own; a delivery made otherwise may still hold some
            yield _finding(self.cells, "invalid", self.broken.tolist())
        yield from self._in_parts()
        stacked = [at for tier in (1, 2, 3) for at in self._stacked(self._of_tier(tier))]
        if stacked:
            yield _finding(self.cells, "stacked", stacked)
            return
        suspects: set[int] = set()
        for tier in (1, 2, 3):
            yield from self._overlaps(self._of_tier(tier), suspects)
        for tier in (2, 3):
            yield from self._under_parents(self._of_tier(tier), suspects)
        yield from self._slivers()

    def _of_tier(self, tier: int) -> np.ndarray:
        ats = [at for at, cell in enumerate(self.cells) if cell.tier == tier and self.there[at]]
        return np.array(ats, dtype=int)

    def _stacked(self, ats: np.ndarray) -> list[int]:
        """The cells of a tier, where far more of them lie on one another than can be compared; else none."""
        frames, left = np.asarray(shapely.box(*shapely.bounds(self.shapes[ats]).T)), FRAMES * len(ats)
        tree, step = shapely.STRtree(frames), max(1, 1_000_000 // max(1, len(ats)))
        for start in range(0, len(ats), step):
            left -= tree.query(frames[start : start + step]).shape[1]
            if left < 0:
                return ats.tolist()
        return []

    # cells in several parts

    def _in_parts(self) -> Iterator[Finding]:
        """Each cell of which a part lies far away; in one line those whose parts are all near."""
        near = []
        for at in np.flatnonzero(shapely.get_num_geometries(self.shapes) > 1).tolist():
            parts = shapely.get_parts(self.shapes[at])
            flat = self._flat(parts)
            areas = shapely.area(flat)
            largest = flat[areas.argmax()]
            shapely.prepare(largest)
            distances = shapely.distance(flat, largest)
            if not (far := distances > APART).any():
                near.append(at)
                continue
            params = {"count": str(np.count_nonzero(far)), "distance": _number(distances.max())}
            place = parts[far][areas[far].argmax()]
            yield _finding(self.cells, "exclave", [at], place, area=_number(areas[far].sum()), **params)
        if near:
            yield _finding(self.cells, "multipart", near)

    # overlaps: cells with invalid edges against their neighbours

    def _overlaps(self, ats: np.ndarray, suspects: set[int]) -> Iterator[Finding]:
        shapes = self.shapes[ats]
        flagged = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
        suspects.update(ats[flagged].tolist())
        if not len(flagged):
            return
        left, right = shapely.STRtree(shapes).query(shapes[flagged], predicate="intersects")
        pairs = np.unique(np.sort(np.column_stack([flagged[left], right]), axis=1), axis=0)
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        common = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
        both = [tuple(ats[pair].tolist()) for pair in pairs]
        yield from self._sized("overlap", common, both, [self.cells[at].parent for at, _ in both])

    def _sized(
        self, code: str, places: np.ndarray, ats: list[tuple[int, ...]], parents: list[int | None], **params: str
    ) -> Iterator[Finding]:
        """A finding for all places between the same cells, where these are more than drawing inaccuracy, the largest
        first; the others are put aside as slivers."""
        parts, of = shapely.get_parts(places, return_index=True)
        flat = self._flat(parts)
        areas = shapely.area(flat)
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for part in np.flatnonzero(areas > 0).tolist():
            groups[ats[of[part]]].append(part)
        totals = {key: float(areas[those].sum()) for key, those in groups.items()}
        for key in sorted(groups, key=lambda key: -totals[key]):
            those, is_pair = groups[key], len(key) > 1
            if (is_pair and totals[key] >= self.tolerance.area) or self._is_wide(flat[those], areas[those]):
                place = parts[those[areas[those].argmax()]]
                yield _finding(self.cells, code, list(key), place, area=_number(totals[key]), **params)
            else:
                self.slivers[parents[of[those[0]]]].append((totals[key], key))

    def _is_wide(self, flat: np.ndarray, areas: np.ndarray) -> bool:
        """Whether a circle of the width that is tolerated fits into one of these anywhere."""
        half = self.tolerance.width / 2
        able = flat[areas > np.pi * half**2]
        return bool((~shapely.is_empty(shapely.buffer(able, -half))).any())

    # children and parents: outside, and gaps

    def _under_parents(self, ats: np.ndarray, suspects: set[int]) -> Iterator[Finding]:
        for parent, below in self._families(ats).items():
            outside = self._outside(parent, below)
            yield from self._leaving(parent, outside)
            if outside or suspects.intersection(below) or not self._adds_up(parent, below):
                yield from self._gaps(parent, ats, suspects)

    def _families(self, ats: np.ndarray) -> dict[int, list[int]]:
        """Parent -> its children that have a shape; a parent without any row below it has none, and is all gap."""
        if not len(ats):
            return {}
        parents = {cell.parent for cell in self.cells}
        upper = self._of_tier(self.cells[ats[0]].tier - 1).tolist()
        families: dict[int, list[int]] = {at: [] for at in upper if at not in parents}
        for at in ats.tolist():
            parent = self.cells[at].parent
            if parent is not None and self.there[parent]:
                families.setdefault(parent, []).append(at)
        return families

    def _outside(self, parent: int, below: list[int]) -> dict[int, shapely.Geometry]:
        """Child -> the part of it that its parent does not cover."""
        shape = self.shapes[parent]
        shapely.prepare(shape)
        failing = [at for at in below if not shapely.covers(shape, self.shapes[at])]
        return {at: shapely.difference(self.shapes[at], shape) for at in failing}

    def _leaving(self, parent: int, outside: dict[int, shapely.Geometry]) -> Iterator[Finding]:
        name = self.cells[parent].label
        for at, part in outside.items():
            share = self.area(np.array([part]))[0] / max(self.areas[at], 1e-9)
            if share > MOSTLY:
                yield _finding(self.cells, "parent_wrong", [at], part, parent=name, share=_number(share * 100))
            else:
                yield from self._sized("outside_parent", np.array([part]), [(at,)], [parent], parent=name)

    def _adds_up(self, parent: int, below: list[int]) -> bool:
        """Whether the children's areas make up the parent's: complete, because overlaps are known by now."""
        return abs(self.areas[parent] - self.areas[below].sum()) <= self.areas[parent] * ROUNDING + 1e-3

    def _gaps(self, parent: int, ats: np.ndarray, suspects: set[int]) -> Iterator[Finding]:
        """What no cell of the tier covers of this parent, each with the cells beside it."""
        shape = self.shapes[parent]
        near = ats[shapely.intersects(shape, self.shapes[ats])]
        left = shapely.get_parts(shapely.difference(shape, self._together(near, suspects)))
        left = left[shapely.get_type_id(left) == 3]
        beside = [tuple(near[shapely.dwithin(gap, self.shapes[near], 1e-7)].tolist()) for gap in left]
        yield from self._sized("gap", left, beside, [parent] * len(left), parent=self.cells[parent].label)

    def _together(self, ats: np.ndarray, suspects: set[int]) -> shapely.Geometry:
        """The ground of some cells. Those whose edges all fit are a coverage, which is joined far more quickly."""
        are_odd = np.isin(ats, list(suspects))
        fitting = shapely.coverage_union_all(self.shapes[ats[~are_odd]])
        return shapely.union_all([fitting, *self.shapes[ats[are_odd]]])

    def _slivers(self) -> Iterator[Finding]:
        """One line for each parent: how many places, how much in all, and between whom."""
        for parent, places in self.slivers.items():
            if sum(area for area, _ in places) < NOTHING:
                continue
            ats = sorted({at for _, touched in places for at in touched})
            name = "–" if parent is None else self.cells[parent].label
            yield _finding(
                self.cells,
                "sliver",
                ats,
                parent=name,
                count=str(len(places)),
                width=_number(self.tolerance.width),
                most=_number(self.tolerance.area),
                area=_number(sum(area for area, _ in places)),
            )


def _number(area: float) -> str:
    return f"{area:.0f}"
