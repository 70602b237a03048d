"""Paired figures and how they are printed: ``low/median/high`` over the rounds, a goal,
and whether the median meets it."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured thing, a value a round; ``goal`` is the most it may be, ``aim`` what is wished for beyond."""

    name: str
    values: Sequence[float]
    unit: str = ""
    goal: float | None = None
    aim: float | None = None

    @property
    def median(self) -> float:
        """What counts."""
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool:
        """A figure without a goal is only reported."""
        return self.goal is None or self.median <= self.goal

    def cells(self) -> tuple[str, ...]:
        """The line of the table."""
        spread = "/".join(_short(value) for value in (min(self.values), self.median, max(self.values)))
        wanted = [f"<= {_short(self.goal)}"] if self.goal is not None else []
        wanted += [f"(aim {_short(self.aim)})"] if self.aim is not None else []
        return self.name, f"{spread} {self.unit}".strip(), " ".join(wanted), self._verdict()

    def _verdict(self) -> str:
        if self.goal is None:
            return ""
        return "met" if self.is_met else "MISSED"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratios(upper: Sequence[float], lower: Sequence[float]) -> list[float]:
    """Round by round."""
    return [above / below for above, below in zip(upper, lower, strict=True)]


def table(title: str, figures: Sequence[Figure]) -> Iterator[str]:
    """The figures in columns."""
    rows = [figure.cells() for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    yield f"\n{title}"
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
