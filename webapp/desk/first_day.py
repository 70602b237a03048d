"""What a county needs before its work can begin: each step is a list, and its number is the list's length."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, exists, select, union_all
from sqlalchemy.orm import Session

from ..access import Actor, Condition, holders, kept
from ..core import clock
from ..core.errors import N_, NotFound
from ..core.models import TimeLimit
from ..grid import queries as grid_queries
from ..grid.models import Grid
from ..grid.queries import Cell
from ..patrol import frequencies
from ..patrol.models import FrequencyRule, PatrolObject
from ..patrol.queries import walked
from ..people import queries as people_queries
from ..people import rules
from ..people.models import Body, Person, Posting

OURS = "county setting"  # the source of a value that no document gives
OFFICE, SUPERVISORS, OFFICERS = holders("setting.edit"), holders("report.submit_for"), people_queries.WALKERS
LIAISONS = tuple(role for role in rules.POSTINGS if rules.places(role) == ("department",))


@dataclass(frozen=True)
class Line:
    """One entry of a list: a row with zh and en, and its key for an address; ``kind`` says what it is."""

    kind: str
    key: Any
    row: Any


@dataclass(frozen=True)
class Step:
    """``is_lack``: it is done when its list is empty and there is anything it could be about; else when its list holds
    something. ``roles``: who would have to be posted."""

    key: str
    label: str
    advice: str
    is_lack: bool
    roles: tuple[str, ...] = ()

    def is_done(self, lines: int, of: int) -> bool:
        """Whether nothing is left to do for it, when its list has so many lines."""
        return of > 0 and lines == 0 if self.is_lack else lines > 0


STEPS = (
    Step("borders", N_("Grids with their borders"), N_("By a command of the server: %(command)s"), False),
    Step("office", N_("People of the county office"), N_("The system administrator posts them."), False, OFFICE),
    Step("supervisors", N_("Townships without a supervisor"), N_("One person or more for each."), True, SUPERVISORS),
    Step(
        "officers",
        N_("Villages without an officer"),
        N_("Best from a spreadsheet: one row per person."),
        True,
        OFFICERS,
    ),
    Step("objects", N_("Villages without objects"), N_("Best from a spreadsheet: one row per object."), True),
    Step(
        "departments",
        N_("Departments without a liaison"),
        N_("Without one nothing can be dispatched there."),
        True,
        LIAISONS,
    ),
    Step(
        "limits",
        N_("Limits and frequencies still at our suggestion"),
        N_("The county office changes what it wants and ticks to adopt the rest as suggested."),
        True,
    ),
)


@dataclass(frozen=True)
class Found:
    """A step with what stands in its list. ``of``: how many there are that it could be about."""

    step: Step
    lines: list[Line]
    of: int

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.step.is_done(len(self.lines), self.of)


def progress(session: Session, actor: Actor) -> list[bool]:
    """Which of the steps are done, in their order."""
    return [step.is_done(*found_) for step, found_ in zip(STEPS, are_there(session, actor), strict=True)]


def are_there(session: Session, actor: Actor) -> list[tuple[bool, bool]]:
    """For each step whether its list has a line, and whether there is anything that it could be about: by one SELECT
    that looks no further than the first of each, for a desk, which shows no more."""
    asked = {"today": clock.today(), **actor.reach()}
    row = session.execute(_are_there(actor, grid_queries.working_tier(session)), asked).one()
    found_ = list(map(bool, row))
    return list(zip(found_[::2], found_[1::2], strict=True))


@kept
def _are_there(actor: Actor, lowest: int) -> Select[*tuple[Any, ...]]:
    today, grids = people_queries.TODAY, grid_queries.in_force(actor, "setup.read")
    townships, villages = grids.where(Grid.tier == 2, Grid.tier != lowest), grids.where(Grid.tier == lowest)
    bodies = select(Body.id).where(people_queries.is_department())
    office = people_queries.there(OFFICE, on=today).with_only_columns(Posting.person_id).distinct()

    def unstaffed(roles: Collection[str]) -> Condition:
        return ~people_queries.is_staffed_grid(Grid.id, *roles, on=today)

    listed = {
        "borders": (grids, grids),
        "office": (office, office),
        "supervisors": (townships.where(unstaffed(SUPERVISORS)), townships),
        "officers": (villages.where(unstaffed(OFFICERS)), villages),
        "objects": (villages.where(~exists().where(PatrolObject.grid_id == Grid.id, walked(today))), villages),
        "departments": (bodies.where(~people_queries.is_staffed_body(Body.id, on=today)), bodies),
        "limits": (union_all(_LIMITS, frequencies.UNCONFIRMED.with_only_columns(FrequencyRule.type)), grids),
    }
    return select(*(which.exists() for step in STEPS for which in listed[step.key]))


_LIMITS = select(TimeLimit.code).where(TimeLimit.changed_at.is_(None), TimeLimit.source == OURS)


def found(session: Session, actor: Actor) -> Iterator[Found]:
    """All steps as they stand, each worked out when it is asked for."""
    county = _County(session, actor)
    return (county.found(step) for step in STEPS)


def one(session: Session, actor: Actor, key: str) -> Found:
    """One of them; NotFound when none is called so."""
    step = next((step for step in STEPS if step.key == key), None)
    if step is None:
        raise NotFound
    return _County(session, actor).found(step)


def is_over(steps: Iterable[Found]) -> bool:
    """Whether all of it is done; looks no further than the first that is not."""
    return all(each.is_done for each in steps)


class _County:
    """What the steps look at, each read once."""

    def __init__(self, session: Session, actor: Actor):
        self.session = session
        self.cells = grid_queries.cells(session, actor, "setup.read")
        self.lowest = grid_queries.working_tier(session)

    def found(self, step: Step) -> Found:
        """A step with its list."""
        return Found(step, *LISTS[step.key](self))

    def of_kind(self, kind: str) -> list[Cell]:
        """The grids of a tier, in code order."""
        return [cell for cell in self.cells if rules.tier_kind(cell.tier, self.lowest) == kind]

    @cached_property
    def posted(self) -> Mapping[str, set[int]]:
        """Grids with somebody posted today whose account is open, by role."""
        rows = self.session.execute(
            select(Posting.role, Posting.grid_id)
            .join(Person, Person.id == Posting.person_id)
            .where(Posting.grid_id.is_not(None), people_queries.in_force(clock.today()), Person.suspended_at.is_(None))
        )
        found_: dict[str, set[int]] = {}
        for role, grid_id in rows:
            found_.setdefault(role, set()).add(grid_id or 0)
        return found_

    def without(self, kind: str, roles: Collection[str]) -> tuple[list[Line], int]:
        """The grids of a tier where nobody holds one of these roles."""
        held = set[int]().union(*(self.posted.get(role, set()) for role in roles))
        cells = self.of_kind(kind)
        return [Line("grid", cell.id, cell) for cell in cells if cell.id not in held], len(cells)

    def borders(self) -> tuple[list[Line], int]:
        """All grids."""
        return [Line("grid", cell.id, cell) for cell in self.cells], len(self.cells)

    def office(self) -> tuple[list[Line], int]:
        """Who is posted to the county office."""
        rows = self.session.scalars(
            select(Person)
            .where(
                Person.id.in_(
                    select(Posting.person_id).where(Posting.role.in_(OFFICE), people_queries.in_force(clock.today()))
                ),
                Person.suspended_at.is_(None),
            )
            .order_by(Person.login)
        )
        lines = [Line("person", person.id, person) for person in rows]
        return lines, len(lines)

    def objects(self) -> tuple[list[Line], int]:
        """Villages with nothing on their list today."""
        held = set(self.session.scalars(select(PatrolObject.grid_id).where(walked(clock.today())).distinct()))
        cells = self.of_kind("village")
        return [Line("village", cell.id, cell) for cell in cells if cell.id not in held], len(cells)

    def departments(self) -> tuple[list[Line], int]:
        """Departments that nobody speaks for today."""
        bodies = people_queries.departments(self.session)
        spoken = people_queries.spoken_for(self.session, [body.id for body in bodies])
        return [Line("body", body.id, body) for body in bodies if body.id not in spoken], len(bodies)

    def limits(self) -> tuple[list[Line], int]:
        """Limits and rules of frequency that the county has not set or confirmed."""
        return list(self._ours()), 1

    def _ours(self) -> Iterator[Line]:
        ours = select(TimeLimit).where(TimeLimit.code.in_(_LIMITS)).order_by(TimeLimit.code)
        for row in self.session.scalars(ours):
            yield Line("limit", row.code, row)
        for _rule, type_ in frequencies.unconfirmed(self.session):
            yield Line("frequency", type_.code, type_)


LISTS: Mapping[str, Callable[[_County], tuple[list[Line], int]]] = {
    "borders": _County.borders,
    "office": _County.office,
    "supervisors": lambda county: county.without("township", SUPERVISORS),
    "officers": lambda county: county.without("village", OFFICERS),
    "objects": _County.objects,
    "departments": _County.departments,
    "limits": _County.limits,
}
