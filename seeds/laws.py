"""What must hold among the seed rows themselves, without looking at any source text."""

from collections.abc import Iterator
from dataclasses import dataclass

from seeds.rows import Department, Document, Duty, Figure

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
    return [Fault(row_place(row), what) for row in rows for what in _of_row(row, lengths, bodies)]


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
