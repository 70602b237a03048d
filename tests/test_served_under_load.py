"""A really served county under the load of one kind of work: the others are answered meanwhile, and no failure of ours
is told as somebody's mistake."""

import hashlib
import re
import socket
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

import pytest

from tests.conftest import PASSWORD, World
from tests.core.test_files import encoded, picture
from tests.durability.serving import Server
from tests.short import FULL

GENEROUS = 10.0  # seconds for a page, on a machine that others use too
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://127.0.0.1"}


class Somebody:
    """A person at a browser, on a line from an address of this machine."""

    def __init__(self, address: tuple[str, int], source: str = "127.0.0.1"):
        self.address, self.source, self.cookie, self.token = address, source, "", ""

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        line = HTTPConnection(*self.address, timeout=120, source_address=(self.source, 0))
        line.request(method, path, body, {"Cookie": self.cookie, **headers})
        answer = line.getresponse()
        if cookie := answer.headers["Set-Cookie"]:
            self.cookie = cookie.partition(";")[0]
        said = answer.status, dict(answer.headers), answer.read()
        line.close()
        return said

    def log_in(self, name: str, password: str) -> tuple[int, dict[str, str]]:
        """Through the page."""
        self.token = TOKEN.search(self.ask("GET", "/login")[2].decode())[1]  # type: ignore[index]
        form = urlencode({"csrf_token": self.token, "login": name, "secret": password}).encode()
        status, headers, _ = self.ask("POST", "/login", form, **FORM)
        if status == 302:
            self.token = TOKEN.search(self.ask("GET", "/login")[2].decode())[1]  # type: ignore[index]
        return status, headers

    def photo(self, data: bytes) -> tuple[int, dict[str, str]]:
        """Before its entry."""
        address = f"/entries/{uuid.uuid4()}/photos/{hashlib.sha256(data).hexdigest()}?name=a.jpg"
        headers = {"X-CSRFToken": self.token, "Accept": "application/json", "Origin": "http://127.0.0.1"}
        return self.ask("PUT", address, data, **headers)[:2]


@pytest.fixture
def address(world: World, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Of processes on one socket: two, as served; one in the short run, whose start is most of what this costs."""
    (tmp_path / "data").mkdir()
    with Server(world, tmp_path / "data", workers=2 if FULL else 1) as server:
        assert Somebody(server.address).ask("GET", "/healthz")[0] == 200
        yield server.address


def others(address: tuple[str, int], officer: Somebody, still: Callable[[], bool]) -> list[float]:
    """How long a look at the health and an officer's page take while there is load; each is answered."""
    times = []
    while still() or not times:
        for who, path in ((Somebody(address, "127.0.0.2"), "/healthz"), (officer, "/home")):
            began = monotonic()
            assert who.ask("GET", path)[0] == 200
            times.append(monotonic() - began)
    return times


def officer_of(address: tuple[str, int]) -> Somebody:
    officer = Somebody(address, "127.0.0.2")
    assert officer.log_in("officer_a1", PASSWORD)[0] == 302
    return officer


def wrong_log_ins_from_everywhere(address: tuple[str, int], officer: Somebody) -> None:
    number = 24 if FULL else 8
    with ThreadPoolExecutor(number) as pool:
        tries = [
            pool.submit(Somebody(address, f"127.0.1.{each}").log_in, f"nobody{each}", "wrong")
            for each in range(1, number + 1)
        ]
        times = others(address, officer, lambda: not all(one.done() for one in tries))
    assert max(times) < GENEROUS
    for status, headers in (one.result() for one in tries):
        assert status == 422 or (status in (429, 503) and int(headers["Retry-After"]) > 0)


def half_open_posts_of_one_address(address: tuple[str, int], officer: Somebody) -> None:
    lines: list[socket.socket] = []
    try:
        for _ in range(510 if FULL else 450):
            lines.append(socket.create_connection(address, 20))
            lines[-1].sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nlog")
        assert max(others(address, officer, lambda: False)) < GENEROUS
    finally:
        for line in lines:
            line.close()


def clients_with_photos(address: tuple[str, int], officer: Somebody) -> None:
    number = 16 if FULL else 6
    photos = [encoded("JPEG", picture("RGB", (600 + each, 400))) for each in range(number)]
    with ThreadPoolExecutor(number) as pool:
        sent = [pool.submit(officer.photo, photo) for photo in photos]
        times = others(address, officer, lambda: not all(one.done() for one in sent))
    assert max(times) < GENEROUS
    for status, headers in (one.result() for one in sent):
        assert status == 201 or (status == 503 and int(headers["Retry-After"]) > 0), status
    assert [one.result()[0] for one in sent].count(201) > number / 2


def test_no_kind_of_load_holds_up_the_others_and_none_of_our_failures_is_called_theirs(
    address: tuple[str, int],
) -> None:
    officer = officer_of(address)
    for load in (wrong_log_ins_from_everywhere, half_open_posts_of_one_address, clients_with_photos):
        load(address, officer)
