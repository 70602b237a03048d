"""The villages of a county as the filling needs them: who works there, who is above, what there is to look at."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.models import TimeLimit
from webapp.duty.models import ProblemType
from webapp.grid.models import Grid, GridVersion
from webapp.grid.queries import current
from webapp.patrol.models import PatrolObject
from webapp.people.models import Body, Posting

KINDS = {"station_officer": ("committee", "station"), "department_liaison": ("department",)}


class Thing(NamedTuple):
    """An object to be looked at."""

    id: int
    type: str
    zh: str
    lon: float
    lat: float


@dataclass
class Village:
    """A grid of the lowest tier; ``lineage`` are the ids from the root down to its own."""

    id: int
    version: int
    lineage: tuple[int, ...]
    neighbour: int | None = None
    things: list[Thing] = field(default_factory=list)


@dataclass(frozen=True)
class Land:
    """All villages with an officer and something to look at, and who sits where: person by role and grid, bodies by
    kind and grid, who speaks for a body. ``days`` is how long each clock runs."""

    villages: list[Village]
    people: dict[tuple[str, int], list[int]]
    bodies: dict[tuple[str, int], list[int]]
    speakers: dict[int, int]
    days: dict[str, float]
    enforced: frozenset[str]

    def person(self, role: str, village: Village) -> int:
        """Who has this role for the village: of its own grid or the nearest one above."""
        return next(self.people[role, grid][0] for grid in reversed(village.lineage) if (role, grid) in self.people)

    def bodies_for(self, role: str, village: Village, problem: str) -> list[int]:
        """What those with this role speak for, near the village. A committee decides on no enforcement."""
        kinds = [kind for kind in KINDS[role] if kind != "committee" or problem not in self.enforced]
        return [body for kind in kinds for grid in village.lineage for body in self.bodies.get((kind, grid), ())]

    @cached_property
    def of_id(self) -> dict[int, Village]:
        """By the id of the grid."""
        return {village.id: village for village in self.villages}


def read(session: Session) -> Land:
    """The land of a settled county, prefecture or province."""
    people, speakers = _posted(session)
    bodies: dict[tuple[str, int], list[int]] = defaultdict(list)
    for body in session.scalars(select(Body).order_by(Body.id)):
        if body.id in speakers:
            bodies[body.kind, body.grid_id].append(body.id)
    villages = [village for village in _villages(session) if ("grid_officer", village.id) in people and village.things]
    for one, next_one in pairwise(villages):
        if one.lineage[:-1] == next_one.lineage[:-1]:
            one.neighbour, next_one.neighbour = next_one.id, one.id
    enforced = frozenset(session.scalars(select(ProblemType.code).where(ProblemType.needs_enforcement)))
    return Land(villages, people, dict(bodies), speakers, _days(session), enforced)


def _posted(session: Session) -> tuple[dict[tuple[str, int], list[int]], dict[int, int]]:
    people: dict[tuple[str, int], list[int]] = defaultdict(list)
    speakers: dict[int, int] = {}
    for post in session.scalars(select(Posting).order_by(Posting.id)):
        if post.valid_to is not None and post.valid_to <= clock.today():
            continue
        if post.grid_id is not None:
            people[post.role, post.grid_id].append(post.person_id)
        elif post.body_id is not None:
            speakers[post.body_id] = post.person_id
    return dict(people), speakers


def _villages(session: Session) -> list[Village]:
    rows: Any = session.execute(
        select(Grid.id, GridVersion.id, Grid.path)
        .join(GridVersion, GridVersion.grid_id == Grid.id)
        .where(current(), Grid.tier == select(func.max(Grid.tier)).scalar_subquery())
        .order_by(Grid.path)
    )
    villages = {id_: Village(id_, version, tuple(map(int, path.split(".")[:-1]))) for id_, version, path in rows}
    for thing in session.scalars(select(PatrolObject).where(PatrolObject.valid_to.is_(None)).order_by(PatrolObject.id)):
        villages[thing.grid_id].things.append(Thing(thing.id, thing.type, thing.zh, thing.lon, thing.lat))
    return list(villages.values())


def _days(session: Session) -> dict[str, float]:
    """Of each clock; five work days are a week."""
    length = {"hour": 1 / 24, "work_day": 7 / 5, "calendar_day": 1.0}
    return {limit.code: limit.number * length[limit.unit] for limit in session.scalars(select(TimeLimit))}
