"""Finding reports by what people say of them."""

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from ..access import Actor, Condition
from ..duty.models import ProblemType
from ..grid import queries as grids
from ..grid.models import GridVersion
from . import queries
from .models import Report, ReportJoint, ReportProblem

MOST_WORDS = 6  # of a search; what follows counts as one


def search(session: Session, actor: Actor, words: str, first: int = 0, most: int = 50) -> list[Report]:
    """Reports the actor may see that say every one of the words, newest first, from the ``first`` on."""
    return list(
        session.scalars(
            _saying(actor, words).order_by(Report.received_at.desc(), Report.id.desc()).offset(first).limit(most)
        )
    )


def count(session: Session, actor: Actor, words: str) -> int:
    """How many of these there are."""
    return session.scalar(_saying(actor, words).with_only_columns(func.count())) or 0


def _saying(actor: Actor, words: str) -> Select[Report]:
    return queries.readable(actor).where(*(_says(word) for word in words.split(maxsplit=MOST_WORDS - 1)))


def by_number(session: Session, actor: Actor, digits: str, most: int) -> list[Report]:
    """Reports the actor may see whose number ends in these digits, newest first."""
    return list(
        session.scalars(
            queries.readable(actor)
            .where(Report.number.endswith(digits, autoescape=True))
            .order_by(Report.received_at.desc())
            .limit(most)
        )
    )


def _says(word: str) -> Condition:
    """The condition that number, place, sentence, a problem or a village (in either language; old names too) holds a
    word.

    Sets and no EXISTS: PostgreSQL thinks those so dear that it compiles the query, which takes five times as long as
    running it.
    """
    has_case = word.lower() != word.upper()  # where there is none, comparing as it stands is several times faster

    def in_(*columns: Any) -> Condition:
        return or_(*((column.icontains if has_case else column.contains)(word, autoescape=True) for column in columns))

    villages = select(GridVersion.grid_id).where(grids.ever(), in_(GridVersion.zh, GridVersion.en))
    problems_ = select(ProblemType.code).where(in_(ProblemType.zh, ProblemType.en))
    return or_(
        in_(Report.number, Report.place, Report.note),
        Report.grid_id.in_(villages),
        Report.id.in_(select(ReportJoint.report_id).where(ReportJoint.grid_id.in_(villages))),
        Report.id.in_(select(ReportProblem.report_id).where(ReportProblem.problem.in_(problems_))),
    )
