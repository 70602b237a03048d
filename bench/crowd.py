"""A page beside a crowd that wants something else: wrong log-ins, half-open posts of one address, clients with photos.
``wangge serve`` with its defaults; nobody of the crowd may be told that he is wrong when it is us."""

import hashlib
import io
import socket
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

from . import procs
from .client import TOKEN, Browser, send
from .county import County, environment
from .figures import Figure, ratios

LOG_INS, HALF_OPEN, PHOTOS = 24, 510, 16
SECONDS = 6.0
MOST = 3.0  # times as long as alone, the slowest of twenty pages
ELSEWHERE = "127.0.0.2"  # where the half-open ones come from
BUSY = {429, 503}

Crowd = Callable[[int, County, threading.Event], None]


def measure(county: County, folder: Path, rounds: int, scale: float) -> list[Figure]:
    """Each round: the page alone, then beside each crowd."""
    seconds = SECONDS * max(scale, 0.2)
    times: dict[str, list[float]] = {name: [] for name in ("alone", *CROWDS)}
    with procs.wangge_serve(environment(county), folder / "serve.log") as server:
        reader = Browser(server.port)
        reader.login(county.posters[0].login)
        page = reader.raw("GET", "/home")
        _slowest_of_twenty(server.port, page, seconds / 3)
        for _ in range(rounds):
            times["alone"].append(_slowest_of_twenty(server.port, page, seconds))
            for name, (crowd, members) in CROWDS.items():
                with _crowded(crowd, members, server.port, county):
                    times[name].append(_slowest_of_twenty(server.port, page, seconds))
    absolute = [
        Figure(f"page beside {name}, p95" if name != "alone" else "page alone, p95", each, "ms")
        for name, each in times.items()
    ]
    return [
        *absolute,
        *(
            Figure(f"page beside {name} / alone, p95", ratios(times[name], times["alone"]), "x", MOST)
            for name in CROWDS
        ),
    ]


def _slowest_of_twenty(port: int, page: bytes, seconds: float) -> float:
    """Milliseconds that 95 of 100 pages take at most, asked for one after the other."""
    until, times = time.monotonic() + seconds, []
    while time.monotonic() < until or len(times) < 20:
        answer = send(port, page)
        if answer.status != 200:
            raise RuntimeError(f"the page answered {answer.status}")
        times.append(answer.seconds * 1000)
    return statistics.quantiles(times, n=20)[-1]


@contextmanager
def _crowded(crowd: Crowd, members: int, port: int, county: County) -> Iterator[None]:
    """So many of them at once for as long as the block takes."""
    enough, faults = threading.Event(), []

    def run() -> None:
        try:
            crowd(port, county, enough)
        except RuntimeError as error:
            faults.append(error)

    threads = [threading.Thread(target=run) for _ in range(members)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join()
    if faults:
        raise faults[0]


def _wrong_log_ins(port: int, _county: County, enough: threading.Event) -> None:
    while not enough.is_set():
        somebody = Browser(port)
        token = TOKEN.search(somebody.ask("GET", "/login")[1].decode())
        form = {"login": uuid.uuid4().hex, "secret": "wrong", "csrf_token": token[2] if token else ""}
        status, _ = somebody.ask("POST", "/login", urlencode(form))
        if status not in {422, *BUSY}:
            raise RuntimeError(f"a wrong log-in was answered {status}")


def _half_open(port: int, _county: County, enough: threading.Event) -> None:
    lines = []
    for _ in range(HALF_OPEN):
        lines.append(socket.create_connection(("127.0.0.1", port), 30, source_address=(ELSEWHERE, 0)))
        lines[-1].sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nlog")
    enough.wait()
    for line in lines:
        line.close()


@cache
def _photo() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(file, "JPEG", quality=75)
    return file.getvalue()


def _photos(port: int, county: County, enough: threading.Event) -> None:
    sender, photo = Browser(port), _photo()
    while sender.login(county.posters[1].login) != 302:
        time.sleep(0.5)  # sixteen log in at once: some are asked to wait
    while not enough.is_set():
        data = photo + uuid.uuid4().bytes  # what follows a picture is left away, and makes it another file
        address = f"/entries/{uuid.uuid4()}/photos/{hashlib.sha256(data).hexdigest()}?name=a.jpg"
        headers = {"X-CSRFToken": sender.token[1], "Origin": f"http://127.0.0.1:{port}", "Content-Type": "image/jpeg"}
        headers |= {"Accept": "application/json", "Accept-Language": "en"}
        status, said = sender.ask("PUT", address, data, headers)
        if status not in {201, *BUSY} and b"Too many photos are waiting" not in said:
            raise RuntimeError(f"a photo was answered {status}")


#: name: who, and how many of them
CROWDS: dict[str, tuple[Crowd, int]] = {
    f"{LOG_INS} wrong log-ins": (_wrong_log_ins, LOG_INS),
    f"{HALF_OPEN} half-open posts": (_half_open, 1),
    f"{PHOTOS} clients with photos": (_photos, PHOTOS),
}
