"""The process that does all work on a delivery; started by gis.examine, not imported.

It loads what it needs, bounds itself (gis.walls), and then reads, repairs, checks and draws. The answer is one JSON
head and the WKB of all borders.
"""

import json
import struct
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gis import against, backdrop, drawing, walls
from gis.check import check
from gis.complete import undelivered_left_out
from gis.delivery import Cell, Choice, Delivery, Refused, Tolerance, in_order
from gis.examine import cells_of, told, write
from gis.read import opened, understood

ANYWHERE = {"place_wrong": "place_other"}  # what is no error where the sender says that he knows


def main(seconds: int, memory: int, output: int) -> None:
    """Take the request from standard input and write the answer to standard output."""
    request = json.load(sys.stdin.buffer)
    import pyproj  # noqa: F401  before the memory is counted

    walls.limit(seconds, memory, output, is_final=False)  # the sandbox below has limits of its own
    try:
        head, shapes = TASKS[request["task"]](request)
    except Refused as refused:
        seen = list(map(asdict, refused.seen))
        head, shapes = {"refused": refused.code, "params": refused.params, "seen": seen}, []
    except MemoryError:
        called = ", ".join(Path(path).name for path in request["paths"])
        params = {"file": called, "limit": str(memory // 10**6)}
        head, shapes = {"refused": "too_much_memory", "params": params}, []
    write(sys.stdout.buffer, head, shapes)


def work(request: dict[str, Any]) -> Delivery:
    """All that is asked for, in this process: the delivery with the findings of reading, checking and drawing."""
    said: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in request["choice"].items()
    }
    choice = Choice(**said)
    present = _present(Path(request["present"])) if request["present"] else ()
    delivery = _read(request, choice, present if choice.is_part else ())
    _at(request, "drawing")
    _draw(delivery)
    _at(request, "checking")
    if choice.one:
        return delivery
    tolerance = Tolerance(**request["tolerance"])
    findings = [*delivery.findings, *check(delivery, tolerance)]
    if choice.is_part:
        findings = undelivered_left_out(findings, delivery.cells)
    if drawn := [(cell.tier, cell.code, cell.boundary) for cell in present if cell.boundary]:
        findings += against.findings(drawn, delivery.cells, tolerance)
    if choice.anywhere:
        findings = [replace(each, code=ANYWHERE.get(each.code, each.code)) for each in findings]
    return replace(delivery, findings=in_order(findings))


def _read(request: dict[str, Any], choice: Choice, among: Sequence[Cell]) -> Delivery:
    """The delivery with what was seen of its layers; so has a refusal."""
    _at(request, "opening")
    layers = opened([Path(path) for path in request["paths"]], choice)
    seen = tuple(layer.seen() for layer in layers)
    _at(request, "reading")
    try:
        return replace(understood(layers, request["system"], choice, among), seen=seen)
    except Refused as refused:
        refused.seen = seen
        raise


def _at(request: dict[str, Any], stage: str) -> None:
    """Tell whoever waits how far it is."""
    if request["stage"]:
        Path(request["stage"]).write_text(stage, encoding="ascii")


def _present(path: Path) -> tuple[Cell, ...]:
    """The grids in force, as gis.examine wrote them."""
    with path.open("rb") as file:
        (length,) = struct.unpack(">Q", file.read(8))
        head = json.loads(file.read(length))
        return cells_of(head, [file.read(size) for size in head["sizes"]])


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


def _backdrop(request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    files = {kind: list(map(Path, paths)) for kind, paths in request["files"].items()}
    return {}, [backdrop.draw(files, request["system"], tuple(request["box"]))]


TASKS = {"borders": lambda request: told(work(request)), "backdrop": _backdrop}
