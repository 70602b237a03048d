"""What lies below the villages of a delivery: left out and said, or taken as unit grids where its sender wants it.

Unit grids stand below communities alone, and a file does not say what is one: the codes of those are told.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import shapely

from gis import tiers
from gis.delivery import Cell, Choice, Finding
from gis.tiers import Row

TIER = 4
ERRORS = ("row_not_finite", "row_place", "tangled", "text_damaged")  # marks of a row that cannot be taken


def taken(rows: Sequence[Row], below: Sequence[Row], choice: Choice) -> tuple[tuple[Cell, ...], list[Finding]]:
    """The rows of the fourth level as cells whose parents are among ``rows``, and what is said of them."""
    if not choice.fourth:
        return (), list(_left_out(below))
    every = [*rows, *below]
    upper = [at for at, row in enumerate(rows) if row.tier == TIER - 1]
    found = [replace(each, cells=()) for each in tiers.under(every, upper, list(range(len(rows), len(every))))]
    fit = [row for row in below if row.parent is not None and rows[row.parent].code in choice.below]
    if elsewhere := tuple(row.cell().label for row in below if row not in fit):
        found.append(Finding("unit_elsewhere", elsewhere, {"count": str(len(elsewhere))}))
    return tuple(row.cell() for row in fit), [*found, *_wrong(fit), *_outside(rows, fit)]


def _left_out(below: Sequence[Row]) -> Iterator[Finding]:
    layers: dict[str, list[str]] = defaultdict(list)
    for row in below:
        layers[row.layer].append(row.cell().label)
    for layer, labels in layers.items():
        yield Finding("fourth_left_out", tuple(labels), {"count": str(len(labels)), "layer": layer})


def _wrong(fit: Sequence[Row]) -> Iterator[Finding]:
    """Rows without a name, and those whose text or shape is damaged."""
    wrong = {mark: [row for row in fit if mark in row.marks] for mark in ERRORS}
    wrong["name_empty"] = [row for row in fit if not row.name]
    for code, several in wrong.items():
        if several:
            yield Finding(code, tuple(row.cell().label for row in several))


def _outside(rows: Sequence[Row], fit: Sequence[Row]) -> Iterator[Finding]:
    """Rows of which a point inside lies outside of what they belong to."""
    pairs = [(row, rows[row.parent].shape) for row in fit if row.parent is not None and row.shape is not None]
    outside = [
        row for row, above in pairs if above is not None and not above.covers(shapely.point_on_surface(row.shape))
    ]
    if outside:
        yield Finding("unit_outside", tuple(row.cell().label for row in outside))
