"""What the map and the table beside it show, from rows to figures. Both are made of the same ``GridRow``, once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Protocol

from gis import coverage
from gis.coverage import Share

from ..grid.queries import Cell
from ..patrol.coverage import Now

#: From which share of the due visits made a village belongs to a class, best first; map.css draws the classes.
CLASSES = ((1.0, "cover-3"), (0.75, "cover-2"), (0.5, "cover-1"), (0.0, "cover-0"))
#: Too few due for a share: all of them made, some left, none due. Then: not the reader's to see.
FEW_ALL, FEW_LEFT, NONE_DUE, PLAIN = "cover-few-all", "cover-few", "cover-nil", "cover-none"
#: Up to how many days without being seen a village's longest unseen object belongs to a class.
AGES = ((7, "age-1"), (14, "age-2"), (30, "age-3"))
OLDEST, NO_OBJECT = "age-4", "age-nil"
#: From how many reports a village belongs to a class: each begins at twice as many as the one before.
COUNTS = ((8, "count-4"), (4, "count-3"), (2, "count-2"), (1, "count-1"))
NO_REPORT = "count-nil"
#: What the map is coloured by: visits made of those due in the period, or, as of now, days since last seen, open
#: reports, and those of them that are overdue.
SEEN, LAST, OPEN, LATE = COLOURS = ("seen", "last", "open", "late")


class Tally(Protocol):
    """Visits due in a period, the made and the tried in vain, per grid id."""

    @property
    def due(self) -> Mapping[int, int]:
        """Visits that were due."""

    @property
    def seen(self) -> Mapping[int, int]:
        """Those of them that were made."""

    @property
    def could_not_see(self) -> Mapping[int, int]:
        """Those for which somebody went in vain."""

    @property
    def above(self) -> Mapping[int, int]:
        """Those in whose time somebody of a level above saw the object."""


@dataclass(frozen=True)
class GridRow:
    """One line of the table. ``share`` is None where the reader may not see patrols, ``now`` where there is no object.

    ``open`` counts reports, ``late`` those of them that are overdue. ``by`` is what the map is coloured by.
    """

    cell: Cell
    share: Share | None
    open: int
    late: int = 0
    now: Now | None = None
    by: str = SEEN

    @property
    def label(self) -> str:
        """Seen and due, "5/6", the longest unseen object's days, or the number of reports; nothing where it is not the
        reader's to see."""
        if self.by == SEEN:
            return f"{self.share.seen}/{self.share.due}" if self.share is not None else ""
        if self.by == LAST:
            return str(self.now.unseen) if self.now else ""
        return str(self.counted or "")

    @property
    def says(self) -> bool:
        """Whether there is something to say of it beside its name."""
        if self.by == SEEN:
            return self.share is not None and self.share.due > 0
        return self.now is not None if self.by == LAST else self.counted > 0

    @property
    def counted(self) -> int:
        """The reports by which it is coloured."""
        return self.late if self.by == LATE else self.open

    @property
    def due_now(self) -> int:
        """Objects due today and not seen yet."""
        return self.now.due if self.now else 0

    @property
    def not_gone(self) -> int:
        """Due visits for which nobody went."""
        return self.share.due - self.share.seen - self.share.could_not_see if self.share is not None else 0

    @property
    def numbers(self) -> tuple[int, ...]:
        """What the table says beside the label: of objects never seen, of visits not made, or of the other reports; and
        what is due now."""
        if self.by == SEEN:
            return (self.share.could_not_see if self.share else 0, self.not_gone, self.due_now)
        if self.by == LAST:
            return (self.now.never if self.now else 0, self.due_now)
        return (self.late if self.by == OPEN else self.open, self.due_now)

    @property
    def shade(self) -> str:
        """How the map draws it. Reports may be the reader's to see in a village of which he sees nothing else."""
        if self.share is None and not (self.open and self.by in (OPEN, LATE)):
            return PLAIN
        if self.by == SEEN and self.share is not None:
            return _covered(self.share)
        if self.by == LAST:
            return next((name for most, name in AGES if self.now.unseen <= most), OLDEST) if self.now else NO_OBJECT
        return next((name for least, name in COUNTS if self.counted >= least), NO_REPORT)


def _covered(share: Share) -> str:
    """The class of a share of visits."""
    if share.due == 0:
        return NONE_DUE
    if share.share is None:
        return FEW_ALL if share.seen == share.due else FEW_LEFT
    made = share.share
    return next(name for least, name in CLASSES if made >= least)


@dataclass(frozen=True)
class Group:
    """A township with its villages in code order; its own line sums them."""

    line: GridRow
    villages: tuple[GridRow, ...]


@dataclass(frozen=True)
class Sheet:
    """The whole: villages that say something by township, and all of them together; ``shades`` are those on the map.

    ``county`` is the cell above all, ``root`` the same where the reader may read it; ``above`` counts the due visits in
    whose time a level above saw the object.
    """

    groups: tuple[Group, ...]
    total: Share | None
    open: int
    late: int
    now: Now | None
    shades: frozenset[str]
    county: Cell | None
    root: Cell | None
    above: int

    def villages(self) -> Iterable[GridRow]:
        """Every village of the table."""
        return (village for group in self.groups for village in group.villages)


@dataclass(frozen=True)
class Counts:
    """What is counted by grid id beside the coverage of a period: open reports with those of them that are overdue, and
    how its objects stand today; and what the map is coloured by."""

    open: Mapping[int, tuple[int, int]]
    now: Mapping[int, Now]
    by: str = SEEN

    def line(self, cell: Cell, share: Share | None) -> GridRow:
        """The line of one cell by itself."""
        return GridRow(cell, share, *self.open.get(cell.id, (0, 0)), self.now.get(cell.id), self.by)


def sheet(cells: Sequence[Cell], readable: set[int], tally: Tally, counts: Counts, few: int) -> Sheet:
    """``cells`` are what a table is made of, with all above it, in code order; figures only for ``readable`` ids.

    A village that is neither readable nor has a report the reader may see is a border on the map and no line here.
    Counts of a grid that has others below it are part of its own line only.
    """
    parents = {cell.parent_id for cell in cells}
    shares = coverage.by_cell(sorted(readable), tally.due, tally.seen, tally.could_not_see, few)
    lines: dict[int | None, list[GridRow]] = {}
    shades = set()
    for line in (counts.line(cell, shares.get(cell.id)) for cell in cells if cell.id not in parents):
        shades.add(line.shade)
        if line.share is not None or line.open:
            lines.setdefault(line.cell.parent_id, []).append(line)
    groups = tuple(
        _group(counts.line(cell, shares.get(cell.id)), lines[cell.id], few) for cell in cells if cell.id in lines
    )
    county = next((cell for cell in cells if cell.parent_id is None), None)
    if county is None or county.id not in readable:
        shades.add(PLAIN)  # somewhere is a village that he does not read
    return Sheet(
        groups,
        together(shares.values(), few),
        sum(number for number, _late in counts.open.values()),
        sum(late for _number, late in counts.open.values()),
        added(counts.now.values()),
        frozenset(shades),
        county,
        county if county and county.id in readable else None,
        sum(tally.above.get(id_, 0) for id_ in readable),
    )


def added(standing: Iterable[Now | None]) -> Now | None:
    """How several grids stand together; None of none."""
    there = [now for now in standing if now is not None]
    return reduce(add, there) if there else None


def _group(own: GridRow, villages: list[GridRow], few: int) -> Group:
    # Without a share of its own the reader has some of the villages, so their sum is not the township's.
    parts = [own.share, *(village.share for village in villages)] if own.share else []
    open_, late = (sum(getattr(line, name) for line in (own, *villages)) for name in ("open", "late"))
    now = added(line.now for line in (own, *villages))
    share = together((part for part in parts if part), few)
    return Group(GridRow(own.cell, share, open_, late, now, own.by), tuple(villages))


def together(shares: Iterable[Share], few: int) -> Share | None:
    """The sum of several, None of none."""
    parts = list(shares)
    if not parts:
        return None
    due, seen, missed = (sum(getattr(part, name) for part in parts) for name in ("due", "seen", "could_not_see"))
    return coverage.by_cell((0,), {0: due}, {0: seen}, {0: missed}, few)[0]


def values(
    sheet_: Sheet,
    placed: Mapping[int, int],
    placed_late: Mapping[int, int],
    written: Callable[[GridRow], str] = lambda line: line.label,
) -> dict[str, dict[str, Any]]:
    """Figures for the map by grid id: class, label as it is ``written``, open reports and how many are overdue; and of
    both, how many have no point of their own; a number that is 0 is left out.

    ``placed`` and ``placed_late`` count, by grid id, the open reports that carry a point, all and overdue.
    """

    def one(line: GridRow) -> dict[str, Any]:
        numbers = {
            "open": line.open,
            "late": line.late,
            "loose": max(line.open - placed.get(line.cell.id, 0), 0),
            "loose_late": max(line.late - placed_late.get(line.cell.id, 0), 0),
        }
        there = {name: number for name, number in numbers.items() if number}
        return {"class": line.shade, "label": written(line) if line.says else "", **there}

    return {str(line.cell.id): one(line) for line in sheet_.villages()}


def points(reports: Sequence[Any], words: Callable[[Any], Mapping[str, Any]]) -> dict[str, Any]:
    """Reports that carry a point (``lon``, ``lat`` in WGS84 degrees) as GeoJSON;
    ``words`` gives the properties of one."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [round(report.lon, 6), round(report.lat, 6)]},
                "properties": dict(words(report)),
            }
            for report in reports
        ],
    }
