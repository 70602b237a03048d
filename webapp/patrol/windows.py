"""When visits are due, and what came of it: windows and days in, counts out. Pure: no database, no clock.

A window is a run of days in which one visit is due (docs/decisions/0031). Where windows come from, the county's rules
say (frequency.py); ``regular`` makes those of an interval. Days are whole numbers, as ``date.toordinal`` gives them.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple


class Window(NamedTuple):
    """The first and the last day, both included, between which one visit is due."""

    first: int
    last: int


class Outcome(NamedTuple):
    """Of the windows of an object: how many there are, in how many it was seen, in how many it was only tried."""

    due: int
    seen: int
    could_not_see: int


def regular(since: int, days: int, first: int, last: int) -> list[Window]:
    """The windows that end from ``first`` to ``last`` of an object due once in ``days`` days since the day ``since``.

    The first window begins on ``since``, and each next one after the one before. A window belongs to the period in
    which it ends, also when it began before: so every window is counted in exactly one of two periods that follow each
    other. Raises ValueError for an interval of less than a day.
    """
    if days < 1:
        raise ValueError(f"an interval of {days} days")
    skipped = max(0, -((since - first + days - 1) // days))  # windows that ended before the period
    return [Window(at, at + days - 1) for at in range(since + skipped * days, last - days + 2, days)]


class Windows:
    """Windows in their order, looked through once so that any number of objects with the same ones can be counted.

    Raises ValueError for windows that overlap or are out of order: a visit would fill more than one.
    """

    def __init__(self, windows: Iterable[Window]):
        listed = list(windows)
        for one, other in pairwise(listed):
            if other.first <= one.last:
                raise ValueError(f"windows {one} and {other} overlap")
        self.firsts, self.lasts = [window.first for window in listed], [window.last for window in listed]

    def __len__(self) -> int:
        return len(self.firsts)

    def hit(self, days: Iterable[int]) -> set[int]:
        """The places of the windows in which these days lie."""
        firsts, lasts, found = self.firsts, self.lasts, set()
        for day in days:
            place = bisect_right(firsts, day) - 1
            if place >= 0 and day <= lasts[place]:
                found.add(place)
        return found


def outcome(windows: Windows, seen: Iterable[int], tried: Iterable[int]) -> Outcome:
    """What came of windows, from the days on which the object was seen and those on which somebody came in vain.

    One visit fills the window its day lies in, and further ones in the same window fill nothing more. A window in
    which the object was tried and never seen is ``could_not_see``; what is in neither was not gone to.
    """
    filled = windows.hit(seen)
    return Outcome(len(windows), len(filled), len(windows.hit(tried) - filled))
