"""The formats in which records are taken out. What GDAL writes (GeoPackage, shapefile) it writes in a child.

A text is a text in all of them: no cell is ever a formula, and a code of twelve digits is no number.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from gis import feature

from ..core import child, workbook
from ..core.errors import N_, Refused
from ..core.exports import CODE, COUNT, NUMBER, Export, written
from ..core.tongue import Tongue

WIDTH = 20  # of a column of a spreadsheet, in characters
PATIENCE = 600  # seconds of waiting for the child
BOM = "\ufeff"
LIVE = re.compile(r"[=+\-@＝＋－＠\t\r\n]")  # what begins so, a spreadsheet may take for a formula
ENCODINGS = ("UTF-8", "GB18030")  # of a shapefile's texts
TOO_HEAVY = N_("This is too much for one file. Choose a shorter period.")
CUT = N_("Texts cut to what a shapefile can keep (254 bytes): %(num)d. A GeoPackage keeps them whole.")
DATUM = N_("Positions and borders: longitude and latitude in degrees, CGCS2000 (EPSG:4490). Times: Beijing time.")
EMPTY = N_("Rows without a position have no shape.")


@dataclass(frozen=True)
class Table:
    """What is written: a kind of records, what stands above it (lines), and its rows: cells and shape of each."""

    kind: Export
    tongue: Tongue
    above: Sequence[str]
    rows: Iterable[tuple[list[Any], Any]]

    def headings(self) -> list[str]:
        """In the reader's language."""
        return [self.tongue.word(each.heading) for each in self.kind.fields]


def _csv(table: Table, out: IO[bytes], _encoding: str) -> None:
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow(table.headings())
    for cells, _shape in table.rows:
        writer.writerow(map(_plain, cells, (each.kind for each in table.kind.fields)))
    text.detach()


def _plain(value: Any, kind: str) -> Any:
    """A cell of a CSV: a tab before a code, an apostrophe before what would be a formula, keep both a text."""
    if value is None or kind in (NUMBER, COUNT):
        return value
    text = str(written(value))
    return f"'{text}" if LIVE.match(text) else f"\t{text}" if kind == CODE and text else text


def _xlsx(table: Table, out: IO[bytes], _encoding: str) -> None:
    word = table.tongue.word
    head = [(heading, WIDTH) for heading in table.headings()]
    part = (word(table.kind.title), head, (cells for cells, _shape in table.rows))
    cover = [(word(N_("Kind")), 2 * WIDTH), (word(N_("Entries")), WIDTH)]
    workbook.several(out, word(N_("Contents")), table.above, cover, [part])


def _geojson(table: Table, out: IO[bytes], _encoding: str) -> None:
    keys, mark = [each.key for each in table.kind.fields], b"\n"
    out.write(b'{"type": "FeatureCollection", "features": [')
    for cells, shape in table.rows:
        properties = json.dumps(dict(zip(keys, map(written, cells), strict=True)), ensure_ascii=False, default=str)
        line = f'{{"type": "Feature", "properties": {properties}, "geometry": {feature.geometry(shape)}}}'
        out.write(mark + line.encode())
        mark = b",\n"
    out.write(b"\n]}\n")


def _by_gdal(driver: str) -> Callable[[Table, IO[bytes], str], None]:
    def write(table: Table, out: IO[bytes], encoding: str) -> None:
        with TemporaryDirectory(prefix="wangge-export-") as folder:
            rows, target = Path(folder, "rows"), Path(folder, "written")
            with rows.open("w", encoding="utf-8") as lines:
                lines.write(json.dumps(_about(table, encoding)) + "\n")
                lines.writelines(_line(table.kind, *row) for row in table.rows)
            writer = child.program("writing", driver, str(rows), str(target), package="gis")
            try:
                child.answer(writer, "export", PATIENCE)
            except child.TooHeavy as error:
                raise Refused(TOO_HEAVY) from error
            rows.unlink()
            with target.open("rb") as made:
                _copy(made, out)

    return write


def _about(table: Table, encoding: str) -> dict[str, Any]:
    fields = [(each.key, each.kind) for each in table.kind.fields]
    listed = [f"{key}\t{heading}" for (key, _kind), heading in zip(fields, table.headings(), strict=True)]
    lines, cut = [*table.above, "", *listed], table.tongue.word(CUT)
    about = {"layer": table.kind.key, "fields": fields, "geometry": table.kind.geometry, "encoding": encoding}
    return about | {"lines": lines, "cut_words": cut}


def _line(kind: Export, cells: Sequence[Any], shape: Any) -> str:
    row = [
        value if field.kind in (NUMBER, COUNT) or value is None else str(written(value))
        for field, value in zip(kind.fields, cells, strict=True)
    ]
    return json.dumps([*row, shape.hex() if isinstance(shape, bytes) else shape]) + "\n"


def _copy(made: IO[bytes], out: IO[bytes]) -> None:
    while piece := made.read(1 << 20):
        out.write(piece)


@dataclass(frozen=True)
class Format:
    """A format: its word, the ending of its file's name, its media type, and what writes it."""

    word: str
    suffix: str
    media_type: str
    write: Callable[[Table, IO[bytes], str], None]


FORMATS = {
    "xlsx": Format(N_("Spreadsheet (xlsx)"), ".xlsx", workbook.MEDIA_TYPE, _xlsx),
    "csv": Format(N_("CSV (UTF-8)"), ".csv", "text/csv", _csv),
    "gpkg": Format("GeoPackage", ".gpkg", "application/geopackage+sqlite3", _by_gdal("geopackage")),
    "shp": Format(N_("Shapefile (in a zip)"), ".zip", "application/zip", _by_gdal("shapefile")),
    "geojson": Format("GeoJSON", ".geojson", "application/geo+json", _geojson),
}
