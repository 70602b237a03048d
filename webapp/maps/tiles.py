"""An optional base map: its address from the technical settings, and the one host that its pictures may come from."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

#: Coordinate systems whose tiles lie under our outlines as they are: web Mercator on WGS84 or CGCS2000.
FITTING = frozenset({"", "EPSG:3857", "WGS84", "CGCS2000"})
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?", re.IGNORECASE)
_PLACES = ("{z}", "{x}", "{y}")


class BaseMap(NamedTuple):
    """``url`` as Leaflet takes it; ``source`` for img-src ("" when the tiles are our own server's)."""

    url: str
    source: str
    attribution: str


def base_map(url: str, crs: str, attribution: str) -> BaseMap | None:
    """The base map of these settings; None when there is none or it cannot be drawn rightly.

    Needs {z}, {x} and {y} in the address, which is a path on this server or begins with http(s)://host. Tiles in
    another coordinate system (GCJ-02 among them) would lie some hundred metres off the borders, so they are not drawn.
    """
    url = url.strip()
    if crs.strip().upper() not in FITTING or re.search(r"\s", url) or not all(place in url for place in _PLACES):
        return None
    if url.startswith("/") and not url.startswith("//"):
        return BaseMap(url, "", attribution)
    source = _source(url)
    return BaseMap(url, source, attribution) if source else None


def _source(url: str) -> str | None:
    """ "https://*.tiles.example" for "https://{s}.tiles.example/…":
    nothing that could end the directive of a policy."""
    scheme, host = urlsplit(url.replace("{s}", "*", 1))[:2]
    return f"{scheme}://{host}" if scheme in ("http", "https") and _HOST.fullmatch(host) else None
