"""Which village may hold a point, and what a list writes as one: one STRtree per boundary edition, kept in the worker,
swapped when the number moves."""

import re
from collections.abc import Collection, Iterable, Sequence
from threading import Lock

from sqlalchemy.orm import Session

from gis.delivery import Refused as Unreadable
from gis.locate import SAME_BORDER_M as BORDER_M
from gis.locate import Candidate as Candidate
from gis.locate import Cells
from gis.sketch import Sketch

from ..core.cells import half_width
from ..core.errors import N_, Refused
from . import queries

_lock = Lock()
_held: dict[str, tuple[int, Cells]] = {}


def candidates(session: Session, lon: float, lat: float, accuracy_m: float = 0) -> tuple[Candidate, ...]:
    """Villages that hold the point or lie within its circle, best first. Degrees WGS84; metres."""
    return _cells(session).candidates(lon, lat, accuracy_m)


def are_drawn(session: Session, villages: Iterable[queries.Cell]) -> bool:
    """Whether each of some villages, or its heir, has a border: of one that has none, no point lies outside."""
    cells = _cells(session)
    return all(any(id_ in cells for id_ in queries.on_path(each.path)) for each in villages)


def elsewhere(
    session: Session, found: Sequence[Candidate], villages: Collection[queries.Cell]
) -> tuple[Candidate, ...]:
    """The candidates of a point when it is in none of some villages: a village without a border may hold every point
    that no other one holds."""
    sure = tuple(found) if are_drawn(session, villages) else tuple(each for each in found if each.inside)
    here = {id_ for each in villages for id_ in queries.on_path(each.path)}  # and who took it over
    return () if any(each.id in here for each in sure) else sure


def beside(session: Session, village_id: int) -> frozenset[int]:
    """Villages that share a border with this one."""
    return _cells(session).beside(village_id)


def sketch(session: Session, village_id: int, lon: float, lat: float, accuracy_m: float = 0) -> Sketch:
    """A small drawing of a point that belongs to a village, among the villages around it."""
    return _cells(session).sketch(village_id, lon, lat, accuracy_m)


def holding(session: Session, points: Sequence[tuple[float | None, float | None]]) -> list[frozenset[int]]:
    """For each point (WGS84 degrees, or None) the villages that hold it, by the borders as this transaction has them:
    what is not committed yet is not held for others."""
    rows = queries.boundaries(session, queries.working_tier(session))
    cells = Cells([id_ for id_, _ in rows], [wkb for _, wkb in rows])
    return [
        frozenset()
        if lon is None or lat is None
        else frozenset(each.id for each in cells.candidates(lon, lat) if each.inside)
        for lon, lat in points
    ]


def _cells(session: Session) -> Cells:
    assert session.bind is not None
    place, newest = str(session.bind.engine.url), queries.edition_id(session)
    held = _held.get(place)
    if held is None or held[0] != newest:
        with _lock:
            rows = queries.boundaries(session, queries.working_tier(session))
            held = _held[place] = (newest, Cells([id_ for id_, _ in rows], [wkb for _, wkb in rows]))
    return held[1]


# --- points as lists write them ---

#: What a list calls a coordinate system → how ``gis.crs`` names it. Zones are worked out: 39带, 中央经线117.
SYSTEMS = {
    "": "EPSG:4490",
    "经纬度": "EPSG:4490",
    "国家2000": "EPSG:4490",
    "2000国家大地坐标系": "EPSG:4490",
    "cgcs2000": "EPSG:4490",
    "大地2000": "EPSG:4490",
    "gps": "EPSG:4326",
    "wgs84": "EPSG:4326",
    "wgs-84": "EPSG:4326",
    "高德": "gcj02",
    "腾讯": "gcj02",
    "火星坐标": "gcj02",
    "百度": "bd09",
}
LONGEST_SYSTEM = 20
_ZONE = re.compile(r".*?(2[5-9]|3\d|4[0-5])\s*(?:号|度)?\s*带.*")
_MERIDIAN = re.compile(r".*(?:中央经线|中央子午线|cm)\D*(1[0-3]\d|[789]\d).*")
UNKNOWN_SYSTEM = N_(
    "The coordinate system %(value)s is not known here. Write EPSG:4490 for degrees, EPSG:4547 or the like for "
    "metres, gcj02 or bd09."
)
OTHER_DATUM = N_("Xian 1980 and Beijing 1954 cannot be converted to CGCS2000 here. Ask the surveying authority.")
OTHER_NUMBERS = N_("These numbers do not fit the coordinate system %(value)s.")
SWAPPED = N_("Latitude and longitude are the wrong way round. Swap them.")
ABROAD = N_("This place is not in the county: %(lon)s, %(lat)s. Is the coordinate system right?")
#: Of the refusals of ``gis`` those that have a sentence of their own here.
_REFUSALS = {
    "crs_unknown": UNKNOWN_SYSTEM,
    "crs_xian80": OTHER_DATUM,
    "crs_beijing54": OTHER_DATUM,
    "crs_swapped": SWAPPED,
}
DECIMALS = 8  # of a degree: a millimetre
DEGREES = ("EPSG:4490", "EPSG:4326", "")  # systems that need no turning

Pair = tuple[float, float]


def named_system(text: str) -> str:
    """How ``gis.crs`` names the coordinate system that a list calls so."""
    written = half_width(text).lower()
    wanted = written.replace(" ", "")
    if wanted in SYSTEMS:
        return SYSTEMS[wanted]
    if match := _ZONE.fullmatch(written):  # with its blanks: "中央经线114 3度带" names no zone 43
        return f"EPSG:{4488 + int(match[1])}"
    if match := _MERIDIAN.fullmatch(wanted):
        return f"EPSG:{4509 + int(match[1]) // 3}"
    return wanted


def systems_here(session: Session) -> list[str]:
    """The systems in which a list of this county may come: degrees, the two shifted ones, and the 3-degree zone that
    it lies in, without and with its number."""
    box = queries.extent(session)
    zone = round((box[0] + box[2]) / 2 / 3) if box else 0
    return ["EPSG:4490", "gcj02", "bd09", *([f"EPSG:{4509 + zone}", f"EPSG:{4488 + zone}"] if 25 <= zone <= 45 else [])]


def degrees(given: Sequence[tuple[float, float, str]]) -> list[Pair | Refused]:
    """Points (x or longitude, y or latitude, what the list calls their system) as longitude and latitude, in order;
    a Refused in the place of each that cannot be one."""
    found: dict[int, Pair | Refused] = {}
    for system in {text for *_, text in given}:
        ats = [at for at, (*_, text) in enumerate(given) if text == system]
        pairs = [given[at][:2] for at in ats]
        together = _degrees(pairs, system)
        turned: Sequence[Pair | Refused] = together or [_alone(pair, system) for pair in pairs]
        found |= dict(zip(ats, turned, strict=True))
    return [found[at] for at in range(len(given))]


def entered(lon: float, lat: float, system: str | None) -> Pair:
    """A position that somebody typed in a system, as degrees of ours. Refused (field ``crs``) when it cannot be one."""
    if not system:
        return lon, lat
    (found,) = degrees([(lon, lat, system)])
    if isinstance(found, Refused):
        raise Refused(found.message, field="crs", **found.params)
    return found


def source(system: str | None) -> str | None:
    """What is kept of the system in which a point came: its name, where it was another than ours."""
    name = named_system(system or "")
    return None if name in DEGREES else name[:LONGEST_SYSTEM]


def _degrees(pairs: Sequence[Pair], system: str) -> list[Pair] | None:
    """All at once, which is quick; None when one of them cannot be."""
    try:
        return _turned(pairs, system)
    except Unreadable:
        return None


def _alone(pair: Pair, system: str) -> Pair | Refused:
    try:
        return _turned([pair], system)[0]
    except Unreadable as refusal:
        field = "x" if refusal.code == "crs_swapped" else "crs"
        return Refused(_REFUSALS.get(refusal.code, OTHER_NUMBERS), field=field, value=system or "EPSG:4490")


def _turned(pairs: Sequence[Pair], system: str) -> list[Pair]:
    import numpy as np

    from gis import crs

    known = crs.from_name(named_system(system), "")
    turned = crs.to_lonlat(np.array(pairs, dtype=float), known, "")
    return [(round(lon, DECIMALS), round(lat, DECIMALS)) for lon, lat in turned.tolist()]


class Where:
    """Where points lie: in the county, in which village. Read once, asked often."""

    def __init__(self, session: Session):
        self._box, self._cells = queries.extent(session), _cells(session)

    def check(self, lon: float, lat: float) -> None:
        """Refused when a point lies outside the county's box (a county without borders has none)."""
        if self._box is None:
            return
        west, south, east, north = self._box
        if west <= lon <= east and south <= lat <= north:
            return
        is_swapped = west <= lat <= east and south <= lon <= north
        raise Refused(SWAPPED if is_swapped else ABROAD, field="x", lon=f"{lon:.5f}", lat=f"{lat:.5f}")

    def is_in(self, village_id: int, lon: float, lat: float) -> bool:
        """Whether a point may lie in a village; so where the village has no border and no other one holds it."""
        found = self._cells.candidates(lon, lat, BORDER_M)
        if village_id in self._cells:
            return not found or village_id in {each.id for each in found}
        return not any(each.inside for each in found)
