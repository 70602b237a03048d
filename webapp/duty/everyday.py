"""What people mean by everyday words: which problem, and which words of the lists. Rows say it, nothing here is law.

A row of seeds/settings/everyday_words.csv holds ways of saying one thing, in Chinese and in English. "a/b c; d" reads:
a or b, and also c; or else d. Chinese is found anywhere in a sentence, English by whole words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import seeds
from seeds.script import folded

_LATIN = re.compile("[a-z]+")
#: Ways of saying one thing; each is parts that must all be found, each part words of which one is enough.
Ways = tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True)
class Meaning:
    """One thing that people say: its problem (a code, or ""), and the words of the lists that stand for it."""

    code: str
    problem: str
    terms: tuple[str, ...]
    zh: Ways
    en: Ways


def meaning(row: Any) -> Meaning:
    """A row of the seeds, made ready to be compared."""
    return Meaning(row.code, row.problem, tuple(folded(row.terms).split()), _ways(row.zh), _ways(row.en, one=True))


def _ways(text: str, *, one: bool = False) -> Ways:
    return tuple(
        tuple(tuple(singular(word) if one else word for word in part.split("/")) for part in way.split())
        for way in folded(text).split(";")
    )


def understood(text: str, meanings: Iterable[Meaning]) -> list[Meaning]:
    """What the text may mean, the most closely described first.

    What says more parts counts for more, then what says them in more letters. A meaning is left out when its words are
    all part of what a closer one has taken ("smoke" in "straw smokes"), or when it only names the problem of a closer
    one more broadly.
    """
    plain = folded(text)
    words = frozenset(map(singular, _LATIN.findall(plain)))
    found = [(taken, each) for each in meanings if (taken := _taken(each, plain, words))]
    found.sort(key=lambda pair: _weight(pair[0]), reverse=True)
    return [each for at, (taken, each) in enumerate(found) if not _covered(taken, each, found[:at])]


def _weight(taken: tuple[str, ...]) -> tuple[int, int]:
    return len(taken), sum(map(len, taken))


def _covered(taken: tuple[str, ...], each: Meaning, closer: Sequence[tuple[tuple[str, ...], Meaning]]) -> bool:
    broader = not each.terms and any(each.problem == one.problem for _, one in closer)
    return broader or any(all(any(word in other for other in one) for word in taken) for one, _ in closer)


def _taken(each: Meaning, plain: str, words: frozenset[str]) -> tuple[str, ...]:
    """The words by which the text says this, of the way that says it most closely; empty when it does not."""
    said = [_said(way, plain) for way in each.zh] + [_said(way, words) for way in each.en]
    return max(said, key=_weight)


def _said(way: tuple[tuple[str, ...], ...], text: str | frozenset[str]) -> tuple[str, ...]:
    parts = [max((word for word in part if word in text), key=len, default="") for part in way]
    return tuple(parts) if all(parts) else ()


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """An English word without its plural: dusts and dust, bodies and body are one word; industry is another."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search("(s|x|z|ch|sh)es$", word):
        return word[:-2]
    return word[:-1] if re.search("[^suis]s$", word) else word


@lru_cache(maxsize=4)
def with_own(own: str) -> list[Meaning]:
    """The meanings as delivered and the county's own words, from the setting everyday_words.

    The setting reads "埃子=灰尘; 麦糠=麦茬 烧": whoever says the first means the words after the sign. What cannot be
    read so is left out here; ``check_own`` refuses it before it is set.
    """
    return [*_delivered(), *filter(None, map(_own, _entries(own)))]


def check_own(own: str) -> None:
    """ValueError with the entry of the setting that does not read so, or whose meaning nobody would understand."""
    for entry in _entries(own):
        if _own(entry) is None:
            raise ValueError(entry)


@cache
def _delivered() -> tuple[Meaning, ...]:
    return tuple(meaning(row) for row in seeds.read("everyday_words"))


def _entries(own: str) -> list[str]:
    return [entry.strip() for entry in re.split("[;；\n]", own) if entry.strip()]


def _own(entry: str) -> Meaning | None:
    said, _sign, meant = folded(entry).partition("=")
    known = understood(meant, _delivered())
    if not (said.strip() and known):
        return None
    latin = _LATIN.search(said) is not None
    return replace(known[0], zh=() if latin else _ways(said), en=_ways(said, one=True) if latin else ())
