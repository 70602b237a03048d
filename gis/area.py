"""How large a border is."""

import shapely

from gis import crs

SQUARE_METRES = 1e6  # of a square kilometre


def square_km(wkb: bytes) -> float:
    """The area in km² inside a border: WKB in WGS84/CGCS2000 longitude-latitude, on the equal-area plane of crs."""
    shape = shapely.from_wkb(wkb)
    middle = ((shape.bounds[0] + shape.bounds[2]) / 2, (shape.bounds[1] + shape.bounds[3]) / 2)
    return float(shapely.area(shapely.transform(shape, lambda points: crs.metres(points, middle)))) / SQUARE_METRES
