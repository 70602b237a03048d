"""The process that does all work on a delivery; started by gis.examine, not imported.

It loads what it needs, bounds itself (gis.walls), and then reads, repairs, checks and draws. The answer is one JSON
head and the WKB of all borders.
"""

import json
import struct
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gis import against, drawing, walls
from gis.check import check
from gis.delivery import Choice, Delivery, Finding, Refused, Tolerance, in_order
from gis.read import opened, understood

ANYWHERE = {"place_wrong": "place_other"}  # what is no error where the sender says that he knows


def main(seconds: int, memory: int, output: int) -> None:
    """Take the request from standard input and write the answer to standard output."""
    request = json.load(sys.stdin.buffer)
    import pyproj  # noqa: F401  before the memory is counted

    walls.limit(seconds, memory, output, is_final=False)  # the sandbox below has limits of its own
    try:
        answer, shapes = _answer(work(request))
    except Refused as refused:
        seen = list(map(asdict, refused.seen))
        answer, shapes = {"refused": refused.code, "params": refused.params, "seen": seen}, []
    except MemoryError:
        called = ", ".join(Path(path).name for path in request["paths"])
        params = {"file": called, "limit": str(memory // 10**6)}
        answer, shapes = {"refused": "too_much_memory", "params": params}, []
    head = json.dumps(answer).encode()
    sys.stdout.buffer.write(struct.pack(">Q", len(head)) + head)
    sys.stdout.buffer.writelines(shapes)
    sys.stdout.buffer.flush()


def work(request: dict[str, Any]) -> Delivery:
    """All that is asked for, in this process: the delivery with the findings of reading, checking and drawing."""
    said: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in request["choice"].items()
    }
    choice = Choice(**said)
    delivery = _read(request, choice)
    _at(request, "drawing")
    _draw(delivery)
    _at(request, "checking")
    if choice.one:
        return delivery
    tolerance = Tolerance(**request["tolerance"])
    findings = [*delivery.findings, *check(delivery, tolerance)]
    if request["present"]:
        findings += against.findings(_present(Path(request["present"])), delivery.cells, tolerance)
    if choice.anywhere:
        findings = [replace(each, code=ANYWHERE.get(each.code, each.code)) for each in findings]
    return replace(delivery, findings=in_order(findings))


def _read(request: dict[str, Any], choice: Choice) -> Delivery:
    """The delivery with what was seen of its layers; so has a refusal."""
    _at(request, "opening")
    layers = opened([Path(path) for path in request["paths"]], choice)
    seen = tuple(layer.seen() for layer in layers)
    _at(request, "reading")
    try:
        return replace(understood(layers, request["system"], choice), seen=seen)
    except Refused as refused:
        refused.seen = seen
        raise


def _at(request: dict[str, Any], stage: str) -> None:
    """Tell whoever waits how far it is."""
    if request["stage"]:
        Path(request["stage"]).write_text(stage, encoding="ascii")


def _present(path: Path) -> list[against.Present]:
    """The grids in force, as gis.examine wrote them."""
    with path.open("rb") as file:
        (length,) = struct.unpack(">Q", file.read(8))
        rows = json.loads(file.read(length))
        return [(tier, code, file.read(size)) for tier, code, size in rows]


def _draw(delivery: Delivery) -> None:
    """Draw the layer as it will be published: in the order of the codes, see webapp/grid/service.py."""
    order = sorted(range(len(delivery.cells)), key=lambda at: delivery.cells[at].code)
    place = {at: index for index, at in enumerate(order)}
    cells = [delivery.cells[at] for at in order]
    drawing.draw(
        [
            drawing.Drawn(at, {"name": cell.name}, cell.boundary, None if cell.parent is None else place[cell.parent])
            for at, cell in enumerate(cells)
        ]
    )


def _answer(delivery: Delivery) -> tuple[dict[str, Any], list[bytes]]:
    rows = [{name: value for name, value in vars(cell).items() if name != "boundary"} for cell in delivery.cells]
    shapes = [cell.boundary for cell in delivery.cells]
    facts, findings = list(map(asdict, delivery.facts)), list(map(_plain, delivery.findings))
    seen = list(map(asdict, delivery.seen))
    return {"facts": facts, "cells": rows, "findings": findings, "seen": seen, "sizes": list(map(len, shapes))}, shapes


def _plain(finding: Finding) -> dict[str, Any]:
    """A finding without numbers of numpy, which JSON does not know."""
    return {**asdict(finding), "cells": [int(at) for at in finding.cells]}
