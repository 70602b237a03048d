"""A lock that is given in the order in which it was asked for.

Who waits for SQLite's own lock sleeps and tries again, so that it goes to whoever wakes at the right moment: of twenty
phones that send at once some wait fifty times as long as others (docs/decisions/0044).
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock


class FairLock:
    """One at a time, first come, first served, among the threads of a process."""

    def __init__(self) -> None:
        self._lock, self._waiting, self._is_taken = Lock(), deque[Event](), False

    @contextmanager
    def held(self, patience: float) -> Iterator[None]:
        """Hold it while the block runs; TimeoutError where one's turn has not come after so many seconds."""
        self._take(patience)
        try:
            yield
        finally:
            self._pass_on()

    def _take(self, patience: float) -> None:
        turn = Event()
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            self._waiting.append(turn)
        if turn.wait(patience):
            return
        with self._lock:
            if not turn.is_set():  # else it came in this very moment
                self._waiting.remove(turn)
                raise TimeoutError

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
