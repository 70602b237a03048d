"""One shape as GeoJSON wants it (RFC 7946): longitude before latitude, outer rings against the clock."""

import json
from typing import Any

import shapely


def geometry(shape: Any) -> str:
    """The text of a pair of degrees, of a WKB, or of nothing (``null``); shapely.errors.GEOSException for a WKB that
    cannot be read."""
    if shape is None:
        return "null"
    if isinstance(shape, bytes):
        return str(shapely.to_geojson(shapely.orient_polygons(shapely.force_2d(shapely.from_wkb(shape)))))
    return json.dumps({"type": "Point", "coordinates": list(shape)})
