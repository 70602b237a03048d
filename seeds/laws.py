"""What must hold among the seed rows themselves, without looking at any source text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seeds.rows import Department, Document, Duty, Figure, Part, ProblemDuty

_ANCHOR = range(2, 15)  # characters: enough to show the place, too short to be a copied sentence
_OWN_WORDS = 60  # Chinese characters a restated duty may have at most


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold: where (file and row, or a line of the source) and what."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def row_place(row: Duty | Figure) -> str:
    """ "duties/004-13.csv, row 12 (004-13-dept01-03)": where a row stands, for a message."""
    name, _, line = row.origin.rpartition(":")
    return f"{name}, row {line} ({row.code})"


def broken(
    documents: tuple[Document, ...], rows: tuple[Duty | Figure, ...], departments: tuple[Department, ...]
) -> list[Fault]:
    """Every law that a duty or figure breaks: unknown document or body, impossible lines, words or reason missing."""
    lengths = {d.code: d.lines for d in documents}
    bodies = {d.code for d in departments} | {"unknown"}
    parts = {d.code: d.parts for d in documents}
    return [
        Fault(row_place(row), what)
        for row in rows
        for what in (*_of_row(row, lengths, bodies), *_of_part(row, parts.get(row.document, ())))
    ]


def _of_part(row: Duty | Figure, parts: tuple[Part, ...]) -> Iterator[str]:
    """What is in no part could never be said to apply here."""
    if parts and not any(part.line_from <= row.line_from <= row.line_to <= part.line_to for part in parts):
        yield f"lines {row.line_from}-{row.line_to} are in no single [[part]] of {row.document}"


def broken_links(links: Iterable[ProblemDuty], problems: Iterable[str], duties: Iterable[str]) -> list[Fault]:
    """Every law that a row "problem, duty" breaks: a problem or duty that is not there, nobody with a duty, and the
    other way round; words missing in one of the two languages.
    """
    known, listed = {*problems}, {*duties}
    return [Fault(row.origin, what) for row in links for what in _of_link(row, known, listed)]


def _of_link(row: ProblemDuty, problems: set[str], duties: set[str]) -> Iterator[str]:
    if row.problem not in problems:
        yield f"there is no problem {row.problem!r}"
    if (row.role == "nobody") == bool(row.duty):
        yield "a row names a duty, or its role is nobody: one of the two"
    if row.duty and row.duty not in duties:
        yield f"there is no duty {row.duty!r}"
    if bool(row.zh) != bool(row.en):
        yield "words are missing in one of the two languages"


def _of_row(row: Duty | Figure, lengths: dict[str, int], bodies: set[str]) -> Iterator[str]:
    if row.document not in lengths:
        yield f"there is no documents/{row.document}.toml"
    elif not 1 <= row.line_from <= row.line_to <= lengths[row.document]:
        yield f"lines {row.line_from}-{row.line_to} are not within 1-{lengths[row.document]}"
    if len(row.anchor) not in _ANCHOR:
        yield f"the anchor has {len(row.anchor)} characters, not {_ANCHOR.start} to {_ANCHOR.stop - 1}"
    if not (row.zh and row.en):
        yield "words are missing in one of the two languages"
    if (row.status == "ok") == bool(row.why_zh and row.why_en):
        yield "a reason must stand, in both languages, exactly when the status is not ok"
    if isinstance(row, Duty):
        yield from _of_duty(row, bodies)


def _of_duty(row: Duty, bodies: set[str]) -> Iterator[str]:
    if row.canonical not in bodies:
        yield f"the body {row.canonical!r} is not in departments.csv"
    if bool(row.body_printed) != bool(row.body):
        yield "a printed body needs its simplified form, and the other way round"
    if len(row.zh) > _OWN_WORDS:
        yield f"{len(row.zh)} characters: a duty is restated in at most {_OWN_WORDS}"
