"""Numbers of our own sentences, in both languages, and units: nothing that the lines do not say."""

import re
from collections.abc import Iterator

from seeds.proof.case import Case, Finding
from seeds.rows import Duty

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_COUNTED = re.compile("[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]+")
#: Ours: the place in a list.
LISTED = re.compile(r"\b(?:no\.|step|tier|level|line) \d+", re.IGNORECASE)
_CHINESE = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}


def digits(text: str) -> set[str]:
    """The numbers written in digits."""
    return {number.lstrip("0") or "0" for number in _DIGITS.findall(text)}


def counted(text: str) -> set[str]:
    """The numbers up to 99 written in Chinese."""
    return {str(_value(match)) for match in _COUNTED.findall(text)}


def _value(sign: str) -> int:
    tens, ten, ones = sign.partition("十")
    if not ten:  # one sign, or one for each digit
        return int("".join(str(_CHINESE[each]) for each in sign))
    return _CHINESE.get(tens, 1) * 10 + _CHINESE.get(ones, 0)


def of_text(case: Case) -> Iterator[Finding]:
    """Every number of our Chinese stands in the cited lines, in digits or in words."""
    for number in sorted(digits(case.own) - digits(case.text) - counted(case.text)):
        yield number, f"our sentence says {number}, which is not in the lines"


def of_english(case: Case) -> Iterator[Finding]:
    """Every number of our English stands in our Chinese or the lines, and every one of our Chinese in the English."""
    row = case.row
    english = LISTED.sub("", row.en).replace(",", "")
    known = digits(row.zh) | counted(row.zh) | digits(case.text) | counted(case.text)
    if case.text:
        for number in sorted(digits(english) - known - {_ten_thousandfold(n) for n in known} - {"10000"}):
            yield number, f"the English says {number}, which is neither in our Chinese nor in the lines"
    said = digits(english) | _spelled(english, case)
    for number in sorted(digits(case.own) - said):
        if _ten_thousandfold(number) not in said:
            yield number, f"our Chinese says {number} and the English does not"


def _ten_thousandfold(number: str) -> str:
    return str(round(float(number) * 10000))


def _spelled(english: str, case: Case) -> set[str]:
    words = set(re.findall("[a-z]+", english.lower()))
    return {code for code, each in case.aids.of("number").items() if words & set(each.en.split())}


def unit(case: Case) -> Iterator[Finding]:
    """A unit stands behind its number in the lines; a number of ours that has one in the text keeps it."""
    row = case.row
    number, name = (row.target_number, row.target_unit) if isinstance(row, Duty) else (row.number, row.unit)
    if not name:
        return
    pattern = f"{re.escape(number)}[余多约个年]?{re.escape(name)}" if number else re.escape(name)
    if not re.search(pattern, case.text):
        yield name, f"the unit {name!r} does not stand behind {number or 'its number'} in the lines"
