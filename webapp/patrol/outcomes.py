"""What came of the visits that were due to each object of a grid in a period: made, tried in vain and why, not made, or
with time left; and how long it was not seen. Their sums are the figures of ``coverage.due_and_seen``, and a ledger's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from ..access import Actor, kept
from ..core import clock
from ..core.db import day_number, second_number
from ..grid import queries as grid_queries
from . import coverage, frequencies
from .coverage import Longest
from .frequency import Rules
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
    rules = frequencies.rules(session)
    longest = coverage.longest_windows(rules, first, last)
    if not longest:
        return []
    given = {**coverage.of_period(longest, first, last), **coverage.within(actor, path)}
    known: dict[tuple[Any, ...], Windows] = {}
    rows = session.execute(_objects(actor, longest), given)
    lines = (_line(known, rules, first, last, *row) for row in rows)
    return [line for line in lines if line.due]


@kept
def _objects(actor: Actor, longest: Longest) -> Select[*tuple[Any, ...]]:
    moment = cast(second_number(Visit.at), String) + ":" + cast(day_number(Visit.at), String)
    tried = moment + ":" + func.coalesce(Visit.reason, "")
    tries = (
        select(func.aggregate_strings(tried, ","))
        .where(*coverage.in_time(longest), Visit.above.is_(None), Visit.result == NOT_SEEN_HERE)
        .correlate(PatrolObject)
        .scalar_subquery()
    )
    seen = last_seen(day_number(Visit.at), coverage.in_time(longest)[-1])
    found = coverage.visits(actor, True, longest, False)
    return found.add_columns(tries, seen, PatrolObject.zh, PatrolObject.en).order_by(PatrolObject.id)


def _line(
    known: dict[tuple[Any, ...], Windows],
    rules: Rules,
    first: date,
    last: date,
    id_: int,
    grid_id: int,
    type_: str,
    is_key: bool,
    since: date,
    until: date | None,
    marks: str | None,
    tries: str | None,
    seen_on: int | None,
    zh: str,
    en: str,
) -> Line:
    life = (type_, is_key, since, until)
    if life not in known:
        known[life] = Windows(rules.windows(*life, first, last))
    due, days, today = known[life], coverage.days_of(marks), min(last, clock.today())
    unseen = None if seen_on is None else today.toordinal() - seen_on
    is_listed = until is None or until > today
    about = _reasons(due, days.seen, tries), _running(due, days), unseen, is_listed
    return Line(id_, zh, en, grid_id, type_, len(due), len(due.hit(days.seen)), *about)


def _running(due: Windows, days: coverage.Days) -> int:
    """Windows that last until today or longer, in which it was neither seen nor tried."""
    today, filled = clock.today().toordinal(), due.hit(days.seen) | due.hit(days.tried)
    return sum(last >= today and place not in filled for place, last in enumerate(due.lasts))


def _reasons(due: Windows, seen: list[int], tries: str | None) -> Counter[str]:
    """Of each window in which it was tried and never seen, the reason of the last try."""
    filled = due.hit(seen)
    last: dict[int, str] = {}
    for _second, day, reason in sorted(_tries(tries)):
        for window in due.hit([day]) - filled:
            last[window] = reason
    return Counter(last.values())


def _tries(tries: str | None) -> Iterator[tuple[int, int, str]]:
    for each in tries.split(",") if tries else ():
        second, day, reason = each.split(":", 2)
        yield int(second), int(day), reason


def by_part(session: Session, above_id: int, lines: Iterable[Line]) -> dict[int, Sum]:
    """The sums of the grids directly below one, by their ids."""
    listed = list(lines)
    grids = grid_queries.named(session, {line.grid_id for line in listed})
    found: dict[int, Sum] = {}
    for line in listed:
        part = part_with(grids[line.grid_id].path, above_id)
        found.setdefault(part, Sum()).add(line)
    return found


def part_with(path: str, above_id: int) -> int:
    """The id of the grid directly below ``above_id`` on the way down a path; of the last one where none is."""
    way = grid_queries.on_path(path)
    return way[min(way.index(above_id) + 1, len(way) - 1)] if above_id in way else way[-1]


def by_type(lines: Iterable[Line]) -> dict[str, Sum]:
    """The sums of each type."""
    found: dict[str, Sum] = {}
    for line in lines:
        found.setdefault(line.type, Sum()).add(line)
    return found
