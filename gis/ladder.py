"""Levels read from codes alone: how long they are, and whose code begins whose.

Rows are only counted here, so one that is spoilt (a lost zero, a spreadsheet's 1.00E+10) does not change what the
others say.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

STANDARD = {6: 1, 9: 2, 12: 3}  # digits of a county's, a township's and a village's code -> tier (GB/T 10114)
LEVELS = 4  # as many as are recognised; the fourth is not kept
LENGTHS = 8  # different lengths that are looked at, the most frequent ones
MOST = 0.6  # of all codes that a ladder must explain


def tiers(codes: Sequence[str]) -> list[int] | None:
    """The tier of each code (1 to 4) of a layer that holds several; None where the codes show one only."""
    told = [code for code in codes if code]
    lengths = Counter(map(len, told))
    steps = _steps(told, lengths)
    by_length = _by_length(steps, lengths) if len(steps) > 1 else {}
    if not by_length and not any(code.endswith("000") for code in told if len(code) == steps[:1][0]):
        return None
    found = [by_length.get(len(code), 0) if by_length else _by_zeros(code) for code in codes]
    if len(set(found) - {0}) < 2:
        return None
    usual = Counter(tier for tier in found if tier).most_common(1)[0][0]
    return [tier or usual for tier in found]


def _steps(codes: Sequence[str], lengths: Counter[int]) -> tuple[int, ...]:
    """The lengths of codes that stand under one another, the shortest first: those that explain most codes."""
    usual = sorted(length for length, _ in lengths.most_common(LENGTHS))
    some = [each for size in range(1, LEVELS + 1) for each in combinations(usual, size)]
    scores = {each: sum(_explained(codes, each, lengths)) for each in some}
    best = max(some, key=lambda each: (scores[each], -len(each)), default=(0,))
    return best if scores.get(best, 0) >= MOST * len(codes) or len(usual) > LEVELS - 1 else tuple(usual)


def _explained(codes: Sequence[str], steps: tuple[int, ...], lengths: Counter[int]) -> Iterator[int]:
    """How many codes each step explains: the highest all of its own, each other those that begin with one above."""
    yield lengths[steps[0]]
    for upper, length in pairwise(steps):
        above = {code for code in codes if len(code) == upper}
        yield sum(len(code) == length and code[:upper] in above for code in codes)


def _by_length(steps: tuple[int, ...], lengths: Counter[int]) -> dict[int, int]:
    """Length -> tier: as the standard says where it knows them all, else from the county where the highest is one."""
    if set(steps) <= STANDARD.keys():
        return {length: STANDARD[length] for length in steps}
    start = 1 if len(steps) > 2 or lengths[steps[0]] == 1 else 2
    return {length: tier for tier, length in enumerate(steps, start)}


def _by_zeros(code: str) -> int:
    """The tier of a code that zeros fill up; 0 where there is none."""
    return 0 if not code else 1 if code.endswith("000000") else 2 if code.endswith("000") else 3


def begins(deep: Sequence[str], high: Sequence[str]) -> bool:
    """Whether nearly all of the deeper codes are longer than a higher one and begin with it."""
    above = {code for code in high if code}
    lengths = sorted({len(code) for code in above})
    fitting = sum(any(len(code) > length and code[:length] in above for length in lengths) for code in deep)
    return fitting >= 0.8 * len(deep) > 0
