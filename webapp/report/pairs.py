"""The index of the search: what place and sentence of a report say, cut into pairs of neighbouring characters.

Most words of a search have two characters (秸秆), and no index of longer parts finds them. The rows are the same on
both engines, and follow the texts: they are written anew with them.
"""

import uuid
from collections.abc import Iterable, Iterator

from sqlalchemy import Select, delete, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from ..access import Condition
from .models import Report, ReportPair

LAST = "\U0010ffff"  # no character comes after it
LONGEST = 24  # characters of a word that are looked up; what follows is compared in what these find


def pairs_of(texts: Iterable[str | None]) -> set[str]:
    """The pairs in texts, in small letters. The last character of a word also stands alone, so that each is found."""
    return {pair for text in texts for word in (text or "").lower().split() for pair in _cut(word)}


def _cut(word: str) -> Iterator[str]:
    yield from (word[at : at + 2] for at in range(len(word)))


def add(session: Session, report: Report) -> None:
    """Write the pairs of a new report; it has some, as nothing is taken without a place."""
    session.execute(insert(ReportPair), rows(report.id, report.place, report.note))


def write_anew(session: Session, report: Report) -> None:
    """Write the pairs of a report whose texts have changed."""
    session.execute(delete(ReportPair).where(ReportPair.report_id == report.id))
    add(session, report)


def rows(report_id: uuid.UUID, *texts: str | None) -> list[dict[str, object]]:
    """The rows of a report that says this."""
    return [{"pair": pair, "report_id": report_id} for pair in sorted(pairs_of(texts))]


def holding(word: str) -> Select[uuid.UUID]:
    """The ids of the reports that hold every pair of a word: all that say it, and a few that say its parts only."""
    first, *others = _asked(word.lower()[:LONGEST])
    found = select(ReportPair.report_id).where(_is(ReportPair, first))
    for pair in others:
        further = aliased(ReportPair)
        found = found.where(exists().where(further.report_id == ReportPair.report_id, _is(further, pair)))
    return found if others or len(first) == 2 else found.distinct()


def counting(word: str, most: int) -> Select[*tuple[int, ...]]:
    """For each pair of a word how many reports hold it, as the columns of one row; counted up to ``most``."""
    pairs_ = _asked(word.lower()[:LONGEST])
    found = (select(ReportPair.report_id).where(_is(ReportPair, pair)).limit(most).subquery() for pair in pairs_)
    return select(*(select(func.count()).select_from(each).scalar_subquery() for each in found))


def _asked(word: str) -> list[str]:
    """The pairs of a word without its last character, which may go on; of one character, that."""
    return list(dict.fromkeys(pair for pair in _cut(word) if len(pair) == 2)) or [word]


def _is(model: type[ReportPair], pair: str) -> Condition:
    return model.pair == pair if len(pair) == 2 else model.pair.between(pair, pair + LAST)
