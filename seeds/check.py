"""Holds the seeds against the source texts: ``check(path)`` → Report. What ``wangge seeds check PATH`` runs.

For each source file: is it the one whose hash is recorded, and what does its text say (``citation.py``). For all rows:
do they keep the seeds' own laws (``laws.py``) and say what their lines say (``proof/laws.py``); are the problems and
duties there that problem_duties.csv names. The raw 004 has pinyin
in brackets behind characters; it is taken out by rule, so that the raw file and the clean copy are the same text here
and get the same answer. Without sources what needs none is checked: ``check()``.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import seeds
from seeds.citation import Answer, hold
from seeds.errors import SeedError
from seeds.laws import Fault, broken, broken_links
from seeds.lines import ranges, source_lines
from seeds.proof import laws
from seeds.rows import Document, Duty, Figure


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
    """The readings of all files, and the faults that belong to no file (laws of the rows, absent sources)."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]
    rows: int

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
        return "\n".join([*lines, f"{self.rows} rows, {len(self.readings)} files read: {verdict}"])


def check(path: Path | str | None = None, root: Traversable | None = None) -> Report:
    """Hold the seeds (the package's, or those in ``root``) against a folder of source files, one file, or none.

    A folder must have a file for every document. Raises SeedError when ``path`` is not there, holds no source, or
    the seeds themselves cannot be read.
    """
    documents = seeds.read("documents", root).rows
    duties = seeds.read("duties", root).rows
    rows = (*duties, *seeds.read("figures", root))
    sources = _sources(Path(path), documents) if path is not None else []
    readings = tuple(_read(*found, rows) for found in sources)
    texts = {document.code: _lines(data, document) for _, data, document in reversed(sources)}
    faults = broken(documents, rows, seeds.read("departments", root).rows) + laws.broken(rows, texts, root)
    problems = (each.code for each in seeds.read("problem_types", root))
    faults += broken_links(seeds.read("problem_duties", root), problems, (duty.code for duty in duties))
    if path is not None and Path(path).is_dir():
        faults += [Fault(d.code, f"no source file in {path}") for d in documents if d.code not in texts]
    return Report(readings, tuple(faults), len(rows))


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
    return Reading(document.code, file.name, as_recorded, hold(document, rows, _lines(data, document)))


def _lines(data: bytes, document: Document) -> list[str]:
    return source_lines(data.decode("utf-8", "replace"), pinyin=bool(document.sha256_clean))


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
