"""Reads for the six classes of data that the platform holds (004:174): what lies in each grid, and its daily work."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from ..card import queries as cards
from ..core import clock
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..patrol.models import ObjectType, Patrol, PatrolObject, Visit
from ..patrol.queries import in_list
from ..people import queries as people_queries
from ..people.models import Person, Posting
from ..report.models import Report


def things(session: Session, grid_ids: Collection[int]) -> list[tuple[PatrolObject, ObjectType]]:
    """The objects on the lists of some grids today, grid by grid."""
    listed = PatrolObject.grid_id.in_(grid_ids), in_list(clock.today())
    found = select(PatrolObject, ObjectType).join(ObjectType, ObjectType.code == PatrolObject.type).where(*listed)
    return [(thing, kind) for thing, kind in session.execute(found.order_by(PatrolObject.grid_id, PatrolObject.id))]


def posted(session: Session, grid_ids: Collection[int]) -> list[tuple[Posting, Person]]:
    """Who acts in some grids today from a posting there, with it, grid by grid; no closed account."""
    there = people_queries.there(cards.PERSONNEL).with_only_columns(Posting, Person)
    found = there.where(Posting.grid_id.in_(grid_ids)).order_by(Posting.grid_id, Posting.id)
    return [(posting, person) for posting, person in session.execute(found)]


class Work(NamedTuple):
    """Of one grid since a moment: rounds, visits and reports; and the reports that are open now."""

    rounds: int = 0
    visits: int = 0
    reports: int = 0
    open: int = 0


def work(session: Session, grid_ids: Collection[int], since: datetime) -> dict[int, Work]:
    """What was done in each of some grids since a moment, and in those that became part of it; grids in which nothing
    was are left out."""
    of_these = or_(Grid.id.in_(grid_ids), Grid.heir_id.in_(grid_ids))
    heirs = {row[0]: row[1] for row in session.execute(select(Grid.id, grid_queries.today()).where(of_these))}
    rounds = _counted(Patrol, Patrol.occurred_at >= since)
    visits = _counted(Patrol, Patrol.occurred_at >= since).join(Visit, Visit.patrol_id == Patrol.id)
    reports, still = _counted(Report, Report.received_at >= since), _counted(Report, Report.is_open)
    counted = [Counter[int]() for _ in Work._fields]
    for counts, asked in zip(counted, (rounds, visits, reports, still), strict=True):
        for grid_id, number in session.execute(asked.where(asked.selected_columns[0].in_(heirs))):
            counts[heirs[grid_id]] += number
    found: set[int] = set().union(*counted)
    return {id_: Work(*(counts[id_] for counts in counted)) for id_ in found}


def _counted(model: Any, which: Any) -> Select[int, int]:
    """The records of a model in each grid."""
    return select(model.grid_id, func.count()).select_from(model).where(which).group_by(model.grid_id)
