"""Finding reports by what people say of them: the newest first, up to a number that is told."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, distinct, func, or_, select, union_all
from sqlalchemy.orm import Session

from ..access import Actor, Condition
from ..duty.models import ProblemType
from ..grid import queries as grids
from ..grid.models import Grid, GridVersion
from . import pairs, queries
from .models import Report, ReportJoint, ReportProblem

MOST_WORDS = 6  # of a search; what follows counts as one
MOST = 200  # reports that are looked up; a page that shows as many says that these are the newest
PAGE = 25  # of them on a page
MANY = 8  # one grid in so many is called by a word that many are called by
DIGITS = 5  # of a number within its year, at least


def search(session: Session, actor: Actor, words: str, most: int = MOST) -> list[uuid.UUID]:
    """The ids of the reports the actor may see that say every one of the words, newest first."""
    said = [_saying(session, word) for word in words.split(maxsplit=MOST_WORDS - 1)]
    return list(session.scalars(_newest(queries.readable(actor).where(*said), most).with_only_columns(Report.id)))


def these(session: Session, ids: Sequence[uuid.UUID]) -> list[Any]:
    """Reports by their ids as rows of a list, in that order; whoever asks may see them."""
    found = {report.id: report for report in session.execute(_THESE, {"ids": ids})}
    return [found[id_] for id_ in ids]


_THESE = select(*queries.LISTED).where(Report.id.in_(bindparam("ids", expanding=True)))


def by_number(session: Session, actor: Actor, digits: str, most: int) -> list[Report]:
    """Reports the actor may see that have this number in any year, newest first."""
    is_it = Report.number.in_(_numbers(session, digits))
    return list(session.scalars(_newest(queries.readable(actor).where(is_it), most)))


def _newest(found: Select[Any], most: int) -> Select[Any]:
    return found.order_by(Report.received_at.desc(), Report.id.desc()).limit(most)


def _numbers(session: Session, said: str) -> list[str]:
    """The numbers that somebody may mean: as it stands, or without its year, and then of each year there is."""
    if not said.isdecimal():
        return [said]
    first, last = (session.scalar(select(end(Report.number))) for end in (func.min, func.max))
    years = range(int(first[:4]), int(last[:4]) + 1) if first and last else ()
    return [f"{year}-{said:0>{DIGITS}}" for year in years]


def _saying(session: Session, word: str) -> Condition:
    """The condition that number, place, sentence, a problem or a village (in either language; old names too) holds a
    word. Each is found by an index of its own, and so they stand as sets of ids and not beside each other; but where
    a word is in the name of many villages (村), most reports would be in the sets, and each is asked instead."""
    villages = select(GridVersion.grid_id).where(grids.ever(), _holds(word, GridVersion.zh, GridVersion.en))
    problems = select(ProblemType.code).where(_holds(word, ProblemType.zh, ProblemType.en))
    joint = select(ReportJoint.report_id).where(ReportJoint.grid_id.in_(villages))
    told_as = select(ReportProblem.report_id).where(ReportProblem.problem.in_(problems))
    texts, is_number = _holds(word, Report.place, Report.note), Report.number.in_(_numbers(session, word))
    if _are_many(session, villages):
        return or_(is_number, Report.grid_id.in_(villages), texts, Report.id.in_(joint), Report.id.in_(told_as))
    sets = (and_(Report.id.in_(pairs.holding(word)), texts), is_number, Report.grid_id.in_(villages))
    return Report.id.in_(union_all(*(select(Report.id).where(each) for each in sets), joint, told_as))


def _are_many(session: Session, villages: Select[int]) -> bool:
    named = select(func.count(distinct(villages.subquery().c.grid_id))).scalar_subquery()
    every = select(func.count(Grid.id)).scalar_subquery()
    return bool(session.scalar(select(named * MANY > every)))


def _holds(word: str, *columns: Any) -> Condition:
    has_case = word.lower() != word.upper()  # where there is none, comparing as it stands is several times faster
    return or_(*((column.icontains if has_case else column.contains)(word, autoescape=True) for column in columns))
