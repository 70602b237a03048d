"""The process that does all work on a delivery; started by gis.examine, not imported.

It loads what it needs, bounds itself (gis.walls), and then reads, repairs, checks and draws. The answer is one JSON
head and the WKB of all borders.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any

from gis import against, answer, backdrop, drawing, listed, outcome, walls
from gis.check import check
from gis.compare import Grid
from gis.complete import undelivered_left_out
from gis.delivery import Cell, Choice, Delivery, Entry, Refused, Tolerance, in_order
from gis.examine import cells_of, told
from gis.lines import compared
from gis.read import opened, understood

ANYWHERE = {"place_wrong": "place_other"}  # what is no error where the sender says that he knows


def main(seconds: int, memory: int, output: int) -> None:
    """Take the request from standard input and write the answer to standard output."""
    request = json.load(sys.stdin.buffer)
    import pyproj  # noqa: F401  before the memory is counted

    walls.limit(seconds, memory, output, is_final=False)  # the sandbox below has limits of its own
    try:
        return TASKS[request["task"]](request, sys.stdout.buffer)
    except Refused as refused:
        seen = list(map(asdict, refused.seen))
        head = {"refused": refused.code, "params": refused.params, "seen": seen}
    except MemoryError:
        called = ", ".join(Path(path).name for path in request["paths"])
        params = {"file": called, "limit": str(memory // 10**6)}
        head = {"refused": "too_much_memory", "params": params}
    answer.write(sys.stdout.buffer, head, [])


def _borders(request: dict[str, Any], file: IO[bytes]) -> None:
    _head, present = _present(request)
    answer.write(file, *told(work(request, present)))


def _incoming(request: dict[str, Any], file: IO[bytes]) -> None:
    """The same of files that came in on a page, or of a list; where nothing stops it, with what would change."""
    head, present = _present(request)
    if request["entries"]:
        entries = [Entry(*each) for each in request["entries"]]
        choice = _choice(request)
        delivery = listed.delivery(entries, present if choice.is_part else (), choice)
    else:
        delivery = work(request, present)
    _at(request, "comparing")
    ids = zip(head["ids"], present, strict=True)
    there = [Grid(id_, each.tier, each.code, each.name, each.parent, each.boundary or None) for id_, each in ids]
    lines = [] if delivery.errors else compared(there, delivery.cells, dict(head["names"]))
    outcome.write(file, delivery, lines)


def _one(request: dict[str, Any], file: IO[bytes]) -> None:
    """One grid with the border in the files, as it would be among those in force."""
    (_head, present), at = _present(request), request["at"]
    (drawn,) = work(request, ()).cells
    cell, tolerance = Cell(**request["made"], boundary=drawn.boundary), Tolerance(**request["tolerance"])
    among = Delivery((), (*present[:at], cell, *present[at + 1 :]), ())
    was = [(each.tier, each.code, each.boundary) for each in present[at : at + 1] if each.boundary]
    found = [each for each in check(among, tolerance) if at in each.cells]
    found += against.findings(was, [cell], tolerance)
    answer.write(file, *told(Delivery((), (cell,), in_order(found))))


def work(request: dict[str, Any], present: Sequence[Cell]) -> Delivery:
    """All that is asked for, in this process: the delivery with the findings of reading, checking and drawing, held
    against the grids in force."""
    choice = _choice(request)
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


def _choice(request: dict[str, Any]) -> Choice:
    said: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in request["choice"].items()
    }
    return Choice(**said)


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


def _present(request: dict[str, Any]) -> tuple[dict[str, Any], tuple[Cell, ...]]:
    """The grids in force, as gis.examine wrote them."""
    with Path(request["present"]).open("rb") as file:
        head, shapes = answer.read(file)
        return head, cells_of(head, shapes)


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


def _backdrop(request: dict[str, Any], file: IO[bytes]) -> None:
    files = {kind: list(map(Path, paths)) for kind, paths in request["files"].items()}
    answer.write(file, {}, [backdrop.draw(files, request["system"], tuple(request["box"]))])


TASKS = {"borders": _borders, "incoming": _incoming, "one": _one, "backdrop": _backdrop}
