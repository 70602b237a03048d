"""A file opened into its layers as they stand in it: text decoded, coordinate system known, nothing converted.

What a file is, its first bytes decide, never its name. GeoJSON is read by gis.geojson in this process; a
GeoPackage and shapefiles only by the boxed-in child of gis.sandbox.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis import archive, crs, geojson, sandbox, text
from gis.delivery import Finding, Refused

SIZE = 100_000_000  # of a GeoPackage or zip as delivered
UTF16 = (b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{")


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer as it stands in the file: nothing converted yet."""

    file: str
    name: str
    columns: dict[str, list[str]]
    shapes: np.ndarray  # of shapely geometries, None where a row has none
    encoding: str
    encoding_from: str
    system: crs.System | None
    findings: tuple[Finding, ...] = ()
    cut: Mapping[str, list[int]] = field(default_factory=dict)  # column -> rows whose text ends within a character


def layers(path: Path) -> list[Layer]:
    """The layers of one file, by what its first bytes say it is."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(64)
    except (OSError, ValueError) as error:
        raise Refused("unreadable", file=path.name) from error
    if start.startswith(UTF16):
        raise Refused("json_utf16", file=path.name)
    for mark, opener, limit in KINDS:
        if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(mark):
            if size > limit:
                raise Refused("file_too_big", file=path.name, limit=str(limit // 10**6))
            return opener(path)
    raise Refused("unknown_format", file=path.name)


def _open_geojson(path: Path) -> list[Layer]:
    columns, shapes, codec, system = geojson.parse(path.read_bytes(), path.name)
    return [Layer(path.name, path.stem, columns, objects(shapes), codec, "tried", system)]


def _open_geopackage(path: Path) -> list[Layer]:
    answers = sandbox.read("geopackage", path.read_bytes(), path.name)
    return [
        Layer(
            path.name,
            answer["name"],
            answer["columns"],
            _from_wkb(answer["wkb"], path.name),
            "utf-8",
            "format",
            _geopackage_system(answer),
        )
        for answer in answers
    ]


def _geopackage_system(answer: dict[str, Any]) -> crs.System | None:
    """The EPSG number where there is one, else the description; "undefined" has several spellings."""
    if answer["organization"].casefold() == "epsg" and answer["number"] > 0:
        return crs.from_epsg(answer["number"], answer["name"])
    described = answer["wkt"].strip()
    undefined = described in ("", "undefined") or described.startswith('LOCAL_CS["Undefined SRS"')
    return None if undefined else crs.from_wkt(described, answer["name"])


def _open_shapefiles(path: Path) -> list[Layer]:
    """All shapefiles of a zip by one child; what it gets are our own copies under our own names."""
    found, aside = archive.contents(path)
    if not found:
        raise Refused("nothing_inside", file=path.name)
    # before GDAL is troubled: what cannot be converted is refused here
    systems = [_prj(parts.get(".prj", b""), name) for name, parts in found.items()]
    bundle = _zip(
        {
            f"{at}.zip": _zip({f"layer{part}": parts[part] for part in (".shp", ".shx", ".dbf")})
            for at, parts in enumerate(found.values())
        }
    )
    answers = sandbox.read("shapefiles", bundle, path.name)
    layers = [
        _shapefile(path.name, name, parts, answer, system)
        for (name, parts), answer, system in zip(found.items(), answers, systems, strict=True)
    ]
    if aside:
        layers[0] = replace(layers[0], findings=(*layers[0].findings, Finding("zip_aside", aside, {"file": path.name})))
    return layers


def _prj(content: bytes, layer: str) -> crs.System | None:
    """What a .prj says; None where there is none."""
    wkt = content.decode("utf-8", "replace").lstrip("\ufeff").strip()
    return crs.from_wkt(wkt, layer) if wkt else None


def _shapefile(
    file: str, name: str, parts: dict[str, bytes], answer: dict[str, Any], system: crs.System | None
) -> Layer:
    """The layer with its text decoded, by what the parts say that GDAL never saw."""
    named = text.said(parts.get(".cpg"), parts[".dbf"], name)
    raw = {column: [value.encode("latin-1") for value in values] for column, values in answer["columns"].items()}
    codec, source = text.choose([value for values in raw.values() for value in values], named, name)
    columns = {
        _column_name(column, codec): [text.decode(value, codec) for value in values] for column, values in raw.items()
    }
    return Layer(
        file,
        name,
        {column: [value for value, _ in values] for column, values in columns.items()},
        _from_wkb(answer["wkb"], file),
        codec,
        source,
        system,
        _overruled(named, codec, name),
        {column: [at for at, (_, is_cut) in enumerate(values) if is_cut] for column, values in columns.items()},
    )


def _overruled(named: list[tuple[str, str]], codec: str, layer: str) -> tuple[Finding, ...]:
    """A word on it where the text is not what the file says first."""
    if not named or named[0][0] == codec:
        return ()
    return (Finding("encoding_wrong", params={"layer": layer, "said": named[0][0], "used": codec}),)


def _column_name(name: str, codec: str) -> str:
    """Column names are cut at ten bytes, in the middle of a character too."""
    return name.encode("latin-1").decode(codec, "ignore")


def _zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive_:
        for name, content in files.items():
            archive_.writestr(name, content)
    return packed.getvalue()


def objects(shapes: Iterable[Any]) -> np.ndarray:
    """Shapes (or None) as an array of objects, which numpy would else take apart."""
    listed = list(shapes)
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made


def _from_wkb(wkb: list[bytes], file: str) -> np.ndarray:
    try:
        return shapely.from_wkb(objects(shape or None for shape in wkb))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise Refused("damaged", file=file) from error


KINDS: tuple[tuple[bytes, Callable[[Path], list[Layer]], int], ...] = (
    (b"PK\x03\x04", _open_shapefiles, SIZE),
    (b"SQLite format 3\0", _open_geopackage, SIZE),
    (b"{", _open_geojson, geojson.SIZE),
)
