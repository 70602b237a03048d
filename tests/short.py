"""What the short run leaves out of a long list: `./run.sh test` tries a fixed part of it, `--full` all of it.

What it leaves out is the same every time, so that a failure comes again.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pytest

FULL = os.environ.get("WANGGE_FULL") == "1"
LONG = os.environ.get("WANGGE_LONG") == "1"
Each = TypeVar("Each")


def some(cases: Iterable[Any], every: int) -> list[Any]:
    """All cases of a test; only the first and each so-manieth after it are for the short run."""
    return [
        case
        if number % every == 0
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.full)
        for number, case in enumerate(cases)
    ]


def part(values: Sequence[Each], every: int, turn: int = 0) -> Sequence[Each]:
    """What one test goes through: all in the full run, else each so-manieth; another part of them by every turn."""
    return values if FULL else values[turn % every :: every]


def count(short: int, full: int, long: int | None = None) -> int:
    """How often a test does something in the short run, in the full one and in the long one (the full count if none is
    given)."""
    if LONG:
        return full if long is None else long
    return full if FULL else short
