"""Server processes and what they cost: CPU of the whole tree and memory of a worker, from /proc."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parent.parent
PATIENCE = 60  # seconds for a server to come up on a busy machine


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server process in a group of its own, from its first answer until the block ends."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path):
        self.port = free_port()
        self.command = [part.replace("{port}", str(self.port)) for part in command]
        self.environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        self.log = log

    def __enter__(self) -> "Server":
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self._stop()
                raise RuntimeError(f"{' '.join(self.command)} did not start:\n{self.log.read_text()}")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        except ProcessLookupError:
            self.process.wait()

    def _answers(self) -> bool:
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def tree(self) -> Iterator[int]:
        """The process and everything below it."""
        return _tree(self.process.pid)

    def cpu(self) -> float:
        """Seconds of CPU (user and system) of the tree until now."""
        return sum(cpu(pid) for pid in self.tree())

    def workers(self) -> list[int]:
        """Processes without a child: those that answer."""
        return [pid for pid in self.tree() if not children(pid)]


def gunicorn(application: str, environment: dict[str, str], log: Path, workers: int = 2) -> Server:
    """An application in sync workers."""
    return Server(
        [sys.executable, "-m", "gunicorn", "-w", str(workers), "-b", "127.0.0.1:{port}", application], environment, log
    )


def wangge_serve(environment: dict[str, str], log: Path) -> Server:
    """The command ``wangge serve`` with all its defaults."""
    return Server([sys.executable, "-m", "webapp.cli", "serve", "--port", "{port}"], environment, log)


def children(pid: int) -> list[int]:
    """The processes that this one started and that are still there."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for child in children(pid):
        yield from _tree(child)


def cpu(pid: int) -> float:
    """Of its threads, to the nanosecond; /proc/PID/stat counts hundredths of a second, too coarse for a slice."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9


def memory(pid: int) -> dict[str, float]:
    """RSS, PSS and private memory of a process in MB."""
    lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]]
    kb = {name.rstrip(":"): int(value) for name, value, *_ in lines}
    return {
        "RSS": kb["Rss"] / 1024,
        "PSS": kb["Pss"] / 1024,
        "private": (kb["Private_Clean"] + kb["Private_Dirty"]) / 1024,
    }
