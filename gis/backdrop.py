"""Roads and waters out of a county's own files, drawn as one quiet layer under its borders.

JSON (UTF-8) in gzip: ``{"step": degrees, "roads": {"lines": […], "areas": […]}, "waters": {…}}``, with rings and lines
as in gis.layer. webapp/web/static/js/map_backdrop.js reads it.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import shapely

from gis import crs, opening
from gis.delivery import Refused
from gis.layer import DECIMALS, lines, polygons
from gis.read import system_of

KINDS = ("roads", "waters")
TOLERANCE = 0.0005  # degrees, as the borders above it
MOST = 150_000  # bytes: what a phone may load for it at most
LINES, AREAS = (1, 5), (3, 6)  # shapely.get_type_id
Box = tuple[float, float, float, float]


def draw(files: Mapping[str, Sequence[Path]], system: str | None, box: Box) -> bytes:
    """What lies in a box (west, south, east, north) of the lines and polygons of these files, by the kind that they
    are of. ``system`` as for gis.read.

    Refused where a file cannot be read, where nothing lies there, or where it would be too much for a phone.
    """
    told = {kind: _kind(list(_placed(files.get(kind, ()), system)), box) for kind in KINDS}
    if not any(told[kind][part] for kind in KINDS for part in ("lines", "areas")):
        raise Refused("backdrop_empty")
    text = json.dumps({"step": 10.0**-DECIMALS, **told}, allow_nan=False, separators=(",", ":"))
    body = gzip.compress(text.encode(), 9, mtime=0)
    if len(body) > MOST:
        raise Refused("backdrop_big", size=str(len(body) // 1000), limit=str(MOST // 1000))
    return body


def _placed(paths: Sequence[Path], system: str | None) -> Iterator[np.ndarray]:
    """The shapes of each layer in degrees; those without finite numbers are left out."""
    for path in paths:
        known = crs.from_name(system, path.name) if system else None
        for layer in opening.layers(path):
            shapes = layer.shapes[~shapely.is_missing(layer.shapes) & ~shapely.is_empty(layer.shapes)]
            finite = shapes[np.isfinite(shapely.bounds(shapes)).all(axis=1)] if len(shapes) else shapes
            yield shapely.transform(finite, partial(crs.to_lonlat, system=system_of(layer, known), layer=layer.name))


def _kind(layers: Sequence[np.ndarray], box: Box) -> dict[str, list[list[int]] | list[list[list[int]]]]:
    parts = shapely.get_parts(shapely.get_parts(np.concatenate([*layers, np.array([], dtype=object)])))
    of = shapely.get_type_id(parts)
    roads = shapely.clip_by_rect(parts[np.isin(of, LINES)], *box)
    areas = shapely.clip_by_rect(_valid(parts[np.isin(of, AREAS)]), *box)
    joined = shapely.line_merge(shapely.multilinestrings(_single(roads, LINES)))
    thin = [shapely.simplify(shape, TOLERANCE) for shape in (joined, *_single(areas, AREAS))]
    return {
        "lines": lines(thin[0], DECIMALS),
        "areas": [rings for shape in thin[1:] for rings in polygons(shape, DECIMALS) or ()],
    }


def _valid(shapes: np.ndarray) -> np.ndarray:
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes


def _single(shapes: np.ndarray, kinds: tuple[int, ...]) -> np.ndarray:
    """The lines, or the polygons, out of whatever clipping made of them."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return parts[np.isin(shapely.get_type_id(parts), kinds) & ~shapely.is_empty(parts)]
