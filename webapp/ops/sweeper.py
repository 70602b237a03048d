"""The sweep in the default set-up: once an hour by the serving process itself,
where no timer calls ``wangge sweep``."""

import logging
import threading
from collections.abc import Callable

from .sweep_clock import ImplausibleClock

HOUR = 3600.0
LOG = logging.getLogger("wangge.sweep")


def start(sweep: Callable[[], object], stop: threading.Event | None = None) -> threading.Thread:
    """Sweep now and then every hour, in a thread that ends with the process, or when ``stop`` is set."""
    ending = stop or threading.Event()

    def run() -> None:
        _try(sweep)
        while not ending.wait(HOUR):
            _try(sweep)

    thread = threading.Thread(target=run, name="sweep", daemon=True)
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
