"""The clocks of a thing, and what a move does to them. A clock is a row; how long it runs comes from elsewhere.

Pure. A domain that has one clock at a time may keep it in two columns, one that has more in a table
(docs/processes.md).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from .process import Move, Process

#: When a clock that starts at a moment runs out; None where no limit is set, and then nothing is late.
Limit = Callable[[str, datetime], datetime | None]


@dataclass(frozen=True)
class Clock:
    """One clock that runs or is paused. ``level`` counts the desks above that were told since it ran out."""

    name: str
    started: datetime
    due: datetime | None
    paused: datetime | None = None
    level: int = 0

    def is_late(self, now: datetime) -> bool:
        """Whether it has run out; a paused one does not."""
        return self.due is not None and self.paused is None and self.due < now


def after(process: Process, move: Move, clocks: Iterable[Clock], now: datetime, limit: Limit) -> tuple[Clock, ...]:
    """The clocks of a thing after a move.

    A clock of the state that is left stops, unless the row keeps or pauses it; a paused one waits until a row resumes
    it, or the thing comes to an end. What the new state has besides begins now.
    """
    target = process.states[move.target]
    if target.is_end:
        return ()
    kept = {clock.name: _carried(move, clock, now) for clock in clocks if _goes_on(move, clock)}
    begun = {name: Clock(name, now, limit(name, now)) for name in target.clocks if name not in kept}
    return (*kept.values(), *begun.values())


def _goes_on(move: Move, clock: Clock) -> bool:
    return clock.paused is not None or bool({("keep", clock.name), ("pause", clock.name)} & set(move.clocks))


def _carried(move: Move, clock: Clock, now: datetime) -> Clock:
    if ("pause", clock.name) in move.clocks:
        return replace(clock, paused=clock.paused or now)
    if ("resume", clock.name) in move.clocks and clock.paused is not None:
        return replace(clock, due=clock.due and clock.due + (now - clock.paused), paused=None)
    return clock


def lapsed(clock: Clock) -> Clock:
    """The same clock after one more desk above was told that it ran out."""
    return replace(clock, level=clock.level + 1)


def first_due(clocks: Iterable[Clock]) -> datetime | None:
    """The moment at which the first of the clocks that run runs out: what a list is ordered by."""
    return min((clock.due for clock in clocks if clock.due is not None and clock.paused is None), default=None)
