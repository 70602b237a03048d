"""When and how often: words of frequency and duration, days, months and years."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from seeds.proof.case import Case, Finding, holds
from seeds.rows import Duty


def often(case: Case) -> Iterator[Finding]:
    """A frequency has its word in the text, and a word of frequency in our sentence has its code."""
    row = case.row
    code = row.frequency if isinstance(row, Duty) else row.period
    known = case.aids.of("often")
    if code and code not in known:
        yield code, f"{code!r} is no known frequency"
    elif code and case.text and not holds(case.text, known[code].zh.split()):
        yield code, f"no word for {code!r} stands in the text"
    for other, words in case.aids.of("said_often").items():
        said = [word for word in words.zh.split() if word in row.zh]
        if said and code not in other.split("|"):
            yield said[0], f"our sentence says {said[0]!r} and the frequency is {code or 'empty'}"


def lasting(case: Case) -> Iterator[Finding]:
    """A duration, or "at once", has its word in the text."""
    row = case.row
    words = case.aids.of("lasting").get(row.deadline_kind) if isinstance(row, Duty) else None
    if words and not holds(case.text, words.zh.split()):
        yield row.deadline_kind, f"no word for {row.deadline_kind!r} stands in the text"  # type: ignore[union-attr]


def day(case: Case) -> Iterator[Finding]:
    """The day of a deadline stands in the text: as such, or as the end of a month or of a year."""
    row = case.row
    if not isinstance(row, Duty):
        return
    if row.deadline_kind.startswith("by_date") and not (row.deadline_on or row.target_year):
        yield row.deadline_kind, "a deadline by a date has neither day nor year"
    if row.deadline_on and not row.deadline_kind.startswith("by_date"):
        yield row.deadline_kind, "a day is given and the deadline is not one by a date"
    if row.deadline_on and case.text and not _stands(row.deadline_on, case.text):
        yield row.deadline_on.isoformat(), f"{row.deadline_on} is no day of the text"


def _stands(on: date, text: str) -> bool:
    if f"{on.year}年{on.month}月{on.day}日" in text:
        return True
    if on.day != monthrange(on.year, on.month)[1]:
        return False
    month = re.search(f"{on.year}年{on.month}月(?:[底末前份]|以前|之前)", text)
    return bool(month or (on.month == 12 and re.search(f"{on.year}年年?[底末前内]", text)))
