"""The table of the laws of content, and what they find."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import seeds
from seeds.laws import Fault, row_place
from seeds.lines import cited
from seeds.proof import bodies, meaning, numbers, roles, sets, times
from seeds.proof.case import Aids, Case, Finding
from seeds.proof.tables import Excused
from seeds.rows import Duty, Figure
from seeds.script import simplified


@dataclass(frozen=True)
class Law:
    """One law about a row: its code, as exceptions.csv names it, and what finds a breach (value, words).

    Without its source a row is held to the laws that need no lines, and to the part of them that needs none.
    """

    code: str
    find: Callable[[Case], Iterator[Finding]]
    needs_lines: bool = False


#: In the order of the columns they look at.
LAWS = (
    Law("script", bodies.script),
    Law("mask", bodies.mask),
    Law("owner", bodies.owner),
    Law("reading", bodies.reading),
    Law("tier", bodies.tier),
    Law("role", roles.role, needs_lines=True),
    Law("topic", meaning.topic, needs_lines=True),
    Law("about", meaning.about, needs_lines=True),
    Law("negated", meaning.negated, needs_lines=True),
    Law("turned", meaning.turned),
    Law("sense", meaning.sense),
    Law("number", numbers.of_text, needs_lines=True),
    Law("english_number", numbers.of_english),
    Law("unit", numbers.unit, needs_lines=True),
    Law("day", times.day),
    Law("often", times.often),
    Law("lasting", times.lasting, needs_lines=True),
)


def broken(rows: Iterable[Duty | Figure], texts: dict[str, list[str]], root: Traversable | None = None) -> list[Fault]:
    """Every breach that is not excused, in the rows and among them; ``texts`` are the lines of the sources there are.

    An excuse that nothing needs any more is a breach too, where its source is there.
    """
    rows = tuple(rows)
    table = seeds.read("succession", root).rows
    aids = Aids(seeds.read("words_of_law", root).rows, seeds.read("tiers", root).rows, table)
    excuses = seeds.read("exceptions", root).rows
    faults = [*_of_rows(rows, texts, aids, excuses)]
    faults += sets.counts(rows, seeds.read("counts", root).rows)
    faults += sets.twins(rows)
    faults += sets.succession(table, rows, texts)
    faults += sets.headings(seeds.read("documents", root).rows, texts)
    return faults


def _of_rows(
    rows: tuple[Duty | Figure, ...], texts: dict[str, list[str]], aids: Aids, excuses: tuple[Excused, ...]
) -> Iterator[Fault]:
    known = {(excuse.law, excuse.code, excuse.value): excuse for excuse in excuses}
    needed = set()
    for row in rows:
        for law, value, what in findings(row, texts, aids):
            key = law, row.code, value
            needed.add(key)
            if key not in known:
                yield Fault(row_place(row), f"{law}: {what}")
    unread = {row.code for row in rows if row.document not in texts}
    for key, excuse in known.items():
        if key not in needed and excuse.code not in unread:
            yield Fault(excuse.origin.replace(":", ", row "), f"nothing to excuse: {excuse.law} of {excuse.code}")


def findings(row: Duty | Figure, texts: dict[str, list[str]], aids: Aids) -> Iterator[tuple[str, str, str]]:
    """(law, value, words) for each breach of a row, excused or not."""
    lines = texts.get(row.document)
    case = Case(row, aids, simplified(cited(lines, row.line_from, row.line_to)) if lines else "")
    held = (law for law in LAWS if lines or not law.needs_lines)
    return ((law.code, value, what) for law in held for value, what in law.find(case))
