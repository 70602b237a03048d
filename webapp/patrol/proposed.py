"""Reads of what officers propose for the lists of objects."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from ..access import Actor, Condition, below, holders, kept, where
from ..core import clock
from ..core.db import Moment
from ..core.errors import NotFound
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..grid.queries import Cell
from ..people import queries as people_queries
from ..people.models import Person
from .models import ObjectProposal, ObjectType, PatrolObject
from .queries import TODAY

SHOWN = 20  # of a village's list, the newest


class Proposed(NamedTuple):
    """A proposal, who made it, the type of what is to come, and the object that is to go or came."""

    proposal: ObjectProposal
    person: Person
    type: ObjectType | None
    object: PatrolObject | None

    @property
    def named(self) -> Any:
        """What it is about, with its names ``zh`` and ``en``."""
        return self.object or _Name(self.proposal.zh or "", self.proposal.zh or "")


class _Name(NamedTuple):
    zh: str
    en: str


_ALL = (
    select(ObjectProposal, Person, ObjectType, PatrolObject)
    .join(Person, Person.id == ObjectProposal.made_by)
    .join(Grid, Grid.id == ObjectProposal.grid_id)
    .outerjoin(ObjectType, ObjectType.code == ObjectProposal.type)
    .outerjoin(PatrolObject, PatrolObject.id == ObjectProposal.object_id)
)
_IS_OPEN = ObjectProposal.is_accepted.is_(None)


_Above = aliased(Grid)


def _is_mine(actor: Actor) -> Condition:
    """The lists are the actor's to keep: he sits at the nearest grid above where somebody does. Asked of the proposal's
    own grid: of ``Grid`` it would be looked for at every grid of the county, however few proposals there are."""
    nearer = select(_Above.id).where(
        below(Grid.path, _Above.path),
        _Above.id != ObjectProposal.grid_id,
        _Above.id.not_in(actor.grids_for("object.edit")),
        where(actor, "object.edit", grid_path=_Above.path),
        people_queries.is_staffed_grid(_Above.id, *holders("object.edit"), on=TODAY),
    )
    return and_(where(actor, "object.edit", grid_path=Grid.path), ~nearer.correlate(Grid, ObjectProposal).exists())


@kept
def _open(actor: Actor) -> Select[*tuple[Any, ...]]:
    return _ALL.where(_is_mine(actor), _IS_OPEN)


@kept
def _counted(actor: Actor) -> Select[int]:
    waiting_ = select(func.count(ObjectProposal.id)).join(Grid, Grid.id == ObjectProposal.grid_id)
    return waiting_.where(_is_mine(actor), _IS_OPEN)


@kept
def _page(actor: Actor) -> Select[*tuple[Any, ...]]:
    listed = _open(actor).order_by(ObjectProposal.made_at, ObjectProposal.id)
    return listed.offset(bindparam("first")).limit(bindparam("most"))


def count(session: Session, actor: Actor) -> int:
    """How many wait for the answer of the actor: of the nearest office above at which somebody sits."""
    return session.scalar(_counted(actor), {"today": clock.today(), **actor.reach()}) or 0


def waiting(session: Session, actor: Actor, first: int, most: int) -> list[tuple[Proposed, Cell]]:
    """These, oldest first, each with its village."""
    asked = {"first": first, "most": most, "today": clock.today(), **actor.reach()}
    found = [Proposed(*row) for row in session.execute(_page(actor), asked)]
    cells = grid_queries.named(session, {each.proposal.grid_id for each in found})
    return [(each, cells[each.proposal.grid_id]) for each in found]


def of_grid(session: Session, grid_id: int) -> list[Proposed]:
    """The newest of a grid that the actor was found to reach, those without an answer first."""
    newest = ObjectProposal.made_at.desc(), ObjectProposal.id.desc()
    query = _ALL.where(ObjectProposal.grid_id == grid_id).order_by(ObjectProposal.is_accepted.is_not(None), *newest)
    return [Proposed(*row) for row in session.execute(query.limit(SHOWN))]


_MINE = (
    _ALL.where(ObjectProposal.made_by == bindparam("me"), ObjectProposal.made_at >= bindparam("since", type_=Moment))
    .order_by(ObjectProposal.made_at.desc(), ObjectProposal.id.desc())
    .limit(SHOWN)
)


def mine(session: Session, actor: Actor, since: datetime) -> list[Proposed]:
    """What the actor proposed since a moment, newest first."""
    return [Proposed(*row) for row in session.execute(_MINE, {"me": actor.person_id, "since": since})]


def made_by(session: Session, proposal_id: uuid.UUID) -> int | None:
    """Who sent the proposal with this id; None when it is not there."""
    return session.scalar(select(ObjectProposal.made_by).where(ObjectProposal.id == proposal_id))


def shown(session: Session, actor: Actor, proposal_id: uuid.UUID) -> Proposed:
    """A proposal for a list that the actor may change, else NotFound."""
    reached = where(actor, "object.edit", grid_path=Grid.path)
    row = session.execute(_ALL.where(ObjectProposal.id == proposal_id, reached)).first()
    if row is None:
        raise NotFound
    return Proposed(*row)


def one(session: Session, actor: Actor, proposal_id: uuid.UUID) -> ObjectProposal:
    """A proposal for a list that the actor may change, locked for the answer; else NotFound."""
    query = select(ObjectProposal).join(Grid, Grid.id == ObjectProposal.grid_id)
    reached = where(actor, "object.edit", grid_path=Grid.path)
    found = session.scalar(query.where(ObjectProposal.id == proposal_id, reached).with_for_update(of=ObjectProposal))
    if found is None:
        raise NotFound
    return found


def is_asked(session: Session, grid_id: int, type_: str, zh: str) -> bool:
    """Whether something of this type and name is proposed for a grid and waits for its answer."""
    same = ObjectProposal.grid_id == grid_id, ObjectProposal.type == type_, ObjectProposal.zh == zh
    return session.scalar(select(ObjectProposal.id).where(*same, _IS_OPEN).limit(1)) is not None


def open_stops(session: Session, object_ids: Sequence[int]) -> set[int]:
    """Those of the objects of which somebody proposes, without an answer yet, that they go."""
    asked = select(ObjectProposal.object_id).where(ObjectProposal.object_id.in_(object_ids), _IS_OPEN)
    return {id_ for id_ in session.scalars(asked) if id_ is not None} if object_ids else set()
