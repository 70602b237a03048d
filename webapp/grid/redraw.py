"""One grid by hand with a border from a file: drawn anew, or added below another one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from gis import against
from gis.check import check
from gis.delivery import Cell, Choice, Delivery, Finding, Tolerance, in_order

from ..access import Actor
from ..core.errors import N_, Refused
from . import changed, changes, intake, queries
from .models import GridChangeSet


def border(paths: Sequence[Path], crs: str | None) -> bytes:
    """The one border in some files, as WKB. Slow: never call it inside a write. Refused when there is none, or more."""
    if intake.is_list(paths):
        raise Refused(N_("A list has no border. Choose a file that holds the shape of this one grid."))
    (cell,) = intake.examine(paths, crs, Choice(one=True)).delivery.cells
    return cell.boundary


def findings(there: Sequence[changed.Present], made: changed.Present, tolerance: Tolerance) -> tuple[Finding, ...]:
    """What is to be said of a grid among those in force, with its new border or its first. Slow, as ``border``."""
    at = next((at for at, grid in enumerate(there) if grid.id == made.id), len(there))
    grids = [*there[:at], made, *there[at + 1 :]]
    cells = tuple(Cell(each.tier, each.code, each.name, each.parent, each.boundary or b"", None) for each in grids)
    present = [(each.tier, each.code, each.boundary) for each in there if each.id == made.id and each.boundary]
    found = [each for each in check(Delivery((), cells, ()), tolerance) if at in each.cells]
    return in_order([*found, *against.findings(present, [cells[at]], tolerance)])


def redraw(session: Session, actor: Actor, grid_id: int, boundary: bytes, facts: dict[str, Any]) -> GridChangeSet:
    """A draft in which one grid has another border."""
    cell, was = changes.changeable(session, actor, grid_id)
    line = changes.Line("changed", cell.tier, was.code, was.zh, was.en, grid_id, cell.parent_id, None, boundary)
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
    if parent.tier >= queries.lowest_tier(session):
        raise Refused(N_("Nothing stands below a grid of the lowest level."))
    if code in {each.code for each in queries.cells(session, actor, "border.edit")}:
        raise Refused(N_("Another grid has this code."), field="code")
    line = changes.Line("new", parent.tier + 1, code, names[0], names[1] or names[0], None, parent_id, None, boundary)
    return changes.draft(session, actor, names[0], [line], facts)
