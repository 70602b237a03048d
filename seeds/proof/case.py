"""One row with the lines it cites, and the tables it is held against: what every law is given."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from seeds.proof.tables import Tier, Words
from seeds.rows import Duty, Figure, Succession
from seeds.script import simplified

#: A breach of a law: the value, as exceptions.csv excuses it, and what is said of it.
Finding = tuple[str, str]
#: What masks a name or a number in the texts.
MASK = re.compile("[xX]{2,}|×|\\*{2,}")
_STOPS = "。;；\n"
_NEAR = 80  # characters on either side of the anchor that a restated sentence is taken from
_PART = re.compile("篇?([一二三四五六七八九十]+)")


@dataclass(frozen=True)
class Aids:
    """The tables behind the laws, arranged to be asked."""

    words: tuple[Words, ...]
    tiers: tuple[Tier, ...]
    succession: tuple[Succession, ...]

    def of(self, kind: str) -> dict[str, Words]:
        """The words of one kind by code."""
        return self._kinds.get(kind, {})

    @cached_property
    def _kinds(self) -> dict[str, dict[str, Words]]:
        found: dict[str, dict[str, Words]] = {}
        for row in self.words:
            found.setdefault(row.kind, {})[row.code] = row
        return found

    @cached_property
    def tiers_of(self) -> dict[tuple[str, str, str], str]:
        """By part, department and printed name ("" for all others) the tiers it has."""
        return {(row.part, row.canonical, row.body): row.tiers for row in self.tiers}

    @cached_property
    def readings(self) -> dict[str, list[str]]:
        """By printed body what it is read as, in the order of succession.csv."""
        found: dict[str, list[str]] = {}
        for row in self.succession:
            found.setdefault(row.body, []).append(row.canonical)
        return found


@dataclass(frozen=True)
class Case:
    """A row and its cited lines in simplified characters; ``text`` is empty where the sources are not there."""

    row: Duty | Figure
    aids: Aids
    text: str

    @cached_property
    def at(self) -> tuple[int, int]:
        """Where the anchor stands in the text."""
        anchor = simplified(self.row.anchor)
        start = max(self.text.find(anchor), 0)
        return start, start + len(anchor)

    @cached_property
    def clause(self) -> str:
        """The sentence that holds the anchor."""
        start, end = self.at
        before = max(self.text.rfind(stop, 0, start) for stop in _STOPS) + 1
        after = [place for stop in _STOPS if (place := self.text.find(stop, end)) >= 0]
        return self.text[before : min(after, default=len(self.text))]

    @cached_property
    def near(self) -> str:
        """The text on both sides of the anchor; all of it where the anchor is the label of a list of bodies."""
        if self.label:
            return self.text
        start, end = self.at
        return self.text[max(start - _NEAR, 0) : end + _NEAR]

    @cached_property
    def label(self) -> str:
        """The role whose label ("牵头单位") the anchor is, if it is one."""
        anchor = simplified(self.row.anchor)
        found = (code for code, words in self.aids.of("label").items() if anchor in words.zh.split())
        return next(found, "")

    @cached_property
    def own(self) -> str:
        """Our Chinese without what is ours to add: the number in a list, a remark, the short name of an issue."""
        text = re.sub("（列第\\d+位）|（[^）]*）|问题[一二三四五六七八九十]+“[^”]*”", "", self.row.zh)
        text = re.sub("^问题[一二三四五六七八九十]+：", "", text)
        for remark in self.aids.of("remark")["ours"].zh.split():
            text = text.replace(remark, "")
        text = re.sub("[，：](?:与|同)问题十(?:相同)?，?不重复计", "", text)
        return re.sub("第\\d+[项步位家级组座个类层行]|之\\d+", "", text)


def part(row: Duty | Figure) -> str:
    """The part a row is of: the document, in 004 with the number of its part ("004 十三")."""
    match = _PART.match(row.section) if row.document == "004" else None
    return f"{row.document} {match[1]}" if match else row.document


def holds(text: str, words: Iterable[str]) -> bool:
    """Does any of the words stand in the text."""
    return any(word in text for word in words)
