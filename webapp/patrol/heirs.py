"""Objects follow the borders: what stands in another village since they changed is on that one's list."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from ..core import audit
from ..core.happened import GridsChanged
from ..grid import locate
from .models import ObjectProposal, ObjectStay, PatrolObject
from .queries import in_list


def follow(session: Session, changed: GridsChanged) -> None:
    """Objects of a grid that ended go to the village in which they stand now, or to its heir; those of a grid that was
    drawn anew stay, unless their position lies in one other village and no more in their own. Visits are untouched."""
    concerned = PatrolObject.grid_id.in_([*changed.heirs, *changed.redrawn])
    there = list(session.scalars(select(PatrolObject).where(concerned, in_list(changed.on)).order_by(PatrolObject.id)))
    holding = locate.holding(session, [(thing.lon, thing.lat) for thing in there])
    came = _came(session, there, concerned)
    moved, stays = [], []
    for thing, villages in zip(there, holding, strict=True):
        was, now = thing.grid_id, _place(thing.grid_id, villages, changed)
        if now != was:
            thing.grid_id = now
            moved.append((f"object:{thing.id}", {"before": was, "after": now}))
            if came[thing.id] < changed.on:  # of two changes on one day the list between them had no day
                stay = {"object_id": thing.id, "until": changed.on, "since": came[thing.id], "grid_id": was}
                stays.append(stay)
    session.flush()
    if stays:
        session.execute(insert(ObjectStay), stays)
    audit.note_all(session, None, "object.follow", moved)
    _follow_proposals(session, changed)


def _came(session: Session, there: Sequence[PatrolObject], concerned: ColumnElement[bool]) -> dict[int, date]:
    """The day from which each of these stands on the list on which it is."""
    left = (
        select(ObjectStay.object_id, func.max(ObjectStay.until))
        .join(PatrolObject, PatrolObject.id == ObjectStay.object_id)
        .where(concerned)
        .group_by(ObjectStay.object_id)
    )
    return {thing.id: thing.valid_from for thing in there} | dict(session.execute(left).all())


def _follow_proposals(session: Session, changed: GridsChanged) -> None:
    """Who keeps the list now answers what waits: for what is to go where it stands, else at the heir."""
    waiting = select(ObjectProposal).where(
        ObjectProposal.is_accepted.is_(None), ObjectProposal.grid_id.in_([*changed.heirs, *changed.redrawn])
    )
    asked = list(session.scalars(waiting.order_by(ObjectProposal.id)))
    holding = locate.holding(session, [(each.lon, each.lat) for each in asked])
    for each, villages in zip(asked, holding, strict=True):
        thing = session.get(PatrolObject, each.object_id) if each.object_id else None
        is_listed = thing is not None and thing.valid_to is None
        each.grid_id = thing.grid_id if thing and is_listed else _place(each.grid_id, villages, changed)
    session.flush()


def _place(grid_id: int, villages: frozenset[int], changed: GridsChanged) -> int:
    """Where an object belongs whose position these villages hold."""
    if grid_id not in villages and len(villages) == 1:
        return next(iter(villages))
    return changed.heirs.get(grid_id, grid_id)
