"""What a sheet is held against, read with a handful of statements however many rows it has; then grown row by row."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from ..access import Actor, Condition
from ..grid import queries as grids
from ..grid.models import Grid
from ..grid.names import Names
from ..people import rules
from ..people.models import Body, Person, Posting, RoleWord
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
    """Grids, open bodies and the people whose log-in names stand in the sheet, as one actor reaches them.

    ``nameless``: names of people in rows without a log-in name; those within reach who are called so are read too.
    """

    def __init__(self, session: Session, actor: Actor, logins: Collection[str], nameless: Collection[str] = ()):
        self.session, self.actor = session, actor
        self.lowest = grids.working_tier(session)
        self.cells = {cell.id: cell for cell in queries.cells(session, actor, ("county", "township", "village"))}
        self.bodies: dict[tuple[str, int, str], int] = {}
        self.spots: dict[int, Spot] = {}
        for body in session.scalars(select(Body).where(Body.closed_on.is_(None)).order_by(Body.id.desc())):
            self.add_body(body, body.id)
        self.people = self._known(Person.login.in_(logins))
        self.namesakes: defaultdict[str, list[Known]] = defaultdict(list)
        for known in self._known(Person.zh.in_(nameless)).values() if nameless else ():
            if known.is_below or known.person.id == actor.person_id:
                self.add_namesake(self.people.setdefault(known.person.login, known))
        self.taken = set(session.scalars(select(Person.login))) if nameless else set()
        self._reached: dict[tuple[str, frozenset[str]], frozenset[int | None]] = {}

    def add_body(self, body: Body, id_: int) -> None:
        """One more body that rows may name; ``id_`` stands for it until it has its own."""
        self.bodies[body.kind, body.grid_id, body.zh] = id_
        self.spots[id_] = Spot(body.kind, body.grid_id)

    def add_namesake(self, known: Known) -> None:
        """One more person whom a row without a log-in name may mean."""
        self.namesakes[known.person.zh].append(known)

    def _known(self, wanted: Condition) -> dict[str, Known]:
        people = list(self.session.scalars(select(Person).where(wanted)))
        ids = {person.id: Known(person, False, []) for person in people}
        for id_ in self.session.scalars(select(Person.id).where(Person.id.in_(ids), queries.helped(self.actor))):
            ids[id_].is_below = True
        for posting in self.session.scalars(select(Posting).where(Posting.person_id.in_(ids)).order_by(Posting.id)):
            ids[posting.person_id].postings.append(posting)
        return {known.person.login: known for known in ids.values()}

    @cached_property
    def names(self) -> Names:
        """Grids by code, Chinese and English name."""
        return Names(self.cells.values())

    @cached_property
    def _roles(self) -> dict[tuple[str, str], str]:
        """Roles by what they are called in the county's rows, by their English names and by their codes."""
        rows = self.session.execute(select(RoleWord.word, RoleWord.place, RoleWord.role))
        words = {(word.lower(), place): role for word, place, role in rows}
        english = {(name.lower(), "any"): role for role, name in rules.ROLE_NAMES.items()}
        return words | english | {(role, "any"): role for role in rules.POSTINGS}

    def role(self, word: str, grid_id: int | None) -> str | None:
        """The role that is called so at a grid (one and the same word may mean another at another tier)."""
        place = rules.tier_kind(self.cells[grid_id].tier, self.lowest) if grid_id is not None else "any"
        wanted = word.replace(" ", "").lower(), word.lower()
        keys = ((text, kind) for kind in (place, "any") for text in wanted)
        return next((self._roles[key] for key in keys if key in self._roles), None)

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
                select(Grid.id).where(grids.stands(), queries.reached_places(self.actor, action, Grid.path, roles))
            )
            nowhere = self.session.scalar(select(queries.reached_places(self.actor, action, literal(""), roles)))
            self._reached[action, roles] = frozenset(found) | (frozenset([None]) if nowhere else frozenset())
        return self._reached[action, roles]
