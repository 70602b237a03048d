"""What happens by itself in the default set-up, in threads of the serving process: the sweep once an hour, where no
timer calls ``wangge sweep``; and once a minute a look at the clock."""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from ..core.clock_mark import Fault, go_on
from ..core.db import Store
from .sweep_clock import ImplausibleClock, look_at_all, said

HOUR, MINUTE = 3600.0, 60.0
LOG = logging.getLogger("wangge.sweep")
CLOCK = logging.getLogger("wangge.clock")


def start(sweep: Callable[[], object], stop: threading.Event | None = None) -> threading.Thread:
    """Sweep now and then every hour, in a thread that ends with the process, or when ``stop`` is set."""
    return _thread("sweep", lambda: _try(sweep), HOUR, stop)


def watch_clock(store: Store, stop: threading.Event | None = None) -> threading.Thread:
    """Let the mark of the clock go on every minute; what is wrong with the clock is said when it begins, and hourly."""
    watch = ClockWatch(store)
    return _thread("clock", watch, MINUTE, stop)


def _thread(name: str, act: Callable[[], object], pause: float, stop: threading.Event | None) -> threading.Thread:
    ending = stop or threading.Event()

    def run() -> None:
        act()
        while not ending.wait(pause):
            act()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def _try(sweep: Callable[[], object]) -> None:
    """A failure, of whatever kind, is logged and tried again: it must not end the thread."""
    try:
        sweep()
    except ImplausibleClock as refusal:
        LOG.warning("the sweep was refused; next try in an hour. %s", refusal)
    except Exception:
        LOG.exception("the sweep failed; next try in an hour")


class ClockWatch:
    """Looks at the clock whenever it is called, and says in the log what is wrong: at first, when that changes, and
    every sixtieth time. Then it looks at the newest records too."""

    EVERY = 60

    def __init__(self, store: Store):
        self.store, self.turn = store, 0
        self.kind: str | None = None

    def __call__(self) -> None:
        is_hour, self.turn = self.turn % self.EVERY == 0, self.turn + 1
        try:
            if is_hour:
                look_at_all(self.store)
            with self.store.write_at_once() as session:
                found = go_on(session)
        except SQLAlchemyError as error:  # a database that is busy or away is said elsewhere
            CLOCK.info("the clock was not looked at: %s", error)
            return
        self._tell(found, is_hour)

    def _tell(self, found: Fault | None, is_hour: bool) -> None:
        kind = found.kind if found else None
        if found is not None and (is_hour or kind != self.kind):
            CLOCK.warning("%s", said(found))
        elif found is None and self.kind is not None:
            CLOCK.warning("The clock can be right again.")
        self.kind = kind
