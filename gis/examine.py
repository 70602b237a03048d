"""A county's files examined: read, repaired, checked and drawn for trial, all in a process of its own (gis.work).

That process bounds its own time and memory, so that no file, whatever its format, takes more of the machine than this;
it needs nothing but Python. What GDAL has to read goes from there into the sandbox (gis.sandbox), as ever.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gis import answer as answers
from gis.delivery import Cell, Choice, Delivery, Entry, Facts, Finding, Seen, Tolerance
from gis.sandbox import ENVIRONMENT

if TYPE_CHECKING:  # which takes shapes apart
    from gis.compare import Grid

#: Seconds of waiting, seconds of work, bytes of new memory, bytes of the answer.
PATIENCE, CPU, MEMORY, OUTPUT = 600, 60, 512_000_000, 300_000_000
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
    with tempfile.TemporaryFile() as answer, tempfile.NamedTemporaryFile() as there:
        answers.write(there, {"cells": list(map(plain, present))}, [cell.boundary for cell in present])
        _ask("borders", _asked(paths, system, choice, tolerance) | {"present": there.name}, answer)
        answer.seek(0)
        return answered(answer)


def prepare(
    answer: IO[bytes],
    sent: Sequence[Path] | Sequence[Entry],
    system: str | None,
    choice: Choice,
    tolerance: Tolerance,
    present: "Sequence[Grid]",
    names: Mapping[int, str],
    stage: Path,
) -> None:
    """The same for the pages of files that came in, or of a list of grids without borders: what comes of it goes into
    a file, for gis.outcome, together with what would change in the grids in force, of which these are the English
    names by id. How far it is stands in `stage` meanwhile: a key of messages.STAGES."""
    entries = [each for each in sent if isinstance(each, Entry)]
    asked = _asked([each for each in sent if isinstance(each, Path)], system, choice, tolerance)
    with tempfile.NamedTemporaryFile() as there:
        _put(there, present, names)
        _ask("incoming", asked | {"entries": entries, "present": there.name, "stage": str(stage)}, answer)


def one(
    paths: Sequence[Path], system: str | None, tolerance: Tolerance, present: "Sequence[Grid]", made: "Grid"
) -> Delivery:
    """One grid with the one border in these files, and what is found about it among the grids in force: it stands in
    the place of that with its id, or is new. Refused where a file cannot be read, or holds no border or several."""
    at = next((at for at, grid in enumerate(present) if grid.id == made.id), len(present))
    asked = _asked(paths, system, Choice(one=True), tolerance) | {"at": at, "made": plain(cell_of(made))}
    with tempfile.TemporaryFile() as answer, tempfile.NamedTemporaryFile() as there:
        _put(there, present)
        _ask("one", asked | {"present": there.name}, answer)
        answer.seek(0)
        return answered(answer)


def _put(file: IO[bytes], present: "Sequence[Grid]", names: Mapping[int, str] | None = None) -> None:
    """Write the grids in force, for gis.work."""
    head = {"cells": [plain(cell_of(grid)) for grid in present], "ids": [grid.id for grid in present]}
    answers.write(file, head | {"names": list((names or {}).items())}, [grid.boundary or b"" for grid in present])


def _asked(
    paths: Sequence[Path], system: str | None, choice: Choice | None, tolerance: Tolerance | None
) -> dict[str, Any]:
    said = {"choice": asdict(choice or Choice()), "tolerance": asdict(tolerance or Tolerance())}
    return {"paths": list(map(str, paths)), "system": system, "stage": None, **said}


def cell_of(grid: "Grid") -> Cell:
    """A grid in force as a cell of a delivery."""
    return Cell(grid.tier, grid.code, grid.name, grid.parent, grid.boundary or b"", None)


def backdrop(files: Mapping[str, Sequence[Path]], system: str | None, box: tuple[float, float, float, float]) -> bytes:
    """The layer of the roads and waters in these files, as gis.backdrop draws it; Refused as there."""
    plain_ = {kind: list(map(str, paths)) for kind, paths in files.items()}
    paths = [path for each in files.values() for path in each]
    request = {"paths": list(map(str, paths)), "files": plain_, "system": system, "box": box}
    with tempfile.TemporaryFile() as answer:
        _ask("backdrop", request, answer)
        answer.seek(0)
        _head, (body,) = answers.read(answer)
        return body


def _ask(task: str, request: dict[str, Any], answer: IO[bytes]) -> None:
    """Have the work done, a key of work.TASKS; its answer goes into the file."""
    called = ", ".join(Path(path).name for path in request["paths"])
    with tempfile.TemporaryFile() as trouble:
        status = _run(json.dumps({"task": task, **request}).encode(), answer, trouble)
        if status in ENDS:
            code, limit = ENDS[status]
            answer.seek(0)
            answer.truncate()
            answers.write(answer, {"refused": code, "params": {"file": called, "limit": str(limit)}, "seen": []}, [])
        elif status != 0:
            raise Failed(_last_line(trouble) or f"the work ended with {status}")


def told(delivery: Delivery) -> tuple[dict[str, Any], list[bytes]]:
    """A delivery as `answered` wants it, for gis.answer."""
    facts, findings = list(map(asdict, delivery.facts)), list(map(_plain, delivery.findings))
    seen, cells = list(map(asdict, delivery.seen)), list(map(plain, delivery.cells))
    units = list(map(plain, delivery.units))
    head = {"facts": facts, "cells": cells, "findings": findings, "seen": seen, "units": units}
    return head, [cell.boundary for cell in (*delivery.cells, *delivery.units)]


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
    head, shapes = answers.read(answer)
    seen, number = tuple(Seen(**each) for each in head.get("seen", ())), len(head["cells"])
    cells, units = cells_of(head, shapes[:number]), cells_of({"cells": head.get("units", [])}, shapes[number:])
    facts, findings = tuple(Facts(**fact) for fact in head["facts"]), tuple(map(_finding, head["findings"]))
    return Delivery(facts, cells, findings, seen, units)


def cells_of(head: dict[str, Any], shapes: Sequence[bytes]) -> tuple[Cell, ...]:
    """The cells of a head, each with its border."""
    return tuple(Cell(**row, boundary=shape) for row, shape in zip(head["cells"], shapes, strict=True))


def _finding(row: dict[str, Any]) -> Finding:
    at = tuple(row["at"]) if row["at"] else None
    return Finding(row["code"], tuple(row["rows"]), row["params"], tuple(row["cells"]), at)
