"""A small county of squares (1 county, 2 townships, 8 villages) written as the files a county delivers."""

import json
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

NAMES = {
    "370900": "测试县",
    "370900100": "东镇",
    "370900101": "西乡",
    **{f"370900100{n}": f"东{c}村" for n, c in zip(range(200, 204), "一二三四", strict=True)},
    **{f"370900101{n}": f"吳{c}村" for n, c in zip(range(200, 204), "甲乙丙丁", strict=True)},  # 吳 is 85 C7 in GBK
}
LAYERS = ("county", "township", "village")
CGCS_GK_117 = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_117E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def shapes() -> dict[str, shapely.Geometry]:
    """Code -> square: townships are halves of the county, villages quarters of a township; all exact in binary."""
    made = {"370900": shapely.box(117.0, 37.0, 117.25, 37.5)}
    for township, south in (("370900100", 37.0), ("370900101", 37.25)):
        made[township] = shapely.box(117.0, south, 117.25, south + 0.25)
        for n in range(4):
            made[f"{township}{200 + n}"] = shapely.box(117.0 + n / 16, south, 117.0 + (n + 1) / 16, south + 0.25)
    return made


def tiers(codes: dict[str, shapely.Geometry]) -> dict[str, list[str]]:
    """Layer name -> its codes, by the length of the code."""
    return {
        layer: [code for code in codes if len(code) == length] for layer, length in zip(LAYERS, (6, 9, 12), strict=True)
    }


def geopackage(
    path: Path, made: dict | None = None, *, crs: str | None = "EPSG:4490", parent: bool = True, **names: str
) -> Path:
    """A GeoPackage with one layer for each tier; `names` override the cells' names by code ('c370900': …)."""
    made = made or shapes()
    for layer, codes in tiers(made).items():
        fields = {"code": codes, "name": [names.get(f"c{code}", NAMES.get(code, code)) for code in codes]}
        if parent and layer != "county":
            fields["parent"] = [code[:-3] for code in codes]
        write(path, layer, [made[code] for code in codes], fields, driver="GPKG", crs=crs, append=path.exists())
    return path


def write(path: Path, layer: str, geometry: list, fields: dict[str, list], **options) -> None:
    """One layer by GDAL."""
    columns = [np.array(values, dtype=object) for values in fields.values()]
    kind = geometry[0].geom_type + (" Z" if geometry[0].has_z else "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL remarks on a missing coordinate system, which is what some tests want
        pyogrio.raw.write(
            path,
            np.array(shapely.to_wkb(geometry), dtype=object),
            columns,
            list(fields),
            layer=layer,
            geometry_type=kind,
            **options,
        )


def shapefile_parts(
    folder: Path, layer: str, made: dict, codes: list[str], *, encoding: str = "gb18030"
) -> dict[str, bytes]:
    """The parts of one shapefile without .cpg and language byte, the text in `encoding`: {'XZQ.shp': b'…', …}."""
    folder.mkdir(exist_ok=True)
    # Latin-1 in, Latin-1 out: GDAL writes our bytes as they are
    spelled = [NAMES.get(code, code).encode(encoding).decode("latin-1") for code in codes]
    write(
        folder / f"{layer}.shp",
        layer,
        [made[code] for code in codes],
        {"XZQDM": codes, "XZQMC": spelled},
        driver="ESRI Shapefile",
        encoding="ISO-8859-1",
        crs=None,
    )
    parts = {f"{layer}{part}": (folder / f"{layer}{part}").read_bytes() for part in (".shp", ".shx", ".dbf")}
    dbf = bytearray(parts[f"{layer}.dbf"])
    dbf[29] = 0
    return {**parts, f"{layer}.dbf": bytes(dbf)}


def gbk_zip(
    folder: Path, made: dict | None = None, *, prj: str = CGCS_GK_117, encoding: str = "gb18030", **more: bytes
) -> Path:
    """Three shapefiles in one zip as a county hands them over; `made` in the coordinates of `prj`."""
    made = made or gauss_kruger(shapes())
    files: dict[str, bytes] = {}
    for layer, codes in tiers(made).items():
        files |= shapefile_parts(folder / "parts", f"XZQ_{layer}", made, codes, encoding=encoding)
        if prj:
            files[f"XZQ_{layer}.prj"] = prj.encode()
    return zipped(folder / "delivery.zip", files | more)


def gauss_kruger(made: dict, epsg: int = 4548) -> dict:
    """The same shapes in a zone's metres, by PROJ's own definition of the zone."""
    from pyproj import Transformer

    forward = Transformer.from_crs(4490, epsg, always_xy=True).transform
    return {
        code: shapely.transform(shape, lambda p: np.column_stack(forward(p[:, 0], p[:, 1])))
        for code, shape in made.items()
    }


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """A zip of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def geojson(path: Path, made: dict | None = None, **members) -> Path:
    """All tiers in one FeatureCollection; `members` are added beside the features."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": NAMES.get(code, code)},
            "geometry": shapely.geometry.mapping(shape),
        }
        for code, shape in (made or shapes()).items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), encoding="utf-8")
    return path


def counts(delivery):
    """How many cells each tier has, from the county down."""
    return [delivery.count(tier) for tier in (1, 2, 3)]


def under(delivery):
    """Code -> (code of the parent, how it was found)."""
    return {
        cell.code: (None if cell.parent is None else delivery.cells[cell.parent].code, cell.how_parent)
        for cell in delivery.cells
    }


def codes(delivery, code):
    """The findings of one kind."""
    return [finding for finding in delivery.findings if finding.code == code]
