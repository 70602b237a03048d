"""The sweep in the default set-up: once an hour by the serving process itself, where no timer calls ``wangge sweep``."""

import logging
import threading
from collections.abc import Callable

HOUR = 3600.0


def start(sweep: Callable[[], object]) -> threading.Thread:
    """Sweep now and then every hour, in a thread that ends with the process; a failure is logged and tried again."""

    def run() -> None:
        waiting = threading.Event()
        while True:
            try:
                sweep()
            except Exception:
                logging.getLogger("wangge.sweep").exception("the sweep failed; next try in an hour")
            waiting.wait(HOUR)

    thread = threading.Thread(target=run, name="sweep", daemon=True)
    thread.start()
    return thread
