"""Somebody's own workbook, whose named cells are filled: looked at and filled apart, in a child process with little
memory and time (``named_cells_child``), like reading a spreadsheet. What is done there is in ``named_cells_work``.
"""

import base64
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from . import child, clock
from .errors import N_
from .sheet_file import check_size, is_archive, refused

LOG = logging.getLogger("wangge.trouble")

PATIENCE = 80  # seconds of waiting for the child; with what a turn is waited for less than a front server waits
NOT_READ = N_("This file cannot be read as a workbook. Save it as xlsx and send it again.")
NOT_FILLED = N_("The county's own form could not be filled. Please tell the county office, and take the spreadsheet.")
TOO_HEAVY = N_("This workbook is too much work to fill. Take out what is not needed, or choose a shorter period.")


@dataclass(frozen=True)
class Seen:
    """Of a workbook: the known names that it has, the first of its other names and how many these are, and whether it
    has drawings or the like, which may not stay."""

    used: Sequence[str]
    unknown: Sequence[str]
    unknown_count: int
    is_drawn: bool


class List(NamedTuple):
    """Of a list, the name of each column, and its rows."""

    names: Sequence[str]
    rows: Sequence[Sequence[Any]]


#: Of each name the list it belongs to; an empty text for a single value.
Known = Mapping[str, str]


def look(data: bytes, known: Known) -> Seen:
    """What there is to fill. Refused (field ``sheet``) for what cannot be filled; Busy when we did not come to it."""
    check_size(data)
    if not is_archive(data):
        raise refused(NOT_READ)
    said = _said("sheet", {"data": _text(data), "known": dict(known)})
    if "failed" in said:
        raise refused(NOT_READ)
    return Seen(**said)


def fill(data: bytes, values: Mapping[str, Any], lists: Mapping[str, List]) -> bytes:
    """The filled workbook. Moments come to stand there in county time. Refused and Busy as above."""
    rows = {key: [list(each.names), [list(map(_sent, row)) for row in each.rows]] for key, each in lists.items()}
    values = {name: _sent(value) for name, value in values.items()}
    said = _said("export", {"data": _text(data), "values": values, "lists": rows})
    if "failed" in said:
        LOG.error("a workbook could not be filled: %s", said["failed"])
        raise refused(NOT_FILLED)
    return base64.b64decode(said["data"])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _sent(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.astimezone(clock.ZONE).replace(tzinfo=None).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _said(pool: str, asked: dict[str, Any]) -> Any:
    try:
        data = json.dumps(asked).encode()
        said = json.loads(child.answer(child.program("named_cells_child"), pool, PATIENCE, data, field="sheet"))
    except child.TooHeavy as error:
        raise refused(TOO_HEAVY) from error
    if "refused" in said:
        raise refused(said["refused"], **said["params"])
    return said
