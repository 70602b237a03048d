"""Roads and waters under the borders of a county, out of files of its own: drawn by a child, kept as one layer."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from gis import examine as gis_examine
from gis.delivery import Refused as Unreadable

from ..access import Actor, below, end
from ..core import audit
from ..core.errors import N_, Refused
from . import queries
from .models import Grid, GridVersion, MapLayer

AROUND = 0.02  # degrees, some two kilometres: what is drawn beyond the border
Box = tuple[float, float, float, float]
Files = Mapping[str, Sequence[Path]]


def layers(session: Session, path: str) -> tuple[str | None, str | None]:
    """The hashes of the outlines published last of the county in which a path lies, and of what is drawn under them."""
    given = {"outlines": queries.outlines_of(path), "backdrop": [_name(path)] if path else []}
    return tuple(session.execute(_LAYERS, given).one())


_LAYERS = select(*(queries.newest_of(names).scalar_subquery() for names in ("outlines", "backdrop")))


def _name(path: str) -> str:
    return f"backdrop {queries.on_path(path)[0]}"


def box(session: Session, path: str) -> Box:
    """Where it is drawn: the county in which a path lies, and a little around it. Refused while it has no borders."""
    root = f"{queries.on_path(path)[0]}." if path else ""
    sides = list(session.execute(_BOX, {"part": root, "part_end": end(root)}).one()) if root else []
    west, south, east, north = sides or [None] * 4
    if west is None or south is None or east is None or north is None:
        raise Refused(N_("There are no borders yet."))
    return west - AROUND, south - AROUND, east + AROUND, north + AROUND


_SIDES = (
    *((func.min, GridVersion.minx), (func.min, GridVersion.miny)),
    *((func.max, GridVersion.maxx), (func.max, GridVersion.maxy)),
)
_BOX = (
    select(*(of(side) for of, side in _SIDES))
    .join(Grid, Grid.id == GridVersion.grid_id)
    .where(queries.current(), queries.stands(), below(Grid.path, bindparam("part")))
)


def draw(files: Files, crs: str | None, around: Box) -> bytes:
    """The layer of these files of roads and waters. Slow: never call it inside a write. Refused when a file cannot be
    read, or there is nothing in it to draw, or too much."""
    try:
        return gis_examine.backdrop(files, crs, around)
    except Unreadable as refusal:
        raise Refused(refusal.message, **refusal.params) from refusal


def keep(session: Session, actor: Actor, path: str, body: bytes | None, source: str) -> None:
    """Put a drawn layer in the place of the one there is; None: only take that away. The files themselves stay with
    the county."""
    root_id = queries.on_path(path)[0]
    session.execute(delete(MapLayer).where(MapLayer.name == _name(path)))
    if body is not None:
        fingerprint = hashlib.sha256(body).hexdigest()
        session.add(MapLayer(hash=fingerprint, edition_id=queries.edition_id(session), name=_name(path), body=body))
    audit.note(session, actor.person_id or None, "grid.backdrop", f"grid:{root_id}", source=source)
