"""Reads about people: who somebody is, and what he is posted to on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from ..access import Actor, Condition, holders
from ..access import Posting as Right
from ..core import clock
from ..core.columns import one_of
from ..grid import queries as grids
from ..grid.models import Grid, GridVersion
from . import rules
from .models import ActingFor, Body, Person, Posting

WALKERS = holders("patrol.walk")  # the officers of a grid
SPEAKING = [role for role in rules.POSTINGS if rules.sits_in_body(role)]  # for a body
ONE_DAY = timedelta(days=1)
TODAY: Any = bindparam("today", type_=Date)  # of a SELECT that is kept


def in_force(on: Any) -> Condition:
    """The condition that a posting counts on a day."""
    return and_(Posting.valid_from <= on, or_(Posting.valid_to.is_(None), Posting.valid_to > on))


def actor_of(session: Session, person_id: int) -> Actor:
    """The actor a person is today, without a log-in: for the command line, the demo and tests."""
    person = session.get_one(Person, person_id)
    rows = session.execute(
        select(Posting.id, Posting.role, Posting.grid_id, Grid.path, Posting.body_id, Posting.valid_to)
        .outerjoin(Grid, Grid.id == Posting.grid_id)
        .where(Posting.person_id == person_id, in_force(clock.today()))
    ).all()
    return Actor(person.id, person.zh, tuple(Right(*row) for row in rows), person.language, en=person.en)


def by_login(session: Session, login: str) -> Person | None:
    """The person with this log-in name (as ``rules.login_name`` writes it)."""
    return session.scalar(select(Person).where(Person.login == login))


def by_id(session: Session, person_id: int) -> Person:
    """One's own account."""
    return session.scalars(_BY_ID, {"person_id": person_id}).one()


_BY_ID = select(Person).where(Person.id == bindparam("person_id"))


def live_roles(session: Session, person_id: int) -> frozenset[str]:
    """The roles a person holds today or will hold."""
    return frozenset(
        session.scalars(
            select(Posting.role).where(
                Posting.person_id == person_id, or_(Posting.valid_to.is_(None), Posting.valid_to > clock.today())
            )
        )
    )


class PostingLine(NamedTuple):
    """A posting with the names of where it is."""

    posting: Posting
    grid: GridVersion | None
    body: Body | None
    instead: Person | None = None  # whose place it fills while he is away


_Absent = aliased(Person)


def lines() -> Select[Posting, GridVersion | None, Body | None, Person | None]:
    """What a ``PostingLine`` is made of, to be narrowed and sorted."""
    return (
        select(Posting, GridVersion, Body, _Absent)
        .select_from(Posting)
        .outerjoin(GridVersion, and_(GridVersion.grid_id == Posting.grid_id, grids.current()))
        .outerjoin(Body, Body.id == Posting.body_id)
        .outerjoin(ActingFor, ActingFor.posting_id == Posting.id)
        .outerjoin(_Absent, _Absent.id == ActingFor.person_id)
    )


def postings_of(session: Session, person_id: int) -> list[PostingLine]:
    """All postings of a person that count today or later, in the order they began."""
    rows = session.execute(
        lines()
        .where(Posting.person_id == person_id, or_(Posting.valid_to.is_(None), Posting.valid_to > clock.today()))
        .order_by(Posting.valid_from, Posting.id)
    )
    return [PostingLine(*row) for row in rows]


def demo_people(session: Session) -> list[tuple[Person, list[PostingLine]]]:
    """The sample log-ins of a demo, in the order they were made; there are none outside one."""
    people = session.scalars(select(Person).where(Person.is_demo).order_by(Person.id))
    return [(person, postings_of(session, person.id)) for person in people]


def officers(session: Session, grid_id: int, on: date | None = None) -> list[Person]:
    """The grid officers of a grid on a day (today), in the order of their postings;
    a suspended one up to the day before. Of a grid that ended also those of its heir."""
    day = on or clock.today()
    asked = {"grid_id": grid_id, "today": day, "tomorrow": clock.start(day + ONE_DAY)}
    return list(session.scalars(_OFFICERS, asked))


_OFFICERS = (
    select(Person)
    .join(Posting, Posting.person_id == Person.id)
    .where(
        Posting.grid_id.in_(grids.with_heir(bindparam("grid_id"))),
        one_of(Posting.role, WALKERS),
        in_force(TODAY),
        or_(Person.suspended_at.is_(None), Person.suspended_at >= bindparam("tomorrow")),
    )
    .order_by(Posting.id)
)


def posted(session: Session, grid_ids: Collection[int], roles: Collection[str]) -> list[tuple[Person, int]]:
    """Who holds one of the roles at one of the grids today, his account open, with the grid; as they were posted."""
    asked = {"today": clock.today(), "grid_ids": list(grid_ids), "roles": list(roles)}
    rows = session.execute(_POSTED, asked)
    return [(person, grid_id) for person, grid_id in rows if grid_id is not None]


def officers_so_far(session: Session, grid_id: int) -> dict[Person, date | None]:
    """Everybody who is or was the officer of a grid, with the last day for whom it is over: those of today,
    then the latest."""
    rows = session.execute(_OFFICERS_SO_FAR, {"grid_id": grid_id, "today": clock.today()})
    found: dict[Person, date] = {}
    for person, posting in rows:
        last = _last_day(person, posting)
        if last >= posting.valid_from:
            found[person] = max(last, found.get(person, last))
    ordered = sorted(found.items(), key=lambda one: min(one[1], clock.today()), reverse=True)
    return {person: last if last < clock.today() else None for person, last in ordered}


_OFFICERS_SO_FAR = (
    select(Person, Posting)
    .join(Posting, Posting.person_id == Person.id)
    .where(Posting.grid_id == bindparam("grid_id"), one_of(Posting.role, WALKERS), Posting.valid_from <= TODAY)
    .order_by(Posting.id)
)


def _last_day(person: Person, posting: Posting) -> date:
    """The last day on which a posting counts; the end of time while nothing ends it."""
    ends = [posting.valid_to or date.max, clock.day(person.suspended_at) if person.suspended_at else date.max]
    return min(ends) - ONE_DAY


def spoken_for(session: Session, body_ids: Collection[int]) -> set[int]:
    """Which of these bodies somebody is posted to today whose account is open."""
    speaking = there(SPEAKING).with_only_columns(Posting.body_id)
    found = session.scalars(speaking.where(Posting.body_id.in_(body_ids)))
    return {body_id for body_id in found if body_id is not None}


# --- who is there: somebody is posted today and his account is open, whether he ever logged in or not ---


def there(roles: Collection[str], without: Collection[int] = (), on: Any = None) -> Select[int]:
    """The ids of the postings in these roles that somebody fills today, but for some (``without``).

    ``on`` is a parameter that is today, for a SELECT that is kept.
    """
    found = (
        select(Posting.id)
        .join(Person, Person.id == Posting.person_id)
        .where(
            one_of(Posting.role, roles), in_force(clock.today() if on is None else on), Person.suspended_at.is_(None)
        )
    )
    return found.where(Posting.id.not_in(without)) if without else found


_SEATED = (
    select(Person, Posting.grid_id)
    .join(Posting, Posting.person_id == Person.id)
    .where(Posting.role.in_(bindparam("roles", expanding=True)), in_force(TODAY), Person.suspended_at.is_(None))
)
_POSTED = _SEATED.where(Posting.grid_id.in_(bindparam("grid_ids", expanding=True))).order_by(Posting.id)


def is_staffed_grid(grid_id: Any, *roles: str, without: Collection[int] = (), on: Any = None) -> Condition:
    """The condition that somebody is posted in one of some roles to the grid of a column. It is asked grid by grid:
    a set of all that are staffed would go through the postings of every county."""
    return there(roles, without, on).where(Posting.grid_id == grid_id).exists()


def is_staffed_body(body_id: Any, without: Collection[int] = (), on: Any = None) -> Condition:
    """The condition that somebody speaks for the body of a column."""
    return there(SPEAKING, without, on).where(Posting.body_id == body_id).exists()


@dataclass(frozen=True)
class Seat:
    """A role at a grid or in a body: what people are posted to, and what is held there whoever sits in it."""

    role: str
    grid_id: int | None = None
    body_id: int | None = None


def vacant_since(session: Session, seats: Collection[Seat]) -> dict[Seat, date | None]:
    """For seats in which nobody sits today: the first day on which nobody did; None where nobody ever has."""
    rows = session.execute(
        select(Posting, Person)
        .join(Person, Person.id == Posting.person_id)
        .where(
            or_(
                Posting.grid_id.in_({seat.grid_id for seat in seats} - {None}),
                Posting.body_id.in_({seat.body_id for seat in seats} - {None}),
            ),
            Posting.valid_from <= clock.today(),
        )
    )
    found: dict[Seat, date | None] = dict.fromkeys(seats)
    for posting, person in rows:
        seat, last = Seat(posting.role, posting.grid_id, posting.body_id), _last_day(person, posting)
        if seat in found and last >= posting.valid_from - ONE_DAY:
            found[seat] = max(last + ONE_DAY, found[seat] or date.min)
    return found


def sitting(session: Session, seat: Seat, without: Collection[int] = ()) -> list[tuple[Person, date | None]]:
    """Who sits there today, in the order of their postings, each with the first day on which he no longer will."""
    rows = session.execute(
        there([seat.role], without)
        .with_only_columns(Person, Posting.valid_to)
        .where(Posting.grid_id == seat.grid_id if seat.body_id is None else Posting.body_id == seat.body_id)
        .order_by(Posting.id)
    )
    return [(person, ends) for person, ends in rows]


def departments(session: Session) -> list[Body]:
    """The county's departments that can be dispatched to, in their order."""
    return list(session.scalars(select(Body).where(is_department()).order_by(Body.id)))


def is_department() -> Condition:
    """The condition that a body is one of them."""
    return and_(Body.kind == "department", Body.closed_on.is_(None))
