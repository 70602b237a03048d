"""Many phones at once: ``wangge serve`` with its defaults, and each phone posts a round as soon as the last one is
confirmed."""

import itertools
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import procs
from .client import Answer, Browser, send
from .county import County, environment
from .figures import Figure, ratios

PHONES = 20
SECONDS = 10.0
FAIR = 3  # times the median is the most that the slowest of a hundred may wait


@dataclass(frozen=True)
class Turn:
    """The answers of one turn, and what they took of the server."""

    answers: list[Answer]
    seconds: float
    cpu: float

    @property
    def per_second(self) -> float:
        """Rounds a second."""
        return len(self.answers) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU of a round."""
        return self.cpu / len(self.answers) * 1000

    def slowest(self, of_100: int) -> float:
        """Milliseconds that so many of a hundred waited at most."""
        return statistics.quantiles([answer.seconds * 1000 for answer in self.answers], n=100)[of_100 - 1]

    def refused(self) -> int:
        """Answers that were no receipt."""
        return sum(answer.status != 303 for answer in self.answers)


def measure(county: County, folder: Path, rounds: int, scale: float) -> list[Figure]:
    """A turn a round."""
    with procs.wangge_serve(environment(county), folder / "phones.log") as server:
        phones = Phones(server, county)
        phones.turn(PHONES, 1)
        return figures([phones.turn(PHONES, SECONDS * max(scale, 0.2)) for _ in range(rounds)])


class Phones:
    """Officers with their phones at a server; several may be of one officer."""

    def __init__(self, server: procs.Server, county: County):
        self.server, self.walkers = server, county.posters
        self.browsers = [Browser(server.port) for _ in self.walkers]
        for browser, walker in zip(self.browsers, self.walkers, strict=True):
            if browser.login(walker.login) != 302:
                raise RuntimeError("somebody could not log in")

    def turn(self, number: int, seconds: float, every: float = 0) -> Turn:
        """So many phones post for so long, each without a pause, or once ``every`` so many seconds."""
        cpu, began = self.server.cpu(), time.monotonic()
        with ThreadPoolExecutor(number) as pool:
            told = list(pool.map(lambda phone: list(self._post(phone, began, seconds, every, number)), range(number)))
        took = time.monotonic() - began
        return Turn(list(itertools.chain(*told)), took, self.server.cpu() - cpu)

    def _post(self, phone: int, began: float, seconds: float, every: float, number: int) -> Iterator[Answer]:
        browser, walker = (each[phone % len(self.walkers)] for each in (self.browsers, self.walkers))
        for turn in itertools.count():
            due = began + every * (turn + phone / number)
            if max(due, time.monotonic()) >= began + seconds:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            yield send(self.server.port, browser.patrol(walker))


def figures(turns: list[Turn]) -> list[Figure]:
    """Of the turns, with what they may be."""
    middle, slow = ([turn.slowest(of_100) for turn in turns] for of_100 in (50, 99))
    return [
        Figure(f"{PHONES} phones, rounds", [turn.per_second for turn in turns], "a second"),
        Figure("", [turn.cpu_ms for turn in turns], "ms CPU"),
        Figure("", middle, "ms p50"),
        Figure("", slow, "ms p99"),
        Figure("p99 / p50", ratios(slow, middle), "x", FAIR),
        Figure("answers that were no receipt", [turn.refused() for turn in turns], "", 0),
    ]
