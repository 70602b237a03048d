"""CPU per request of the whole server process tree, ours beside the twin's, case after case in each round."""

import itertools
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from webapp.core import ids

from . import procs
from .client import Answer, Browser, send_all
from .county import County, environment
from .figures import Figure, ratios

CONNECTIONS = 4
SLICES = 4
LAYER_KB = 40


@dataclass(frozen=True)
class Case:
    """A kind of request: to which server, how one is made, the status of every right answer, and how many a round."""

    name: str
    server: procs.Server
    request: Callable[[], bytes]
    status: int
    number: int


@dataclass(frozen=True)
class Sample:
    """What a case took in one round: CPU milliseconds a request, requests a second, middle and slow answers in ms."""

    cpu: float
    per_second: float
    p50: float
    p95: float


@dataclass(frozen=True)
class Slice:
    """Some requests of a case in a row: CPU seconds of the server, seconds on the clock, the answers."""

    cpu: float
    seconds: float
    answers: list[Answer]


def measure(county: County, twin: dict[str, str], folder: Path, rounds: int, scale: float) -> list[Figure]:
    """Run all cases ``rounds`` times; ``scale`` shortens them."""
    with ExitStack() as stack:
        ours = stack.enter_context(procs.gunicorn("bench.apps:wangge()", environment(county), folder / "ours.log"))
        peer = stack.enter_context(procs.gunicorn("bench.django_twin.wsgi", twin, folder / "twin.log"))
        cases = _cases(county, ours, peer)
        for case in cases:
            _slice(case, max(int(case.number * scale) // 4, 8))  # warm: templates, statements, pages of the database
        samples: dict[str, list[Sample]] = {case.name: [] for case in cases}
        for _ in range(rounds):
            for name, sample in _round(cases, scale).items():
                samples[name].append(sample)
        return [*_figures(samples), _layer_size(county, ours)]


def _round(cases: list[Case], scale: float) -> dict[str, Sample]:
    """The requests of every case in slices, the cases in turn:
    what else the machine does falls on all of them alike."""
    taken: dict[str, list[Slice]] = {case.name: [] for case in cases}
    for turn in range(SLICES):
        for case in cases[turn % len(cases) :] + cases[: turn % len(cases)]:
            taken[case.name].append(_slice(case, max(int(case.number * scale) // SLICES, 2)))
    return {name: _together(slices) for name, slices in taken.items()}


def _cases(county: County, ours: procs.Server, peer: procs.Server) -> list[Case]:
    posters = [_logged_in(ours, walker.login) for walker in county.posters]
    peers = [_logged_in(peer, walker.login) for walker in county.posters]
    reader = _logged_in(ours, county.reader.login)
    nobody, stranger = Browser(ours.port), Browser(peer.port)
    who = itertools.cycle(range(len(posters)))

    def patrol(browsers: list[Browser]) -> Callable[[], bytes]:
        return lambda: browsers[number := next(who)].patrol(county.posters[number])

    layer = f"/map/layers/{county.layer}.json"
    return [
        Case("hello", ours, lambda: nobody.raw("GET", "/healthz"), 200, 800),
        Case("patrol POST", ours, patrol(posters), 303, 320),
        Case("twin's patrol POST", peer, patrol(peers), 303, 240),
        Case("twin's hello", peer, lambda: stranger.raw("GET", "/healthz"), 200, 600),
        Case(
            "form page",
            ours,
            lambda: reader.raw("GET", f"/grids/{county.reader.grid_id}/patrol?id={ids.new()}"),
            200,
            320,
        ),
        Case(
            "layer, 304",
            ours,
            lambda: reader.raw("GET", layer, headers={"If-None-Match": f'W/"{county.layer}"'}),
            304,
            600,
        ),
        Case("layer, 200 gzip", ours, lambda: reader.raw("GET", layer, headers={"Accept-Encoding": "gzip"}), 200, 400),
    ]


def _logged_in(server: procs.Server, login: str) -> Browser:
    browser = Browser(server.port)
    status = browser.login(login)
    if status != 302:
        raise RuntimeError(f"log-in answered {status}")
    return browser


def _slice(case: Case, number: int) -> Slice:
    requests = [case.request() for _ in range(number)]
    cpu, began = case.server.cpu(), time.perf_counter()
    answers = send_all(case.server.port, requests, CONNECTIONS)
    taken = Slice(case.server.cpu() - cpu, time.perf_counter() - began, answers)
    wrong = {answer.status for answer in answers} - {case.status}
    if wrong:
        raise RuntimeError(f"{case.name}: answered {wrong}")
    return taken


def _together(slices: list[Slice]) -> Sample:
    answers = [answer for taken in slices for answer in taken.answers]
    times = statistics.quantiles([answer.seconds * 1000 for answer in answers], n=20)
    return Sample(
        sum(taken.cpu for taken in slices) / len(answers) * 1000,
        len(answers) / sum(taken.seconds for taken in slices),
        times[9],
        times[18],
    )


def _figures(samples: dict[str, list[Sample]]) -> list[Figure]:
    cpu = {name: [sample.cpu for sample in taken] for name, taken in samples.items()}
    speed = {name: [sample.per_second for sample in taken] for name, taken in samples.items()}
    absolute = [
        figure
        for name, taken in samples.items()
        for figure in (
            Figure(name, cpu[name], "ms CPU"),
            Figure("", speed[name], "req/s"),
            Figure("", [sample.p50 for sample in taken], "ms p50"),
            Figure("", [sample.p95 for sample in taken], "ms p95"),
        )
    ]
    hello = cpu["hello"]
    return [
        *absolute,
        Figure("patrol POST / twin's, CPU", ratios(cpu["patrol POST"], cpu["twin's patrol POST"]), "x", 0.5),
        Figure("twin's patrol POST / ours, req/s", ratios(speed["twin's patrol POST"], speed["patrol POST"]), "x"),
        Figure("patrol POST / hello, CPU", ratios(cpu["patrol POST"], hello), "x", 8),
        Figure("form page / hello, CPU", ratios(cpu["form page"], hello), "x", 3),
        Figure("form page / 304, CPU (both ask who it is)", ratios(cpu["form page"], cpu["layer, 304"]), "x"),
        Figure("layer 304 / hello, CPU", ratios(cpu["layer, 304"], hello), "x", 2.5),
        Figure("layer 200 / hello, CPU", ratios(cpu["layer, 200 gzip"], hello), "x"),
    ]


def _layer_size(county: County, ours: procs.Server) -> Figure:
    reader = _logged_in(ours, county.reader.login)
    _, body = reader.ask("GET", f"/map/layers/{county.layer}.json", headers={"Accept-Encoding": "gzip"})
    return Figure("layer, gzip", [len(body) / 1000], "kB", LAYER_KB)
