"""Two thousand boundary files made to harm: each is refused or read, soon and in little memory; nothing comes in by
half, nothing is asked of the network, no other file is read."""

import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_corpus import Maker
from sqlalchemy import func, select

from gis.check import check
from gis.delivery import Delivery
from gis.read import Refused, read
from tests.short import count
from webapp.access import SYSTEM
from webapp.core import clock, errors
from webapp.core.db import Store
from webapp.grid import intake
from webapp.grid.models import Grid

FILES = count(24, 240, 2000)
SECONDS, KB = 10, 512 * 1024
SECRET = "secret-4711"


@pytest.fixture
def address() -> Iterator[str]:
    """Somebody who listens; nobody may have called when the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x"
        with pytest.raises(BlockingIOError):
            server.accept()


def grown() -> int:
    """KB that this process has taken at most since it was last asked."""
    lines = Path("/proc/self/status").read_text().splitlines()
    peak, now = (next(int(line.split()[1]) for line in lines if line.startswith(name)) for name in ("VmHWM", "VmRSS"))
    Path("/proc/self/clear_refs").write_text("5")
    return peak - now


def said(delivery: Delivery) -> str:
    """All text that came out of a file."""
    return repr([(cell.code, cell.name) for cell in delivery.cells]) + repr(delivery.findings) + repr(delivery.facts)


def stored(store: Store, delivery: Delivery) -> int:
    """How many grids the delivery would become; its import is taken back."""
    examined = intake.Examined(delivery, check(delivery), "x")
    try:
        with store.write() as session:
            intake.accept(session, SYSTEM, examined, clock.today())
            session.flush()
            raise TakenBack(session.scalar(select(func.count()).select_from(Grid)) or 0)
    except TakenBack as done:
        return done.number
    except errors.Refused:
        with store.read() as session:
            return session.scalar(select(func.count()).select_from(Grid)) or 0


class TakenBack(Exception):
    """The import worked, and is not kept."""

    def __init__(self, number: int):
        self.number = number


def largest() -> int:
    """Kilobytes that this process ever took. A child counts as large as its parent until it is another program, so
    beside a larger one nothing can be told of it; its own limit ends it all the same."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("seeded", ["sqlite"], indirect=True, scope="session")
def test_a_corpus_of_hostile_files_is_refused_or_read_and_nothing_else_happens(
    store: Store, tmp_path: Path, address: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # the largest child of any test so far
    secret = tmp_path / "secret.csv"
    secret.write_text(f"code,name\n370900,{SECRET}\n")
    maker, ends, wrong = Maker(tmp_path, address, secret), Counter[str](), []
    for number in range(FILES):
        path = maker.file(number)
        grown()
        began, text = time.monotonic(), ""
        try:
            delivery = read(path)
            text = said(delivery)
            ends["read"] += 1
            if stored(store, delivery) not in (0, len(delivery.cells)):
                wrong.append((number, "came in by half"))
            took, more = time.monotonic() - began, grown()
        except Refused as refused:
            took, more, text = time.monotonic() - began, grown(), str(refused)
            ends[refused.code] += 1
        if took > SECONDS or more > KB or not text or SECRET in text or "root:" in text:
            wrong.append((number, f"{took:.1f} s, {more} KB, {text[:80]}"))
    assert wrong == []
    assert largest() > KB or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(KB, before)
    assert ends["read"] > FILES / 20 and ends.total() - ends["read"] > FILES / 3, ends
    assert len(ends) > 4, ends
