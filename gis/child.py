"""The child process that reads shapefiles and GeoPackages with GDAL; started by gis.sandbox, not imported.

It loads everything it needs, takes the file from standard input, locks itself in (gis.walls), and only then
lets SQLite and GDAL look at the bytes, in memory. The answer is one JSON head and the WKB of all shapes: never a
pickle, so a child that was taken over can lie about a map but not run anything in its parent.
"""

import io
import json
import math
import os
import struct
import sys
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from gis import geopackage, walls
from gis.delivery import Refused

ROWS = 200_000
DRIVERS = {"shapefiles": "ESRI Shapefile", "geopackage": "GPKG", "mapinfo": "MapInfo File", "kml": "LIBKML"}
TEXT = {"mapinfo": {"encoding": "ISO-8859-1"}}  # byte for byte, for the parent to decode, as with shapefiles
#: The drivers that GDAL may bring, by commas: all but the one that is meant are switched off.
KNOWN = (
    "MEM,PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,ESRI Shapefile,MapInfo File,LVBAG,S57,DGN,OGR_VRT,CSV,GML,GPX,"
    "LIBKML,KML,GeoJSON,GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,GPKG,SQLite,WAsP,OpenFileGDB,DXF,FlatGeobuf,GeoRSS,VFK,"
    "PGDUMP,OSM,GPSBabel,OGR_PDS,WFS,OAPIF,EDIGEO,Idrisi,ODS,XLSX,Elasticsearch,Carto,AmigoCloud,SXF,Selafin,JML,"
    "PLSCENES,CSW,VDV,MVT,NGW,MapML,GTFS,PMTiles,JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,AIVector,HTTP,Parquet,Arrow"
)


def main(kind: str, file: str, boxed: bool, seconds: int, memory: int, output: int) -> None:
    """Read standard input as `kind` (a key of READERS) and write the answer to standard output."""
    reader = _load(DRIVERS.get(kind, ""))
    data = sys.stdin.buffer.read()
    walls.limit(seconds, memory, output)
    locked = walls.lock()
    try:
        if not (locked or boxed):
            raise Refused("no_sandbox", file=file)
        answer, shapes = READERS[kind](data, file, reader)
    except Refused as refused:
        answer, shapes = {"refused": refused.code, "params": refused.params}, []
    except MemoryError:
        params = {"file": file, "limit": str(memory // 10**6)}
        answer, shapes = {"refused": "too_much_memory", "params": params}, []
    _write(answer, shapes)


def _load(driver: str = "") -> Any:
    """GDAL's reader without pandas and geopandas (which it would import), and the codecs used later.

    GDAL is left with one driver, where one is named.
    """
    if driver:
        os.environ["GDAL_SKIP"] = ",".join(name for name in KNOWN.split(",") if name != driver)
    for unneeded in ("pandas", "geopandas", "shapely", "pyarrow", "pyproj"):
        sys.modules[unneeded] = None  # type: ignore[assignment]
    import encodings.cp437
    import encodings.latin_1  # noqa: F401

    import pyogrio.raw

    warnings.simplefilter("ignore")  # the parent has the findings; GDAL's remarks go nowhere
    return pyogrio.raw


def _read(reader: Any, data: bytes, file: str, **choice: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Columns and WKB (empty where a row has no shape) of one layer."""
    try:
        meta, _, shapes, columns = reader.read(data, force_2d=True, max_features=ROWS, **choice)
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("damaged", file=file) from error
    if shapes is None:
        return {"columns": {}, "crs": ""}, []
    if len(shapes) >= ROWS:
        raise Refused("too_many_rows", file=file, limit=str(ROWS))
    named = zip(meta["fields"].tolist(), columns, strict=True)
    texts = {name: [_text(value) for value in column.tolist()] for name, column in named if column.dtype.kind in "OUif"}
    return {"columns": texts, "crs": str(meta["crs"] or "")}, [bytes(shape or b"") for shape in shapes.tolist()]


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a decimal point, nothing for NULL and NaN.

    Only spaces are stripped: in text spelled as Latin-1 the bytes 85 and A0 pass for white space, and in GBK they
    begin a character (吳 is 85 C7).
    """
    if isinstance(value, float):
        whole = math.isfinite(value) and value.is_integer()
        return str(int(value)) if whole else ("" if math.isnan(value) else repr(value))
    return str(value).strip(" ") if isinstance(value, (str, int)) else ""


def _shapefiles(data: bytes, file: str, reader: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Each zip in the outer zip is one shapefile. Text comes as Latin-1, byte for byte, for the parent to decode."""
    layers, shapes = [], []
    with zipfile.ZipFile(io.BytesIO(data)) as outer:
        for name in outer.namelist():
            layer, wkb = _read(reader, outer.read(name), file, encoding="ISO-8859-1")
            layers.append({**layer, "sizes": [len(shape) for shape in wkb]})
            shapes += wkb
    return {"layers": layers}, shapes


def _geopackage(data: bytes, file: str, reader: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Every feature layer, once the schema has been found harmless."""
    layers, shapes = [], []
    for table in geopackage.layers(data, file):
        layer, wkb = _read(reader, data, file, layer=table.name)
        layers.append({**layer, **asdict(table), "sizes": [len(shape) for shape in wkb]})
        shapes += wkb
    return {"layers": layers}, shapes


def _plain(kind: str, data: bytes, file: str, reader: Any) -> tuple[dict[str, Any], list[bytes]]:
    """Every layer of every member of the outer zip, by the one driver that is meant."""
    layers, shapes = [], []
    with zipfile.ZipFile(io.BytesIO(data)) as outer:
        for of, member in enumerate(outer.namelist()):
            content = outer.read(member)
            for name in _names(content, kind, file):
                layer, wkb = _read(reader, content, file, layer=name, **TEXT.get(kind, {}))
                layers.append({**layer, "name": name, "of": of, "sizes": [len(shape) for shape in wkb]})
                shapes += wkb
    return {"layers": layers}, shapes


def _names(content: bytes, kind: str, file: str) -> list[str]:
    """The layers of a file; Refused where another driver than the one that is meant would read it."""
    pyogrio = sys.modules["pyogrio"]
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(content)]
        if len(names) > geopackage.LAYERS or any(
            pyogrio.read_info(content, layer=name)["driver"] != DRIVERS[kind] for name in names
        ):
            raise ValueError(names)
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("damaged", file=file) from error
    return names


READERS: dict[str, Callable[[bytes, str, Any], tuple[dict[str, Any], list[bytes]]]] = {
    "shapefiles": _shapefiles,
    "geopackage": _geopackage,
    "mapinfo": partial(_plain, "mapinfo"),
    "kml": partial(_plain, "kml"),
}


def _write(answer: dict[str, Any], shapes: list[bytes]) -> None:
    head = json.dumps(answer).encode()
    sys.stdout.buffer.write(struct.pack(">Q", len(head)) + head)
    sys.stdout.buffer.writelines(shapes)
    sys.stdout.buffer.flush()
