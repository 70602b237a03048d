"""Holds the seeds against the source texts: ``check(path)`` → Report. What ``wangge seeds check PATH`` runs.

For each source file: is it the one whose hash is recorded; does every cited line exist and hold what its row is
about (printed body, anchor, number, year); is every line that is not blank either cited or listed as carrying no
duty. The raw 004 has pinyin in brackets behind characters; it is taken out by rule, so that the raw file and the
clean copy are the same text here and get the same answer.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import seeds
from seeds.errors import SeedError
from seeds.laws import Fault, broken, row_place
from seeds.rows import Document, Duty, Figure

# Pinyin has one to six letters; a tone mark is on one of them, and the neutral tone has none.
_PINYIN = re.compile(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ]{1,6}\)")
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


@dataclass(frozen=True)
class Reading:
    """One source file: which document it is, whether it is the recorded file, and the answer of its text."""

    document: str
    file: str
    as_recorded: bool
    answer: Answer

    @property
    def ok(self) -> bool:
        """Nothing is missing, wrong or edited."""
        return self.as_recorded and not self.answer.missing and not self.answer.faults


@dataclass(frozen=True)
class Report:
    """The readings of all files, and the faults that belong to no file (seeds' own laws, absent sources)."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Everything holds and every line is accounted for."""
        return not self.faults and all(r.ok for r in self.readings)

    @property
    def exit_code(self) -> int:
        """0 when everything holds, 1 otherwise."""
        return 0 if self.ok else 1

    def text(self) -> str:
        """The report to be read, one line for each thing, ending with a verdict."""
        lines = [line for reading in self.readings for line in _reading_lines(reading)]
        lines += [str(fault) for fault in self.faults]
        found = sum(_count(reading) for reading in self.readings) + len(self.faults)
        verdict = "the seeds hold" if self.ok else f"{found} things do not hold"
        return "\n".join([*lines, f"{len(self.readings)} files read: {verdict}"])


def check(path: Path | str, root: Traversable | None = None) -> Report:
    """Hold the seeds (the package's, or those in ``root``) against a folder of source files or one file.

    A folder must have a file for every document. Raises SeedError when ``path`` is not there, holds no source, or
    the seeds themselves cannot be read.
    """
    path = Path(path)
    documents = seeds.read("documents", root).rows
    rows = (*seeds.read("duties", root), *seeds.read("figures", root))
    readings = tuple(_read(*found, rows) for found in _sources(path, documents))
    faults = broken(documents, rows, seeds.read("departments", root).rows)
    if path.is_dir():
        present = {reading.document for reading in readings}
        faults += [Fault(d.code, f"no source file in {path}") for d in documents if d.code not in present]
    return Report(readings, tuple(faults))


def _sources(path: Path, documents: tuple[Document, ...]) -> list[tuple[Path, bytes, Document]]:
    if not path.exists():
        raise SeedError(f"{path}: no such file or folder")
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    found = [(file, data, d) for file in files if (d := _document_of(file, data := file.read_bytes(), documents))]
    if not found:
        raise SeedError(f"{path}: no source file in here; they are called 000_….txt, 001_….txt and so on")
    return found


def _document_of(file: Path, data: bytes, documents: tuple[Document, ...]) -> Document | None:
    """The document a file is: by its hash, else by the code its name begins with."""
    sha256 = hashlib.sha256(data).hexdigest()
    by_hash = (d for d in documents if sha256 in (d.sha256, d.sha256_clean))
    return next(by_hash, next((d for d in documents if file.name.startswith(d.code)), None))


def _read(file: Path, data: bytes, document: Document, rows: tuple[Duty | Figure, ...]) -> Reading:
    as_recorded = hashlib.sha256(data).hexdigest() in (document.sha256, document.sha256_clean)
    lines = source_lines(data.decode("utf-8", "replace"), pinyin=bool(document.sha256_clean))
    return Reading(document.code, file.name, as_recorded, hold(document, rows, lines))


def source_lines(text: str, *, pinyin: bool) -> list[str]:
    """The lines of a source text, without the pinyin in brackets where it has any."""
    return (_PINYIN.sub("", text) if pinyin else text).removesuffix("\n").split("\n")


def hold(document: Document, rows: Iterable[Duty | Figure], lines: list[str]) -> Answer:
    """Hold the rows of one document against its lines."""
    own = [row for row in rows if row.document == document.code]
    duties = {n for row in own if isinstance(row, Duty) for n in _span(row)}
    cited = duties | {n for row in own for n in _span(row)}
    listed = {n for item in document.no_duty for n in item.lines}
    blank = {n for n, line in enumerate(lines, 1) if not line.strip()}
    faults = [Fault(row_place(row), what) for row in own for what in _not_held(row, lines)]
    faults += [
        Fault(f"{document.code}, line {n}", "cited by a duty and listed as no duty") for n in sorted(duties & listed)
    ]
    if len(lines) != document.lines:
        faults.append(Fault(document.code, f"{len(lines)} lines, recorded are {document.lines}"))
    missing = tuple(sorted(set(range(1, len(lines) + 1)) - cited - listed - blank))
    return Answer(len(lines), len(own), len(cited), len(listed), len(blank), missing, tuple(faults))


def _span(row: Duty | Figure) -> range:
    return range(row.line_from, row.line_to + 1)


def _not_held(row: Duty | Figure, lines: list[str]) -> Iterator[str]:
    """What the row states and its cited lines do not."""
    text = "\n".join(lines[row.line_from - 1 : row.line_to])
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


def stands_in(value: str, text: str) -> bool:
    """Is ``value`` in ``text``; one that begins or ends with a digit must not be part of a longer number."""
    before = r"(?<![\d.])" if value[:1].isdigit() else ""
    after = r"(?!\.?\d)" if value[-1:].isdigit() else ""
    return re.search(before + re.escape(value) + after, text) is not None


def _reading_lines(reading: Reading) -> Iterator[str]:
    a = reading.answer
    state = "complete" if reading.ok else f"{_count(reading)} things do not hold"
    yield (
        f"{reading.file}: {a.lines} lines, {a.cited} cited, {a.listed} without duty, {a.blank} blank; "
        f"{a.rows} rows; {state}"
    )
    if not reading.as_recorded:
        yield f"  {reading.file}: sha256 is not that of documents/{reading.document}.toml: edited, or another file"
    if a.missing:
        yield f"  neither cited nor listed as no duty: lines {ranges(a.missing)}"
    yield from (f"  {fault}" for fault in a.faults)


def _count(reading: Reading) -> int:
    return len(reading.answer.faults) + bool(reading.answer.missing) + (not reading.as_recorded)


def ranges(numbers: Iterable[int]) -> str:
    """ "3, 5-9, 12": numbers in rising order as ranges."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
