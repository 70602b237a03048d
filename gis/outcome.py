"""What the pages of files that came in say of them, worked out once where they were read: findings in short, a drawing
of them, and what would change. It is kept in one file, whose head a page reads alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any

from gis import answer
from gis.delivery import Cell, Delivery, Facts, Finding, Seen, in_order
from gis.lines import Below, Line
from gis.lines import units as units_of
from gis.messages import ERROR, MESSAGES, WARNING
from gis.picture import Part, Picture, picture

MOST_FINDINGS = 500  # kept with a set; there are as many as a person could read
SHOWN = 5  # rows that a finding names
MOST_DRAWN = 2000  # grids: a level with more is not drawn
KINDS = {ERROR: "gone", WARNING: "border"}  # how the drawing calls a grid about which something was found


@dataclass(frozen=True)
class Outcome:
    """What was understood of each layer and seen in it, the worst of what was found as ``kept`` has it, the codes of
    all that was, the drawing, where there is something to draw, and how many unit grids came along."""

    facts: tuple[Facts, ...] = ()
    seen: tuple[Seen, ...] = ()
    findings: tuple[dict[str, Any], ...] = ()
    codes: tuple[str, ...] = ()
    drawing: Picture | None = None
    below: int = 0

    @property
    def has_errors(self) -> bool:
        """Whether something stops an import."""
        return any(each["level"] == ERROR for each in self.findings)


def write(file: IO[bytes], delivery: Delivery, lines: Sequence[Line]) -> None:
    """Keep what comes of a delivery, which would change these grids, for ``read`` and ``lines``."""
    found = kept(delivery.findings)
    head = {
        "facts": list(map(asdict, delivery.facts)),
        "seen": list(map(asdict, delivery.seen)),
        "findings": found,
        "codes": sorted({each.code for each in delivery.findings}),
        "drawing": _drawing(delivery, found),
        "below": len(delivery.units),
    }
    below = units_of(delivery) if lines or not delivery.errors else []
    kept_ = [json.dumps([vars(each) | {"boundary": None} for each in several]).encode() for several in (lines, below)]
    answer.write(file, head, [*kept_, *(each.boundary or b"" for several in (lines, below) for each in several)])


def read(file: IO[bytes]) -> Outcome:
    """What was kept, without what would change. gis.delivery.Refused where the files could not be read."""
    head = answer.head(file)
    return Outcome(
        tuple(Facts(**each) for each in head["facts"]),
        tuple(Seen(**each) for each in head["seen"]),
        tuple(head["findings"]),
        tuple(head["codes"]),
        head["drawing"] and _picture(*head["drawing"]),
        head.get("below", 0),
    )


def lines(file: IO[bytes]) -> list[Line]:
    """What would change."""
    _head, (plain, _below, *drawn) = answer.read(file)
    rows = zip(json.loads(plain), drawn, strict=False)
    return [
        Line(**(row | {"boundary": shape or None, "predecessors": tuple(row["predecessors"])})) for row, shape in rows
    ]


def units(file: IO[bytes]) -> list[Below]:
    """The unit grids that came along."""
    _head, (plain, below, *drawn) = answer.read(file)
    rows = json.loads(below)
    shapes = drawn[len(json.loads(plain)) :]
    return [Below(**(row | {"boundary": shape or None})) for row, shape in zip(rows, shapes, strict=True)]


def kept(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as a set keeps them: errors first, then warnings; level, code, sentence, what fills it, and a place."""
    return [
        {
            "level": each.level,
            "code": each.code,
            "message": MESSAGES[each.code][1],
            "params": {"rows": _rows(each.rows), **each.params},
            "at": each.at,
        }
        for each in in_order(findings)[:MOST_FINDINGS]
    ]


def _rows(labels: Sequence[str]) -> str:
    more = f" … (+{len(labels) - SHOWN})" if len(labels) > SHOWN else ""
    return ", ".join(labels[:SHOWN]) + more


def _drawing(delivery: Delivery, found: Sequence[Mapping[str, Any]]) -> Picture | None:
    """The lowest level that is not too much to be drawn; red what is wrong, amber what has to be answered for."""
    worst = {at: level for level in (WARNING, ERROR) for at in _cells(delivery.findings, level)}
    for tier in (3, 2, 1):
        ats = [at for at, cell in enumerate(delivery.cells) if cell.tier == tier]
        if 0 < len(ats) <= MOST_DRAWN:
            cells = sorted(((KINDS.get(worst.get(at, ""), "same"), delivery.cells[at]) for at in ats), key=_is_last)
            marks = [each["at"] for each in found if each["at"]]
            return picture([(kind, cell.label, cell.boundary) for kind, cell in cells], marks)
    return None


def _is_last(drawn: tuple[str, Cell]) -> tuple[bool, str]:
    """What is unchanged lies below what is not."""
    return drawn[0] != "same", drawn[0]


def _cells(findings: Sequence[Finding], level: str) -> Iterator[int]:
    return (at for finding in findings if finding.level == level for at in finding.cells)


def _picture(width: int, height: int, parts: Sequence[Any], marks: Sequence[Any]) -> Picture:
    return Picture(width, height, tuple(Part(*part) for part in parts), tuple(map(tuple, marks)))
