"""The limits that a child process gives itself before it touches what a stranger sent. (``reencode`` runs as a file
alone, without this package, and says its own.)"""

import os
import resource

NICE = 10  # whoever wants a page goes first


def restrain(seconds: int, memory: int) -> None:
    """Take no more than so many seconds of work (not of waiting for it) and bytes of address space, go last, and leave
    no core behind. What works for longer ends with SIGXCPU, by which it is told apart from other ends."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
