"""What a dispatch asks of the duty lists: whose a problem is, row by row, and whether a duty is a ground for it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from .models import Duty, ProblemDuty, ProblemType
from .queries import IN_ORDER, WHOSE, DutyRow, rows
from .scope import Part, applies, counts_here, county_duty, part_of, parts

NOBODY = "nobody"
ROLES = ("lead", "cooperate", "tell", NOBODY)  # in this order where two rows have the same rank
#: Why a duty is no plain ground, the gravest first.
OTHER_TIER, NOT_APPLIED, NOT_LINKED = "other_tier", "not_applied", "not_linked"
DOUBTS = (OTHER_TIER, NOT_APPLIED, NOT_LINKED)
LOCAL = frozenset({"township", "village"})  # tiers whose duties no department of the county has


def duty_of(session: Session, duty_id: int | None, department: str | None) -> Duty | None:
    """A duty in force that is this department's, by the list or by what the county has named; else None."""
    if duty_id is None or department is None:
        return None
    return session.scalar(select(Duty).where(Duty.id == duty_id, WHOSE.in_([department]), Duty.valid_to.is_(None)))


def duties_of(session: Session, departments: Collection[str], *, everywhere: bool = False) -> dict[str, list[Duty]]:
    """By department the duties that a county's department can have, in the order of the documents: those that apply
    here, or with ``everywhere`` those of all texts and tiers.
    """
    known = [] if everywhere else parts(session)
    here = () if everywhere else (applies(known), county_duty(known))
    found: dict[str, list[Duty]] = {department: [] for department in departments}
    for duty, department in session.execute(
        select(Duty, WHOSE).where(WHOSE.in_(departments), Duty.valid_to.is_(None), *here).order_by(*IN_ORDER)
    ):
        found[department].append(duty)
    return found


class Linked(NamedTuple):
    """A row "problem, duty" with the duty's own row and its part; both None where the documents name nobody."""

    link: ProblemDuty
    problem: ProblemType
    line: DutyRow | None
    part: Part | None
    is_countys: bool  # whether a department of the county can have it

    @property
    def applies(self) -> bool:
        """Whether it counts here."""
        return counts_here(self.line, self.part)

    @property
    def is_local(self) -> bool:
        """Whether it is a township's or a village's."""
        return self.line is not None and self.line.duty.tier in LOCAL


def problems(session: Session) -> list[ProblemType]:
    """All everyday words for problems, in their order."""
    return list(session.scalars(_PROBLEMS))


_PROBLEMS = select(ProblemType).order_by(ProblemType.position, ProblemType.code)


def linked(session: Session, problems: Collection[str]) -> list[Linked]:
    """The rows of some problems by rank, leaders first where ranks are equal; also those that do not apply here."""
    found = session.execute(
        select(ProblemDuty, ProblemType)
        .join(ProblemType, ProblemType.code == ProblemDuty.problem)
        .where(ProblemDuty.problem.in_(problems), ProblemDuty.valid_to.is_(None))
    ).all()
    lines = {line.duty.code: line for line in rows(session, Duty.code.in_({link.duty for link, _ in found}))}
    known = parts(session)
    countys = set(session.scalars(select(Duty.code).where(Duty.code.in_(lines), county_duty(known))))
    made = [
        Linked(link, problem, line, part_of(known, line.duty) if line else None, link.duty in countys)
        for link, problem in found
        if (line := lines.get(link.duty or "")) or link.duty is None  # a retired duty is nobody's any more
    ]
    return sorted(made, key=lambda row: (row.link.rank, ROLES.index(row.link.role), row.problem.position, row.link.id))


def doubt(session: Session, duty: Duty, problems: Sequence[str]) -> str | None:
    """Why a duty is no plain ground for these problems, one of DOUBTS; None when it is one."""
    known = parts(session)
    asked = {
        OTHER_TIER: county_duty(known),
        NOT_APPLIED: applies(known),
        NOT_LINKED: exists().where(
            ProblemDuty.duty == Duty.code, ProblemDuty.problem.in_(problems), ProblemDuty.valid_to.is_(None)
        ),
    }
    good = session.execute(select(*asked.values()).where(Duty.id == duty.id)).one()
    return next((name for name, holds in zip(asked, good, strict=True) if not holds), None)
