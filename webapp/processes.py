"""Several processes that do one work: a parent starts them, puts another in the place of one that ends, and ends with
them.

The parent has nothing to do but wait, so it forks without harm: it has no thread and no connection. A process whose
parent is gone ends too.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

LOG = logging.getLogger("wangge.serve")
SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})
GRACE = 20  # seconds from the wish to stop until those who still work are killed; longer than serving.FINISH
SHORT_LIFE, PAUSE = 5.0, 1.0  # who lived shorter than this is replaced after a pause: it may end at once again

Work = Callable[[int], None]


class Processes:
    """``number`` processes; each does ``work`` with its number, from 0, which another takes over when it ends."""

    def __init__(self, work: Work, number: int):
        self.work, self.number = work, number
        self.running: dict[int, tuple[int, float]] = {}  # process → its number, and since when
        self.stopping = False
        self.alive, self.held = os.pipe()  # nobody writes: that it is closed says that the parent is gone

    def run(self) -> None:
        """Until SIGTERM or SIGINT, and all have ended; a second one does not wait for what they are doing."""
        for each in SIGNALS:
            signal.signal(each, self._stop)
        signal.signal(signal.SIGALRM, lambda *_: self._tell(signal.SIGKILL))
        for number in range(self.number):
            self._start(number)
        while self.running:
            self._replace(*os.wait())

    def _start(self, number: int) -> None:
        """A signal waits until it is clear whom it is for."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        if not self.stopping:
            process = os.fork()
            if not process:
                self._do(number)
            self.running[process] = number, time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def _do(self, number: int) -> None:
        """What the new process does; it never comes back into the parent's code."""
        ended_well = False
        try:
            for each in SIGNALS:
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            os.close(self.held)
            threading.Thread(target=self._end_with_the_parent, name="parent", daemon=True).start()
            self.work(number)
            ended_well = True
        except BaseException:
            LOG.exception("process %d failed", os.getpid())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0 if ended_well else 1)

    def _end_with_the_parent(self) -> None:
        os.read(self.alive, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _replace(self, process: int, status: int) -> None:
        number, since = self.running.pop(process)
        if self.stopping:
            return
        LOG.error("process %d ended (%s); another takes its place", process, os.waitstatus_to_exitcode(status))
        if time.monotonic() - since < SHORT_LIFE:
            time.sleep(PAUSE)
        self._start(number)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        what = signal.SIGKILL if self.stopping else signal.SIGTERM
        self.stopping = True
        signal.alarm(GRACE)
        self._tell(what)

    def _tell(self, what: signal.Signals) -> None:
        for process in list(self.running):
            with suppress(ProcessLookupError):  # one that has just ended, and that nobody has counted yet
                os.kill(process, what)


def usual() -> int:
    """How many where nobody says it: two, so that one answers while the other works; one on a machine with one core."""
    return min(2, os.cpu_count() or 1) if hasattr(os, "fork") else 1
