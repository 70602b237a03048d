"""Which rows of a list somebody means by what he typed. Pure: texts in, places out.

Every word typed has to be found, in either script. A Chinese word that stands nowhere is looked for in its pieces: the
documents say 施工揚塵, and our words have 施工 and 扬尘 apart. An English word is found as a whole word, in singular or
plural: "dust" is not in "industry". A number is a line that a row stands on.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from seeds.script import folded

from .everyday import singular

TERMS = 6  # words of one search that count
PIECE = 2  # characters of the shortest piece of a Chinese word
_LINE = re.compile("(line|第)?([1-9][0-9]{0,3})(行)?")  # "219", "line219", "第219行"; "004" is a document
_LATIN = re.compile("[a-z]+")
_JOINED = re.compile("[a-z]+(-[a-z]+)+")  # "black-odour" is two words; "004-13-dept05" is a code
_HAN = re.compile("[\u4e00-\u9fff]{4,}")
_BETWEEN = re.compile(r"[\s,;!?，。、；！？“”()（）]+")


@dataclass(frozen=True)
class Text:
    """A row as a search sees it: its words (``script.folded``) and the lines it stands on."""

    words: str
    line_from: int
    line_to: int

    @cached_property
    def english(self) -> frozenset[str]:
        """Its English words, each in the singular."""
        return frozenset(map(singular, _LATIN.findall(self.words)))


Test = Callable[[Text], bool]


def found(typed: str, rows: Sequence[Text]) -> list[int]:
    """The places of the rows in which every word typed is found, in the order of ``rows``."""
    places = list(range(len(rows)))
    for word in _words(typed):
        # each way of finding the word, the strictest first; the first by which anything is found counts
        ways = ([at for at in places if test(rows[at])] for test in _tests(word))
        places = next(filter(None, ways), [])
    return places


def _words(typed: str) -> list[str]:
    joined = re.sub(r"\blines?\s+(?=\d)", "line", folded(typed))
    words = (word.replace("-", " ") if _JOINED.fullmatch(word) else word for word in _BETWEEN.split(joined))
    return " ".join(words).split()[:TERMS]


def _tests(word: str) -> Iterator[Test]:
    if _LATIN.fullmatch(word):
        yield lambda row: singular(word) in row.english
        return
    line = _LINE.fullmatch(word)
    number = int(line[2]) if line else 0
    yield lambda row: word in row.words or row.line_from <= number <= row.line_to
    if _HAN.fullmatch(word):
        yield lambda row: in_pieces(word, row.words)


def in_pieces(word: str, text: str) -> bool:
    """Whether the word can be cut into pieces of two characters or more that all stand in the text."""
    reached = {0}
    for at in range(len(word)):
        if at in reached:
            reached |= {end for end in range(at + PIECE, len(word) + 1) if word[at:end] in text}
    return len(word) in reached
