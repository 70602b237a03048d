"""Whether our sentence is about what its lines are about, and says it the same way round."""

import re
from collections.abc import Iterator
from functools import cache

from seeds.proof.case import Case, Finding, holds
from seeds.proof.numbers import LISTED
from seeds.proof.tables import Words
from seeds.rows import Duty

_SHARE = 0.3  # of the pairs of characters of our sentence, at least, that stand near the anchor
_PHRASE = 0.25  # of those of each phrase between commas, that stand anywhere in the lines
_HAN = re.compile("[一-鿿]+")
_NEGATIVE = re.compile("(?:不(?!锈|断|仅|少于|低于|超过|高于|大于|小于|等)|未(?!来|写|列)|勿|严禁|禁止|杜绝)[一-鿿]?")

_FORBIDS = re.compile("(?:[A-Z][^:]*: )?(?:do not|never|don't|not)\\b", re.IGNORECASE)
_FORBIDDEN = re.compile("(?:[^：]*：)?[^，；]?(?:不|禁|严禁|杜绝|勿|未|防止)")


def pairs(text: str) -> set[str]:
    """Neighbouring Chinese characters."""
    return {run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)}


def about(case: Case) -> Iterator[Finding]:
    """Our sentence shares its words with the text around its anchor, and each phrase of it some with the lines."""
    own = pairs(case.own)
    shared = len(own & pairs(case.near))
    if own and shared / len(own) < _SHARE:
        yield "share", f"only {shared} of {len(own)} pairs of characters stand near the anchor"
    there, short = pairs(case.text), case.aids.of("short")["ours"].zh.split()
    for phrase in _HAN.findall(case.own):
        parts = pairs(phrase)
        if parts and phrase not in short and len(parts & there) < len(parts) * _PHRASE:
            yield phrase, f"too little of {phrase!r} stands in the lines"


def negated(case: Case) -> Iterator[Finding]:
    """A "not" of our Chinese stands in the lines with the word it denies, and what they forbid ours forbids too."""
    for said in _NEGATIVE.findall(case.own):
        known = case.aids.of("denied").get(said)
        if said not in case.text and not (known and holds(case.text, known.zh.split())):
            yield said, f"our sentence says {said!r}, the lines do not"
    around = case.aids.of("forbid")["text"].zh.split()
    if holds(_segment(case), around) and not holds(case.row.zh, case.aids.of("forbid")["ours"].zh.split()):
        yield "forbid", "the text forbids something here and our sentence does not"


def _segment(case: Case) -> str:
    """The part of the sentence, between commas, that holds the anchor."""
    start, end = case.at
    text = re.sub("[。;；\n]", ",", case.text)
    after = text.find(",", end)
    return text[text.rfind(",", 0, start) + 1 : after if after >= 0 else len(text)]


def turned(case: Case) -> Iterator[Finding]:
    """A word that can turn a duty round (weaken, allow, hide) stands in the lines; in English, in our Chinese."""
    row = case.row
    english = LISTED.sub("", row.en)
    if _FORBIDS.match(english) and not _FORBIDDEN.match(case.own):
        yield "begins", "the English begins with a not, our Chinese does not"
    for turn in case.aids.of("turn").values():
        zh = turn.zh.split()
        said = [word for word in zh if len(word) > 1 and word in case.own]
        if said and case.text and not holds(case.text, zh):
            yield said[0], f"our sentence says {said[0]!r}, the lines say nothing like it"
        if (word := _english(turn, english)) and not holds(row.zh, zh):
            yield word, f"the English says {word!r}, our Chinese says nothing like it"
    for turn in case.aids.of("keep").values():
        if holds(row.zh, turn.zh.split()) and not _english(turn, english):
            yield turn.code, f"our Chinese says {turn.code}, the English does not"


def sense(case: Case) -> Iterator[Finding]:
    """At least or at most, which tier, which medium: said by us only where the text says it nearby. What stands behind
    a bar in words.csv is another way of saying it.
    """
    english = LISTED.sub("", case.row.en)
    for words in case.aids.of("sense").values():
        ours, _, others = words.zh.partition("|")
        zh = ours.split() + others.split()
        said = [word for word in ours.split() if word in case.own]
        if said and case.text and not holds(case.near, zh):
            yield said[0], f"our sentence says {said[0]!r}, the text near the anchor nothing like it"
        if words.en and (word := _english(words, english)) and not holds(case.row.zh, zh):
            yield word, f"the English says {word!r}, our Chinese says nothing like it"


def _english(words: Words, text: str) -> str:
    """The first of the English words that the text has, whatever its ending where a star allows one."""
    match = _pattern(words.en).search(text)
    return match[0] if match else ""


@cache
def _pattern(words: str) -> re.Pattern[str]:
    each = "|".join(re.escape(word).replace("_", " ").replace("\\*", "[a-z-]*") for word in words.split())
    return re.compile(f"(?<![a-z])(?:{each})(?![a-z])", re.IGNORECASE)


def topic(case: Case) -> Iterator[Finding]:
    """A narrow topic has one of its words in our sentence or near the anchor."""
    row = case.row
    if not isinstance(row, Duty):
        return
    words = case.aids.of("topic").get(row.topic)
    if words and not holds(row.zh + row.target + case.near, words.zh.split()):
        yield row.topic, f"no word of the topic {row.topic!r} stands here"
