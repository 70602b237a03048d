"""A served county of its own: real processes on one socket, which can be killed and started again at one address."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests import log_watch
from tests.conftest import KEY, World

ROOT = Path(__file__).parent.parent.parent
SECONDS = 60  # before a server that does not answer, or a post that finds no answer, is a failure


class Server:
    """``workers`` processes of ``wangge serve`` in one process group, with a fault of ``mutants`` or with none.

    The socket is this process's own: what connects while the group is dead waits for the next one. Output goes into
    ``log``. ``command`` comes before the interpreter, for a tracer.
    """

    def __init__(
        self, world: World, data_dir: Path, *, fault: str = "none", workers: int = 2, command: Sequence[str] = ()
    ):
        self.world, self.data_dir, self.fault, self.workers, self.command = world, data_dir, fault, workers, command
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.address: tuple[str, int] = self.socket.getsockname()
        self.log = data_dir.with_name("server.log").open("ab")
        self.running: list[subprocess.Popen[bytes]] = []
        self.lock = threading.Lock()
        self.starts = 0

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.kill()
        self.socket.close()
        self.log.close()
        assert log_watch.of_file(Path(self.log.name)) == []

    def start(self) -> None:
        """Start all workers; the first one leads the group that the others join."""
        self.starts += 1
        for _ in range(self.workers):
            self.running.append(self._worker(self.running[0].pid if self.running else 0))

    def _worker(self, group: int) -> subprocess.Popen[bytes]:
        number = self.socket.fileno()
        return subprocess.Popen(
            [*self.command, sys.executable, "-m", "tests.durability.mutants", str(number), self.fault],
            cwd=ROOT,
            pass_fds=[number],
            process_group=group,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env=os.environ
            | {
                "DATABASE_URL": self.world.store.url.render_as_string(hide_password=False),
                "DATA_DIR": str(self.data_dir),
                "SECRET_KEY": KEY,
            },
        )

    def kill(self) -> None:
        """``kill -9`` of the whole group, helpers included, at once."""
        if self.running:
            with suppress(ProcessLookupError):  # it was killed already, and that was noticed
                os.killpg(self.running[0].pid, signal.SIGKILL)
        for process in self.running:
            process.wait(SECONDS)
        self.running = []

    def kill_and_restart(self) -> None:
        """What a power cut and the service manager do."""
        with self.lock:
            self.kill()
            self.start()

    def said(self) -> str:
        """The end of what the server printed, for a failing test."""
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")[-2000:]
