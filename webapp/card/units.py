"""Acts on unit grids and on who looks after them: by hand or from a list, each with its line in the log.

They stand below communities of subdistricts and nowhere else (004:177), and what is one, its card says; whoever may
fix the card of the community may do all of this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.errors import N_, TOO_LONG, NotFound, Refused, Stale
from ..core.happened import GridsChanged
from ..grid import queries as grids
from ..grid import service as grid_service
from ..grid import units
from ..grid.models import UNIT_TIER
from ..grid.queries import Cell
from ..grid.units import NAME, Unit
from . import queries
from .labels import COMMUNITY, SUBDISTRICT
from .models import UnitPerson
from .service import DAMAGED, check_day

ENDED = N_("This unit grid has ended. Nothing can be changed on it.")
BELOW_VILLAGE = N_("%(name)s is a village. Unit grids stand below communities of subdistricts only.")
BELOW_TOWN = N_("%(name)s does not belong to a subdistrict. Unit grids stand below communities of subdistricts only.")
BELOW_OTHER = N_("Unit grids stand below communities of subdistricts only.")
UNSAID = N_("The card of %(name)s does not say yet that it is a community. Write that first.")
UNSAID_ABOVE = N_("The card of %(name)s does not say yet that it is a subdistrict. Write that first.")


# --- below which grids ---


def refuse_elsewhere(session: Session, parents: Sequence[Cell]) -> None:
    """Refused (field ``parent``) for the first of some grids that is no community of a subdistrict in force."""
    ids = {cell.id for cell in parents} | {cell.parent_id for cell in parents if cell.parent_id}
    kinds = {id_: card.kind for id_, card in queries.cards(session, ids).items()}
    above = grids.named(session, ids)
    for cell in parents:
        if cell.tier != grids.working_tier(session) or cell.parent_id is None:
            raise Refused(BELOW_OTHER, field="parent")
        if kinds.get(cell.id) != COMMUNITY:
            raise Refused(BELOW_VILLAGE if kinds.get(cell.id) else UNSAID, field="parent", name=cell)
        if (upper := kinds.get(cell.parent_id)) != SUBDISTRICT:
            wrong = (BELOW_TOWN, cell) if upper else (UNSAID_ABOVE, above[cell.parent_id])
            raise Refused(wrong[0], field="parent", name=wrong[1])


def refuse_planted(session: Session, changed: GridsChanged) -> None:
    """The same of a set of changes: what it put below a grid that is no community by its day refuses the whole set."""
    refuse_elsewhere(session, list(grids.named(session, set(changed.units)).values()))


# --- the unit grids themselves ---


def add(session: Session, actor: Actor, given: Sequence[Unit]) -> list[int]:
    """New unit grids, all or none; their ids. Refused, with its field, for a name that is missing, too long or there
    already in the community, a code that is taken, and a grid that is no community of a subdistrict; NotFound for one
    that is not the actor's."""
    grid_service.one_at_a_time(session)  # of the same sent twice at once, the second finds the first
    parents = {id_: grids.cell(session, actor, "card.edit", id_) for id_ in sorted({unit.parent_id for unit in given})}
    if any(grids.standing(session, id_) != id_ for id_ in parents):
        raise NotFound
    refuse_elsewhere(session, list(parents.values()))
    units.refuse_alike(session, given, parents)
    made = units.plant(session, given)
    for id_, unit in zip(made, given, strict=True):
        audit.note(
            session,
            actor.person_id or None,
            "unit.add",
            f"grid:{id_}",
            below=unit.parent_id,
            name=unit.zh,
            code=unit.code,
        )
    return made


def change(session: Session, actor: Actor, unit_id: int, seen: int, wished: Unit) -> None:
    """Call one otherwise, or put it below another community of a subdistrict, from today on. ``seen``: the version that
    the form began with; Stale when another has been written since. Refused as ``add`` does."""
    grid_service.one_at_a_time(session)
    cell = _standing(session, actor, unit_id)
    if seen not in {version.id for version in units.versions(session, unit_id)}:
        raise Refused(DAMAGED, field="seen")
    if seen != cell.version_id:
        raise Stale
    parent = grids.cell(session, actor, "card.edit", wished.parent_id)
    if parent.id != cell.parent_id:
        if grids.standing(session, parent.id) != parent.id:
            raise NotFound
        refuse_elsewhere(session, [parent])
    units.refuse_alike(session, [wished], {parent.id: parent}, {unit_id})
    was = Unit(cell.parent_id or 0, cell.code, cell.zh, cell.en)
    now = wished._replace(en=wished.names[1])
    if was == now:
        return
    units.renew(session, cell, wished)
    audit.note(
        session,
        actor.person_id or None,
        "unit.change",
        f"grid:{unit_id}",
        before=_said(was),
        after=_said(now),
        below=now.parent_id,
    )


def _said(unit: Unit) -> str:
    return " ".join(filter(None, (unit.code, unit.zh, unit.en, f"< {unit.parent_id}")))


def close(session: Session, actor: Actor, unit_id: int) -> None:
    """End one from today on, and with it who looks after it and who stood for it; its card stays readable. Refused for
    one that ended."""
    grid_service.one_at_a_time(session)
    cell = _standing(session, actor, unit_id)
    for person in queries.unit_people(session, [unit_id]).get(unit_id, []):
        person.to_on = max(person.from_on, clock.today())
    if above := queries.upper(session, unit_id):
        above.link.to_on = max(above.link.from_on, clock.today())
    units.close(session, cell)
    audit.note(session, actor.person_id or None, "unit.end", f"grid:{unit_id}", name=cell.zh)


def _standing(session: Session, actor: Actor, unit_id: int) -> Cell:
    cell = grids.any_cell(session, actor, "card.edit", unit_id)
    if cell.tier != UNIT_TIER:
        raise NotFound
    if units.ended_on(session, unit_id) is not None:
        raise Refused(ENDED)
    return cell


# --- who looks after one ---


@dataclass(frozen=True)
class PersonEntry:
    """Somebody named on the card of a unit grid, as what, and from when."""

    zh: str
    en: str = ""
    post_zh: str = ""
    post_en: str = ""
    from_on: date | None = None


def name_person(session: Session, actor: Actor, unit_id: int, entry: PersonEntry) -> UnitPerson:
    """Name who looks after a unit grid. It gives him no log-in and no right. Refused for a name that is missing or
    there already, a text that is too long, and a day that is to come."""
    _standing(session, actor, unit_id)
    if not entry.zh:
        raise Refused(N_("Write a name."), field="zh")
    for field in ("zh", "en", "post_zh", "post_en"):
        if len(getattr(entry, field)) > NAME:
            raise Refused(TOO_LONG, field=field, max=NAME)
    check_day("from_on", entry.from_on, None)
    if entry.zh in {each.zh for each in queries.unit_people(session, [unit_id]).get(unit_id, [])}:
        raise Refused(N_("%(name)s is named on this card already."), field="zh", name=entry.zh)
    row = UnitPerson(
        grid_id=unit_id,
        zh=entry.zh,
        en=entry.en,
        post_zh=entry.post_zh,
        post_en=entry.post_en,
        from_on=entry.from_on or clock.today(),
        said_by=actor.person_id or None,
        said_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.note(session, actor.person_id or None, "unit.person", f"grid:{unit_id}", first=row.from_on.isoformat())
    return row


def end_person(session: Session, actor: Actor, unit_id: int, row_id: int) -> None:
    """He looks after it no longer, from today on. NotFound for who is not on this card, Refused for who is no
    longer."""
    _standing(session, actor, unit_id)
    row = session.get(UnitPerson, row_id, with_for_update=True)
    if row is None or row.grid_id != unit_id:
        raise NotFound
    if row.to_on is not None and row.to_on <= clock.today():
        raise Refused(N_("This person is no longer on the card."))
    row.to_on = max(row.from_on, clock.today())
    audit.note(session, actor.person_id or None, "unit.person", f"grid:{unit_id}", last=clock.today().isoformat())
