"""Which village may hold a point: one STRtree per boundary edition, kept in the worker,
swapped when the number moves."""

from threading import Lock

from sqlalchemy.orm import Session

from gis.locate import Candidate, Cells

from . import queries

_lock = Lock()
_held: dict[str, tuple[int, Cells]] = {}


def candidates(session: Session, lon: float, lat: float, accuracy_m: float = 0) -> tuple[Candidate, ...]:
    """Villages that hold the point or lie within its circle, best first. Degrees WGS84; metres."""
    return _cells(session).candidates(lon, lat, accuracy_m)


def beside(session: Session, village_id: int) -> frozenset[int]:
    """Villages that share a border with this one."""
    return _cells(session).beside(village_id)


def _cells(session: Session) -> Cells:
    assert session.bind is not None
    place, newest = str(session.bind.engine.url), queries.edition_id(session)
    held = _held.get(place)
    if held is None or held[0] != newest:
        with _lock:
            rows = queries.boundaries(session, queries.lowest_tier(session))
            held = _held[place] = (newest, Cells([id_ for id_, _ in rows], [wkb for _, wkb in rows]))
    return held[1]
