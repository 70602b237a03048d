"""What a delivery changes in a tree that is there, as the lines of a set: each grid as it will be.

Pure, as the comparison (compare.py) is that says which cell is which grid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gis.compare import Comparison, Grid, compare
from gis.delivery import Cell, Delivery


@dataclass(frozen=True)
class Line:
    """A grid as it will be: of a set that is to be drafted. Parent, heir: the id of a grid, or a new one's position."""

    kind: str
    tier: int
    code: str
    zh: str
    en: str
    grid_id: int | None = None
    parent_id: int | None = None
    parent_position: int | None = None
    boundary: bytes | None = None
    heir_id: int | None = None
    heir_position: int | None = None
    predecessors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Below:
    """A unit grid of a delivery, and the code of the community in which it lies."""

    community: str
    code: str
    zh: str
    en: str
    boundary: bytes | None = None


def units(delivery: Delivery) -> list[Below]:
    """The fourth level of a delivery."""
    return [
        Below(delivery.cells[each.parent or 0].code, each.code, each.name, each.en, each.boundary or None)
        for each in delivery.units
    ]


def compared(there: Sequence[Grid], cells: Sequence[Cell], names: Mapping[int, str]) -> list[Line]:
    """What a delivery would change in a tree. Slow, where many borders are drawn anew."""
    return lines_of(there, cells, compare(there, cells), names)


def lines_of(there: Sequence[Grid], cells: Sequence[Cell], found: Comparison, names: Mapping[int, str]) -> list[Line]:
    """What a delivery changes in a tree, as the lines of a set, parents first. ``names`` are the English names in use,
    by grid id; a grid that gets another name has none until somebody gives it one."""
    new_at: dict[int, int] = {}
    lines: list[Line] = []
    for at, cell in enumerate(cells):
        grid = found.same.get(at)
        was_en = "" if grid is None else names.get(there[grid].id, "")
        if grid is not None and at not in found.what and at not in found.made_of and cell.en in ("", was_en):
            continue
        if grid is None:
            new_at[at] = len(lines)
        id_ = None if grid is None else there[grid].id
        is_renamed = grid is None or there[grid].name != cell.name
        en = cell.en or (cell.name if is_renamed else was_en or cell.name)
        lines.append(
            Line(
                "new" if grid is None else "changed",
                cell.tier,
                cell.code,
                cell.name,
                en,
                id_,
                *_place(there, found, new_at, cell.parent),
                cell.boundary or (None if grid is None else there[grid].boundary),
                predecessors=tuple(there[each].id for each in found.made_of.get(at, ())),
            )
        )
    return lines + [_gone(there, found, new_at, grid, names) for grid in found.gone]


def _place(
    there: Sequence[Grid], found: Comparison, new_at: Mapping[int, int], at: int | None
) -> tuple[int | None, int | None]:
    """Of a cell: the grid that it is, or the position of the new one."""
    if at is None:
        return None, None
    return (there[found.same[at]].id, None) if at in found.same else (None, new_at[at])


def _gone(
    there: Sequence[Grid],
    found: Comparison,
    new_at: Mapping[int, int],
    grid: int,
    names: Mapping[int, str],
) -> Line:
    one = there[grid]
    heir = _place(there, found, new_at, next(iter(found.heirs.get(grid, ())), None))
    parent = None if one.parent is None else there[one.parent].id
    en = names.get(one.id, one.name)
    return Line("gone", one.tier, one.code, one.name, en, one.id, parent, None, one.boundary, *heir)
