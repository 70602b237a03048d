"""Source texts as lines, and what it means that something stands in them."""

import re
from collections.abc import Iterable

# Pinyin has one to six letters; a tone mark is on one of them, and the neutral tone has none.
_PINYIN = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ]{1,6}\)")


def source_lines(text: str, *, pinyin: bool) -> list[str]:
    """The lines of a source text, without the pinyin in brackets where it has any."""
    return (_PINYIN.sub("", text) if pinyin else text).removesuffix("\n").split("\n")


def cited(lines: list[str], line_from: int, line_to: int) -> str:
    """The text of some lines, counted from 1."""
    return "\n".join(lines[line_from - 1 : line_to])


def stands_in(value: str, text: str) -> bool:
    """Is ``value`` in ``text``; one that begins or ends with a digit must not be part of a longer number."""
    before = r"(?<![\d.])" if value[:1].isdigit() else ""
    after = r"(?!\.?\d)" if value[-1:].isdigit() else ""
    return re.search(before + re.escape(value) + after, text) is not None


def ranges(numbers: Iterable[int]) -> str:
    """ "3, 5-9, 12": numbers as ranges."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
