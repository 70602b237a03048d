"""Acts on sets of changes of the tree: drafted from a delivery or by hand, proposed, approved by a second person.

A set changes nothing before its day; ``in_force.py`` puts it in force then. Every act fetches the set again, held until
the write ends, and refuses what its state does not allow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gis.compare import joined
from gis.lines import Below, Line
from gis.messages import ERROR, WARNING

from ..access import Actor
from ..core import audit, clock
from ..core.errors import N_, Conflict, NotFound, Refused
from . import changed, queries, units
from .models import UNIT_TIER, GridChange, GridChangeSet, GridVersion
from .units import Unit

#: State → where each act leads from it.
STATES: Mapping[str, Mapping[str, str]] = {
    "draft": {"propose": "proposed", "withdraw": "withdrawn"},
    "proposed": {"approve": "approved", "withdraw": "withdrawn"},
    "approved": {"activate": "in_force", "withdraw": "withdrawn"},
    "in_force": {},
    "withdrawn": {},
}
KINDS = ("new", "changed", "gone")
FARTHEST = 366  # days ahead that a set may take effect

NOTHING = N_("Nothing would change: these are the borders that are in force.")
NOT_YOURS = N_("Somebody else of the county office has to approve what you proposed.")


# --- drafts ---------------------------------------------------------------------------------------


def draft(
    session: Session, actor: Actor, source: str, lines: Sequence[Line], facts: Mapping[str, Any] | None = None
) -> GridChangeSet:
    """Keep what would change, to be looked at. Refused when nothing would, or there are no grids yet."""
    if not lines:
        raise Refused(NOTHING)
    if any(line.tier == UNIT_TIER for line in lines):
        units.name_level(session)
    made = GridChangeSet(
        state="draft",
        source=source,
        facts=dict(facts or {}),
        reason="",
        base_id=_edition(session),
        made_at=clock.now(),
        made_by=actor.person_id or None,
    )
    session.add(made)
    session.flush()
    rows = [asdict(line) | {"set_id": made.id, "position": position} for position, line in enumerate(lines)]
    session.execute(insert(GridChange), [row | {"predecessors": list(row["predecessors"])} for row in rows])
    audit.note(session, actor.person_id or None, "border.draft", f"border:{made.id}", source=source, grids=len(lines))
    return made


def _edition(session: Session) -> int:
    newest = queries.edition_id(session)
    if not newest:
        raise Refused(N_("There are no grids yet. The first borders are brought in by a command of the server."))
    return newest


def unit_lines(session: Session, path: str, below: Sequence[Below]) -> list[Line]:
    """What the fourth level of a delivery changes: unit grids that are new, called otherwise, drawn anew or moved; it
    takes none away. One is known by its code, else by its name in its community. Refused for names or codes that are
    none, or taken."""
    if not below:
        return []
    there, _names = changed.present(session, path)
    ids = {grid.code: grid.id for grid in there}
    known: dict[Any, queries.Cell] = {}
    for cell in units.of(session, ids.values()):
        known |= {(cell.parent_id, cell.zh): cell} | ({cell.code: cell} if cell.code else {})
    wished = [Unit(ids[each.community], each.code, each.zh, each.en, each.boundary) for each in below]
    same = [known.get(unit.code) or known.get((unit.parent_id, unit.zh)) for unit in wished]
    parents = queries.named(session, {unit.parent_id for unit in wished})
    units.refuse_alike(session, wished, parents, {cell.id for cell in same if cell})
    return [line for unit, cell in zip(wished, same, strict=True) if (line := _unit_line(session, unit, cell))]


def _unit_line(session: Session, unit: Unit, cell: queries.Cell | None) -> Line | None:
    names = unit.zh, unit.en or (cell.en if cell and cell.zh == unit.zh else unit.zh)
    if cell is None:
        return Line("new", UNIT_TIER, unit.code, *names, None, unit.parent_id, None, unit.boundary)
    was = session.get_one(GridVersion, cell.version_id)
    code, border = unit.code or was.code, unit.boundary or was.boundary
    if (code, *names, unit.parent_id, border) == (was.code, was.zh, was.en, was.parent_id, was.boundary):
        return None
    return Line("changed", UNIT_TIER, code, *names, cell.id, unit.parent_id, None, border)


# --- from a draft to its day ----------------------------------------------------------------------


def one(session: Session, actor: Actor, set_id: int, act: str = "", action: str = "border.edit") -> GridChangeSet:
    """A set, held for an act, whose changes lie in what the actor reaches; else NotFound. Conflict when its state does
    not allow the act any more."""
    query = select(GridChangeSet).where(GridChangeSet.id == set_id, changed.reached(actor, action))
    found = session.scalar(query.with_for_update(of=GridChangeSet) if act else query)
    if found is None:
        raise NotFound
    if act and act not in STATES[found.state]:
        raise Conflict
    return found


def propose(session: Session, actor: Actor, set_id: int, since: date, reason: str) -> GridChangeSet:
    """Ask for the approval of a draft, effective from a day. Refused when its findings do not allow it, a grid that
    goes has no heir, the day is past or too far, or warnings are not answered by a reason."""
    found = one(session, actor, set_id, "propose")
    levels = {finding["level"] for finding in found.facts.get("findings", ())}
    if ERROR in levels:
        raise Refused(N_("These borders have errors. Correct the files and bring them in again."))
    if WARNING in levels and not reason.strip():
        raise Refused(N_("There are warnings. Say why the borders are right all the same."), field="reason")
    if not clock.today() <= since <= clock.today() + timedelta(days=FARTHEST):
        raise Refused(N_("The day has to be today or later, and within a year."), field="since")
    if since <= (begun := changed.newest_day(session, found)):
        raise Refused(
            N_("The border that is in force applies from %(day)s; the new one has to begin after that day."),
            field="since",
            day=begun.isoformat(),
        )
    if changed.heirless(session, set_id):
        raise Refused(N_("Choose for each grid that goes the one that takes over its records."), field="heir")
    found.since, found.reason, found.state = since, reason.strip(), STATES[found.state]["propose"]
    found.made_by = actor.person_id or None  # who proposes it answers for it, whoever drafted it
    who, day = actor.person_id or None, since.isoformat()
    audit.note(session, who, "border.propose", f"border:{found.id}", source=found.source, since=day)
    return found


def approve(session: Session, actor: Actor, set_id: int) -> GridChangeSet:
    """Approve what somebody else proposed. Refused for who proposed it."""
    found = one(session, actor, set_id, "approve")
    if found.made_by == actor.person_id:
        raise Refused(NOT_YOURS)
    audit.note(session, actor.person_id or None, "border.approve", f"border:{found.id}", source=found.source)
    return _decided(actor, found, "approve")


def withdraw(session: Session, actor: Actor, set_id: int) -> GridChangeSet:
    """Let go of a set before it is in force; nothing was changed by it."""
    found = one(session, actor, set_id, "withdraw")
    audit.note(session, actor.person_id or None, "border.withdraw", f"border:{found.id}", source=found.source)
    return _decided(actor, found, "withdraw")


def _decided(actor: Actor, found: GridChangeSet, act: str) -> GridChangeSet:
    found.state = STATES[found.state][act]
    found.decided_at, found.decided_by = clock.now(), actor.person_id or None
    return found


def choose_heir(session: Session, actor: Actor, set_id: int, position: int, code: str) -> None:
    """Say which grid takes over the records of one that goes, by its code; Refused for one that ``changed.heirs`` does
    not have."""
    one(session, actor, set_id, "propose")
    gone = session.get(GridChange, (set_id, position), with_for_update=True)
    offered = changed.heirs(session, set_id).get(gone.tier, {}) if gone is not None and gone.kind == "gone" else {}
    if gone is None or code not in offered:
        raise Refused(N_("Choose one of the grids that will be there."), field="heir")
    _, gone.heir_id, gone.heir_position = offered[code]


def choose_parts(session: Session, actor: Actor, set_id: int, chosen: Mapping[str, int]) -> None:
    """Say of things of grids that are split, by their keys, to which part they go: its position in the set. Refused for
    one that is no part."""
    found = one(session, actor, set_id, "propose")
    parts = changed.splits(changed.lines(session, set_id)).values()
    if not set(chosen.values()).issubset(chain.from_iterable(parts)):
        raise Refused(N_("Choose one of the grids that will be there."), field="heir")
    found.facts = {**found.facts, "chosen": dict(chosen)}


# --- by hand --------------------------------------------------------------------------------------


def by_hand(
    session: Session, actor: Actor, grid_id: int, zh: str, en: str, code: str, parent_id: int | None
) -> GridChangeSet:
    """A draft in which one grid is called otherwise or belongs to another one. Refused when nothing differs, the code
    is taken, or the place is none for it."""
    cell, version = changeable(session, actor, grid_id)
    if parent_id != cell.parent_id:
        parent = queries.cell(session, actor, "border.edit", parent_id or 0)
        above = queries.cell(session, actor, "border.edit", cell.parent_id or 0)
        if parent.tier != above.tier:
            raise Refused(N_("It has to belong to a grid of the same level as now."), field="parent")
    if code != version.code and code in {each.code for each in queries.cells(session, actor, "border.edit")}:
        raise Refused(N_("Another grid has this code."), field="code")
    if (zh, en or zh, code, parent_id) == (version.zh, version.en, version.code, cell.parent_id):
        raise Refused(NOTHING)
    line = Line("changed", cell.tier, code, zh, en or zh, grid_id, parent_id, None, version.boundary)
    return draft(session, actor, zh, [line])


def merge(session: Session, actor: Actor, grid_id: int, heir_id: int) -> GridChangeSet:
    """A draft in which a grid goes and another of its level takes its ground, its records and what is below it. Refused
    for a grid that is none, or itself."""
    gone, was = changeable(session, actor, grid_id)
    heir, is_ = changeable(session, actor, heir_id)
    if heir.id == gone.id or heir.tier != gone.tier or gone.parent_id is None:
        raise Refused(N_("Choose one of the grids that will be there."), field="heir")
    lines = [_with_ground(heir, is_, was)]
    for below in queries.cells(session, actor, "border.edit", parent_id=gone.id):
        version = session.get_one(GridVersion, below.version_id)
        lines.append(
            Line("changed", below.tier, below.code, below.zh, below.en, below.id, heir.id, None, version.boundary)
        )
    going = Line(
        "gone", gone.tier, gone.code, gone.zh, gone.en, gone.id, gone.parent_id, None, was.boundary, heir_id=heir.id
    )
    return draft(session, actor, f"{gone.zh} → {heir.zh}", [*lines, going])


def _with_ground(heir: queries.Cell, is_: GridVersion, was: GridVersion) -> Line:
    ground = joined(is_.boundary, was.boundary)
    names = heir.code, heir.zh, heir.en, heir.id, heir.parent_id, None
    return Line("changed", heir.tier, *names, ground, predecessors=(was.grid_id,))


def changeable(session: Session, actor: Actor, grid_id: int) -> tuple[queries.Cell, GridVersion]:
    """A grid in force that the actor may change, with its version; NotFound for one that ended."""
    cell = queries.cell(session, actor, "border.edit", grid_id)
    if queries.standing(session, grid_id) != grid_id:
        raise NotFound
    return cell, session.get_one(GridVersion, cell.version_id)
