"""Faults of the machine, put into a running server from outside by strace: a kill, or an error, at its n-th call."""

import os
import subprocess
import time
from pathlib import Path
from types import TracebackType

SECONDS = 30


class Injected:
    """While the block runs, the n-th ``call`` of each thread of the process, counted from here on, has the ``fault``.
    Processes that it starts have none.

    ``fault`` is strace's own word for it: ``signal=SIGKILL`` or ``error=EIO``. ``happened`` says whether an error did,
    once the block has ended; a killed server shows it by itself.
    """

    def __init__(self, pid: int, call: str, fault: str, when: int, output: Path):
        self.output, self.happened = output, False
        self.command = [
            *("strace", "-o", str(output)),
            *(word for thread in sorted(os.listdir(f"/proc/{pid}/task")) for word in ("-p", thread)),
            *("-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={when}", "-e", "signal=none"),
        ]

    def __enter__(self) -> "Injected":
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        until = time.monotonic() + SECONDS
        for _thread in range(self.command.count("-p")):
            said = self.process.stderr.readline()
            assert "attached" in said and time.monotonic() < until, f"strace could not be put to the server: {said}"
        return self

    def __exit__(self, _kind: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.process.terminate()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:  # as it may when its last thread was killed; what it traces goes on
            self.process.kill()
            self.process.wait(SECONDS)
        assert self.process.stderr is not None
        self.process.stderr.close()
        self.happened = "INJECTED" in self.output.read_text(errors="replace")
