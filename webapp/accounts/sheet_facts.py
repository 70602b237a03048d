"""What a sheet is held against, read with a handful of statements however many rows it has; then grown row by row."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from ..access import Actor
from ..grid import queries as grids
from ..grid.models import Grid
from ..people import rules
from ..people.models import Body, Person, Posting
from . import bodies, queries
from .service import PostingEntry


@dataclass(frozen=True)
class Spot:
    """Where a posting is: the kind of place (a word of ``rules.POSTINGS``) and the grid it lies in,
    None for nowhere."""

    kind: str
    grid_id: int | None


@dataclass
class Known:
    """Somebody with an account, or who gets one by this sheet; whether the actor stands above; all his postings."""

    person: Person
    is_below: bool
    postings: list[Posting]


class Facts:
    """Grids, open bodies and the people whose log-in names stand in the sheet, as one actor reaches them."""

    def __init__(self, session: Session, actor: Actor, logins: Collection[str]):
        self.session, self.actor = session, actor
        self.lowest = grids.lowest_tier(session)
        self.cells = {cell.id: cell for cell in queries.cells(session, actor, ("county", "township", "village"))}
        self.bodies: dict[tuple[str, int, str], int] = {}
        self.spots: dict[int, Spot] = {}
        for body in session.scalars(select(Body).where(Body.closed_on.is_(None)).order_by(Body.id.desc())):
            self.add_body(body, body.id)
        self.people = self._known(logins)
        self._reached: dict[tuple[str, frozenset[str]], frozenset[int | None]] = {}

    def add_body(self, body: Body, id_: int) -> None:
        """One more body that rows may name; ``id_`` stands for it until it has its own."""
        self.bodies[body.kind, body.grid_id, body.zh] = id_
        self.spots[id_] = Spot(body.kind, body.grid_id)

    def _known(self, logins: Collection[str]) -> dict[str, Known]:
        people = list(self.session.scalars(select(Person).where(Person.login.in_(logins))))
        ids = {person.id: Known(person, False, []) for person in people}
        for id_ in self.session.scalars(select(Person.id).where(Person.id.in_(ids), queries.helped(self.actor))):
            ids[id_].is_below = True
        for posting in self.session.scalars(select(Posting).where(Posting.person_id.in_(ids)).order_by(Posting.id)):
            ids[posting.person_id].postings.append(posting)
        return {known.person.login: known for known in ids.values()}

    @cached_property
    def by_name(self) -> dict[str, list[grids.Cell]]:
        """Grids by code, Chinese and English name."""
        found: dict[str, list[grids.Cell]] = {}
        for cell in self.cells.values():
            for name in {cell.code, cell.zh, cell.en.lower()}:
                found.setdefault(name, []).append(cell)
        return found

    @cached_property
    def county(self) -> int:
        """The grid that departments belong to; Refused while there is no tree."""
        return bodies.county_grid(self.session)

    def spot(self, entry: PostingEntry) -> Spot | None:
        """Where a posting would be; None when no role of the actor's that gives it reaches there."""
        spot = self._spot(entry)
        return spot if spot.grid_id in self.reach("posting.grant", rules.givers(entry.role)) else None

    def _spot(self, entry: PostingEntry) -> Spot:
        if entry.body_id is not None:
            return self.spots[entry.body_id]
        if entry.grid_id is None:
            return Spot("nowhere", None)
        return Spot(rules.tier_kind(self.cells[entry.grid_id].tier, self.lowest), entry.grid_id)

    def is_below(self, entry: PostingEntry) -> bool:
        """Whether who holds this posting stands below the actor by it."""
        return self._spot(entry).grid_id in self.reach("person.help", rules.above(entry.role))

    def takes(self, kind: str, grid_id: int) -> bool:
        """Whether the actor may set up a body of this kind in this grid."""
        cell = self.cells.get(grid_id)
        return (
            cell is not None
            and rules.tier_kind(cell.tier, self.lowest) == rules.BODIES[kind]["place"]
            and grid_id in self.reach("posting.grant", rules.makers(kind))
        )

    def reach(self, action: str, roles: frozenset[str]) -> frozenset[int | None]:
        """The grids the actor reaches through these roles; None among them for what lies nowhere."""
        if (action, roles) not in self._reached:
            found = self.session.scalars(
                select(Grid.id).where(queries.reached_places(self.actor, action, Grid.path, roles))
            )
            nowhere = self.session.scalar(select(queries.reached_places(self.actor, action, literal(""), roles)))
            self._reached[action, roles] = frozenset(found) | (frozenset([None]) if nowhere else frozenset())
        return self._reached[action, roles]
