"""What a delivery lacks and its codes can give: rows that are one place put together, missing levels made from below.

Everything made here is said in a finding and asked about before it is stored.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import shapely

from gis.delivery import Cell, Finding
from gis.messages import TIER_NAMES
from gis.tiers import Row

STEP = 3  # digits by which the code of a level is longer than that of the one above


def among(rows: list[Row], present: Sequence[Cell]) -> list[Row]:
    """The rows of a delivery that is only a part, among the cells that are there: those that no row has the code of.

    A row that is one of them stands on its level, and has of it what it does not say itself. Nothing changes without.
    """
    there = {cell.code: cell for cell in present}
    for row in rows:
        if (cell := there.pop(row.code, None)) is not None:
            row.tier, row.name = cell.tier, row.name or cell.name
            row.said = row.said or _code_above(present, cell)
            row.shape = row.shape if row.shape is not None else _shape(cell)
    kept = [
        Row("", 0, cell.code, cell.name, _code_above(present, cell), _shape(cell), tier=cell.tier)
        for cell in there.values()
    ]
    return sorted([*kept, *rows], key=lambda row: row.tier)


def undelivered_left_out(findings: Sequence[Finding], cells: Sequence[Cell]) -> list[Finding]:
    """The findings about such a part without those that nobody delivered and that have no border yet."""
    kept = []
    for finding in findings:
        ats = finding.cells if finding.code != "no_shape" else tuple(at for at in finding.cells if cells[at].source)
        if ats or not finding.cells:
            rows = finding.rows if ats == finding.cells else tuple(cells[at].label for at in ats)
            kept.append(replace(finding, cells=ats, rows=rows))
    return kept


def _code_above(present: Sequence[Cell], cell: Cell) -> str:
    return "" if cell.parent is None else present[cell.parent].code


def _shape(cell: Cell) -> shapely.Geometry | None:
    return shapely.from_wkb(cell.boundary) if cell.boundary else None


def merged(rows: list[Row]) -> list[Row]:
    """The rows, those with one level, one code and one name as one row that is marked."""
    places: dict[tuple[int, str, str], Row] = {}
    kept = []
    for row in rows:
        same = places.setdefault((row.tier, row.code, row.name), row) if row.code and row.name else row
        if same is row:
            kept.append(row)
        else:
            same.marks |= {"merged", *row.marks}
            same.shape = _union([same, row])
    return kept


def completed(rows: list[Row]) -> tuple[list[Row], list[Finding]]:
    """The rows with a county, and townships, made from what lies below where there are none; and what was made."""
    findings = []
    for tier in (2, 1):
        lower = [row for row in rows if row.tier == tier + 1]
        if lower and not any(row.tier == tier for row in rows) and (made := _made(lower, tier)):
            rows = [*made, *rows]
            labels = tuple(row.cell().label for row in made)
            findings.append(Finding("made", labels, {"tier": TIER_NAMES[tier]}))
    return rows, findings


def _made(lower: list[Row], tier: int) -> list[Row]:
    """The level above these rows; none where their codes do not tell it."""
    groups = defaultdict(list)
    for row, code in zip(lower, _above(lower), strict=True):
        groups[code].append(row)
    if "" in groups or (tier == 1 and len(groups) > 1) or (tier == 2 and 2 * len(groups) > len(lower) > 1):
        return []
    return [
        Row("", 0, code, _name(below, code), "", _union(below), tier=tier) for code, below in sorted(groups.items())
    ]


def _above(rows: list[Row]) -> list[str]:
    """For each row the code of what it belongs to: as it says, else by its own length; '' where nothing tells."""
    if all(row.said and row.code.startswith(row.said.rstrip("0")) and row.said != row.code for row in rows):
        return [row.said for row in rows]
    codes = [row.code for row in rows]
    lengths = {len(code) for code in codes}
    if len(lengths) > 1 or not all(code.isdigit() for code in codes):
        return [""] * len(rows)
    length = lengths.pop()
    filled = next((zeros for zeros in (6, 3) if all(code.endswith("0" * zeros) for code in codes)), 0)
    stem = length - filled - STEP
    return [code[:stem].ljust(length if filled else 0, "0") if stem >= STEP else "" for code in codes]


def _name(below: list[Row], code: str) -> str:
    """What most rows say it is called; its code where none does."""
    said = Counter(row.above for row in below if row.above)
    return said.most_common(1)[0][0] if said else code


def _union(rows: list[Row]) -> shapely.Geometry | None:
    shapes = [row.shape for row in rows if row.shape is not None]
    return shapely.union_all(shapes) if shapes else None
