"""What is overdue, by who holds it now: a number and the oldest moment for each, and the reports behind a number.

What counts as overdue is the tab ``late_anywhere``: each open report whose own limit has run out, once. One on a border
rests where it is led. A site look and a cooperating body's part have limits of their own beside it and count nowhere.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, Subquery, and_, bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from ..access import Actor, Condition, kept
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..people import rules
from . import desk, details, vacant
from .models import Assignment, Report
from .workflow import REPORT

NOBODY = "nobody"  # in the place of a role: it rests where nobody is who could go on with it
ROLES = frozenset({NOBODY, *REPORT.holdings})
ALONE = 0  # in the place of an id: the role alone tells who holds it
_Lead = aliased(Assignment)  # beside the parts that rights ask for


class Row(NamedTuple):
    """Who holds overdue reports: a role (or ``NOBODY``) at a grid or in a body (or ``ALONE``). How many, and when the
    limit of the oldest ran out."""

    role: str
    place: int
    number: int
    since: datetime


class Names(NamedTuple):
    """The grids and bodies of rows, by their ids, and the whole county."""

    cells: dict[int, grid_queries.Cell]
    bodies: dict[int, Any]
    root: grid_queries.Cell | None


class Overdue:
    """All that is overdue and that the actor may see, at one moment."""

    def __init__(self, session: Session, actor: Actor, at: datetime):
        self._session, self._actor = session, actor
        self._gone = vacant.gaps(session, within=desk.place_of_gaps(actor))
        self._values = {**desk.moments(session, at)._asdict(), **actor.reach()}

    def rows(self) -> list[Row]:
        """One for each who holds some of it, whose oldest is the oldest first: one grouped SELECT."""
        return [Row(*row) for row in self._session.execute(_rows(self._actor, self._gone), self._values)]

    def count(self, role: str, place: int) -> int:
        """How many of them one holds."""
        return self._session.scalar(_count(self._actor, self._gone), self._of(role, place)) or 0

    def reports(self, role: str, place: int, first: int, most: int) -> list[Report]:
        """These, the oldest first, from the ``first`` on."""
        part = {"first": first, "most": most}
        return list(self._session.scalars(_page(self._actor, self._gone), {**part, **self._of(role, place)}))

    def _of(self, role: str, place: int) -> dict[str, Any]:
        return {"role": role, "place": place, **self._values}


def _all(actor: Actor, gone: vacant.Gaps) -> Subquery:
    return _placed(_held(desk.listed(actor, "late_anywhere"), gone)).subquery()


@kept
def _rows(actor: Actor, gone: vacant.Gaps) -> Select[Any]:
    held = _all(actor, gone).c
    oldest = func.min(held.due_at)
    found = select(held.role, held.place, func.count(), oldest).group_by(held.role, held.place)
    return found.order_by(oldest, held.role, held.place)


def _is_one(held: Subquery) -> Condition:
    return and_(held.c.role == bindparam("role"), held.c.place == bindparam("place"))


@kept
def _count(actor: Actor, gone: vacant.Gaps) -> Select[int]:
    held = _all(actor, gone)
    return select(func.count(held.c.id)).where(_is_one(held))


@kept
def _page(actor: Actor, gone: vacant.Gaps) -> Select[Report]:
    held = _all(actor, gone)
    found = select(Report).join(held, held.c.id == Report.id).where(_is_one(held)).order_by(*desk.ORDER)
    return found.offset(bindparam("first")).limit(bindparam("most"))


def names(session: Session, rows: Iterable[tuple[str, int]]) -> Names:
    """What roles and places are called: three SELECTs, however many rows there are."""
    grids, bodies = set[int](), set[int]()
    for role, place in rows:
        (bodies if role != NOBODY and rules.sits_in_body(role) else grids).add(place)
    root = grid_queries.root(session)
    return Names(grid_queries.named(session, grids - {ALONE}), details.bodies(session, bodies), root)


def _held(late: Select[Report], gone: vacant.Gaps) -> Select[Any]:
    """Each report with the role that holds it, and every id by which one such holder is told from another."""
    holds = ((Report.state.in_(states), _word(role)) for role, states in REPORT.holdings.items())
    return late.outerjoin(
        _Lead, and_(_Lead.report_id == Report.id, _Lead.role == "lead", _Lead.to_at.is_(None))
    ).with_only_columns(
        Report.id,
        Report.due_at,
        case((vacant.is_unheld(gone), _word(NOBODY)), *holds).label("role"),
        grid_queries.today().label("village"),
        func.coalesce(Grid.parent_id, Grid.id).label("township"),
        _Lead.body_id.label("body"),
    )


def _placed(held: Select[Any]) -> Select[Any]:
    """The same with the one id that counts for the role."""
    of = held.subquery()
    kinds = {role: "body" if rules.sits_in_body(role) else rules.places(role)[0] for role in REPORT.holdings}
    ids = {role: of.c[kind] for role, kind in kinds.items() if kind in of.c}
    alone: Any = literal_column(str(ALONE))
    return select(of.c.id, of.c.due_at, of.c.role, func.coalesce(case(ids, value=of.c.role), alone).label("place"))


def _word(role: str) -> Any:
    """A role as text of the statement, so that PostgreSQL sees the same expression wherever it stands."""
    return literal_column(f"'{role}'")
