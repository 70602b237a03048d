"""A corpus of boundary files made to harm, each made from a seed: of every kind as many as are wanted.

``Maker.file(number)`` writes the file of a number, always the same. What a file names (an address that is listening, a
file with a secret) is given to the maker.
"""

import json
import random
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from boundary_files import gbk_zip, geojson, geopackage, zipped

NAMED = ("a.geojson", "a.gpkg", "a.shp", "a.kml", "a.zip", "a.json", "a.gml", "a.vrt", "a", "a.tif.geojson")
#: Text that GDAL takes for an order; {file} and {address} are what must not be read and asked.
ORDERS = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{file}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
    "<VRTDataset rasterXSize='9' rasterYSize='9'><VRTRasterBand><SimpleSource><SourceFilename>{file}"
    "</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
    "<OGRWFSDataSource><URL>{address}</URL></OGRWFSDataSource>",
    "<WMS_Capabilities><Service><OnlineResource href='{address}'/></Service></WMS_Capabilities>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file://{file}'>]><kml>&y;</kml>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM '{address}'>]><gml>&y;</gml>",
    "<kml><NetworkLink><Link><href>{address}</href></Link></NetworkLink></kml>",
    "CSV:{file}",
    "PG:host=127.0.0.1 dbname=x",
    "MYSQL:x,host=127.0.0.1",
    "MSSQL:server=127.0.0.1",
    "MongoDBv3:{address}",
    "ES:{address}",
    "WFS:{address}",
    "OAPIF:{address}",
    "/vsicurl/{address}",
    "/vsizip//vsicurl/{address}",
    "/vsistdin/",
    "GeoJSON:{address}",
    "ESRIJSON:{address}",
    "TopoJSON:{file}",
    "GPKG:{file}:x",
    "SQLITE:{file}",
    "{address}",
    "{file}",
)
PRJS = (
    "EXTENSION:{address}",
    "{address}",
    "@{file}",
    "+init={file}:1",
    "+nadgrids={address}",
    'PROJCS["x",GEOGCS["x",DATUM["x",EXTENSION["PROJ4_GRIDS","{address}"]]]]',
    'GEOGCS["' + "(" * 500 + '"]',
    "EPSG:999999",
)
#: What becomes of a number in GeoJSON.
NUMBERS = (
    "NaN",
    "1e999",
    "-1e999",
    "Infinity",
    "1" * 400,
    "null",
    '"117"',
    "[117]",
    "{}",
    "true",
    "-0.0",
    "1e-999",
    "181",
)
SCHEMAS = (
    "CREATE VIRTUAL TABLE other USING VirtualOGR('{file}')",
    "CREATE VIRTUAL TABLE other USING VirtualShape('{file}')",
    "CREATE VIRTUAL TABLE rtree_x USING csv('{file}')",
    "CREATE VIEW other AS SELECT * FROM village",
    "CREATE TRIGGER other AFTER INSERT ON village BEGIN SELECT load_extension('{file}'); END",
    "CREATE TABLE other (",
    "CREATE INDEX other ON village (load_extension('{file}'))",
)
STATEMENTS = (
    "UPDATE gpkg_contents SET table_name = '{file}' WHERE table_name = 'village'",
    "UPDATE gpkg_geometry_columns SET table_name = '{file}' WHERE table_name = 'village'",
    "UPDATE gpkg_geometry_columns SET column_name = 'code'",
    "UPDATE gpkg_spatial_ref_sys SET definition = '{address}'",
    "UPDATE gpkg_contents SET srs_id = 99999",
    "UPDATE village SET geom = zeroblob(100000)",
    "UPDATE village SET geom = 'text'",
    "UPDATE village SET code = code || code",
    "UPDATE village SET parent = code",
    "UPDATE sqlite_master SET rootpage = 999999 WHERE name = 'village'",
    "UPDATE sqlite_master SET sql = 'CREATE TABLE village (' WHERE name = 'village'",
    "DELETE FROM gpkg_contents",
)


class Maker:
    """Files from numbers. ``address`` is somebody who listens, ``file`` a file with a secret in it."""

    def __init__(self, folder: Path, address: str, file: Path):
        self.folder, self.named = folder, {"{address}": address, "{file}": str(file)}
        whole = folder / "whole"
        whole.mkdir()
        self.json = geojson(whole / "a.geojson").read_bytes()
        self.gpkg = geopackage(whole / "a.gpkg").read_bytes()
        self.zip = gbk_zip(whole).read_bytes()

    def file(self, number: int) -> Path:
        """The file of a number; of eight, one opens a child."""
        chance = random.Random(number)
        in_child = (self.shapefile, self.package)
        here = (self.order, self.flipped_json, self.numbers, self.members, self.rings, self.tree, self.many)
        kinds: tuple[Callable[[random.Random], tuple[str, bytes]], ...] = in_child if number % 8 == 0 else here
        name, content = kinds[(number // 8 if number % 8 == 0 else number) % len(kinds)](chance)
        path = self.folder / name
        path.write_bytes(content)
        return path

    def filled(self, text: str) -> str:
        """The text with the file and the address in it."""
        for hole, what in self.named.items():
            text = text.replace(hole, what)
        return text

    # --- text and GeoJSON, which no child reads ---

    def order(self, chance: random.Random) -> tuple[str, bytes]:
        """An order to GDAL under any name, sometimes behind a mark or blanks."""
        return chance.choice(NAMED), (
            chance.choice(["", "\ufeff", "\n \n"]) + self.filled(chance.choice(ORDERS))
        ).encode()

    def flipped_json(self, chance: random.Random) -> tuple[str, bytes]:
        """Bytes changed, cut off, doubled, or in another encoding."""
        data = flipped(self.json, chance)
        ends: tuple[Callable[[], bytes], ...] = (
            lambda: data,
            lambda: data[: chance.randrange(len(data))],
            lambda: self.json * 2,
            lambda: self.json.decode().encode(chance.choice(["utf-16", "utf-32", "gb18030", "utf-7"])),
            lambda: self.json.replace(b'"name": "', b'"name": "\xff\xfe'),
        )
        return "a.geojson", chance.choice(ends)()

    def numbers(self, chance: random.Random) -> tuple[str, bytes]:
        """Coordinates that are none."""
        text = self.json.decode()
        for _ in range(chance.randint(1, 3)):
            text = text.replace(
                chance.choice(["117.0,", "37.25,", "37.5]", "117.0625,"]), f"{chance.choice(NUMBERS)},", 1
            )
        return "a.geojson", text.replace(",]", "]").encode()

    def members(self, chance: random.Random) -> tuple[str, bytes]:
        """A collection with members that lead elsewhere, nest, or are missing."""
        root: dict[str, Any] = json.loads(self.json)
        href = self.named["{address}"]
        link = {"type": "link", "properties": {"href": chance.choice([href, self.named["{file}"]]), "type": "ogcwkt"}}
        deep = json.loads("[" * 30 + "]" * 30)
        more: tuple[dict[str, Any], ...] = (
            {"crs": link},
            {"crs": {"type": "name", "properties": {"name": chance.choice(PRJS)}}},
            {"links": [{"rel": "next", "href": href}]},
            {"features": []},
            {"features": {"0": root["features"]}},
            {"type": chance.choice(["Topology", "Feature", "x", 1])},
            {"bbox": deep},
            {"features": [*root["features"], *root["features"]]},
            {"features": [None, 1, "x", *root["features"]]},
        )
        changed = self.filled(json.dumps(root | chance.choice(more)))
        if chance.random() < 0.1:
            changed = changed.replace('"coordinates"', '"coordinates": ' + "[" * 20_000 + ', "coordinates"', 1)
        return "a.geojson", changed.encode()

    def rings(self, chance: random.Random) -> tuple[str, bytes]:
        """Shapes that cross themselves, are open, empty, flat, far off, in metres, or no polygons."""
        root = json.loads(self.json)
        for feature in chance.sample(root["features"], chance.randint(1, len(root["features"]))):
            x, y = chance.choice([(117, 37), (0, 0), (179.9, 89.9), (500_000, 4_100_000), (1e300, 1e300), (-117, -37)])
            polygon = chance.choice(
                [
                    [[[x, y], [x + 1, y + 1], [x + 1, y], [x, y + 1], [x, y]]],
                    [[[x, y], [x + 1, y], [x + 1, y + 1]]],
                    [[[x, y]] * chance.choice([1, 4, 400])],
                    [[]],
                    [],
                    [[[x, y, 1e308], [x, y + 1, 0], [x + 1, y, 0], [x, y, 1]]],
                    [[[x, y], [x + 1, y], [x, y + 1], [x, y]]] * 50,
                    [[[chance.uniform(x, x + 1), chance.uniform(y, y + 1)] for _ in range(60)]],
                ]
            )
            kind = chance.choice(["Polygon", "MultiPolygon", "LineString", "GeometryCollection", "Polygon"])
            feature["geometry"] = {"type": kind, "coordinates": polygon}
        return "a.geojson", json.dumps(root).encode()

    def tree(self, chance: random.Random) -> tuple[str, bytes]:
        """Codes, names and parents that do not fit."""
        root = json.loads(self.json)
        odd = [
            "",
            None,
            1e400,
            "370900",
            "x" * 100_000,
            "\0",
            "\ud800",
            "='1'",
            {"a": 1},
            ["x"],
            "../..",
            "１２３４５６",
        ]
        for feature in chance.sample(root["features"], chance.randint(1, 5)):
            feature["properties"][chance.choice(["code", "name", "parent", "x" * 2000])] = chance.choice(odd)
        return "a.geojson", json.dumps(root).encode()

    def many(self, chance: random.Random) -> tuple[str, bytes]:
        """More points, rows or columns than a county has; one in ten has two million points."""
        if chance.random() < 0.1:
            return (
                "a.geojson",
                b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
                + (b'{"type":"Polygon","coordinates":[[' + b"[117,37]," * 2_000_000 + b"[117,37]]]}}]}"),
            )
        root = json.loads(self.json)
        if chance.random() < 0.5:
            root["features"] *= chance.randint(100, 400)
        else:
            root["features"][0]["properties"] |= {f"c{number}": number for number in range(chance.randint(500, 5000))}
        return "a.geojson", json.dumps(root).encode()

    # --- what GDAL reads, in its child ---

    def shapefile(self, chance: random.Random) -> tuple[str, bytes]:
        """A zip whose members lie about lengths, counts and systems, or are flipped or cut."""
        with zipfile.ZipFile(BytesIO(self.zip)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        for _ in range(chance.randint(1, 3)):
            name = chance.choice(sorted(members))
            if name.endswith(".prj"):
                members[name] = self.filled(chance.choice(PRJS)).encode()
                continue
            data = members[name]
            ways: tuple[Callable[[bytes], bytes], ...] = (lying, flipped, lambda d, _c: d[: _c.randrange(len(d) + 1)])  # type: ignore[assignment]
            members[name] = chance.choice(ways)(data, chance) if data else data  # type: ignore[call-arg]
        return "a.zip", zipped(self.folder / "made.zip", members).read_bytes()

    def package(self, chance: random.Random) -> tuple[str, bytes]:
        """A GeoPackage with a schema that reaches further, rows that lie, bytes flipped, or an end cut off."""
        if chance.random() < 0.4:
            data = flipped(self.gpkg, chance)
            return "a.gpkg", data[: chance.randrange(len(data))] if chance.random() < 0.3 else data
        path = self.folder / "made.gpkg"
        path.write_bytes(self.gpkg)
        self._poison(path, chance)
        return "a.gpkg", path.read_bytes()

    def _poison(self, path: Path, chance: random.Random) -> None:
        with sqlite3.connect(path) as database:
            for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):  # the triggers ask for them
                database.create_function(name, 1, lambda _: 1)
            database.execute("PRAGMA writable_schema = ON")
            if chance.random() < 0.5:
                sql = self.filled(chance.choice(SCHEMAS))
                database.execute(
                    "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) "
                    "VALUES (?, 'other', 'other', 0, ?)",
                    (sql.split()[1].lower().replace("virtual", "table"), sql),
                )
            else:
                database.execute(self.filled(chance.choice(STATEMENTS)))
        database.close()


def flipped(data: bytes, chance: random.Random) -> bytes:
    """One to thirty bytes are others."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def lying(data: bytes, chance: random.Random) -> bytes:
    """A number of the head, or of the first record, is another."""
    form, limits = chance.choice([(">i", (-(2**31), 2**31 - 1, 0, 99)), ("<d", (float("nan"), 1e308, float("-inf")))])
    at = chance.randrange(0, max(1, min(len(data), 200) - 8), 4)
    packed = struct.pack(form, chance.choice(limits))
    return data[:at] + packed + data[at + len(packed) :]
