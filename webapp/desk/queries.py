"""Reads for the six classes of data that the platform holds (004:174): what lies in each grid, and its daily work."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ..card import queries as cards
from ..core import clock
from ..patrol.models import ObjectType, Patrol, PatrolObject, Visit
from ..people.models import Person, Posting
from ..people.queries import in_force
from ..report.models import Report


def things(session: Session, grid_ids: Collection[int]) -> list[tuple[PatrolObject, ObjectType]]:
    """The objects on the lists of some grids today, grid by grid."""
    found = (
        select(PatrolObject, ObjectType)
        .join(ObjectType, ObjectType.code == PatrolObject.type)
        .where(
            PatrolObject.grid_id.in_(grid_ids),
            PatrolObject.valid_from <= clock.today(),
            or_(PatrolObject.valid_to.is_(None), PatrolObject.valid_to > clock.today()),
        )
        .order_by(PatrolObject.grid_id, PatrolObject.id)
    )
    return [(thing, kind) for thing, kind in session.execute(found)]


def posted(session: Session, grid_ids: Collection[int]) -> list[tuple[Posting, Person]]:
    """Who acts in some grids today from a posting there, with it, grid by grid; no closed account."""
    found = (
        select(Posting, Person)
        .join(Person, Person.id == Posting.person_id)
        .where(
            Posting.grid_id.in_(grid_ids),
            Posting.role.in_(cards.PERSONNEL),
            in_force(clock.today()),
            Person.suspended_at.is_(None),
        )
        .order_by(Posting.grid_id, Posting.id)
    )
    return [(posting, person) for posting, person in session.execute(found)]


class Work(NamedTuple):
    """Of one grid since a moment: rounds, visits and reports; and the reports that are open now."""

    rounds: int = 0
    visits: int = 0
    reports: int = 0
    open: int = 0


def work(session: Session, grid_ids: Collection[int], since: datetime) -> dict[int, Work]:
    """What was done in each of some grids since a moment; grids in which nothing was are left out."""
    rounds = select(Patrol.grid_id, func.count(Patrol.id)).where(Patrol.occurred_at >= since)
    visits = (
        select(Patrol.grid_id, func.count(Visit.id))
        .join(Visit, Visit.patrol_id == Patrol.id)
        .where(Patrol.occurred_at >= since)
    )
    reports = select(Report.grid_id, func.count(Report.id)).where(Report.received_at >= since)
    still = select(Report.grid_id, func.count(Report.id)).where(Report.is_open)
    counted = [
        {row[0]: row[1] for row in session.execute(each.where(of.grid_id.in_(grid_ids)).group_by(of.grid_id))}
        for each, of in ((rounds, Patrol), (visits, Patrol), (reports, Report), (still, Report))
    ]
    found: set[int] = set().union(*counted)
    return {id_: Work(*(each.get(id_, 0) for each in counted)) for id_ in found}
