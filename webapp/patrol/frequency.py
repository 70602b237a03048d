"""How often objects are visited: which rule holds for one on a day, and what follows from it. Pure: no database, no
clock (docs/decisions/0060).

A rule says "once in every ``every`` of a ``unit``" for objects of a type: from a day on, for all of them or for the key
ones alone, all year or in a season, which may run across New Year. Days are counted from the first day on which the
rule holds for an object; all other units are those of the calendar. Days in sums are whole numbers, as
``date.toordinal`` gives them.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from . import windows
from .windows import Window


class Unit(NamedTuple):
    """``place`` numbers the units in which days lie, ``first`` gives the first day of a number; a rule may ask for up
    to ``most`` of them, and none is longer than ``days``."""

    place: Callable[[date], int]
    first: Callable[[int], int]
    most: int
    days: int


def _parts(each_month: tuple[int, ...], most: int, days: int) -> Unit:
    """Months cut at these days."""

    def place(day: date) -> int:
        return _month(day) * len(each_month) + sum(day.day >= begin for begin in each_month) - 1

    def first(number: int) -> int:
        month, part = divmod(number, len(each_month))
        return _first_of(month) + each_month[part] - 1

    return Unit(place, first, most, days)


def _months(number: int, most: int, days: int) -> Unit:
    return Unit(lambda day: _month(day) // number, lambda place: _first_of(place * number), most, days)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of(month: int) -> int:
    return date(month // 12, month % 12 + 1, 1).toordinal()


DAY = "day"
#: The units a rule may count in, shortest first; a year at most.
UNITS = {
    DAY: Unit(date.toordinal, int, 366, 1),
    "week": Unit(lambda day: (day.toordinal() - 1) // 7, lambda place: place * 7 + 1, 52, 7),
    "ten_days": _parts((1, 11, 21), 36, 11),
    "half_month": _parts((1, 16), 24, 16),
    "month": _months(1, 12, 31),
    "quarter": _months(3, 4, 92),
    "half_year": _months(6, 2, 184),
    "year": _months(12, 1, 366),
}


class Rule(NamedTuple):
    """A rule as it is kept. ``every`` None: nothing is due. ``season_from`` and ``season_until`` are "MM-DD", both
    included, or None; ``valid_from`` None is since ever, ``valid_to`` the first day on which it holds no more."""

    id: int
    type: str
    for_key: bool
    season_from: str | None
    season_until: str | None
    every: int | None
    unit: str
    valid_from: date | None
    valid_to: date | None

    @property
    def slot(self) -> tuple[str, bool, str | None, str | None]:
        """What it is for. A new rule for the same takes its place."""
        return self.type, self.for_key, self.season_from, self.season_until

    def is_valid(self, day: date) -> bool:
        """Whether it is one of the county's rules on a day, in its season or not."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)

    def is_in_season(self, day: date) -> bool:
        """Whether a day of any year lies in its season."""
        return self.season_from is None or is_between(f"{day:%m-%d}", self.season_from, self.season_until or "")

    @property
    def longest(self) -> int:
        """No window of it has more days than this; 0 where nothing is due."""
        return (self.every or 0) * UNITS[self.unit].days


def is_between(day: str, first: str, last: str) -> bool:
    """Whether a "MM-DD" lies in a season, which may run across New Year."""
    return first <= day <= last if first <= last else day >= first or day <= last


def _yearly(day: str, year: int) -> date:
    """A day of the year, "MM-DD"; 02-29 is the last of February in every year."""
    month, number = map(int, day.split("-"))
    if (month, number) == (2, 29):
        return date.fromordinal(date(year, 3, 1).toordinal() - 1)
    return date(year, month, number)


class Rules:
    """The rules of a county, those that have ended among them."""

    def __init__(self, rules: Iterable[Rule]):
        self._of: dict[str, list[Rule]] = {}
        for rule in rules:
            self._of.setdefault(rule.type, []).append(rule)
        self._known: dict[tuple[str, bool, date], Rule | None] = {}

    def on(self, type_: str, is_key: bool, day: date) -> Rule | None:
        """The rule that holds for an object on a day: one of the season before one of all the year, then one for key
        objects before one for all; None where there is none."""
        asked = type_, is_key, day
        if asked not in self._known:
            fit = (
                rule
                for rule in self._of.get(type_, ())
                if rule.for_key <= is_key and rule.is_valid(day) and rule.is_in_season(day)
            )
            self._known[asked] = max(fit, key=lambda rule: (rule.season_from is not None, rule.for_key), default=None)
        return self._known[asked]

    def began(self, type_: str, is_key: bool, day: date) -> date:
        """The day since which the rule of ``day`` has held for such objects without a break: a season, or a rule that
        has ended, may lie before it."""
        rule, begun = self.on(type_, is_key, day), day
        turns = {turn for turn in self._turns(type_, date(day.year - 1, 1, 1), day) if turn <= day}
        for turn in sorted({*turns, date.min}, reverse=True):
            if self.on(type_, is_key, turn) != rule:
                return begun
            begun = turn
        return begun

    def of(self, day: date) -> "OfDay":
        """What they say on a day, to be asked of many objects."""
        return OfDay(self, day)

    def windows(
        self, type_: str, is_key: bool, since: date, until: date | None, first: date, last: date
    ) -> list[Window]:
        """The windows that end from ``first`` to ``last`` of an object on the list ``since`` a day and, where there is
        one, ``until`` the first day on which it is not. One that was cut because another rule came to hold counts as
        little as one that has not ended in the object's life."""
        end = min(last, date.fromordinal(until.toordinal() - 1)) if until else last
        found: list[Window] = []
        for rule, begin, over in self._stretches(type_, is_key, since, end):
            found += _within(rule, begin, first.toordinal(), over - 1)
        return found

    def _stretches(self, type_: str, is_key: bool, since: date, end: date) -> Iterator[tuple[Rule, int, int]]:
        """The runs of days up to ``end`` in which one rule holds, each as that rule, its first day and the day after
        its last."""
        days = sorted({since, *(day for day in self._turns(type_, since, end) if since < day <= end)})
        held = [(self.on(type_, is_key, day), day.toordinal()) for day in days if day <= end]
        merged = [each for n, each in enumerate(held) if n == 0 or each[0] != held[n - 1][0]]
        for (rule, begin), (_next_rule, over) in pairwise([*merged, (None, end.toordinal() + 1)]):
            if rule is not None and rule.every is not None:
                yield rule, begin, over

    def _turns(self, type_: str, since: date, end: date) -> Iterator[date]:
        """The days on which another rule may come to hold."""
        for rule in self._of.get(type_, ()):
            yield from (day for day in (rule.valid_from, rule.valid_to) if day)
            if rule.season_from and rule.season_until:
                for year in range(since.year, end.year + 1):
                    yield _yearly(rule.season_from, year)
                    yield date.fromordinal(_yearly(rule.season_until, year).toordinal() + 1)

    def longest(self, first: date, last: date) -> dict[str, int]:
        """By type of object, how many days its longest window may have that ends in a period; types without any are
        left out."""
        found: dict[str, int] = {}
        for rule in (rule for rules in self._of.values() for rule in rules):
            if (rule.valid_from or date.min) <= last and (rule.valid_to or date.max) > first and rule.longest:
                found[rule.type] = max(rule.longest, found.get(rule.type, 0))
        return found


class OfDay:
    """The rules of one day, each worked out once: lists ask them for every object."""

    def __init__(self, rules: Rules, day: date):
        self.rules, self.day = rules, day
        self._known: dict[tuple[str, bool], tuple[Rule, date] | None] = {}

    def due_on(self, type_: str, is_key: bool, since: date, seen: int | None) -> date | None:
        """The day from which an object, on the list ``since`` and last seen on the day of this number, is due by the
        rule of the day; None where nothing is due. This moves with each visit, where windows do not (windows.py)."""
        asked = type_, is_key
        held = self._known[asked] if asked in self._known else self._found(asked)
        if held is None:
            return None
        rule, began = held
        begun = since if since > began else began
        return begun if seen is None else max(begun, _next(rule, seen))

    def _found(self, asked: tuple[str, bool]) -> tuple[Rule, date] | None:
        rule = self.rules.on(*asked, self.day)
        is_due = rule is not None and rule.every is not None
        held = self._known[asked] = (rule, self.rules.began(*asked, self.day)) if rule and is_due else None
        return held


def _next(rule: Rule, seen: int) -> date:
    """The day on which the next visit is due after one."""
    every = rule.every or 1
    if rule.unit == DAY:
        return date.fromordinal(seen + every)
    unit = UNITS[rule.unit]
    return date.fromordinal(unit.first((unit.place(date.fromordinal(seen)) // every + 1) * every))


def _within(rule: Rule, begin: int, first: int, last: int) -> list[Window]:
    """The windows of a rule that holds from ``begin`` on which end from ``first`` to ``last``."""
    every, unit = rule.every or 1, UNITS[rule.unit]
    if rule.unit == DAY:
        return windows.regular(begin, every, first, last)
    at = unit.place(date.fromordinal(max(begin, first))) // every
    found = []
    while (over := unit.first((at + 1) * every)) - 1 <= last:
        if (begun := unit.first(at * every)) >= begin:
            found.append(Window(begun, over - 1))
        at += 1
    return found
