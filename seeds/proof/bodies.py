"""Whose a duty is: the name in its two scripts, what it is read as, its tier, and how sure that is."""

from collections.abc import Iterator

from seeds.proof.case import MASK, Case, Finding, part
from seeds.rows import Duty
from seeds.script import simplified

#: Codes of departments.csv that name no body but point at a list in the text.
_POINTERS = frozenset({"issue_units"})


def script(case: Case) -> Iterator[Finding]:
    """body is body_printed in simplified characters."""
    row = case.row
    if isinstance(row, Duty) and row.body != simplified(row.body_printed):
        yield row.body, f"body {row.body!r} is not {row.body_printed!r} in simplified characters"


def mask(case: Case) -> Iterator[Finding]:
    """Who or what the text masks (xx, ×) is unknown, and its number stays empty."""
    row = case.row
    if not isinstance(row, Duty):
        return
    if MASK.search(row.body_printed) and row.status != "unknown":
        yield row.body, f"{row.body!r} is masked in the text, so the status is unknown"
    if "数字被遮" in row.zh and row.target_number:
        yield row.target_number, "the number is masked in the text and stays empty"


def owner(case: Case) -> Iterator[Finding]:
    """Where no body is printed nobody is filled in: unknown, or a reading that waits for the county."""
    row = case.row
    if not isinstance(row, Duty) or row.body or row.canonical in _POINTERS:
        return
    if row.status == "ok" or (row.canonical == "unknown") != (row.status == "unknown"):
        yield row.canonical, f"no body is printed here: {row.canonical!r} cannot be {row.status}"


def reading(case: Case) -> Iterator[Finding]:
    """A printed body is read as succession.csv reads it; another reading than its first waits for the county."""
    row = case.row
    if not isinstance(row, Duty) or not row.body:
        return
    known = case.aids.readings.get(row.body, [])
    if row.canonical == "unknown":
        if known or row.status == "ok":
            yield row.canonical, f"{row.body!r} is read as {', '.join(known) or 'nobody known'}, not as unknown"
    elif row.canonical not in known:
        yield row.canonical, f"succession.csv does not read {row.body!r} as {row.canonical!r}"
    elif row.canonical in known[1:] and row.status == "ok" and not _both(row):
        yield row.canonical, f"{row.canonical!r} is not the first reading of {row.body!r}, so the status is not ok"


def _both(row: Duty) -> bool:
    """A name that says party committee and government at once is two bodies, each with a row of its own."""
    return row.canonical.endswith(("_government", "_party"))


def tier(case: Case) -> Iterator[Finding]:
    """The tier is one that tiers.csv gives this body in this part."""
    row = case.row
    if not isinstance(row, Duty):
        return
    key = part(row), row.canonical
    known = case.aids.tiers_of
    allowed = known.get((*key, row.body)) or known.get((*key, ""), "")
    if row.tier not in allowed.split():
        yield row.tier, f"tiers.csv gives {row.canonical!r} in part {key[0]!r} {allowed or 'nothing'}, not {row.tier!r}"
