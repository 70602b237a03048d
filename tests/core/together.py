"""Several writers at the same time, for tests of what may go wrong then."""

import threading
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

WRITERS = 8


def side_by_side(*acts: Callable[[], None]) -> list[Exception]:
    """Let these begin at the same time; what was raised."""
    raised: list[Exception] = []
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        together.wait(30)
        try:
            act()
        except Exception as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def at_once(act: Callable[[], None], turns: int) -> list[DBAPIError]:
    """Let all writers act so many times each, at the same time; what the database refused."""
    refused: list[DBAPIError] = []

    def run() -> None:
        for _ in range(turns):
            try:
                act()
            except DBAPIError as error:
                refused.append(error)

    for raised in side_by_side(*[run] * WRITERS):
        raise raised
    return refused
