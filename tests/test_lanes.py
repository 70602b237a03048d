"""Threads and connections of ``wangge serve`` are shared out: slow work, and who comes too slowly or too often, takes
nobody else's place; and whom we do not come to is told that we are busy."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from waitress.utilities import BadRequest

from webapp import lanes, serving
from webapp.core import pools

PAGE, LOGIN, UPLOAD = "GET /slow", "POST /login", "PUT /entries/1/photos/2"


class Blocking:
    """An application that answers when it is let, and remembers what it was asked."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.go = threading.Event()
        self.server: Any = None

    def waiting(self, lane: str) -> int:
        """How many requests have arrived and wait for a thread of a lane."""
        return len(self.server.task_dispatcher._lanes[lane].queue)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        path = environ["PATH_INFO"] + "?" + environ["QUERY_STRING"]
        self.seen.append(path)
        if "quick" not in path:
            self.go.wait(30)
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]


Serve = Callable[..., tuple[Blocking, tuple[str, int]]]
LINES: list[socket.socket] = []  # closed when the test ends


def connect(address: tuple[str, int], source: str = "127.0.0.1") -> socket.socket:
    """A connection from one of this machine's own addresses."""
    LINES.append(socket.create_connection(address, 10, source_address=(source, 0)))
    return LINES[-1]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve()`` is an application that is served, and its address."""
    with ExitStack() as stack:

        def served(threads: int = 3, *, has_proxy: bool = False) -> tuple[Blocking, tuple[str, int]]:
            app, listening = Blocking(), socket.create_server(("127.0.0.1", 0))
            app.server = server = serving.server(app, 2**20, [listening], threads, has_proxy=has_proxy)
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()

            def end() -> None:
                app.go.set()
                for line in LINES:
                    line.close()
                LINES.clear()
                server.task_dispatcher.shutdown()
                server.asyncore.close_all(server._map)
                thread.join(10)

            stack.callback(end)
            return app, listening.getsockname()

        yield served


def send(address: tuple[str, int], what: str, *more: str, source: str = "127.0.0.1") -> socket.socket:
    """A request on a connection of its own; its answer is still to be read."""
    line = connect(address, source)
    length = [] if what.startswith("GET") else ["Content-Length: 0"]
    line.sendall("\r\n".join([f"{what} HTTP/1.1", "Host: x", "Connection: close", *length, *more, "", ""]).encode())
    return line


def answer(line: socket.socket) -> tuple[int, dict[str, str], str]:
    """Status, headers and body; status 0 when the connection was closed without any."""
    said = b""
    with line:
        try:
            while piece := line.recv(65536):
                said += piece
        except ConnectionResetError:
            pass
    if not said:
        return 0, {}, ""
    head, _, body = said.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    return int(first.split()[1]), dict(each.split(": ", 1) for each in lines), body


def until(what: Callable[[], bool]) -> None:
    """Wait for it."""
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@contextmanager
def held(app: Blocking, address: tuple[str, int], what: str, times: int) -> Iterator[list[socket.socket]]:
    """So many requests that are being answered for as long as the block takes."""
    lines = [send(address, what) for _ in range(times)]
    yield lines
    app.go.set()
    assert {answer(line)[0] for line in lines} == {200}


def impatient(monkeypatch: pytest.MonkeyPatch, name: str, **changed: float) -> None:
    monkeypatch.setitem(pools.POOLS, name, replace(pools.POOLS[name], **changed))


@pytest.mark.parametrize(
    ("command", "path", "kind", "lane"),
    [
        ("POST", "/login", "application/x-www-form-urlencoded", "login"),
        ("GET", "/login", "", "page"),
        ("POST", "/account/password", "", "login"),
        ("POST", "/people/12/code", "", "login"),
        ("GET", "/account/data", "", "own"),
        ("POST", "/export", "", "export"),
        ("GET", "/export", "", "page"),
        ("POST", "/reports", "multipart/form-data; boundary=x", "upload"),
        ("POST", "/reports", "application/x-www-form-urlencoded", "page"),
        ("PUT", "/entries/1/photos/2", "image/jpeg", "upload"),
        ("GET", "/attachments/1/small", "", "upload"),
        ("GET", "/attachments/1", "", "page"),
        ("GET", "/healthz", "", "page"),
    ],
)
def test_a_request_waits_in_the_lane_of_its_kind(command: str, path: str, kind: str, lane: str) -> None:
    asked = SimpleNamespace(command=command, path=path, headers={"CONTENT_TYPE": kind})
    assert lanes.lane_of(asked).name == lane


def test_what_could_not_even_be_read_has_a_lane_too() -> None:
    assert lanes.lane_of(SimpleNamespace(headers={}, error=BadRequest("")).__class__(headers={})).name == "page"


def test_the_lanes_of_the_rules_are_those_of_the_pools() -> None:
    assert {row["lane"] for row in lanes.LANE_OF} | {"page"} == {p.name for p in pools.POOLS.values() if p.share}


@pytest.mark.parametrize("slow", [LOGIN, UPLOAD, PAGE])
def test_one_kind_of_request_never_takes_the_threads_of_another(slow: str, serve: Serve) -> None:
    app, address = serve()
    with held(app, address, slow, 8):
        until(lambda: len(app.seen) > 0)
        for other in {PAGE, LOGIN, UPLOAD} - {slow}:
            assert answer(send(address, f"{other}?quick"))[0] == 200


def test_whose_client_has_gone_while_it_waited_is_not_run(serve: Serve) -> None:
    app, address = serve()
    with held(app, address, PAGE, 1):
        until(lambda: len(app.seen) == 1)
        for number in range(5):
            send(address, f"GET /gone?{number}").close()
        stays = send(address, "GET /stays")
        time.sleep(0.1)
    assert answer(stays)[0] == 200
    assert [path for path in app.seen if "gone" in path] == []


def test_what_waited_too_long_is_told_that_we_are_busy_and_is_not_run(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, "page", waits=0.2)
    app, address = serve()
    with held(app, address, PAGE, 1):
        until(lambda: len(app.seen) == 1)
        late = send(address, "GET /late")
        until(lambda: app.waiting("page") == 1)
        time.sleep(0.4)
    status, headers, body = answer(late)
    assert (status, headers["Retry-After"]) == (503, "5")
    assert "Busy just now" in body and "忙不过来" in body
    assert app.seen == ["/slow?"]


def test_when_a_lane_has_no_room_it_is_said_at_once(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient(monkeypatch, "login", queue=2)
    app, address = serve()
    with held(app, address, LOGIN, 1):
        until(lambda: len(app.seen) == 1)  # before that it takes up room itself
        waiting = [send(address, LOGIN) for _ in range(2)]
        until(lambda: app.waiting("login") == 2)
        status, headers, body = answer(send(address, "POST /login?more", "X-Sent-By: page", "Accept: application/json"))
        assert (status, headers["Retry-After"], headers["X-Sent-By"]) == (503, "5", "wangge")
        assert "Busy" in json.loads(body)["error"]
        assert "/login?more" not in app.seen
    assert {answer(line)[0] for line in waiting} == {200}


def half_open(address: tuple[str, int], source: str = "127.0.0.1") -> socket.socket:
    """A post that says it has a body and does not bring it."""
    line = connect(address, source)
    line.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nlog")
    return line


def is_closed(line: socket.socket) -> bool:
    line.settimeout(5)
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


def has_ended(line: socket.socket) -> bool:
    """The same, now."""
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_one_address_has_only_so_many_connections_and_others_come_in(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "PER_ADDRESS", 10)
    _, address = serve()
    lines = [half_open(address) for _ in range(25)]
    until(lambda: sum(map(has_ended, lines)) == 15)
    assert answer(send(address, "GET /quick", source="127.0.0.2"))[0] == 200
    assert answer(send(address, "GET /quick"))[0] == 0, "this one has no more"
    for line in lines:
        line.close()
    until(lambda: answer(send(address, "GET /quick"))[0] == 200)


def test_a_connection_that_is_only_kept_open_makes_room_for_one_that_asks(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "PER_ADDRESS", 5)
    _, address = serve()
    kept = [connect(address) for _ in range(5)]
    time.sleep(0.1)
    assert answer(send(address, "GET /quick"))[0] == 200
    assert is_closed(kept[0])
    kept[-1].sendall(b"GET /quick HTTP/1.0\r\n\r\n")
    assert answer(kept[-1])[0] == 200


def test_the_address_of_our_proxy_is_not_limited(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PER_ADDRESS", 5)
    _, address = serve(has_proxy=True)
    lines = [half_open(address) for _ in range(20)]
    assert answer(send(address, "GET /quick"))[0] == 200
    for line in lines:
        line.close()


@pytest.mark.parametrize("begin", [b"GET /quick HTTP/1.1\r\nHos", b"POST /q HTTP/1.1\r\nContent-Length: 9\r\n\r\na"])
def test_a_request_that_comes_too_slowly_ends_its_connection(
    begin: bytes, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(lanes, "BODY_SECONDS", 0.3)
    _, address = serve()
    with connect(address) as line:
        line.sendall(begin)
        assert is_closed(line)


def test_a_body_that_comes_slowly_but_comes_is_waited_for(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "BODY_SECONDS", 0.3)
    _, address = serve()
    line = connect(address)
    line.sendall(b"POST /quick HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1200\r\n\r\n")
    for _ in range(12):
        line.sendall(b"a" * 100)
        time.sleep(0.1)
    assert answer(line)[0] == 200


def test_the_next_request_of_a_connection_has_its_own_time(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "HEAD_SECONDS", 1.5)
    app, address = serve()
    line = connect(address)
    line.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /quick HT")  # the second one is held up by the first
    time.sleep(2)
    app.go.set()
    time.sleep(0.2)
    line.sendall(b"TP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    status, _, rest = answer(line)
    assert status == 200 and rest.count("200 OK") == 1
