"""How much work the check of borders is, beside geopandas.overlay on the same villages, and a point's village.

    .venv/bin/python -m bench.borders              # 30,000 invented villages, three rounds
    .venv/bin/python -m bench.borders --villages 3000 --rounds 1

Each side runs in a process of its own, in turn, so that its memory is its own; ratios are taken within a round.
"""

import argparse
import json
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from bench.figures import Figure, ratios, table
from gis.check import check
from gis.delivery import Cell, Delivery
from gis.locate import Cells

ALONG = 12  # points of a border between two corners
BLOCK = 20  # villages of a township along each side
SIDE = 0.02  # degrees: some two kilometres
FAULTS = 10  # of each kind
FEW = 300
WEST, SOUTH = 113.0, 34.0
POINTS = 20_000
SIDES = ("check", "overlay", "locate")


def villages(number: int, seed: int = 11) -> np.ndarray:
    """About so many villages in a square, with borders that wind and are shared point by point; then faults in some."""
    n = max(BLOCK, round(number**0.5 / BLOCK) * BLOCK)
    random = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0), indexing="ij"), axis=-1)
    corners += random.uniform(-0.25, 0.25, corners.shape)
    steps = np.linspace(0, 1, ALONG, endpoint=False)[:, None]

    def winding(start: np.ndarray, end: np.ndarray) -> np.ndarray:
        line = start[..., None, :] + (end - start)[..., None, :] * steps
        line[..., 1:, :] += random.normal(0, 0.01, line[..., 1:, :].shape)
        return line

    across, up = winding(corners[:-1], corners[1:]), winding(corners[:, :-1], corners[:, 1:])

    def turned(lines: np.ndarray, end: np.ndarray) -> np.ndarray:
        return np.concatenate([end[..., None, :], lines[..., :0:-1, :]], axis=-2)

    rings = np.concatenate(
        [
            across[:, :-1],
            up[1:],
            turned(across[:, 1:], corners[1:, 1:]),
            turned(up[:-1], corners[:-1, 1:]),
        ],
        axis=2,
    ).reshape(n * n, -1, 2)
    return shapely.polygons(rings * SIDE + [WEST, SOUTH])


def county(number: int) -> tuple[list[Cell], set[int], set[int]]:
    """A county of all three levels; and which villages have a gap beside them, and which lie over another one."""
    shapes = villages(number)
    n = round(len(shapes) ** 0.5)
    block = (np.arange(n) // BLOCK)[:, None] * (n // BLOCK) + (np.arange(n) // BLOCK)[None, :]
    towns = block.ravel()
    drawn = np.array([shapely.coverage_union_all(shapes[towns == at]) for at in range(towns.max() + 1)])
    whole = shapely.coverage_union_all(drawn)
    random = np.random.default_rng(5)
    bad = random.choice(np.flatnonzero(np.arange(n * n) % n), 2 * FAULTS, replace=False)  # with a neighbour below
    gaps, overlaps = bad[:FAULTS], bad[FAULTS:]
    for at in gaps:
        shapes[at] = shapely.difference(shapes[at], shapely.buffer(shapely.centroid(shapes[at]), SIDE / 10))
    for at in overlaps:
        shapes[at] = shapely.union(shapes[at], shapely.buffer(shapely.Point(shapes[at].exterior.coords[5]), SIDE / 20))
    cells = [Cell(1, "999901", "county", None, whole.wkb, None)]
    cells += [Cell(2, f"999901{at:04}", f"town {at}", 0, each.wkb, "prefix") for at, each in enumerate(drawn)]
    cells += [
        Cell(3, f"999901{town:04}{at:06}", f"village {at}", 1 + int(town), wkb, "prefix")
        for at, (town, wkb) in enumerate(zip(towns, shapely.to_wkb(shapes), strict=True))
    ]
    first = 1 + len(drawn)
    return cells, {first + int(at) for at in gaps}, {first + int(at) for at in overlaps}


def side(name: str, file: str) -> dict[str, float]:
    """One side in this process: CPU seconds, all memory that it ever had (MB), how many of the faults it found."""
    cells, gaps, overlaps = pickle.loads(Path(file).read_bytes())
    if name == "locate":
        return {"few": _locate(cells, FEW), "all": _locate(cells, len(cells))}
    began = time.process_time()
    found_gaps, found_overlaps = {"check": _check, "overlay": _overlay}[name](cells)
    return {
        "cpu": time.process_time() - began,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "gaps": len(gaps & found_gaps),
        "overlaps": len(overlaps & found_overlaps),
    }


def _check(cells: Sequence[Cell]) -> tuple[set[int], set[int]]:
    findings = check(Delivery((), tuple(cells), ()))
    kinds = ("gap", "overlap")
    gaps, overlaps = ({at for each in findings if each.code == kind for at in each.cells} for kind in kinds)
    return gaps, overlaps


def _overlay(cells: Sequence[Cell]) -> tuple[set[int], set[int]]:
    """What is usually written: the layer laid over itself. Gaps are nothing to it."""
    import geopandas

    lowest = {at: shapely.from_wkb(cell.boundary) for at, cell in enumerate(cells) if cell.tier == 3}
    frame = geopandas.GeoDataFrame({"at": list(lowest)}, geometry=list(lowest.values()), crs=4490)
    both = geopandas.overlay(frame, frame, how="intersection", keep_geom_type=True)
    return set(), set(both["at_1"][both["at_1"] != both["at_2"]])


def _locate(cells: Sequence[Cell], most: int) -> float:
    """Microseconds of CPU for the village of a point, among so many of them."""
    lowest = [cell for cell in cells if cell.tier == 3][:most]
    there = Cells(range(len(lowest)), [cell.boundary for cell in lowest])
    west, south, east, north = shapely.total_bounds(shapely.from_wkb([cell.boundary for cell in lowest]))
    points = np.random.default_rng(3).uniform((west, south), (east, north), (POINTS, 2)).tolist()
    there.candidates(*points[0])  # which builds the tree
    began = time.process_time()
    for lon, lat in points:
        there.candidates(lon, lat)
    return (time.process_time() - began) / POINTS * 1e6


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args(argv)
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps(county(told.villages)))
        file.flush()
        rounds = [{name: _apart(name, file.name) for name in SIDES} for _ in range(told.rounds)]
    found = figures(rounds)
    print(*table(f"Borders of some {told.villages:,} villages", found), sep="\n")
    return 0 if all(each.is_met for each in found) else 1


def _apart(name: str, file: str) -> dict[str, float]:
    code = "import json, sys; from bench.borders import side; print(json.dumps(side(*sys.argv[1:])))"
    done = subprocess.run([sys.executable, "-c", code, name, file], capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def figures(rounds: Sequence[dict[str, dict[str, float]]]) -> list[Figure]:
    """What the rounds say, beside their goals."""

    def of(name: str, key: str) -> list[float]:
        return [each[name][key] for each in rounds]

    missed = [FAULTS - each["check"]["gaps"] + FAULTS - each["check"]["overlaps"] for each in rounds]
    return [
        Figure("check, CPU", of("check", "cpu"), "s", 10),
        Figure("check, all memory of its process", of("check", "memory"), "MB", 500),
        Figure("check / geopandas.overlay, CPU", ratios(of("check", "cpu"), of("overlay", "cpu")), "", 0.2),
        Figure(f"of {FAULTS} gaps and {FAULTS} overlaps not found by check", missed, "", 0),
        Figure("gaps found by geopandas.overlay", of("overlay", "gaps")),
        Figure("overlaps found by geopandas.overlay", of("overlay", "overlaps")),
        Figure(f"point to village among {FEW}, CPU", of("locate", "few"), "us", 50),
        Figure("point to village among all, CPU", of("locate", "all"), "us", 50),
        Figure("the same, all / few", ratios(of("locate", "all"), of("locate", "few")), "", 2),
    ]


if __name__ == "__main__":
    sys.exit(main())
