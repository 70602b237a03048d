"""Putting a set of changes in force on its day: all of it in one transaction, or none of it.

Grids that are new get their place, those that changed a new version, and those that go stand below their heirs from
then on, with all their records: rights follow, because they reach by path. Who keeps things by grid hears of it
(``happened.GridsChanged``) and moves what is still in hand; what is closed is not touched.
"""

import logging
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import SYSTEM
from ..core import clock, happened
from ..core.db import Store
from ..core.errors import N_, Refused
from . import changed, queries, service, units
from .models import UNIT_TIER, GridChange, GridChangeSet, GridVersion

LOGGER = logging.getLogger("wangge.sweep")
STALE = N_("Borders have changed since this set was made. Make it anew from the same files.")


def put_due_in_force(store: Store) -> int:
    """Put every approved set whose day has come in force, the earliest first, each in a transaction of its own; how
    many. One that cannot be keeps the reason, and is tried again with the next call."""
    with store.read() as session:
        due = select(GridChangeSet.id).where(GridChangeSet.state == "approved", GridChangeSet.since <= clock.today())
        ids = list(session.scalars(due.order_by(GridChangeSet.since, GridChangeSet.id)))
    return sum(_try(store, set_id) for set_id in ids)


def _try(store: Store, set_id: int) -> bool:
    try:
        with store.write() as session:
            return put_in_force(session, set_id)
    except Refused as refusal:
        LOGGER.warning("borders %d were not put in force: %s", set_id, refusal.message % refusal.params)
        with store.write() as session:
            found = session.get_one(GridChangeSet, set_id)
            trouble = {"message": refusal.message, "params": refusal.params}
            if found.trouble != trouble:  # which would be one more link of the chain with each sweep
                found.trouble = trouble
        return False


def put_in_force(session: Session, set_id: int) -> bool:
    """Put one approved set in force; False when another has done so. Refused when borders have changed since it was
    made, or it does not fit the tree."""
    found = session.get_one(GridChangeSet, set_id, with_for_update=True)
    if found.state != "approved" or found.since is None or found.since > clock.today():
        return False
    if found.base_id != queries.edition_id(session):
        raise Refused(STALE)
    lines = changed.lines(session, set_id)
    before = changed.before(session, found)
    # kept at hand until all is done: what is looked up one by one below is asked for once, all together
    at_hand = [*before.values(), *service.at_hand(session)]
    drawn = {grid_id for grid_id, was in before.items() if was.boundary}
    new = _planted(session, lines)
    versions = [_version(line, new, found) for line in lines if line.kind != "gone"]
    session.add_all(versions)
    session.flush()
    heirs = _ended(session, lines, new, found)
    following = units.follow(session, heirs, found.since, {version.grid_id for version in versions})
    edition = service.activate(
        session, SYSTEM, [*versions, *following], "border.activate", found.source, {"set": found.id}
    )
    # what is drawn for the first time moves nothing: where its things belong was said by hand
    redrawn = frozenset(version.grid_id for version in versions if version.grid_id in drawn)
    found.state, found.edition_id, found.trouble = "in_force", edition.id, None
    ids = {line.position: line.grid_id or new.get(line.position, 0) for line in lines}
    with_units = {line.parent_id for line in lines if line.tier == UNIT_TIER and line.parent_id}
    parts = {grid_id: [ids[at] for at in ats] for grid_id, ats in changed.splits(lines).items()}
    chosen = {key: ids[at] for key, at in found.facts.get("chosen", {}).items() if at in ids}
    told = happened.GridsChanged(heirs, redrawn, found.since, parts, chosen, found.decided_by, found.id, with_units)
    happened.tell(session, told)
    del at_hand
    return True


def _planted(session: Session, lines: Sequence[GridChange]) -> dict[int, int]:
    """Ids for the grids that are new, by their positions."""
    return {line.position: service.unplaced(session, line.tier).id for line in lines if line.kind == "new"}


def _version(line: GridChange, new: dict[int, int], of: GridChangeSet) -> GridVersion:
    grid_id = line.grid_id or new[line.position]
    parent_id = line.parent_id if line.parent_position is None else new[line.parent_position]
    assert of.since is not None
    return service.version(
        grid_id, parent_id, line.code, (line.zh, line.en), line.boundary, of.since, list(line.predecessors)
    )


def _ended(session: Session, lines: Sequence[GridChange], new: dict[int, int], of: GridChangeSet) -> dict[int, int]:
    """End the grids that go; what had ended below one of them before goes on to its heir. Heir by grid."""
    assert of.since is not None
    heirs: dict[int, int] = {}
    for line in (line for line in lines if line.kind == "gone"):
        heir = line.heir_id if line.heir_position is None else new[line.heir_position]
        if line.grid_id is None or heir is None:
            raise Refused(N_("%(code)s goes, and nobody takes over its records."), code=line.code)
        heirs[line.grid_id] = heir
    if heirs.keys() & set(heirs.values()):
        raise Refused(N_("A grid that goes cannot take over the records of another."))
    for grid_id, heir in heirs.items():
        service.end(session, grid_id, heir, of.since)
    session.flush()
    return heirs
