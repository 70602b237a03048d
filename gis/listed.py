"""A county's grids from a list of levels, codes and names, without borders: rows in, a delivery as from files out."""

from collections.abc import Sequence
from dataclasses import replace

from gis import clean, complete, fourth, tiers
from gis.check import check
from gis.delivery import Cell, Choice, Delivery, Entry, Finding
from gis.tiers import Row

LEVELS = {
    **{"1": 1, "2": 2, "3": 3, "一级": 1, "二级": 2, "三级": 3, "一级网格": 1, "二级网格": 2, "三级网格": 3},
    **dict.fromkeys(("4", "四级", "四级网格", "单元网格", "小区"), fourth.TIER),
}


def delivery(entries: Sequence[Entry], present: Sequence[Cell] = (), choice: Choice | None = None) -> Delivery:
    """The grids of a list with all findings, errors first; ``present`` are the cells of which it is only a part.

    Where no row says its level, codes do, as in files of borders.
    """
    rows = [
        Row(each.file, each.number, clean.code(each.code), clean.name(each.name), clean.parent(each.parent), None)
        for each in entries
    ]
    for row, each in zip(rows, entries, strict=True):
        row.en = clean.name(each.en)
    findings = list(_levels(rows, entries))
    listed = [row for row in rows if row.tier < fourth.TIER]
    undrawn = [replace(cell, boundary=b"") for cell in present]  # a list says nothing of borders, and asks nothing
    listed = complete.among(listed, undrawn) if present else sorted(listed, key=lambda row: row.tier)
    findings += tiers.set_parents(listed)
    units, said = fourth.taken(listed, [row for row in rows if row.tier == fourth.TIER], choice or Choice())
    findings += said
    found = Delivery((), tuple(row.cell() for row in listed), ())
    findings += [each for each in check(found) if each.code != "no_shape"]
    if wrong := tuple(f"{each.file}: {each.number}" for each in entries if each.is_wrong):
        findings.append(Finding("list_cell", wrong))
    return Delivery((), found.cells, tuple(sorted(findings, key=lambda finding: finding.level)), units=units)


def _levels(rows: list[Row], entries: Sequence[Entry]) -> Sequence[Finding]:
    """Give each row its level; what is said and not known is a finding."""
    if any(each.tier for each in entries):
        for row, each in zip(rows, entries, strict=True):
            row.tier = LEVELS.get(each.tier) or tiers.tier_by_name(each.tier) or 0
        unknown = tuple(row.cell().label for row in rows if not row.tier)
        return [Finding("list_level", unknown)] if unknown else []
    tiers.set_tiers({"": rows})
    return []
