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
from collections.abc import Sequence
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
    present: Sequence[tuple[int, str, bytes]] = (),
) -> Delivery:
    """The delivery in these files with all findings about it, errors first.

    `system` and `choice` as for gis.read, `tolerance` as for gis.check; `present` are the grids in force, with which it
    is compared (gis.against). Refused where a file cannot be read, or is too much work or memory.
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
    present: Sequence[tuple[int, str, bytes]] = (),
    stage: Path | None = None,
) -> None:
    """The same, but the answer goes into a file, for `answered`. How far it is stands in `stage` meanwhile: a key of
    messages.STAGES."""
    called = ", ".join(path.name for path in paths)
    with tempfile.TemporaryFile() as trouble, tempfile.NamedTemporaryFile() as there:
        request = {
            "paths": list(map(str, paths)),
            "system": system,
            "choice": asdict(choice or Choice()),
            "tolerance": asdict(tolerance or Tolerance()),
            "present": there.name if present else None,
            "stage": str(stage) if stage else None,
        }
        _write(present, there)
        status = _run(json.dumps(request).encode(), answer, trouble)
        if status in ENDS:
            code, limit = ENDS[status]
            head = json.dumps({"refused": code, "params": {"file": called, "limit": str(limit)}, "seen": []}).encode()
            answer.seek(0)
            answer.truncate()
            answer.write(struct.pack(">Q", len(head)) + head)
        elif status != 0:
            raise Failed(_last_line(trouble) or f"the work ended with {status}")


def _write(present: Sequence[tuple[int, str, bytes]], file: IO[bytes]) -> None:
    head = json.dumps([(tier, code, len(wkb)) for tier, code, wkb in present]).encode()
    file.write(struct.pack(">Q", len(head)) + head)
    file.writelines(wkb for *_, wkb in present)
    file.flush()


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
    """The answer taken apart: a head of JSON, then the borders one after the other. Refused where it is a refusal."""
    (length,) = struct.unpack(">Q", answer.read(8))
    if length > HEAD:
        raise Failed(f"an answer of {length} bytes")
    head = json.loads(answer.read(length))
    seen = tuple(Seen(**each) for each in head.get("seen", ()))
    if "refused" in head:
        refusal = Refused(head["refused"], **head["params"])
        refusal.seen = seen
        raise refusal
    cells = tuple(
        Cell(**row, boundary=answer.read(size)) for row, size in zip(head["cells"], head["sizes"], strict=True)
    )
    return Delivery(tuple(Facts(**fact) for fact in head["facts"]), cells, tuple(map(_finding, head["findings"])), seen)


def _finding(row: dict[str, Any]) -> Finding:
    at = tuple(row["at"]) if row["at"] else None
    return Finding(row["code"], tuple(row["rows"]), row["params"], tuple(row["cells"]), at)
