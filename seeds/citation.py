"""What the seeds cite: does every cited line exist and hold what its row is about (printed body, anchor, number, year);
is every line that is not blank either cited or listed as carrying no duty.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seeds.laws import Fault, row_place
from seeds.lines import cited, stands_in
from seeds.rows import Document, Duty, Figure

_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Answer:
    """What one source text says about the seeds; the same for the raw and for the clean text of a document.

    ``lines`` counts all lines, ``cited``, ``listed`` (no duty) and ``blank`` those of each sort (a line may be both
    cited and listed); ``missing`` are the line numbers that are none of these.
    """

    lines: int
    rows: int
    cited: int
    listed: int
    blank: int
    missing: tuple[int, ...]
    faults: tuple[Fault, ...]


def hold(document: Document, rows: Iterable[Duty | Figure], lines: list[str]) -> Answer:
    """Hold the rows of one document against its lines."""
    own = [row for row in rows if row.document == document.code]
    duties = {n for row in own if isinstance(row, Duty) for n in _span(row)}
    cited_ = duties | {n for row in own for n in _span(row)}
    listed = {n for item in document.no_duty for n in item.lines}
    blank = {n for n, line in enumerate(lines, 1) if not line.strip()}
    faults = [Fault(row_place(row), what) for row in own for what in _not_held(row, lines)]
    faults += [
        Fault(f"{document.code}, line {n}", "cited by a duty and listed as no duty") for n in sorted(duties & listed)
    ]
    if len(lines) != document.lines:
        faults.append(Fault(document.code, f"{len(lines)} lines, recorded are {document.lines}"))
    missing = tuple(sorted(set(range(1, len(lines) + 1)) - cited_ - listed - blank))
    return Answer(len(lines), len(own), len(cited_), len(listed), len(blank), missing, tuple(faults))


def _span(row: Duty | Figure) -> range:
    return range(row.line_from, row.line_to + 1)


def _not_held(row: Duty | Figure, lines: list[str]) -> Iterator[str]:
    """What the row states and its cited lines do not."""
    text = cited(lines, row.line_from, row.line_to)
    where = f"lines {row.line_from}-{row.line_to}"
    if not text.strip():
        yield f"{where} are blank or do not exist"
        return
    for name, value in _claims(row):
        if not stands_in(value, text):
            yield f"{name} {value!r} is not in {where}"


def _claims(row: Duty | Figure) -> Iterator[tuple[str, str]]:
    """(column, what must be found in the cited lines) for each claim a row makes."""
    yield "anchor", row.anchor
    yield from (("year", year) for year in _years(row))
    if isinstance(row, Duty):
        yield "body_printed", row.body_printed
        yield "target_number", row.target_number
    else:
        yield "number", row.number


def _years(row: Duty | Figure) -> list[str]:
    if isinstance(row, Figure):
        return _YEAR.findall(row.year)
    return _YEAR.findall(f"{row.target_year} {row.deadline_on or ''}")
