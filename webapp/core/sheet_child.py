"""Reading a spreadsheet apart: in a child process with little memory and time, so that a file that unpacks to millions
of rows or cells takes nothing of the server's.

``leaves`` is that of ``sheet_file``, seen from the server; ``main`` is what runs in the child.
"""

import json
import sys
from typing import Any

from . import child, sheet_file
from .cells import MAX_CELL
from .errors import N_, Refused
from .restraint import restrain
from .sheet_file import Leaf, refused

SECONDS, MEMORY = 8, 400 * 2**20  # of work, not of waiting for it; of address space
PATIENCE = 30  # seconds of waiting for the child
LONGEST_ANSWER = 4_000_000  # characters: all cells of the longest list there may be, and well filled
TOO_HEAVY = N_(
    "This spreadsheet is too much work to read: it holds far more than a list. Copy the rows you need into a new file "
    "and send that."
)


def leaves(data: bytes) -> tuple[list[Leaf], list[str]]:
    """The sheets of a file, and the names of the hidden ones. Refused (field ``sheet``) for what is no such file or too
    big; Busy when we did not come to reading it."""
    sheet_file.check_size(data)
    said = _said(data)
    if "refused" in said:
        raise refused(said["refused"], **said["params"])
    found = [Leaf(name, [(number, row) for number, row in rows], mac) for name, rows, mac in said["leaves"]]
    return found, said["hidden"]


def _said(data: bytes) -> Any:
    """What the child answers."""
    try:
        return json.loads(child.answer(child.program("sheet_child"), "sheet", PATIENCE, data, field="sheet"))
    except child.TooHeavy as error:
        raise refused(TOO_HEAVY) from error


# --- in the child ---


def main() -> None:
    """Reads the file from the standard input and answers on the standard output."""
    restrain(SECONDS, MEMORY)
    try:
        answer = json.dumps(_read(sys.stdin.buffer.read()))
    except MemoryError:
        answer = json.dumps({"refused": TOO_HEAVY, "params": {}})
    print(answer)


def _read(data: bytes) -> dict[str, Any]:
    try:
        found, hidden = sheet_file.leaves(data)
        room = LONGEST_ANSWER
        for leaf in found:
            for _, row in leaf.rows:
                row[:] = [cell[: MAX_CELL + 1] for cell in row]  # one more than is taken, so that it is said
                room -= sum(map(len, row)) + len(row)
        if room < 0:
            raise refused(TOO_HEAVY)
    except Refused as refusal:
        return {"refused": refusal.message, "params": refusal.params}
    return {"leaves": [[leaf.name, leaf.rows, leaf.counts_from_1904] for leaf in found], "hidden": hidden}
