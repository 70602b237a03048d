"""What the child does that fills somebody's own workbook: reads what is asked, answers, within its limits."""

import base64
import json
import sys
import traceback
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from . import named_cells_work
from .errors import Refused
from .named_cells import TOO_HEAVY, List
from .restraint import restrain

SECONDS, MEMORY = 40, 800 * 2**20  # of work, not of waiting for it; of address space


def main() -> None:
    """Reads what is asked from the standard input and answers on the standard output."""
    restrain(SECONDS, MEMORY)
    try:
        answer = _answer(json.load(sys.stdin))
    except Refused as refusal:
        answer = {"refused": refusal.message, "params": refusal.params}
    except MemoryError:
        answer = {"refused": TOO_HEAVY, "params": {}}
    except Exception:  # whatever a broken workbook makes its reader or writer say
        answer = {"failed": traceback.format_exc()[-500:]}
    print(json.dumps(answer))


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    data = base64.b64decode(asked["data"])
    if "known" in asked:
        seen = named_cells_work.look(data, asked["known"])
        return asdict(seen)
    values = {name: _got(value) for name, value in asked["values"].items()}
    lists = {key: List(names, [list(map(_got, row)) for row in rows]) for key, (names, rows) in asked["lists"].items()}
    return {"data": base64.b64encode(named_cells_work.fill(data, values, lists)).decode()}


def _got(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return datetime.fromisoformat(value["moment"]) if "moment" in value else date.fromisoformat(value["day"])
