"""How large borders are: areas of an equal-area plane (gis.crs) around their middle."""

import numpy as np
import shapely

from gis import crs

SQUARE_METRES = 1e6  # of a square kilometre


def square_metres(shapes: np.ndarray) -> np.ndarray:
    """m² of each shape in longitude and latitude (WGS84 = CGCS2000 here); 0 where there is none."""
    bounds = shapely.total_bounds(shapes)
    if np.isnan(bounds).any():
        return np.zeros(len(shapes))
    middle = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    flat = shapely.transform(shapes, lambda points: crs.metres(points, middle))
    return np.nan_to_num(shapely.area(flat))


def square_km(wkb: bytes) -> float:
    """km² inside a border, as WKB."""
    return float(square_metres(np.array([shapely.from_wkb(wkb)]))[0]) / SQUARE_METRES
