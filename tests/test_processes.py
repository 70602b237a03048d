"""Several processes answer at one address: one that dies is replaced and takes nothing with it, all end together."""

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bench.client import Browser, send
from bench.county import Walker
from bench.procs import children
from tests.conftest import KEY, PASSWORD, World
from webapp import cli, processes
from webapp.config import Config
from webapp.ops import sweeper
from webapp.patrol.models import Patrol

ROOT = Path(__file__).parent.parent
SECONDS = 60
LINES = """
    import os, sys, time
    from webapp.processes import Processes
    def work(number):
        os.write(1, f"{number} {os.getpid()}\\n".encode())  # at once: three write into one pipe
        time.sleep(600)
    Processes(work, 3).run()
"""


def soon(true: Callable[[], Any]) -> Any:
    """What it comes to be, in a minute at most."""
    ends = time.monotonic() + SECONDS
    while not (value := true()) and time.monotonic() < ends:
        time.sleep(0.02)
    assert value
    return value


def is_there(process: int) -> bool:
    """Whether it runs; one that ended and that nobody has asked about is not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def three() -> Iterator[tuple[subprocess.Popen[str], Callable[[], tuple[int, int]]]]:
    """A parent of three that only sleep, and the next line: number and process of one that began."""
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LINES)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    out = parent.stdout
    assert out is not None

    def begun() -> tuple[int, int]:
        number, process = out.readline().split()
        return int(number), int(process)

    yield parent, begun
    if parent.poll() is None:
        os.killpg(parent.pid, signal.SIGKILL)
    parent.wait(SECONDS)
    out.close()


def test_each_number_is_there_once_and_is_taken_over(three: Any) -> None:
    _, begun = three
    first = dict(begun() for _ in range(3))
    assert sorted(first) == [0, 1, 2]
    os.kill(first[0], signal.SIGKILL)
    number, process = begun()
    assert number == 0 and process != first[0]
    assert is_there(first[1]) and is_there(first[2])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_parent(three: Any, how: signal.Signals) -> None:
    parent, begun = three
    all_three = [begun()[1] for _ in range(3)]
    parent.send_signal(how)
    assert parent.wait(SECONDS) == (-9 if how == signal.SIGKILL else 0)
    soon(lambda: not any(map(is_there, all_three)))


def test_of_several_processes_the_first_sweeps(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept, served = [], []

    class InTurn:
        def __init__(self, work: Callable[[int], None], number: int):
            self.work, self.number = work, number

        def run(self) -> None:
            for number in range(self.number):
                self.work(number)

    monkeypatch.setattr(cli, "Processes", InTurn)
    monkeypatch.setattr(sweeper, "start", swept.append)
    monkeypatch.setattr(sweeper, "watch_clock", lambda _store: None)  # its thread would outlive this test's database
    monkeypatch.setattr("webapp.serving.run", lambda *_, **_options: served.append(1))
    cli._serve(Config("sqlite://", tmp_path, KEY), world.store, [], 1, 3)
    assert len(swept) == 1 and len(served) == 3


def test_one_core_has_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, usual in ((None, 1), (1, 1), (2, 2), (64, 2)):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        assert processes.usual() == usual


@pytest.fixture
def served(world: World, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """``wangge serve --port 0`` with two processes: the parent, and the port that it says."""
    if not world.store.is_sqlite:
        pytest.skip("the same processes")
    settings = {"DATABASE_URL": world.store.url.render_as_string(), "DATA_DIR": str(tmp_path), "SECRET_KEY": KEY}
    log = tmp_path / "log"
    with log.open("wb") as out:
        parent = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", "serve", "--port", "0", "--processes", "2"],
            cwd=ROOT,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env=os.environ | settings | {"PYTHONUNBUFFERED": "1"},
        )
    try:
        said = soon(lambda: re.findall(r"http://127\.0\.0\.1:(\d+)/", log.read_text()) or parent.poll())
        soon(lambda: len(children(parent.pid)) == 2)
        yield parent, int(said[0])
        assert len(re.findall("http://", log.read_text())) == 1, "the address is said once"
    finally:
        if parent.poll() is None:
            os.killpg(parent.pid, signal.SIGKILL)
        parent.wait(SECONDS)


def answers(port: int) -> bool:
    """Whether the server does."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200


def test_either_of_two_answers_and_what_was_confirmed_outlives_the_one_that_is_killed(
    served: tuple[subprocess.Popen[bytes], int], world: World
) -> None:
    parent, port = served
    two = children(parent.pid)
    assert answers(port)
    for one in two:  # while one stands still the other answers
        os.kill(one, signal.SIGSTOP)
        assert answers(port)
        os.kill(one, signal.SIGCONT)

    officer, confirmed = Browser(port), []
    assert officer.login("officer_a1", PASSWORD) == 302
    walker = Walker("", world.grids["A1"], tuple(world.things[f"{kind}_a1"] for kind in ("farm", "kiln")))
    enough = threading.Event()

    def post() -> None:
        while not enough.is_set():
            round_ = officer.patrol(walker)
            id_ = re.search(rb"\r\n\r\n.*?\bid=([0-9a-f-]+)", round_, re.S)
            try:
                if send(port, round_).status == 303 and id_ is not None:
                    confirmed.append(id_[1].decode())
            except (OSError, ValueError):
                continue  # its process died before the answer

    posting = threading.Thread(target=post)
    posting.start()
    soon(lambda: len(confirmed) > 5)
    os.kill(two[0], signal.SIGKILL)
    soon(lambda: len(set(children(parent.pid)) - {two[0]}) == 2)
    before = len(confirmed)
    soon(lambda: len(confirmed) > before + 5)
    enough.set()
    posting.join(SECONDS)
    with world.store.read() as session:
        assert set(confirmed) <= set(map(str, session.scalars(select(Patrol.id))))


def test_control_c_answers_what_has_begun_to_come_in_and_ends_all(
    served: tuple[subprocess.Popen[bytes], int],
) -> None:
    parent, port = served
    two = children(parent.pid)
    assert answers(port)
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        time.sleep(1)  # until one of the two has it
        os.killpg(parent.pid, signal.SIGINT)
        time.sleep(1)
        line.sendall(b"Connection: close\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 200 ")
    assert parent.wait(SECONDS) == 0
    assert not any(map(is_there, two))
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
