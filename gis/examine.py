"""A county's files examined: read, repaired, checked and drawn for trial, all in a process of its own (gis.work).

That process bounds its own time and memory, so that no file, whatever its format, takes more of the machine than this;
it needs nothing but Python. What GDAL has to read goes from there into the sandbox (gis.sandbox), as ever.
"""

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from gis.delivery import Cell, Choice, Delivery, Facts, Finding, Refused, Seen, Tolerance
from gis.sandbox import ENVIRONMENT

#: Seconds of waiting, seconds of work, bytes of new memory, bytes of the answer.
PATIENCE, CPU, MEMORY, OUTPUT = 600, 60, 512_000_000, 300_000_000
HEAD = 150_000_000
# What a signal that ended the work means; only the last two are the machine's answer to memory that is not there.
ENDS = {
    -signal.SIGXCPU: ("too_slow", CPU),
    -signal.SIGKILL: ("too_slow", CPU),
    -signal.SIGXFSZ: ("too_much_memory", MEMORY // 10**6),
    -signal.SIGABRT: ("too_much_memory", MEMORY // 10**6),
    -signal.SIGSEGV: ("damaged", 0),
    -signal.SIGBUS: ("damaged", 0),
}
START = "import sys; sys.path.append(sys.argv[1]); from gis.work import main; main(*map(int, sys.argv[2:]))"


class Failed(Exception):
    """The work ended in a fault of its own; the text is the last line that it wrote about it."""


def examine(
    paths: Sequence[Path],
    system: str | None = None,
    choice: Choice | None = None,
    tolerance: Tolerance | None = None,
    present: Sequence[Cell] = (),
) -> Delivery:
    """The delivery in these files with all findings about it, errors first.

    `system` and `choice` as for gis.read, `tolerance` as for gis.check; `present` are the grids in force, with which it
    is compared (gis.against), and of which it is only a part where the choice says so. Refused where a file cannot be
    read, or is too much work or memory.
    """
    with tempfile.TemporaryFile() as answer:
        work(answer, paths, system, choice, tolerance, present)
        answer.seek(0)
        return answered(answer)


def work(
    answer: IO[bytes],
    paths: Sequence[Path],
    system: str | None = None,
    choice: Choice | None = None,
    tolerance: Tolerance | None = None,
    present: Sequence[Cell] = (),
    stage: Path | None = None,
) -> None:
    """The same, but the answer goes into a file, for `answered`. How far it is stands in `stage` meanwhile: a key of
    messages.STAGES."""
    with tempfile.NamedTemporaryFile() as there:
        write(there, {"cells": list(map(plain, present))}, [cell.boundary for cell in present])
        request = {
            "task": "borders",
            "paths": list(map(str, paths)),
            "system": system,
            "choice": asdict(choice or Choice()),
            "tolerance": asdict(tolerance or Tolerance()),
            "present": there.name if present else None,
            "stage": str(stage) if stage else None,
        }
        _ask(request, answer)


def backdrop(files: Mapping[str, Sequence[Path]], system: str | None, box: tuple[float, float, float, float]) -> bytes:
    """The layer of the roads and waters in these files, as gis.backdrop draws it; Refused as there."""
    plain_ = {kind: list(map(str, paths)) for kind, paths in files.items()}
    paths = [path for each in files.values() for path in each]
    request = {"task": "backdrop", "paths": list(map(str, paths)), "files": plain_, "system": system, "box": box}
    with tempfile.TemporaryFile() as answer:
        _ask(request, answer)
        answer.seek(0)
        _head, (body,) = _taken_apart(answer)
        return body


def _ask(request: dict[str, Any], answer: IO[bytes]) -> None:
    """Have the work done; its answer goes into the file."""
    called = ", ".join(Path(path).name for path in request["paths"])
    with tempfile.TemporaryFile() as trouble:
        status = _run(json.dumps(request).encode(), answer, trouble)
        if status in ENDS:
            code, limit = ENDS[status]
            answer.seek(0)
            answer.truncate()
            write(answer, {"refused": code, "params": {"file": called, "limit": str(limit)}, "seen": []}, [])
        elif status != 0:
            raise Failed(_last_line(trouble) or f"the work ended with {status}")


def write(file: IO[bytes], head: dict[str, Any], shapes: Sequence[bytes]) -> None:
    """A head of JSON, then shapes one after the other: what goes to the work and comes from it."""
    text = json.dumps({**head, "sizes": list(map(len, shapes))}).encode()
    file.write(struct.pack(">Q", len(text)) + text)
    file.writelines(shapes)
    file.flush()


def told(delivery: Delivery) -> tuple[dict[str, Any], list[bytes]]:
    """A delivery as `answered` wants it, for `write`."""
    facts, findings = list(map(asdict, delivery.facts)), list(map(_plain, delivery.findings))
    seen, cells = list(map(asdict, delivery.seen)), list(map(plain, delivery.cells))
    head = {"facts": facts, "cells": cells, "findings": findings, "seen": seen}
    return head, [cell.boundary for cell in delivery.cells]


def _plain(finding: Finding) -> dict[str, Any]:
    """A finding without numbers of numpy, which JSON does not know."""
    return {**asdict(finding), "cells": [int(at) for at in finding.cells]}


def plain(cell: Cell) -> dict[str, Any]:
    """A cell without its border."""
    return {name: value for name, value in vars(cell).items() if name != "boundary"}


def _run(request: bytes, answer: IO[bytes], trouble: IO[bytes]) -> int:
    """Exit status of the work, minus the signal where one ended it."""
    command = [sys.executable, "-I", "-c", START, str(Path(__file__).parents[1]), *map(str, (CPU, MEMORY, OUTPUT))]
    environment = {**ENVIRONMENT, "PATH": os.defpath}
    try:
        return subprocess.run(
            command,
            input=request,
            stdout=answer,
            stderr=trouble,
            timeout=PATIENCE,
            env=environment,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return -signal.SIGXCPU


def _last_line(trouble: IO[bytes]) -> str:
    trouble.seek(0)
    return (trouble.read().decode("utf-8", "replace").strip().splitlines() or [""])[-1][:500]


def answered(answer: IO[bytes]) -> Delivery:
    """The delivery in an answer. Refused where it is a refusal."""
    head, shapes = _taken_apart(answer)
    seen, cells = tuple(Seen(**each) for each in head.get("seen", ())), cells_of(head, shapes)
    return Delivery(tuple(Facts(**fact) for fact in head["facts"]), cells, tuple(map(_finding, head["findings"])), seen)


def _taken_apart(answer: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """What `write` wrote. Refused where it is a refusal."""
    (length,) = struct.unpack(">Q", answer.read(8))
    if length > HEAD:
        raise Failed(f"an answer of {length} bytes")
    head = json.loads(answer.read(length))
    if "refused" in head:
        refusal = Refused(head["refused"], **head["params"])
        refusal.seen = tuple(Seen(**each) for each in head.get("seen", ()))
        raise refusal
    return head, [answer.read(size) for size in head["sizes"]]


def cells_of(head: dict[str, Any], shapes: Sequence[bytes]) -> tuple[Cell, ...]:
    """The cells of a head, each with its border."""
    return tuple(Cell(**row, boundary=shape) for row, shape in zip(head["cells"], shapes, strict=True))


def _finding(row: dict[str, Any]) -> Finding:
    at = tuple(row["at"]) if row["at"] else None
    return Finding(row["code"], tuple(row["rows"]), row["params"], tuple(row["cells"]), at)
