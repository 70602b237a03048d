"""Which layer is county, township or village, and which cell belongs under which.

Nothing is assumed about the length of codes: a parent's code (without the zeros that fill it up) begins its
children's codes, whether the lengths are 6/9/12, 5/8/11 or all 12 filled up with zeros.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from gis import ladder
from gis.delivery import Cell, Finding, Refused

# Words in layer and file names. The last one counts: "东辽县村界" holds villages.
WORDS = (
    (1, r"county|xian(?!g)|district|县|县级|区县"),
    (2, r"town|xiang|zhen|jiedao|street|乡|镇|街道"),
    (3, r"village|cun|cjdcq|community|shequ|村|社区"),
    (4, r"compound|xiaoqu|小区|单元网格"),
)


@dataclass
class Row:
    """A row on its way to becoming a cell: what the file says, then what was made of it."""

    layer: str
    number: int
    code: str
    name: str
    said: str  # what the parent column says
    shape: Any  # shapely polygon or multipolygon in lon/lat, or None
    above: str = ""  # what a column beside says that the one above is called
    marks: set[str] = field(default_factory=set)  # kinds of faults, as gis.outlines names them
    tier: int = 0
    parent: int | None = None
    how: str | None = None
    en: str = ""

    def cell(self) -> Cell:
        """The finished cell; `parent` must be an index into the finished list by now."""
        boundary = b"" if self.shape is None else shapely.to_wkb(self.shape)
        source = f"{self.layer}: {self.number}" if self.number else ""
        return Cell(self.tier, self.code, self.name, self.parent, boundary, self.how, source, self.en)


def tier_by_name(layer: str) -> int | None:
    """1, 2, 3, or 4 for unit grids, where the layer's name says so."""
    found = [(match.end(), tier) for tier, words in WORDS for match in re.finditer(words, layer.casefold())]
    return max(found)[1] if found else None


# --- tiers ----------------------------------------------------------------------------------------


def set_tiers(layers: dict[str, list[Row]]) -> None:
    """Give every row its tier: by layer name, else by length and number of codes; one layer for all by codes.

    4 for what lies below villages (gis.fourth).
    """
    codes = {layer: [row.code for row in rows] for layer, rows in layers.items()}
    named = {layer: tier_by_name(layer) for layer in layers}
    if len(layers) == 1:
        ((layer, rows),) = layers.items()
        each = ladder.tiers(codes[layer]) or [named[layer] or _by_standard(codes[layer]) or 3] * len(rows)
        for row, tier in zip(rows, each, strict=True):
            row.tier = tier
        return
    below = _fourth(codes, named)
    tiers = dict.fromkeys(below, 4) | _by_layer({layer: each for layer, each in codes.items() if layer not in below})
    for layer, rows in layers.items():
        for row in rows:
            row.tier = tiers[layer]


def _fourth(codes: dict[str, list[str]], named: dict[str, int | None]) -> list[str]:
    """Layers whose codes begin with those of a layer of villages: one that is named so, or has two layers above it."""
    under = {deep: [high for high in codes if ladder.begins(codes[deep], codes[high])] for deep in codes}
    return [
        deep
        for deep, above in under.items()
        if any(named[high] == 3 or (len(above) > 2 and len(under[high]) > 1) for high in above)
    ]


def _by_layer(codes: dict[str, list[str]]) -> dict[str, int]:
    by_name = {layer: tier for layer in codes if (tier := tier_by_name(layer))}
    if len(by_name) == len(codes) and (len(codes) == 1 or len(set(by_name.values())) > 1):
        return by_name
    by_digits = {layer: tier for layer, each in codes.items() if (tier := _by_standard(each))}
    return by_digits if len(by_digits) == len(codes) == len(set(by_digits.values())) else _by_nesting(codes)


def _by_standard(codes: Sequence[str]) -> int | None:
    """The tier that the usual length of the codes stands for, where they are numbers not filled up with zeros."""
    lengths = Counter(len(code) for code in codes if code.isdigit() and not code.endswith("000"))
    return ladder.STANDARD.get(lengths.most_common(1)[0][0]) if lengths else None


def _by_nesting(codes: dict[str, list[str]]) -> dict[str, int]:
    """Three layers whose names do not tell: the shorter the codes and the fewer the rows, the higher."""
    order = sorted(codes, key=lambda layer: (_stem(codes[layer]), len(codes[layer])))
    counts = [len(codes[layer]) for layer in order]
    if len(order) != 3 or not counts[0] < counts[1] < counts[2]:
        raise Refused("tiers_unclear", layers=", ".join(codes))
    return {layer: tier for tier, layer in enumerate(order, 1)}


# --- parents --------------------------------------------------------------------------------------


def set_parents(rows: list[Row]) -> list[Finding]:
    """Put each row under one of the tier above: by its parent column, else its code, else its place."""
    findings: list[Finding] = []
    for tier in (2, 3):
        upper = [at for at, row in enumerate(rows) if row.tier == tier - 1]
        lower = [at for at, row in enumerate(rows) if row.tier == tier]
        if upper and lower:
            findings += under(rows, upper, lower)
    return findings


def under(rows: list[Row], upper: list[int], lower: list[int]) -> list[Finding]:
    """Put the rows ``lower`` under those that are ``upper``, as ``set_parents`` does it for each tier."""
    by_said, by_prefix = _names(rows, upper), _prefixes(rows, upper, lower)
    unknown = [at for at in lower if rows[at].said and rows[at].said not in by_said]
    for at in lower:
        row = rows[at]
        if row.said in by_said:
            row.parent, row.how = by_said[row.said], "column"
        elif (found := _longest(by_prefix, row.code)) is not None:
            row.parent, row.how = found, "prefix"
    _by_place(rows, upper, [at for at in lower if rows[at].parent is None])
    return [Finding("parent_unknown", (rows[at].cell().label,), {"parent": rows[at].said}, (at,)) for at in unknown]


def _names(rows: list[Row], upper: list[int]) -> dict[str, int]:
    """Everything a parent column may say, where it means one row only: the code, its stem, the name."""
    length = _stem([rows[at].code for at in upper])
    words = [(word, at) for at in upper for word in {rows[at].code, rows[at].code[:length], rows[at].name} if word]
    often = Counter(word for word, _ in words)
    return {word: at for word, at in words if often[word] == 1}


def _stem(codes: list[str]) -> int:
    """The length up to which codes differ from zeros that only fill them up."""
    return max((len(code.rstrip("0")) for code in codes), default=0)


def _prefixes(rows: list[Row], upper: list[int], lower: list[int]) -> dict[str, int]:
    """Stem of a parent's code -> parent, cut where most children begin with one; {} where fewer than half do."""
    parents = {rows[at].code: at for at in upper if rows[at].code}
    children = [rows[at].code for at in lower]
    best, most = {}, len(children) / 2
    for length in range(max(1, _stem(list(parents))), max(map(len, parents), default=0) + 1):
        stems = {code[:length]: at for code, at in parents.items()}
        fitting = sum(_longest(stems, code) is not None for code in children)
        if fitting >= most:  # of equally good lengths the longest: the least of a child's own number in it
            best, most = stems, fitting
    return best


def _longest(stems: dict[str, int], code: str) -> int | None:
    """The parent with the longest stem that begins this code."""
    lengths = sorted({len(stem) for stem in stems if stem}, reverse=True)
    return next((stems[code[:length]] for length in lengths if len(code) > length and code[:length] in stems), None)


def _by_place(rows: list[Row], upper: list[int], lost: list[int]) -> None:
    """Under the parent that covers a point inside the row, else the one that holds most of it."""
    above = [at for at in upper if rows[at].shape is not None]
    lost = [at for at in lost if rows[at].shape is not None]
    if not above or not lost:
        return
    shapes = np.array([rows[at].shape for at in above], dtype=object)
    tree = shapely.STRtree(shapes)
    for at in lost:
        row = rows[at]
        near = tree.query(row.shape, predicate="intersects")
        inside = near[shapely.covers(shapes[near], shapely.point_on_surface(row.shape))]
        if len(inside) != 1 and len(near):
            inside = near[[shapely.area(shapely.intersection(shapes[near], row.shape)).argmax()]]
        if len(inside):
            row.parent, row.how = above[inside[0]], "place"
