"""What must hold among many rows: counts, twins, the succession table, the documents' own numbers and dates."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from seeds.laws import Fault
from seeds.lines import cited
from seeds.proof.case import part
from seeds.proof.tables import Count
from seeds.rows import Document, Duty, Figure, Succession
from seeds.script import simplified

Row = Duty | Figure
#: The national decisions a name may have changed by; other dates are for a county to say.
REFORMS = frozenset({"2008-03-15", "2018-03-17"})
_CITED = re.compile(r"(\d{3}) lines? (\d+)(?:-(\d+))?")


def counts(rows: Iterable[Row], recorded: Iterable[Count]) -> Iterator[Fault]:
    """Each part has as many rows of each kind and status as counts.csv records: no row goes, or grows sure, unseen."""
    found = Counter((part(row), kind_of(row), row.status) for row in rows)
    known = {(c.part, c.kind, c.status): c.rows for c in recorded}
    for key in sorted(found.keys() | known.keys()):
        if found[key] != known.get(key, 0):
            yield Fault("proof/counts.csv", f"{' '.join(key)}: {found[key]} rows, recorded are {known.get(key, 0)}")


def kind_of(row: Row) -> str:
    """What counts.csv calls a row's kind."""
    return "duty" if isinstance(row, Duty) else row.kind


def twins(rows: Iterable[Row]) -> Iterator[Fault]:
    """No duty stands twice: the same body, read as the same one, with the same words on the same line."""
    seen: dict[tuple[object, ...], str] = {}
    for row in rows:
        if isinstance(row, Duty) and row.body:
            key = row.document, row.line_from, row.anchor, row.body, row.canonical, row.role, row.zh
            if key in seen:
                yield Fault(row.code, f"says what {seen[key]} says already")
            seen[key] = row.code


def succession(table: Iterable[Succession], rows: Iterable[Row], texts: dict[str, list[str]]) -> Iterator[Fault]:
    """Each name is one that a duty prints and reads so; its date is that of the decision named as its source."""
    used = {(row.body, row.canonical) for row in rows if isinstance(row, Duty)}
    for line in table:
        place = line.origin.replace(":", ", row ")
        if (line.body, line.canonical) not in used:
            yield Fault(place, f"no duty prints {line.body!r} and is read as {line.canonical!r}")
        on = line.from_on.isoformat() if line.from_on else ""
        if on not in ({""} | REFORMS) or on != "".join(re.findall(r"\d{4}-\d\d-\d\d", line.source)):
            yield Fault(place, f"the date {on or 'left empty'} is not that of its source ({line.source})")
        dated = re.search(r"20\d\d年", line.event_zh)
        if not on and dated and "机构改革" in line.event_zh and "没有涉及" not in line.event_zh:
            yield Fault(place, "a dated event without its date")
        yield from (Fault(place, what) for what in _source(line, texts))


def _source(line: Succession, texts: dict[str, list[str]]) -> Iterator[str]:
    match = _CITED.fullmatch(line.source)
    if match is None or match[1] not in texts or "见第" in line.event_zh:  # where the meaning stands, not the name
        return
    text = simplified(cited(texts[match[1]], int(match[2]), int(match[3] or match[2])))
    if line.body not in text and not set(line.body) <= set(text):
        yield f"{line.body!r} does not stand on {line.source}"


def headings(documents: Iterable[Document], texts: dict[str, list[str]]) -> Iterator[Fault]:
    """A document's number and date stand in its own text, or are unknown."""
    for document in documents:
        lines = texts.get(document.code)
        for name, value in (("number", document.number), ("date", document.date)):
            if value != "unknown" and lines is not None and _plain(value) not in _plain("".join(lines)):
                yield Fault(f"documents/{document.code}.toml", f"{name} {value!r} is not in its text")


def _plain(text: str) -> str:
    """Without spaces, and with one kind of bracket."""
    return re.sub(r"\s", "", text).translate(str.maketrans("[]［］()（）", "〔〕〔〕〔〕〔〕"))
