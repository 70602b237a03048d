"""People at browsers, as bytes: log in once, prepare requests,
then send them from a few connections and take the time."""

import re
import socket
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from webapp.core import clock, ids

from .county import PASSWORD, Walker

TOKEN = re.compile(r'name="(csrf_token|csrfmiddlewaretoken)" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """How a request went: status (0: no answer) and seconds until its last byte."""

    status: int
    seconds: float


class Browser:
    """One person: cookies and the page's token, ours or Django's."""

    def __init__(self, port: int, timeout: float = 60):
        self.port, self.timeout = port, timeout
        self.cookies: dict[str, str] = {}
        self.token: tuple[str, str] = ("", "")

    def login(self, name: str, password: str = PASSWORD) -> int:
        """Log in through the page, then take the new session's token; the status of the log-in itself."""
        self._read_token()
        status, _ = self.ask(
            "POST",
            "/login",
            urlencode(
                {"login": name, "username": name, "secret": password, "password": password, **dict([self.token])}
            ),
        )
        self._read_token()
        return status

    def _read_token(self) -> None:
        found = TOKEN.search(self.ask("GET", "/login")[1].decode())
        if found is None:
            raise RuntimeError("no token in the log-in page")
        self.token = (found[1], found[2])

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request; cookies are kept."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        connection.request(method, path, body, {**(FORM if body else {}), **self._cookie(), **(headers or {})})
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        with closing(connection):
            return answer.status, answer.read()

    def _cookie(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs} if pairs else {}

    def raw(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> bytes:
        """The request as bytes, to be sent later by ``send``."""
        lines = {
            "Host": f"127.0.0.1:{self.port}",
            "Connection": "close",
            "Accept": "text/html",
            "User-Agent": "bench",
            **self._cookie(),
            **({**FORM, "Content-Length": str(len(body.encode()))} if body else {}),
            **(headers or {}),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{head}\r\n{body}".encode()

    def patrol(self, walker: Walker) -> bytes:
        """A round of the walker's village: all its objects, one of them could not be seen, a note and a place."""
        return self.raw("POST", "/patrols", urlencode(patrol_fields(walker) | dict([self.token])))


def patrol_fields(walker: Walker) -> dict[str, str]:
    """What the page of a round sends, under a fresh id."""
    fields = {
        "id": str(ids.new()),
        "grid": str(walker.grid_id),
        "made_at": clock.now().isoformat(),  # the twin knows no time of an id
        "occurred_at": "",
        "occurred_on": "",
        "note": "河边有新堆的秸秆，已告知户主。",
        "lon": "112.51234",
        "lat": "34.81234",
        "accuracy_m": "12",
    }
    fields |= {f"v{thing}-outcome": "normal" for thing in walker.objects}
    last = walker.objects[-1]
    return fields | {f"v{last}-outcome": "could_not_see", f"v{last}-reason": "locked"}


def send(port: int, request: bytes, timeout: float = 60) -> Answer:
    """One request on a connection of its own."""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(request)
        head = connection.recv(65536)
        while connection.recv(65536):
            pass
    return Answer(int(head[9:12] or 0), time.perf_counter() - began)


def send_all(port: int, requests: Iterable[bytes], connections: int) -> list[Answer]:
    """All of them, ``connections`` at a time."""
    with ThreadPoolExecutor(connections) as pool:
        return list(pool.map(lambda request: send(port, request), requests))


def dripping(request: bytes, piece: int) -> Iterator[bytes]:
    """A request in small pieces, the head whole."""
    head, _, body = request.partition(b"\r\n\r\n")
    yield head + b"\r\n\r\n"
    for begin in range(0, len(body), piece):
        yield body[begin : begin + piece]
