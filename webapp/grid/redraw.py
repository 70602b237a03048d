"""One grid by hand with a border from a file: drawn anew, or added below another one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from gis import examine
from gis.delivery import Finding, Tolerance
from gis.delivery import Refused as Unreadable
from gis.lines import Line

from ..access import Actor
from ..core.errors import N_, Refused
from . import changed, changes, intake, queries
from .models import GridChangeSet


def border(
    paths: Sequence[Path],
    crs: str | None,
    there: Sequence[changed.Present],
    made: changed.Present,
    tolerance: Tolerance,
) -> tuple[bytes, tuple[Finding, ...]]:
    """The one border in some files, as WKB, and what is to be said of it as that of a grid (``made``) among those in
    force, whether new or first. Slow: never call it inside a write. Refused when there is none, or more."""
    if intake.is_list(paths):
        raise Refused(N_("A list has no border. Choose a file that holds the shape of this one grid."))
    try:
        found = examine.one(paths, crs, tolerance, there, made)
    except Unreadable as refusal:
        raise Refused(refusal.message, **refusal.params) from refusal
    return found.cells[0].boundary, found.findings


def redraw(session: Session, actor: Actor, grid_id: int, boundary: bytes, facts: dict[str, Any]) -> GridChangeSet:
    """A draft in which one grid has another border."""
    cell, was = changes.changeable(session, actor, grid_id)
    line = Line("changed", cell.tier, was.code, was.zh, was.en, grid_id, cell.parent_id, None, boundary)
    return changes.draft(session, actor, was.zh, [line], facts)


def add(
    session: Session,
    actor: Actor,
    parent_id: int,
    names: tuple[str, str],
    code: str,
    boundary: bytes | None,
    facts: dict[str, Any],
) -> GridChangeSet:
    """A draft in which a grid is added below another one. Refused for a code that is taken, and below the lowest."""
    parent, _version = changes.changeable(session, actor, parent_id)
    if parent.tier >= queries.working_tier(session):
        raise Refused(N_("Nothing stands below a grid of the lowest level."))
    if code in {each.code for each in queries.cells(session, actor, "border.edit")}:
        raise Refused(N_("Another grid has this code."), field="code")
    line = Line("new", parent.tier + 1, code, names[0], names[1] or names[0], None, parent_id, None, boundary)
    return changes.draft(session, actor, names[0], [line], facts)
