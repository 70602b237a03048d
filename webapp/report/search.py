"""Finding reports by what people say of them: the newest first, up to a number that is told."""

import uuid
from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, and_, bindparam, distinct, exists, func, or_, select, union_all
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
COMMON = 1000  # reports that say a word that many say
DIGITS = 5  # of a number within its year, at least


def search(session: Session, actor: Actor, words: str, most: int = MOST) -> list[uuid.UUID]:
    """The ids of the reports the actor may see that say every one of the words, newest first. Those that are open and
    the others are asked for by themselves: an index of all the newest would be taken for every list in that order."""
    said = [_saying(session, actor, word) for word in words.split(maxsplit=MOST_WORDS - 1)]
    found = (
        _newest(queries.readable(actor).where(kind, *said), most).with_only_columns(Report.id, Report.received_at)
        for kind in (Report.is_open, ~Report.is_open)
    )
    newest = sorted(chain.from_iterable(map(session.execute, found)), key=attrgetter("received_at", "id"), reverse=True)
    return [row.id for row in newest[:most]]


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


def _saying(session: Session, actor: Actor, word: str) -> Condition:
    """The condition that number, place, sentence, a problem or a village (in either language; old names too) holds a
    word. Each is found by an index of its own, and so they stand as sets of ids and not beside each other. But where a
    word is in the name of many villages (村), or many reports say it and a whole county is read, the sets would hold
    most of them: then the newest are asked one by one until there are enough."""
    villages = select(GridVersion.grid_id).where(grids.ever(), _holds(word, GridVersion.zh, GridVersion.en))
    problems = select(ProblemType.code).where(_holds(word, ProblemType.zh, ProblemType.en))
    joint, told_as = ReportJoint.grid_id.in_(villages), ReportProblem.problem.in_(problems)
    texts, is_number = _holds(word, Report.place, Report.note), Report.number.in_(_numbers(session, word))
    if _are_many(session, villages) or (_reads_a_county(actor) and _say_many(session, word)):
        is_joint = exists().where(ReportJoint.report_id == Report.id, joint)
        is_told_as = exists().where(ReportProblem.report_id == Report.id, told_as)
        return or_(is_number, Report.grid_id.in_(villages), texts, is_joint, is_told_as)
    sets = (and_(Report.id.in_(pairs.holding(word)), texts), is_number, Report.grid_id.in_(villages))
    beside = select(ReportJoint.report_id).where(joint), select(ReportProblem.report_id).where(told_as)
    return Report.id.in_(union_all(*(select(Report.id).where(each) for each in sets), *beside))


def _reads_a_county(actor: Actor) -> bool:
    """Whether what the actor reads is mostly all there is, so that a walk through the newest is short."""
    return any(posting.path and len(grids.on_path(posting.path)) == 1 for posting in actor.postings)


def _say_many(session: Session, word: str) -> bool:
    """Whether many reports hold each pair of a word. Those that hold all of them are then many as well, nearly always;
    where they are not, all reports are asked."""
    return min(session.execute(pairs.counting(word, COMMON)).one()) >= COMMON


def _are_many(session: Session, villages: Select[int]) -> bool:
    named = select(func.count(distinct(villages.subquery().c.grid_id))).scalar_subquery()
    every = select(func.count(Grid.id)).scalar_subquery()
    return bool(session.scalar(select(named * MANY > every)))


def _holds(word: str, *columns: Any) -> Condition:
    has_case = word.lower() != word.upper()  # where there is none, comparing as it stands is several times faster
    return or_(*((column.icontains if has_case else column.contains)(word, autoescape=True) for column in columns))
