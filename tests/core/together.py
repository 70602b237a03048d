"""Several writers at the same time, for tests of what may go wrong then."""

import threading
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

WRITERS = 8


def at_once(act: Callable[[], None], turns: int) -> list[DBAPIError]:
    """Let all writers act so many times each, at the same time; what the database refused."""
    refused: list[DBAPIError] = []
    together = threading.Barrier(WRITERS)

    def run() -> None:
        together.wait(30)
        for _ in range(turns):
            try:
                act()
            except DBAPIError as error:
                refused.append(error)

    threads = [threading.Thread(target=run) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
