"""What came of the visits that were due to each object of a grid in a period: made, tried in vain and why, not made, or
with time left; and how long it was not seen. Their sums are the figures of ``coverage.due_and_seen``, and a ledger's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from ..access import Actor, kept
from ..core import clock
from ..core.db import day_number, second_number
from ..grid import queries as grid_queries
from . import coverage
from .coverage import Days, Longest, Visited
from .models import PatrolObject, Visit
from .queries import NOT_SEEN_HERE, last_seen
from .windows import Windows


class Line(NamedTuple):
    """An object, by the grid that has it today: visits due and made, why each other one that was tried came to nothing
    (a ready word, by number of visits), those whose time is not over (``running``), and how many days it was not seen
    when the period ended, or today while it goes on: None for never. ``is_listed``: it was on the list then.
    """

    id: int
    zh: str
    en: str
    grid_id: int
    type: str
    due: int
    seen: int
    reasons: Counter[str]
    running: int
    unseen: int | None
    is_listed: bool

    @property
    def could_not_see(self) -> int:
        """Visits that were tried in vain."""
        return self.reasons.total()

    @property
    def not_gone(self) -> int:
        """Visits that nobody made or tried, and whose time is over."""
        return self.due - self.seen - self.could_not_see - self.running

    @property
    def is_blind(self) -> bool:
        """Whether it is a blind spot: a visit of the period was not made, for whatever reason."""
        return self.is_listed and self.not_gone + self.could_not_see > 0


@dataclass
class Sum:
    """Of some objects: how many they are, their visits, and how many of those on the list were never seen."""

    objects: int = 0
    due: int = 0
    seen: int = 0
    could_not_see: int = 0
    not_gone: int = 0
    running: int = 0
    never: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, line: Line) -> None:
        """One more object."""
        self.objects += 1
        self.due += line.due
        self.seen += line.seen
        self.could_not_see += line.could_not_see
        self.not_gone += line.not_gone
        self.running += line.running
        self.never += line.is_listed and line.unseen is None
        self.reasons += line.reasons


def total(lines: Iterable[Line]) -> Sum:
    """All together."""
    found = Sum()
    for line in lines:
        found.add(line)
    return found


def blind(lines: Iterable[Line]) -> list[Line]:
    """The blind spots: what was never seen comes first, then what was not seen longest."""
    return sorted(filter(lambda line: line.is_blind, lines), key=lambda line: (-_unseen(line), -line.not_gone, line.id))


def _unseen(line: Line) -> int:
    return date.max.toordinal() if line.unseen is None else line.unseen


def of(session: Session, actor: Actor, first: date, last: date, path: str) -> list[Line]:
    """The objects below a path of which a visit was due from ``first`` to ``last``, both included, in the order of
    their ids."""
    found = coverage.visited(session, actor, first, last, path, False, _objects)
    return [_line(each, min(last, clock.today())) for each in found]


@kept
def _objects(actor: Actor, is_part: bool, longest: Longest, is_of_list: bool) -> Select[*tuple[Any, ...]]:
    """``coverage.visits`` with names, the day each was last seen, and the tries in vain in one text: second, reason."""
    tried = cast(second_number(Visit.at), String) + ":" + func.coalesce(Visit.reason, "")
    tries = (
        select(func.aggregate_strings(tried, ","))
        .where(*coverage.in_time(longest), Visit.above.is_(None), Visit.result == NOT_SEEN_HERE)
        .correlate(PatrolObject)
        .scalar_subquery()
    )
    seen = last_seen(day_number(Visit.at), coverage.in_time(longest)[-1])
    found = coverage.visits(actor, is_part, longest, is_of_list)
    return found.add_columns(PatrolObject.zh, PatrolObject.en, seen, tries).order_by(PatrolObject.id)


def _line(each: Visited, day: date) -> Line:
    """``day``: the last of the period that has come."""
    zh, en, seen_on, tries = each.more
    return Line(
        *(each.id, zh, en, each.grid_id, each.type, len(each.due), len(each.due.hit(each.days.seen))),
        reasons=_reasons(each, tries),
        running=_running(each.due, each.days),
        unseen=None if seen_on is None else day.toordinal() - seen_on,
        is_listed=each.until is None or each.until > day,
    )


def _running(due: Windows, days: Days) -> int:
    """Windows that last until today or longer, in which it was neither seen nor tried."""
    today, filled = clock.today().toordinal(), due.hit(days.seen) | due.hit(days.tried)
    return sum(last >= today and place not in filled for place, last in enumerate(due.lasts))


def _reasons(each: Visited, tries: str | None) -> Counter[str]:
    """Of each window in which it was tried and never seen, the reason of the last try."""
    filled = each.due.hit(each.days.seen)
    last: dict[int, str] = {}
    for second, reason in sorted(_tries(tries)):
        day = clock.day(datetime.fromtimestamp(second, UTC)).toordinal()
        last |= dict.fromkeys(each.due.hit([day]) - filled, reason)
    return Counter(last.values())


def _tries(tries: str | None) -> Iterator[tuple[int, str]]:
    for each in tries.split(",") if tries else ():
        second, _colon, reason = each.partition(":")
        yield int(second), reason


def by_part(session: Session, above_id: int, lines: Iterable[Line]) -> dict[int, Sum]:
    """The sums of the grids directly below one, by their ids."""
    listed = list(lines)
    grids = grid_queries.named(session, {line.grid_id for line in listed})
    found: dict[int, Sum] = {}
    for line in listed:
        part = grid_queries.part_with(grids[line.grid_id].path, above_id)
        found.setdefault(part, Sum()).add(line)
    return found


def by_type(lines: Iterable[Line]) -> dict[str, Sum]:
    """The sums of each type."""
    found: dict[str, Sum] = {}
    for line in lines:
        found.setdefault(line.type, Sum()).add(line)
    return found
