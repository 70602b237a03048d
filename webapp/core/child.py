"""Work on what a stranger sent, in a child process that gives itself little memory and time: what goes wrong there
takes nothing of the server's, and only what the child says comes back.
"""

import logging
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import pools

LOG = logging.getLogger("wangge.trouble")
ALONE = {"PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"}  # its whole environment: nothing of ours


START = "import sys; sys.path.insert(0, sys.argv[1]); from {} import {} as work; work.main(*sys.argv[2:])"
ROOT = str(Path(__file__).parents[2])


class TooHeavy(Exception):
    """The child used up the work it gave itself, so hard that it could not say so."""


def program(name: str, *words: str, package: str = "webapp.core") -> list[str]:
    """The arguments of a child that runs ``main`` of a file of a folder (this one), with these words."""
    return ["-c", START.format(package, name), ROOT, *words]


def answer(words: Sequence[str], pool: str, patience: float, data: bytes = b"", /, **about: Any) -> bytes:
    """What a Python child with these arguments says on its standard output, having got ``data`` on its input.

    TooHeavy, or Busy when it did not come to it, in the words of the pool with ``about``: it was stopped or killed, or
    took more than ``patience`` seconds, or the machine had no memory for it, or no process.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", *words], input=data, capture_output=True, timeout=patience, check=False, env=ALONE
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise pools.busy(pool, **about) from error
    if done.returncode == -signal.SIGXCPU:
        raise TooHeavy
    if done.returncode != 0:
        LOG.error("a child (%s) ended with %s: %s", pool, done.returncode, done.stderr.decode()[-500:])
        raise pools.busy(pool, **about)
    return done.stdout
