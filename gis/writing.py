"""The child process that writes GeoPackages and zipped shapefiles with GDAL; webapp.core.child starts it.

It reads rows from a file, so many at a time, and writes them so, whatever their number. That file has one line of JSON
with what is to be written (``About``), then a line for each row: its cells, and at the end its shape, a pair of
degrees, WKB in hexadecimal, or nothing. Shapes are longitude and latitude (CGCS2000, EPSG:4490).
"""

import json
import os
import resource
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely

NICE = 10  # whoever wants a page goes first
SECONDS, MEMORY = 300, 1200 * 2**20  # of work; of address space
AT_A_TIME = 5000
CRS = "EPSG:4490"
LONGEST = 254  # bytes of a text in a shapefile
KINDS = {"number": np.float64, "count": np.float64}  # all others are texts
FIELDS_FILE = "fields.txt"


@dataclass
class About:
    """What is to be written: the layer's name, its fields (name and kind), what its shapes are, the encoding of a
    shapefile's texts, the lines of the list of fields beside it, and the sentence that says how many texts were cut.
    """

    layer: str
    fields: list[tuple[str, str]]
    geometry: str
    encoding: str
    lines: list[str]
    cut_words: str
    cut: int = field(default=0)


def main(driver: str, rows: str, target: str) -> None:
    """Write the rows of a file as ``geopackage`` or ``shapefile`` (a zip) into the file ``target``."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    os.environ["OGR_SQLITE_SYNCHRONOUS"] = "OFF"  # a file that is sent off at once need not outlive a power cut
    with open(rows, encoding="utf-8") as lines:
        about = About(**json.loads(next(lines)))
        WRITERS[driver](about, lines, Path(target))


def _geopackage(about: About, lines: Iterator[str], target: Path) -> None:
    for at, (columns, shapes) in enumerate(_batches(about, lines)):
        _write(target, about, columns, shapes, at > 0, driver="GPKG", layer=about.layer, encoding="UTF-8")


def _shapefile(about: About, lines: Iterator[str], target: Path) -> None:
    """The parts side by side, then in one zip with the list of fields."""
    shape = target.with_name(f"{about.layer}.shp")
    for at, (columns, shapes) in enumerate(_batches(about, lines)):
        texts = [_cut(column, about) if column.dtype == object else column for column in columns]
        _write(shape, about, texts, shapes, at > 0, driver="ESRI Shapefile", encoding=about.encoding)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in sorted(shape.parent.glob(f"{about.layer}.*")):
            packed.write(part, part.name)
        words = [*about.lines, *([about.cut_words % {"num": about.cut}] if about.cut else [])]
        packed.writestr(FIELDS_FILE, "\ufeff" + "\r\n".join(words) + "\r\n")


WRITERS = {"geopackage": _geopackage, "shapefile": _shapefile}


def _batches(about: About, lines: Iterator[str]) -> Iterator[tuple[list[np.ndarray], np.ndarray]]:
    """Columns and WKB of so many rows at a time; once without any, if there are none."""
    batch = list(islice(lines, AT_A_TIME))
    while True:
        rows = [json.loads(line) for line in batch]
        columns = [
            np.array([row[at] for row in rows], dtype=KINDS.get(kind, object))
            for at, (_name, kind) in enumerate(about.fields)
        ]
        yield columns, _wkb([row[-1] for row in rows], about.geometry)
        if not (batch := list(islice(lines, AT_A_TIME))):
            return


def _wkb(shapes: Sequence[Any], geometry: str) -> np.ndarray:
    """Every shape as WKB; a border of one part as one of several, so that a layer holds one kind."""
    made = np.empty(len(shapes), dtype=object)
    for at, each in enumerate(shapes):
        if isinstance(each, str):
            parts = shapely.get_parts(shapely.force_2d(shapely.from_wkb(bytes.fromhex(each))))
            made[at] = shapely.to_wkb(shapely.MultiPolygon(list(parts)))
        elif each is not None:
            made[at] = shapely.to_wkb(shapely.Point(each))
    return made


def _cut(column: np.ndarray, about: About) -> np.ndarray:
    """Texts as long as a shapefile may keep them, cut between two characters."""
    made = np.empty(len(column), dtype=object)
    for at, text in enumerate(column):
        raw = (text or "").encode(about.encoding, "replace")
        about.cut += len(raw) > LONGEST
        made[at] = raw[:LONGEST].decode(about.encoding, "ignore") if len(raw) > LONGEST else text
    return made


def _write(
    target: Path, about: About, columns: list[np.ndarray], shapes: np.ndarray, is_more: bool, **options: Any
) -> None:
    import pyogrio.raw

    pyogrio.raw.write(
        str(target),
        shapes,
        columns,
        [name for name, _kind in about.fields],
        geometry_type=about.geometry if options["driver"] == "GPKG" or about.geometry == "Point" else "Polygon",
        crs=CRS,
        append=is_more,
        **options,
    )
