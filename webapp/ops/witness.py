"""Once a day the newest head of the chain, signed, goes to the county's witness: a file, an address, or both.

Nothing waits for it: what fails is a line of the server's log, and is tried again at the next sweep.
"""

import logging
import urllib.request
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from ..config import CHAIN_KEY_FILE, Config
from ..core import clock, numbers
from ..core.db import Store
from . import chain_head

LOG = logging.getLogger("wangge.witness")
PATIENCE = 10  # seconds that a witness has to answer
NAME = "witness"  # of the counter that holds the day of the last delivery


def daily(store: Store, config: Config) -> bool:
    """Hand out the head of today, if it was not yet; whether something was delivered to everyone that is named."""
    ways = _ways(config)
    today = clock.today().toordinal()
    with store.read() as session:
        if not ways or numbers.last(session, NAME) >= today:
            return False
    head, key = chain_head.newest(store), chain_head.read_key(config.data_dir / CHAIN_KEY_FILE)
    if head is None or key is None:
        LOG.warning("no head was handed to the witness: there is no link or no key (%s)", CHAIN_KEY_FILE)
        return False
    done = [_tried(way, f"{head.signed(key)}\n") for way in ways]  # each, also where one before it failed
    if not all(done):
        return False
    with store.write() as session:
        numbers.keep(session, NAME, today)
    return True


def is_late(session: Session, config: Config) -> bool:
    """Whether a witness is named that got no head yesterday nor today."""
    return bool(_ways(config)) and numbers.last(session, NAME) < clock.today().toordinal() - 1


def _ways(config: Config) -> list[Callable[[str], None]]:
    ways: list[Callable[[str], None]] = []
    if config.witness_file:
        ways.append(lambda line: _append(Path(config.witness_file), line))
    if config.witness_url:
        ways.append(lambda line: _post(config.witness_url, line))
    return ways


def _tried(way: Callable[[str], None], line: str) -> bool:
    try:
        way(line)
    except (OSError, ValueError) as error:  # URLError is an OSError
        LOG.warning("the head of today could not be handed to the witness: %s", error)
        return False
    return True


def _append(file: Path, line: str) -> None:
    with file.open("a", encoding="ascii") as opened:
        opened.write(line)


def _post(url: str, line: str) -> None:
    if not url.startswith(("https://", "http://")):
        raise ValueError("WITNESS_URL is no address of the web")
    sent = urllib.request.Request(url, line.encode(), {"Content-Type": "text/plain"})
    with urllib.request.urlopen(sent, timeout=PATIENCE):
        pass
