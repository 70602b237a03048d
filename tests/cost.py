"""What a piece of work costs. A limit in plain seconds tells a slow machine from a quick one and nothing else, so a
limit is told in seconds of the machine the limits were set on, and this machine's are measured beside it."""

import gc
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: What ``_plain`` takes on the machine the limits were set on, in seconds.
THERE = 0.008


def _plain() -> float:
    """Seconds that a fixed piece of plain Python takes here."""
    began = time.thread_time()
    numbers = {}
    for number in range(60_000):
        numbers[f"k{number % 997}"] = number * number
    json.dumps(numbers)
    return time.thread_time() - began


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """The block takes at most so many seconds of one processor, told as of the machine the limits were set on. Other
    threads and the collecting of what earlier tests left are not counted."""
    gc.disable()
    try:
        before, began = _plain(), time.thread_time()
        yield
        took, after = time.thread_time() - began, _plain()
    finally:
        gc.enable()
    slower = max(before, after) / THERE
    assert took <= seconds * max(1.0, slower), f"{took:.2f} s, on a machine {slower:.1f} times as slow"
