"""Reads for those who look after accounts: whom they see, whom they stand above, where they may post."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from ..access import ROLES, SYSTEM, Actor, Concern, Condition, concerns_nobody, holders, where
from ..core import clock
from ..core.errors import NotFound
from ..grid import queries as grids
from ..grid.models import Grid, GridVersion
from ..login.models import LoginCode, LoginSession
from ..people import queries as people_queries
from ..people import rules
from ..people.models import ActingFor, Body, Person, Posting, RoleWord
from ..people.queries import PostingLine, Seat

PAGE = 50
Columns = TypeVarTuple("Columns")
_Own, _OfBody, _Other = aliased(Grid), aliased(Grid), aliased(Posting)
#: The path of a posting's place, empty for a posting to nowhere, so that no condition on it is NULL.
_PATH: ColumnElement[Any] = func.coalesce(_Own.path, _OfBody.path, "")


def _placed(query: Select[*Columns]) -> Select[*Columns]:
    """A query on postings with their places joined."""
    return (
        query.outerjoin(_Own, _Own.id == Posting.grid_id)
        .outerjoin(Body, Body.id == Posting.body_id)
        .outerjoin(_OfBody, _OfBody.id == Body.grid_id)
    )


def _live(posting: Any) -> Condition:
    """Counts today or later."""
    return or_(posting.valid_to.is_(None), posting.valid_to > clock.today())


def _counted() -> Condition:
    """The postings that say whose person somebody is: the live ones, or all old ones when none is live."""
    return or_(_live(Posting), not_(exists().where(_Other.person_id == Posting.person_id, _live(_Other))))


def reached(
    actor: Actor, action: str, path: Any, roles: Collection[str] = ROLES, concerned: Concern | None = None
) -> Condition:
    """What the actor reaches through postings in one of ``roles``; everything for the command line.

    ``concerned`` as in ``access.where``.
    """
    return true() if actor is SYSTEM else where(actor.only(*roles), action, grid_path=path, concerned=concerned)


def reached_places(actor: Actor, action: str, path: Any, roles: Collection[str] = ROLES) -> Condition:
    """The same for grids and bodies: a place is nobody's own matter."""
    return reached(actor, action, path, roles, concerns_nobody)


def _his_own(actor: Actor) -> Condition:
    """Postings of the actor himself."""
    return Posting.person_id == actor.person_id


def _ranked(actor: Actor, action: str, who: Callable[[str], Collection[str]]) -> Condition:
    """Postings whose role one of the actor's roles stands over, where that role reaches; never his own."""
    return or_(
        false(), *(and_(Posting.role == role, reached(actor, action, _PATH, who(role), _his_own)) for role in ROLES)
    )


def seen(actor: Actor) -> Condition:
    """The people an actor may look up."""
    if actor is SYSTEM:
        return true()
    return Person.id.in_(_placed(select(Posting.person_id)).where(_counted(), reached(actor, "person.read", _PATH)))


def helped(actor: Actor) -> Condition:
    """The people an actor may edit, suspend, help and post: each counted posting strictly below, never oneself, and
    nobody who was forgotten."""
    is_known = Person.erased_at.is_(None)
    if actor is SYSTEM:
        return is_known
    below = _ranked(actor, "person.help", rules.above)
    counted = _placed(select(Posting.person_id)).where(_counted())
    return and_(
        is_known,
        Person.id.in_(counted.where(below)),
        not_(Person.id.in_(counted.where(not_(below)))),
    )


def person(session: Session, actor: Actor, person_id: int, *, to_help: bool = False) -> Person:
    """One person the actor may look up (or help), else NotFound."""
    found = session.scalar(select(Person).where(Person.id == person_id, helped(actor) if to_help else seen(actor)))
    if found is None:
        raise NotFound
    return found


def successors(session: Session, actor: Actor, person_id: int) -> list[Person]:
    """Who can take over from somebody: everybody else below the actor whose account is open, by log-in name."""
    found = select(Person).where(helped(actor), Person.id != person_id, Person.suspended_at.is_(None))
    return list(session.scalars(found.order_by(Person.login)))


def standing_in(session: Session, person_id: int) -> set[int]:
    """The ids of somebody's postings in which he acts for another."""
    found = select(ActingFor.posting_id).join(Posting, Posting.id == ActingFor.posting_id)
    return set(session.scalars(found.where(Posting.person_id == person_id)))


def hold(session: Session, people: Collection[int]) -> None:
    """Hold some people, by their ids, until the transaction ends; NotFound where one of them was forgotten."""
    found = select(Person.erased_at).where(Person.id.in_(people)).order_by(Person.id).with_for_update()
    if any(session.scalars(found)):
        raise NotFound


def may_help(session: Session, actor: Actor, person_id: int) -> bool:
    """Whether the buttons are shown."""
    return session.scalar(select(Person.id).where(Person.id == person_id, helped(actor))) is not None


def posting_below(session: Session, actor: Actor, posting_id: int) -> Posting:
    """A live posting the actor may end: its role strictly below, its place within reach, not his own."""
    found = session.scalar(
        _placed(select(Posting)).where(
            Posting.id == posting_id,
            _live(Posting),
            _ranked(actor, "posting.grant", rules.above),
        )
    )
    if found is None:
        raise NotFound
    return found


def endable(session: Session, actor: Actor, person_id: int) -> set[int]:
    """Ids of a person's postings that the actor may end."""
    return set(
        session.scalars(
            _placed(select(Posting.id)).where(
                Posting.person_id == person_id,
                _live(Posting),
                _ranked(actor, "posting.grant", rules.above),
            )
        )
    )


def live_postings(session: Session, person_id: int) -> list[Posting]:
    """A person's postings that count today or later."""
    return list(session.scalars(select(Posting).where(Posting.person_id == person_id, _live(Posting))))


def old_postings(session: Session, person_id: int) -> list[PostingLine]:
    """A person's ended postings with the names of their places, newest first."""
    rows = session.execute(
        people_queries.lines()
        .where(Posting.person_id == person_id, Posting.valid_to <= clock.today())
        .order_by(Posting.valid_to.desc(), Posting.id.desc())
    )
    return [PostingLine(*row) for row in rows]


def codes(session: Session, person_id: int) -> list[LoginCode]:
    """The log-in codes given to a person, newest first; the codes themselves are kept nowhere."""
    return list(
        session.scalars(
            select(LoginCode).where(LoginCode.person_id == person_id).order_by(LoginCode.id.desc()).limit(10)
        )
    )


class PersonRow(NamedTuple):
    """A person under one of the places he is posted to."""

    person: Person
    role: str
    grid: GridVersion | None
    body: Body | None


def _people(actor: Actor, search: str | None) -> Select[Person, str, GridVersion | None, Body | None]:
    place = func.coalesce(Posting.grid_id, Body.grid_id)
    return (
        _placed(
            select(Person, Posting.role, GridVersion, Body)
            .select_from(Posting)
            .join(Person, Person.id == Posting.person_id)
        )
        .outerjoin(GridVersion, and_(GridVersion.grid_id == place, grids.current()))
        .where(_counted(), reached(actor, "person.read", _PATH), _named_like(search))
    )


def count_people(session: Session, actor: Actor, search: str | None) -> int:
    """How many lines the list of people has."""
    return session.scalar(_people(actor, search).with_only_columns(func.count())) or 0


def people(session: Session, actor: Actor, search: str | None, first: int) -> list[PersonRow]:
    """The people the actor may look up, place by place in code order, never by what they did: a page of them, from the
    ``first`` on, counted from 0."""
    in_order = func.coalesce(GridVersion.code, ""), func.coalesce(Body.id, 0), Person.login, Posting.id
    rows = session.execute(_people(actor, search).order_by(*in_order).offset(first).limit(PAGE))
    return [PersonRow(*row) for row in rows]


def _named_like(search: str | None) -> Condition:
    """By the person's name or the place's: a phone call says "the officer of Huaiwan"."""
    if not search:
        return true()
    wanted = search.strip().lower()
    return or_(
        *(
            func.lower(column).contains(wanted, autoescape=True)
            for column in (Person.zh, Person.en, Person.login, GridVersion.zh, GridVersion.en, Body.zh, Body.en)
        )
    )


def without_password(session: Session, actor: Actor, among: Collection[int] | None = None) -> list[Person]:
    """The people (``among`` these ids) the actor helps who never logged in, in log-in order:
    their slip may have run out."""
    ever = select(LoginSession.id).where(LoginSession.person_id == Person.id).exists()
    return list(
        session.scalars(
            select(Person)
            .where(
                true() if among is None else Person.id.in_(among),
                helped(actor),
                Person.password_hash.is_(None),
                Person.suspended_at.is_(None),
                not_(ever),
            )
            .order_by(Person.login)
        )
    )


# --- what is left behind ---


class Leaving(NamedTuple):
    """A seat that somebody leaves, its grid or body, and who sits there afterwards, each with the day from which he no
    longer does (None: no such day is set)."""

    seat: Seat
    place: Any
    after: list[tuple[Person, date | None]]


def leaving(session: Session, lines: Collection[PostingLine], ended: Collection[int]) -> list[Leaving]:
    """The seats of some postings in which matters are moved, once the postings with these ids have ended."""
    return [
        Leaving(seat, line.grid or line.body, people_queries.sitting(session, seat, ended))
        for line in lines
        if line.posting.role in holders("report.move")
        for seat in [Seat(line.posting.role, line.posting.grid_id, line.posting.body_id)]
    ]


def empty_offices(session: Session, actor: Actor) -> list[str]:
    """The roles for the whole county that nobody holds and that the actor is the first to give: no desk stands above
    that would list what waits there."""
    own = [role for role in rules.offered(actor.roles()) if rules.office_above(role) in actor.roles()]
    return [
        role
        for role in own
        if rules.places(role) == ("county",) and session.scalar(people_queries.there([role]).limit(1)) is None
    ]


def leaving_body(session: Session, body: Body) -> Leaving:
    """What a body that is taken out of use leaves behind: its people stay and finish it."""
    role = next(role for role in rules.POSTINGS if body.kind in rules.places(role))
    seat = Seat(role, body_id=body.id)
    return Leaving(seat, body, people_queries.sitting(session, seat))


# --- places and bodies ---


@dataclass(frozen=True)
class Place:
    """Somewhere a posting can be: a grid, a body, or nowhere. ``kind`` is a word of ``rules.POSTINGS``."""

    kind: str
    grid_id: int | None = None
    body_id: int | None = None


def place(session: Session, actor: Actor, role: str, grid_id: int | None, body_id: int | None) -> Place:
    """The place of a new posting, reached by one of the actor's roles that gives this role; else NotFound."""
    giving = rules.givers(role)
    if body_id is not None:
        found = body(session, actor, body_id, giving)
        if found.closed_on is not None or grid_id is not None:
            raise NotFound
        return Place(found.kind, body_id=body_id)
    if grid_id is None:
        if session.scalar(select(reached_places(actor, "posting.grant", literal(""), giving))):
            return Place("nowhere")
        raise NotFound
    tier = session.scalar(
        select(Grid.tier).where(
            Grid.id == grid_id, grids.stands(), reached_places(actor, "posting.grant", Grid.path, giving)
        )
    )
    if tier is None:
        raise NotFound
    return Place(rules.tier_kind(tier, grids.working_tier(session)), grid_id=grid_id)


def body(session: Session, actor: Actor, body_id: int, roles: Collection[str] = ROLES) -> Body:
    """One body that the actor may post people to (through one of ``roles``), else NotFound."""
    found = session.scalar(
        select(Body)
        .join(Grid, Grid.id == Body.grid_id)
        .where(Body.id == body_id, reached_places(actor, "posting.grant", Grid.path, roles))
    )
    if found is None:
        raise NotFound
    return found


class BodyLine(NamedTuple):
    """A body and the grid it belongs to."""

    body: Body
    grid: GridVersion


def bodies(
    session: Session, actor: Actor, kinds: Collection[str] = tuple(rules.BODIES), *, closed: bool = False
) -> list[BodyLine]:
    """The bodies the actor may post people to, by their grid's code; the closed ones only when asked."""
    rows = session.execute(
        select(Body, GridVersion)
        .select_from(Body)
        .join(Grid, Grid.id == Body.grid_id)
        .join(GridVersion, and_(GridVersion.grid_id == Grid.id, grids.current()))
        .where(
            Body.kind.in_(kinds),
            reached_places(actor, "posting.grant", Grid.path),
            true() if closed else Body.closed_on.is_(None),
        )
        .order_by(GridVersion.code, Body.kind, Body.id)
    )
    return [BodyLine(*row) for row in rows]


def single_holders(session: Session) -> dict[int, list[Person]]:
    """Of the bodies for which one person at a time speaks (``rules.is_single``): who does today, as they were posted;
    nobody who only acts for him.

    More than one were posted before that was a rule; the pages say so until somebody names the one.
    """
    single = [role for role in rules.POSTINGS if rules.is_single(role)]
    seated = people_queries.there(single).with_only_columns(Posting.body_id, Person)
    rows = session.execute(seated.where(not_(Posting.id.in_(select(ActingFor.posting_id)))).order_by(Posting.id))
    found: dict[int, list[Person]] = {}
    for body_id, person in rows:
        if body_id is not None:
            found.setdefault(body_id, []).append(person)
    return found


def same_body(session: Session, kind: str, grid_id: int, zh: str) -> Body | None:
    """An open body of this kind and name in a grid."""
    return session.scalar(
        select(Body).where(Body.kind == kind, Body.grid_id == grid_id, Body.zh == zh, Body.closed_on.is_(None))
    )


def cells(session: Session, actor: Actor, kinds: Collection[str], roles: Collection[str] = ROLES) -> list[grids.Cell]:
    """The grids of some kinds (county, township, village) that the actor may post people to, in code order."""
    lowest = grids.working_tier(session)
    within = reached_places(actor, "posting.grant", Grid.path, roles)
    return [cell for cell in grids.cells_where(session, within) if rules.tier_kind(cell.tier, lowest) in kinds]


def role_words(session: Session) -> dict[str, list[str]]:
    """What the county's lists call each role, as its rows say."""
    found: dict[str, list[str]] = {}
    rows = select(RoleWord.word, RoleWord.role).order_by(RoleWord.role, RoleWord.place, RoleWord.word)
    for word, role in session.execute(rows):
        found.setdefault(role, []).extend([word] if word not in found.get(role, []) else [])
    return found


def exclusive(last: date | None) -> date | None:
    """A last day as the tables keep it: the first day that no longer counts."""
    return None if last is None else date.fromordinal(last.toordinal() + 1)
