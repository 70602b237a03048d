"""Seats: a role at a grid or in a body. What waits in one, and the seats in which nobody sits."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, and_, bindparam, case, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from ..access import Actor, Condition, below, kept, where
from ..core import clock
from ..core.announce import InHand
from ..core.columns import one_of
from ..core.errors import N_
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..people import queries as people_queries
from ..people import rules
from ..people.models import Body
from ..people.queries import Seat
from . import queries, vacant
from .models import Assignment, Report, SiteLook
from .vacant import ROLES
from .workflow import REPORT

PLAIN = "report/_plain.html"
MOST = 100  # rows of what is in hand; the page says how many there are
_Seat = aliased(Grid)  # beside the grid of a report


class Vacancy(NamedTuple):
    """A seat in which nobody sits: its grid or body, the first day of it (None: nobody ever sat there), and how many
    reports wait there for somebody."""

    seat: Seat
    place: Any
    since: date | None
    waiting: int


def waits_at(role: str, key: Any, path: Any) -> Condition:
    """Of ``Report`` joined with its ``Grid``: it rests with a seat, or a look or a cooperating part waits there.

    ``key`` is the id of the seat's grid or body and ``path`` that of its grid: columns, or values.
    """
    return and_(Report.is_open, _rests_or_waits(role, key, path))


def _rests_or_waits(role: str, key: Any, path: Any) -> Condition:
    held = one_of(Report.state, REPORT.holdings[role])
    if rules.sits_in_body(role):
        is_open = and_(Assignment.report_id == Report.id, Assignment.body_id == key, Assignment.to_at.is_(None))
        part = _is_there(is_open, Assignment.role == "coop")
        return or_(and_(held, _is_there(is_open, Assignment.role == "lead")), part)
    if rules.places(role) != ("village",):
        return and_(held, below(Grid.path, path))
    asked = _is_there(SiteLook.report_id == Report.id, SiteLook.grid_id == key, SiteLook.answer.is_(None))
    return or_(and_(held, Report.grid_id == key), asked)


def _is_there(*conditions: Condition) -> Condition:
    """EXISTS, of a report and, where a SELECT goes through seats, of each of them: that stands two SELECTs higher."""
    return exists().where(*conditions).correlate(Report, _Seat, Body)


def _waiting(role: str, key: Any, seats: Any) -> Any:
    """How many reports wait in each of the seats that a SELECT goes through."""
    found = select(func.count()).select_from(Report).join(Grid, Grid.id == Report.grid_id)
    return found.where(waits_at(role, key, _Seat.path)).correlate(seats).scalar_subquery()


def vacancies(session: Session, actor: Actor) -> list[Vacancy]:
    """The seats within the actor's reach in which nobody sits, first those where something waits, then from the county
    down. A body out of use is none, unless something waits there still."""
    found = [*_in_grids(session, actor), *_in_bodies(session, actor)]
    since = people_queries.vacant_since(session, [vacancy.seat for vacancy in found])
    ready = [vacancy._replace(since=since[vacancy.seat]) for vacancy in found]
    return sorted(ready, key=lambda vacancy: vacancy.waiting == 0)


def count(session: Session, actor: Actor, standing: vacant.Standing) -> int:
    """How many there are of these: of the places where nobody is, those within reach, without looking at what waits
    there. ``standing`` is that of a county which has them all."""
    return _counted(session, actor, GRIDS, standing.unseated) + _counted(session, actor, BODIES, standing.gaps.bodies)


GRIDS, BODIES = "grids", "bodies"
AT_ONCE = 500  # ids of one statement


def _counted(session: Session, actor: Actor, kind: str, ids: Sequence[int]) -> int:
    pieces = (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
    return sum(session.scalar(_number(actor, kind), {"ids": piece, **actor.reach()}) or 0 for piece in pieces)


@kept
def _number(actor: Actor, kind: str) -> Select[int]:
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    if kind == GRIDS:
        return select(func.count(_Seat.id)).where(_Seat.id.in_(ids), grid_queries.stands(_Seat), _within(actor))
    return _of_bodies(func.count(Body.id)).where(Body.id.in_(ids), _in_use(), _within(actor))


def _grids(actor: Actor) -> dict[str, Condition]:
    """For each role that sits at a grid the condition that nobody does at a grid within reach."""
    lowest = grid_queries.WORKING_TIER
    tiers = {  # as in rules.tier_kind
        "county": and_(_Seat.tier == 1, _Seat.tier != lowest),
        "township": and_(_Seat.tier == 2, _Seat.tier != lowest),
        "village": _Seat.tier == lowest,
    }
    within = _within(actor)
    return {
        ROLES[kind]: and_(
            is_one, grid_queries.stands(_Seat), ~people_queries.is_staffed_grid(_Seat.id, ROLES[kind]), within
        )
        for kind, is_one in tiers.items()
    }


def _bodies(actor: Actor) -> Condition:
    """The same for bodies, each beside its grid (``_of_bodies``)."""
    return and_(~people_queries.is_staffed_body(Body.id), _in_use(), _within(actor))


def _in_use() -> Condition:
    holds = or_(*(and_(Body.kind == kind, _waiting(ROLES[kind], Body.id, Body) > 0) for kind in rules.BODIES))
    return or_(Body.closed_on.is_(None), holds)


def _of_bodies(*columns: Any) -> Any:
    return select(*columns).select_from(Body).join(_Seat, _Seat.id == Body.grid_id)


def _within(actor: Actor) -> Condition:
    return where(actor, "report.read", grid_path=_Seat.path)


def _in_grids(session: Session, actor: Actor) -> list[Vacancy]:
    found = {
        id_: (role, number)
        for role, condition in _grids(actor).items()
        for id_, number in session.execute(select(_Seat.id, _waiting(role, _Seat.id, _Seat)).where(condition))
    }
    cells = sorted(grid_queries.named(session, set(found)).values(), key=lambda cell: (cell.tier, cell.code))
    return [Vacancy(Seat(found[cell.id][0], grid_id=cell.id), cell, None, found[cell.id][1]) for cell in cells]


def _in_bodies(session: Session, actor: Actor) -> list[Vacancy]:
    waiting = case(*((Body.kind == kind, _waiting(ROLES[kind], Body.id, Body)) for kind in rules.BODIES))
    rows = session.execute(_of_bodies(Body, waiting).where(_bodies(actor)).order_by(_Seat.path, Body.id))
    return [Vacancy(Seat(ROLES[body.kind], body_id=body.id), body, None, number) for body, number in rows]


def in_hand(session: Session, actor: Actor, seats: Collection[Seat], ended: Collection[int]) -> list[InHand]:
    """What waits in some seats, and what of it would be with nobody once some postings (by their ids) have ended and is
    with somebody now: how many reports, and those that the actor may see, the first due first."""
    waits = _waits_in(session, seats)
    after, now = (vacant.waits_for_nobody(vacant.gaps(session, but)) for but in (ended, ()))
    lost = and_(waits, after, ~now)
    every, gone = _listed(session, actor, waits), _listed(session, actor, lost)
    if every == gone:
        return [InHand(N_("Waiting there, with nobody to act afterwards"), PLAIN, *every, is_lost=True)]
    return [
        InHand(N_("Waiting there"), PLAIN, *every),
        InHand(N_("Of these, with nobody to act afterwards"), PLAIN, *gone, is_lost=True),
    ]


def _listed(session: Session, actor: Actor, which: Condition) -> tuple[int, list[Report]]:
    every = select(func.count()).select_from(Report).join(Grid, Grid.id == Report.grid_id).where(which)
    found = queries.readable(actor).where(which).order_by(Report.due_at, Report.received_at, Report.id)
    on = {"today": clock.today()}
    return session.scalar(every, on) or 0, list(session.scalars(found.limit(MOST), on))


def _waits_in(session: Session, seats: Collection[Seat]) -> Condition:
    paths = dict(session.execute(select(Grid.id, Grid.path).where(Grid.id.in_({seat.grid_id for seat in seats}))).all())
    waits = (
        _rests_or_waits(seat.role, seat.body_id or seat.grid_id, paths.get(seat.grid_id or 0))
        for seat in seats
        if seat.role in REPORT.holdings
    )
    return and_(Report.is_open, or_(false(), *waits))
