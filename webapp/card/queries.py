"""Reads of cards: what is fixed for a grid, who stands above it, and which cards lack what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from ..access import Actor, holders
from ..core import clock, settings
from ..grid import queries as grids
from ..grid import units
from ..grid.models import UNIT_TIER
from ..grid.queries import Cell
from ..people import queries as people
from ..people import rules
from ..people.models import Body, Person, Posting
from ..people.queries import TODAY
from .labels import COMMUNITY, FIVE, SUBDISTRICT, UPPER
from .models import GridCard, PlatformRole, UnitPerson, UpperLink

#: Who a grid's personnel are: those who act on matters from a posting to a grid.
PERSONNEL = tuple(role for role in holders("report.move", "own", "tree") if not rules.sits_in_body(role))
#: Who can be named towards a lower grid: whose posting reaches it and stays until it is ended. Of a community, whose
#: lower grids are unit grids, that is its officer.
UPPERS = tuple(role for role in holders("grid.read", "own", "tree") if rules.POSTINGS[role]["end"] == "open")


# --- what is fixed ---


def newest(session: Session, grid_id: int) -> GridCard | None:
    """The card that counts for a grid; None before the first."""
    return session.scalars(_NEWEST, {"grid_id": grid_id}).first()


_NEWEST = select(GridCard).where(GridCard.grid_id == bindparam("grid_id")).order_by(GridCard.id.desc()).limit(1)


class Said(NamedTuple):
    """A card as it stood, and who wrote it (None: nobody of ours)."""

    card: GridCard
    person: Person | None


MOST_SHOWN = 20  # versions of one card


def versions(session: Session, grid_id: int) -> list[Said]:
    """The cards of a grid, newest first."""
    return [Said(*row) for row in session.execute(_VERSIONS, {"grid_id": grid_id})]


_VERSIONS = (
    select(GridCard, Person)
    .outerjoin(Person, Person.id == GridCard.said_by)
    .where(GridCard.grid_id == bindparam("grid_id"))
    .order_by(GridCard.id.desc())
    .limit(MOST_SHOWN)
)


def cards(session: Session, grid_ids: Iterable[int]) -> dict[int, GridCard]:
    """The cards that count for some grids."""
    rows = session.scalars(_CARDS, {"ids": list(grid_ids)})
    return {card.grid_id: card for card in rows}


_LAST = (
    select(func.max(GridCard.id))
    .where(GridCard.grid_id.in_(bindparam("ids", expanding=True)))
    .group_by(GridCard.grid_id)
)
_CARDS = select(GridCard).where(GridCard.id.in_(_LAST)).order_by(GridCard.id)


def personnel(session: Session, grid_id: int) -> list[Person]:
    """Who is posted to a grid today to act there, in the order of the postings, each once."""
    found = people.posted(session, [grid_id], PERSONNEL)
    return list(dict.fromkeys(person for person, _grid in found))


# --- who stands above ---


class Upper(NamedTuple):
    """The person towards a lower grid; ``sits``: still posted in the upper grid, the account open."""

    link: UpperLink
    person: Person
    sits: bool


def upper(session: Session, lower_id: int) -> Upper | None:
    """Who is named towards a grid; None before the first."""
    row = session.execute(_UPPER, {"ids": [lower_id], "today": clock.today()}).first()
    return Upper(*row) if row else None


def uppers(session: Session, lower_ids: Iterable[int]) -> dict[int, Upper]:
    """The same for some grids."""
    rows = session.execute(_UPPER, {"ids": list(lower_ids), "today": clock.today()})
    return {row[0].lower_id: Upper(*row) for row in rows}


_SITS = exists().where(
    Posting.person_id == UpperLink.person_id,
    Posting.grid_id == UpperLink.upper_id,
    Posting.role.in_(UPPERS),
    people.in_force(TODAY),
    Person.suspended_at.is_(None),
)
_UPPER: Select[UpperLink, Person, bool] = (
    select(UpperLink, Person, _SITS.correlate(UpperLink, Person))
    .join(Person, Person.id == UpperLink.person_id)
    .where(UpperLink.lower_id.in_(bindparam("ids", expanding=True)), UpperLink.to_on.is_(None))
    .order_by(UpperLink.id)
)


def upper_so_far(session: Session, lower_id: int) -> list[tuple[UpperLink, Person]]:
    """Everybody who was ever named towards a grid, newest first."""
    return [(link, person) for link, person in session.execute(_SO_FAR, {"lower_id": lower_id})]


_SO_FAR = (
    select(UpperLink, Person)
    .join(Person, Person.id == UpperLink.person_id)
    .where(UpperLink.lower_id == bindparam("lower_id"))
    .order_by(UpperLink.id.desc())
    .limit(MOST_SHOWN)
)


def links_of(session: Session, person_id: int, upper_ids: Iterable[int]) -> list[UpperLink]:
    """For which grids below some others a person stands now, in the order of the naming."""
    found = select(UpperLink).where(
        UpperLink.person_id == person_id, UpperLink.upper_id.in_(list(upper_ids)), UpperLink.to_on.is_(None)
    )
    return list(session.scalars(found.order_by(UpperLink.id)))


def nameable(session: Session, upper_id: int) -> list[Person]:
    """Who can be named towards a grid below this one, in the order of their postings, each once."""
    found = people.posted(session, [upper_id], UPPERS)
    return list(dict.fromkeys(person for person, _grid in found))


class Shown(NamedTuple):
    """What the page of a grid and its notice show: card, area in km², who is there, who stands above."""

    fixed: GridCard | None
    area: float | None
    personnel: Sequence[Any]
    upper: Upper | None


def shown(session: Session, cell: Cell) -> Shown:
    """All that a card says of a grid that was reached already. Of a unit grid the community's body answers, and its
    persons are names."""
    above = upper(session, cell.id) if cell.parent_id is not None else None
    is_unit = cell.tier == UNIT_TIER
    people_ = unit_people(session, [cell.id]).get(cell.id, []) if is_unit else personnel(session, cell.id)
    return Shown(newest(session, cell.id), grids.areas(session, [cell.id]).get(cell.id), people_, above)


# --- who looks after a unit grid ---


def unit_people(session: Session, ids: Iterable[int]) -> dict[int, list[UnitPerson]]:
    """Who is named on the cards of some unit grids today, in the order of the naming."""
    found: dict[int, list[UnitPerson]] = {}
    for row in session.scalars(_UNIT_PEOPLE, {"ids": list(ids), "today": clock.today()}):
        found.setdefault(row.grid_id, []).append(row)
    return found


_UNIT_PEOPLE = (
    select(UnitPerson)
    .where(UnitPerson.grid_id.in_(bindparam("ids", expanding=True)))
    .where(or_(UnitPerson.to_on.is_(None), UnitPerson.to_on > TODAY))
    .order_by(UnitPerson.id)
)


def unit_people_so_far(session: Session, grid_id: int) -> list[UnitPerson]:
    """Everybody who was ever named on the card of one, newest first."""
    found = select(UnitPerson).where(UnitPerson.grid_id == grid_id).order_by(UnitPerson.id.desc()).limit(MOST_SHOWN)
    return list(session.scalars(found))


def body_of(session: Session, community_id: int) -> Any:
    """Who answers for the unit grids of a community: the body that its card names, else its committee, else nobody;
    something with ``body_zh`` and ``body_en``."""
    card = newest(session, community_id)
    if card is not None and said(card, "body"):
        return card
    return session.execute(_COMMITTEE, {"grid_id": community_id}).first()


_COMMITTEE = (
    select(Body.zh.label("body_zh"), Body.en.label("body_en"))
    .where(Body.grid_id == bindparam("grid_id"), Body.kind == "committee", Body.closed_on.is_(None))
    .order_by(Body.id)
    .limit(1)
)


def communities(session: Session, actor: Actor) -> list[Cell]:
    """The communities of subdistricts whose cards the actor may fix, in code order: below these stand unit grids."""
    cells = grids.cells(session, actor, "card.edit")
    kinds = {id_: card.kind for id_, card in cards(session, {cell.id for cell in cells} | _above(cells)).items()}
    lowest = grids.working_tier(session)
    return [
        cell
        for cell in cells
        if (cell.tier, kinds.get(cell.id), kinds.get(cell.parent_id or 0)) == (lowest, COMMUNITY, SUBDISTRICT)
    ]


def _above(cells: Iterable[Cell]) -> set[int]:
    return {cell.parent_id for cell in cells if cell.parent_id is not None}


# --- the platform ---


def platform(session: Session, county_id: int) -> dict[str, PlatformRole]:
    """Which body has which part in a county's platform, of what was said newest."""
    return {row.part: row for row in session.scalars(_PLATFORM, {"grid_id": county_id})}


_PLATFORM = select(PlatformRole).where(PlatformRole.grid_id == bindparam("grid_id")).order_by(PlatformRole.id)


# --- which cards lack what ---


@dataclass(frozen=True)
class Line:
    """A grid with its card, who is there, who stands above, what is not fixed (keys of ``labels.LACKS``), and how a
    village is off the county's number of persons (a key of ``labels.OFF``, or nothing)."""

    cell: Cell
    card: GridCard | None
    people: tuple[Any, ...]
    upper: Upper | None
    lacks: frozenset[str]
    off: str

    @property
    def is_unit(self) -> bool:
        """Whether it is a unit grid."""
        return self.cell.tier == UNIT_TIER


class Rule(NamedTuple):
    """How many persons a village has at least and at most; 0 where the county has set no number."""

    least: int
    most: int

    def off(self, persons: int) -> str:
        """How a number of persons is off it."""
        return "fewer" if persons < self.least else "more" if self.most and persons > self.most else ""


def rule(session: Session) -> Rule:
    """What the county has set."""
    known = settings.several(session, village_least=0, village_most=0)
    return Rule(known["village_least"], known["village_most"])


def lines(session: Session, actor: Actor) -> list[Line]:
    """All grids that the actor may list, in code order, but unit grids. A list and its count are both taken from
    here."""
    return [line for line in every_line(session, actor) if not line.is_unit]


def unit_lines(session: Session, actor: Actor) -> list[Line]:
    """The same of unit grids."""
    return [line for line in every_line(session, actor) if line.is_unit]


def every_line(session: Session, actor: Actor) -> list[Line]:
    """All of these, unit grids last."""
    cells, compounds = grids.cells(session, actor, "card.list"), units.reached(session, actor, "card.list")
    there: dict[int, Any] = {**_people(session, [cell.id for cell in cells])}
    if compounds:
        there |= unit_people(session, [cell.id for cell in compounds])
    return _lines(session, [*cells, *compounds], there)


def _lines(session: Session, cells: Sequence[Cell], there: Mapping[int, Sequence[Any]]) -> list[Line]:
    ids = [cell.id for cell in cells]
    known, above = cards(session, ids), uppers(session, ids)
    has_border = grids.bordered(session, ids)
    numbers, lowest = rule(session), grids.working_tier(session)
    found = []
    for cell in cells:
        card, upper_ = known.get(cell.id), above.get(cell.id)
        lacks = missing(card, has_area=cell.id in has_border, has_people=cell.id in there)
        if cell.parent_id is not None and (upper_ is None or not upper_.sits):
            lacks |= {UPPER}
        persons = tuple(there.get(cell.id, ()))
        off = numbers.off(len(persons)) if cell.tier == lowest else ""
        found.append(Line(cell, card, persons, upper_, lacks, off))
    return found


def _people(session: Session, ids: Collection[int]) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = {}
    for person, grid_id in people.posted(session, ids, PERSONNEL):
        if person not in found.setdefault(grid_id, []):
            found[grid_id].append(person)
    return found


def missing(card: GridCard | None, *, has_area: bool, has_people: bool) -> frozenset[str]:
    """Which of the five (004:168) are not fixed; rewards and penalties are one, and both have to be said."""
    there = {
        "area": has_area,
        "personnel": has_people,
        "duties": bool(card and said(card, "duties")),
        "tasks": bool(card and said(card, "tasks")),
        "rewards": bool(card and said(card, "rewards") and said(card, "penalties")),
    }
    return frozenset(name for name in FIVE if not there[name])


def said(card: GridCard, field: str) -> str:
    """What a card says in a field, in either language."""
    return getattr(card, f"{field}_zh") or getattr(card, f"{field}_en")
