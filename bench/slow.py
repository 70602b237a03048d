"""Clients that are slow, and people logging in, beside the same posts undisturbed:
``wangge serve`` with its defaults."""

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from . import procs
from .client import Browser, dripping, send
from .county import County, Walker, environment
from .figures import Figure, ratios

POSTERS = 2  # they post without a pause
LOGINS = 8
DRIBBLES = 50
DROP = 0.1  # seconds between two drops of a slow client
SECONDS = 3.0
#: The longest wait of a round, ms: "not held up". The log-ins take their share of the cores, so the middle may move.
LONGEST = {"drop": 1000, "login": 1000, "dribble": 1000}

Poster = tuple[Browser, Walker]
Times = list[float]


def measure(county: County, folder: Path, rounds: int, scale: float) -> list[Figure]:
    """Each round: undisturbed, one slow body, eight log-ins; then pages beside fifty slow connections."""
    with procs.wangge_serve(environment(county), folder / "serve.log") as server:
        posters = [_poster(server.port, walker) for walker in county.posters[:POSTERS]]
        seconds, times = SECONDS * max(scale, 0.2), {name: [] for name in ("alone", "drop", "login", "calm", "dribble")}
        _posts(server.port, posters, _for(seconds))
        for _ in range(rounds):
            times["alone"].append(_posts(server.port, posters, _for(seconds)))
            with _dribbling(server.port, posters[0], 1):
                times["drop"].append(_posts(server.port, posters, _for(seconds)))
            with _logging_in(server.port, county) as still:
                times["login"].append(_posts(server.port, posters, still))
            times["calm"].append(_pages(server.port, posters[0], _for(seconds / 3)))
            with _dribbling(server.port, posters[0], DRIBBLES):
                times["dribble"].append(_pages(server.port, posters[0], _for(seconds / 3)))
        return _figures(times)


def _poster(port: int, walker: Walker) -> Poster:
    browser = Browser(port)
    browser.login(walker.login)
    return browser, walker


def _for(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() < until


def _posts(port: int, posters: list[Poster], more: Callable[[], bool]) -> Times:
    """Milliseconds of each post while there is more to do."""
    with ThreadPoolExecutor(len(posters)) as pool:
        return [taken for times in pool.map(lambda poster: _post(port, poster, more), posters) for taken in times]


def _post(port: int, poster: Poster, more: Callable[[], bool]) -> Times:
    browser, walker = poster
    return _repeat(port, lambda: browser.patrol(walker), 303, more)


def _pages(port: int, poster: Poster, more: Callable[[], bool]) -> Times:
    """Milliseconds of an officer's first page, asked for again and again by one person."""
    return _repeat(port, lambda: poster[0].raw("GET", "/home"), 200, more)


def _repeat(port: int, request: Callable[[], bytes], status: int, more: Callable[[], bool]) -> Times:
    times: Times = []
    while more() or not times:
        answer = send(port, request())
        if answer.status != status:
            raise RuntimeError(f"answered {answer.status}, not {status}")
        times.append(answer.seconds * 1000)
    return times


@contextmanager
def _dribbling(port: int, poster: Poster, number: int) -> Iterator[None]:
    """So many clients send the body of a round drop by drop, for as long as the block takes; none of them ends."""
    enough = threading.Event()
    worker = threading.Thread(target=_dribble, args=(port, poster, number, enough))
    worker.start()
    time.sleep(DROP * 2)
    try:
        yield
    finally:
        enough.set()
        worker.join()


def _dribble(port: int, poster: Poster, number: int, enough: threading.Event) -> None:
    browser, walker = poster
    connections = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(number)]
    drops = dripping(browser.patrol(walker), 1)
    while not enough.is_set():
        drop = next(drops, b"")
        for connection in connections:
            connection.sendall(drop)
        enough.wait(DROP)
    for connection in connections:
        connection.close()


@contextmanager
def _logging_in(port: int, county: County) -> Iterator[Callable[[], bool]]:
    """Eight people log in at one moment; yields whether one of them is still waiting."""
    pages = [Browser(port) for _ in county.posters[:LOGINS]]
    with ThreadPoolExecutor(LOGINS) as pool:
        waiting = [pool.submit(page.login, walker.login) for page, walker in zip(pages, county.posters, strict=False)]
        yield lambda: not all(one.done() for one in waiting)
        if any(one.result() != 302 for one in waiting):
            raise RuntimeError("somebody could not log in")


def _figures(times: dict[str, list[Times]]) -> list[Figure]:
    middle = {name: [statistics.median(round_) for round_ in rounds] for name, rounds in times.items()}
    longest = {name: [max(round_) for round_ in rounds] for name, rounds in times.items()}
    words = {
        "alone": "posts undisturbed",
        "drop": "posts beside one body drop by drop",
        "login": "posts beside eight log-ins",
        "calm": "page undisturbed",
        "dribble": "page beside fifty slow connections",
    }
    absolute = [
        figure
        for name, word in words.items()
        for figure in (
            Figure(word, middle[name], "ms median"),
            Figure(f"{word}, longest", longest[name], "ms", LONGEST.get(name)),
        )
    ]
    return [
        *absolute,
        Figure("one body drop by drop / undisturbed, median post", ratios(middle["drop"], middle["alone"]), "x", 1.5),
        Figure("eight log-ins / undisturbed, median post", ratios(middle["login"], middle["alone"]), "x"),
        Figure("fifty slow connections / undisturbed, median page", ratios(middle["dribble"], middle["calm"]), "x"),
    ]
