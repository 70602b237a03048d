"""The log; the card of a grid; where a desk sits."""

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..card import labels as card_labels
from ..card import queries as cards
from ..core import audit, chain
from ..core.models import AuditEntry
from ..grid import lineage, units
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..patrol import queries as patrol_queries
from ..people.models import Person
from ..report import details as report_details
from .log_line import NAMED

LOG_PAGE = 100
_KEY = re.compile(r"\d{1,9}", re.ASCII)


def note_reading(session: Session, actor: Actor) -> None:
    """Reading the log is noted in it."""
    audit.note(session, actor.person_id, "log.read", "log")


def newest_head(session: Session) -> str:
    """Number and head of the newest link of the chain, in groups that can be copied by hand; empty before the first."""
    link = chain.newest_seen(session.connection())
    return " ".join([str(link.seq), *(link.head[at : at + 8] for at in range(0, 64, 8))]) if link else ""


def log(session: Session, before: int | None) -> tuple[list[tuple[AuditEntry, Person | None]], int | None]:
    """One page of the log, newest first, and the id to go on from."""
    query = (
        select(AuditEntry, Person).outerjoin(Person, Person.id == AuditEntry.person_id).order_by(AuditEntry.id.desc())
    )
    rows = session.execute((query.where(AuditEntry.id < before) if before else query).limit(LOG_PAGE + 1)).all()
    shown: list[tuple[AuditEntry, Person | None]] = [(entry, person) for entry, person in rows[:LOG_PAGE]]
    return shown, shown[-1][0].id if len(rows) > LOG_PAGE else None


def known(session: Session, entries: list[tuple[AuditEntry, Person | None]]) -> dict[str, Any]:
    """What a page of the log is about, for those of its things that have a better name than a key: people by their
    log-in names, settings, limits and types of objects by their row (``zh``, ``en``)."""
    keys: dict[str, set[str]] = {}
    for kind, _, key in (entry.thing.partition(":") for entry, _ in entries):
        keys.setdefault(kind, set()).add(key)
    ids = [int(key) for key in keys.get("person", ()) if _KEY.fullmatch(key)]
    found: dict[str, Any] = {
        f"person:{id_}": login
        for id_, login in session.execute(select(Person.id, Person.login).where(Person.id.in_(ids)))
    }
    for kind, key in NAMED.items():
        rows = session.scalars(select(key.class_).where(key.in_(keys[kind]))) if kind in keys else ()
        found |= {f"{kind}:{getattr(row, key.key)}": row for row in rows}
    return found


def places(session: Session, actor: Actor) -> list[Any]:
    """The grids and bodies of the actor's postings, for the head of a desk."""
    grids = grid_queries.named(session, {p.grid_id for p in actor.postings if p.grid_id is not None})
    return [*grids.values(), *report_details.bodies(session, actor.bodies()).values()]


def card(session: Session, actor: Actor, grid_id: int) -> dict[str, Any]:
    """Who is responsible, what is due, what is open; nothing that is not the actor's to see."""
    cell, lines = patrol_queries.village(session.connection(), actor, "grid.read", grid_id)
    above, levels = grid_queries.parents(session, cell), grid_queries.levels(session)
    has_units = cell.tier == grid_queries.deepest_worked(levels)
    return {
        "cell": cell,
        "above": above,
        "lines": lines,
        "level": levels[cell.tier],
        "reachable": {up.id for up in above if grid_queries.cells_reached(session, actor, "grid.read", up.id)},
        "due": patrol_queries.due(lines),
        "lineage": lineage.of(session, grid_id),
        "below": [] if has_units else grid_queries.cells(session, actor, "grid.read", parent_id=grid_id),
        "units": units.of(session, [grid_id]) if has_units else [],
        **fixed(session, actor, cell),
    }


def fixed(session: Session, actor: Actor, cell: Cell) -> dict[str, Any]:
    """What the grid's own card says, and what of it the actor may change."""
    writes = actor.may("card.edit")
    return {
        **cards.shown(session, cell)._asdict(),
        "platform": cards.platform(session, cell.id) if cell.parent_id is None else {},
        "kind_names": card_labels.KIND_NAMES,
        "part_names": card_labels.PARTS,
        "may_fix": writes and grid_queries.cells_reached(session, actor, "card.edit", cell.id),
        "may_name": writes
        and cell.parent_id is not None
        and grid_queries.cells_reached(session, actor, "card.edit", cell.parent_id),
    }
