"""A file opened into its layers as they stand in it: text decoded, coordinate system known, nothing converted.

What a file is, its first bytes decide, never its name. GeoJSON is read by gis.geojson in this process; all
others only by the boxed-in child of gis.sandbox.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis import archive, crs, geojson, sandbox, text
from gis.delivery import Finding, Refused, Seen

SIZE = 100_000_000  # of a GeoPackage or zip as delivered
CHARSET = re.compile(rb'(?i)(\bcharset\s+"?)([\w-]+)("?)')  # of a .tab or .mif
CHOSEN = "chosen"  # from where an encoding is that somebody named
SAMPLE = 10  # rows that show how text reads
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
    others: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)  # codec -> column -> the first rows

    def seen(self) -> Seen:
        """What there is to choose from."""
        first = {name: values[:SAMPLE] for name, values in self.columns.items()}
        system = self.system.name if self.system else ""
        return Seen(self.file, self.name, len(self.shapes), self.encoding, system, first, self.others)


def layers(path: Path, codec: str = "") -> list[Layer]:
    """The layers of one file, by what its first bytes say it is; `codec` is what its text is said to be in."""
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
            return opener(path, codec)
    raise Refused(_advice(path, start), file=path.name)


def _advice(path: Path, start: bytes) -> str:
    """Why a file is not read: by its first bytes, else by what its name says."""
    known = next((code for signs, code in UNREAD if start.lstrip().startswith(signs)), None)
    return known or UNREAD_NAMES.get(path.suffix.casefold(), "unknown_format")


def _open_geojson(path: Path, _: str) -> list[Layer]:
    columns, shapes, codec, system = geojson.parse(path.read_bytes(), path.name)
    return [Layer(path.name, path.stem, columns, objects(shapes), codec, "tried", system)]


def _open_geopackage(path: Path, _: str) -> list[Layer]:
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


def _open_zip(path: Path, codec: str) -> list[Layer]:
    """All layers of a zip by one child; what it gets are our own copies under our own names."""
    found = archive.contents(path)
    if not found.layers:
        raise Refused("nothing_inside", file=path.name)
    layers = ZIPPED[found.kind](path.name, found.layers, codec)
    if found.aside and layers:
        said = Finding("zip_aside", found.aside, {"file": path.name})
        layers[0] = replace(layers[0], findings=(*layers[0].findings, said))
    return layers


def _shapefiles(file: str, found: archive.Layers, codec: str) -> list[Layer]:
    # before GDAL is troubled: what cannot be converted is refused here
    systems = [_prj(parts.get(".prj", b""), name) for name, parts in found.items()]
    bundle = _bundle([{part: parts[part] for part in (".shp", ".shx", ".dbf")} for parts in found.values()])
    answers = sandbox.read("shapefiles", bundle, file)
    return [
        _decoded(file, name, answer, _said(codec, parts.get(".cpg"), parts[".dbf"], name), system)
        for (name, parts), answer, system in zip(found.items(), answers, systems, strict=True)
    ]


def _mapinfo(file: str, found: archive.Layers, codec: str) -> list[Layer]:
    """MapInfo's tables. Which text they are in is taken out of what GDAL gets, so that it hands on the bytes."""
    given, named = [], []
    for name, parts in found.items():
        main = next(part for part in (".tab", ".mif") if part in parts)
        said = CHARSET.search(parts[main])
        told = _said(codec, said[2] if said else b"", b"", name)
        named.append([(each, "charset" if source == "cpg" else source) for each, source in told])
        given.append({**parts, main: CHARSET.sub(rb"\1Neutral\3", parts[main])})
    answers = sandbox.read("mapinfo", _bundle(given), file)
    return [
        _decoded(file, name, answer, said, _named_system(answer["crs"], name))
        for name, answer, said in zip(found, answers, named, strict=True)
    ]


def _kml(file: str, found: archive.Layers, _: str) -> list[Layer]:
    """The layers of KML files, called by their file; where one holds several, by their own names too."""
    names = list(found)
    bundle = _zip({f"{at}.kml": parts[".kml"] for at, parts in enumerate(found.values())})
    answers = sandbox.read("kml", bundle, file)
    often = Counter(answer["of"] for answer in answers)
    return [
        Layer(
            file,
            names[answer["of"]] if often[answer["of"]] == 1 else f"{names[answer['of']]}/{answer['name']}",
            answer["columns"],
            _from_wkb(answer["wkb"], file),
            "utf-8",
            "format",
            _named_system(answer["crs"], names[answer["of"]]),
        )
        for answer in answers
    ]


def _named_system(said: str, layer: str) -> crs.System | None:
    """What GDAL makes of a file's own words: a number or a description."""
    if not said:
        return None
    return crs.from_name(said, layer) if said.upper().startswith("EPSG:") else crs.from_wkt(said, layer)


def _bundle(layers: Sequence[Mapping[str, bytes]]) -> bytes:
    return _zip(
        {
            f"{at}.zip": _zip({f"layer{part}": content for part, content in parts.items()})
            for at, parts in enumerate(layers)
        }
    )


def _open_xml(path: Path, codec: str) -> list[Layer]:
    """KML without definitions of its own; all other XML is refused, with advice where it is known."""
    content = path.read_bytes()
    if not re.search(rb"<kml[\s>]", content[:2_000]) or b"<!" in content[:2_000].replace(b"<!--", b""):
        raise Refused("unread_gml" if b"gml" in content[:2_000] else "unknown_format", file=path.name)
    return _kml(path.name, {path.stem: {".kml": content}}, codec)


def _prj(content: bytes, layer: str) -> crs.System | None:
    """What a .prj says; None where there is none."""
    wkt = content.decode("utf-8", "replace").lstrip("\ufeff").strip()
    return crs.from_wkt(wkt, layer) if wkt else None


def _said(codec: str, cpg: bytes | None, dbf: bytes, layer: str) -> list[tuple[str, str]]:
    """The encoding that was chosen, else what the parts of a file say, which GDAL never saw."""
    return [(codec, CHOSEN)] if codec else text.said(cpg, dbf, layer)


def _decoded(
    file: str, name: str, answer: dict[str, Any], named: list[tuple[str, str]], system: crs.System | None
) -> Layer:
    """The layer whose text came byte by byte, spelled as Latin-1, in the encoding that is said or found."""
    raw = {column: [value.encode("latin-1") for value in values] for column, values in answer["columns"].items()}
    all_of_it = [value for values in raw.values() for value in values]
    is_chosen = named[:1] and named[0][1] == CHOSEN
    codec, source = named[0] if is_chosen else text.choose(all_of_it, named, name)
    columns = {
        _column_name(column, codec): [
            text.decode(value, codec, "replace" if is_chosen else "strict") for value in values
        ]
        for column, values in raw.items()
    }
    others = {
        other: {
            _column_name(column, codec): [text.decode(value, other)[0] for value in values[:SAMPLE]]
            for column, values in raw.items()
        }
        for other in text.plausible(all_of_it, codec)
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
        others,
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
        with np.errstate(invalid="ignore"):  # what is no number is found when the positions are looked at
            return shapely.from_wkb(objects(shape or None for shape in wkb))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise Refused("damaged", file=file) from error


ZIPPED: dict[str, Callable[[str, archive.Layers, str], list[Layer]]] = {
    "shapefiles": _shapefiles,
    "mapinfo": _mapinfo,
    "kml": _kml,
}
#: First bytes, and endings of names, of what is not read -> the advice.
UNREAD: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"), "unread_archive"),
    ((archive.MAGIC,), "unread_shp"),
    ((b"!table", b"!Table"), "unread_tab"),
    ((b"Version 300", b"VERSION 300", b"Version 450", b"VERSION 450", b"Version 650", b"VERSION 650"), "unread_tab"),
    ((b"0\nSECTION", b"0\r\nSECTION", b"AutoCAD Binary", b"AC10"), "unread_cad"),
    ((b"fgb\x03", b"PAR1", b"ARROW1"), "unread_other"),
    ((b"\xd0\xcf\x11\xe0", b"%PDF"), "unread_office"),
)
UNREAD_NAMES = {
    **dict.fromkeys((".shx", ".dbf", ".prj", ".cpg"), "unread_shp"),
    **dict.fromkeys((".csv", ".txt", ".wkt"), "unread_csv"),
    **dict.fromkeys((".dat", ".map", ".id", ".mid"), "unread_tab"),
    **dict.fromkeys((".e00", ".mdb", ".wp", ".wl", ".wt"), "unread_other"),
}
KINDS: tuple[tuple[bytes, Callable[[Path, str], list[Layer]], int], ...] = (
    (b"PK\x03\x04", _open_zip, SIZE),
    (b"SQLite format 3\0", _open_geopackage, SIZE),
    (b"{", _open_geojson, geojson.SIZE),
    (b"<", _open_xml, geojson.SIZE),
)
