"""Do the codes of a delivery look like codes: one kind of finding for each way in which they are spoilt on the way."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from gis.delivery import Cell

EXCEL = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
NUMBER = re.compile(r"\d{6,}")
Doubt = tuple[str, list[int], dict[str, str]]  # kind of finding, which cells, what fills its sentence


def doubts(cells: Sequence[Cell]) -> Iterator[Doubt]:
    """What is odd about codes, level by level, then against those of the parents."""
    for tier in (1, 2, 3):
        ats = [at for at, cell in enumerate(cells) if cell.tier == tier and cell.code]
        yield from _of_tier(cells, ats)
    yield from _prefixes(cells)


def _of_tier(cells: Sequence[Cell], ats: list[int]) -> Iterator[Doubt]:
    swapped = [at for at in ats if NUMBER.fullmatch(cells[at].name) and not re.search(r"\d", cells[at].code)]
    rounded = [at for at in ats if EXCEL.fullmatch(cells[at].code)]
    digits = [at for at in ats if cells[at].code.isascii() and cells[at].code.isdigit()]
    odd = sorted({*ats} - {*swapped, *rounded, *digits})
    kinds = {"code_swapped": swapped, "code_excel": rounded}
    kinds["code_odd" if len(digits) > len(odd) else "code_letters"] = odd
    yield from ((kind, which, {}) for kind, which in kinds.items() if which)
    if digits:
        usual = Counter(len(cells[at].code) for at in digits).most_common(1)[0][0]
        if other := [at for at in digits if len(cells[at].code) != usual]:
            yield "code_length", other, {"length": str(usual)}


def _prefixes(cells: Sequence[Cell]) -> Iterator[Doubt]:
    """Children whose code begins otherwise than their parent's, where those of most others do not."""
    for tier in (2, 3):
        children = [(at, cell.parent) for at, cell in enumerate(cells) if cell.tier == tier and cell.parent is not None]
        wrong = [(at, up) for at, up in children if not cells[at].code.startswith(cells[up].code.rstrip("0"))]
        if 2 * len(wrong) >= len(children):
            continue  # here codes do not say what a thing belongs to
        by_parent = defaultdict(list)
        for at, up in wrong:
            by_parent[up].append(at)
        yield from (("code_prefix", ats, {"parent": cells[up].label}) for up, ats in by_parent.items())
