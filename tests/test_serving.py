"""``wangge serve`` over a real socket: what never gets to the application is told in people's words as well."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import World
from tests.durability.serving import Server
from webapp.app import UPLOAD_MB

MB = 2**20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of the one server of these tests."""
    return tmp_path_factory.mktemp("served") / "data"


@pytest.fixture
def ask(world: World, folder: Path) -> Iterator[Callable[[str], tuple[str, str]]]:
    """``ask(head of a request)`` is the head and the body of the answer."""
    folder.mkdir(exist_ok=True)
    with Server(world, folder, workers=1) as server:

        def asked(head: str) -> tuple[str, str]:
            with socket.create_connection(server.address, timeout=60) as line:
                line.sendall(head.encode())
                said = line.recv(65536)
                with suppress(ConnectionResetError):  # what was sent and not read is still in the line when it closes
                    while part := line.recv(65536):
                        said += part
            front, _, body = said.decode().partition("\r\n\r\n")
            return front, body

        yield asked


def test_a_refusal_of_the_server_itself_is_a_page_in_both_languages_with_a_way_on(
    ask: Callable[[str], tuple[str, str]],
) -> None:
    for head, status, zh, en in (
        (f"POST /reports HTTP/1.1\r\nHost: x\r\nContent-Length: {500 * MB}\r\n\r\n", 413, "太大了", "Too large"),
        ("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "a" * 300_000 + "\r\n\r\n", 431, "清除这个网站", "Clear what"),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: no number\r\n\r\n", 400, "没有完整收到", "did not arrive"),
    ):
        front, body = ask(head)
        assert front.split()[1] == str(status), front
        assert "text/html; charset=utf-8" in front and "Content-Security-Policy" in front
        assert zh in body and en in body and '<a href="/">' in body and str(status) in body


def test_the_server_lets_through_what_the_application_takes(ask: Callable[[str], tuple[str, str]]) -> None:
    """Three photos of the largest size and more get an answer of the application's own."""
    from webapp.core.files import LARGEST
    from webapp.web.photos import MOST

    assert MOST * LARGEST < UPLOAD_MB * MB
    form = "POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    front, body = ask(f"{form}Content-Length: {3 * MB}\r\n\r\n{'a' * 3 * MB}")
    assert front.startswith("HTTP/1.1 413 ")
    assert "Too large" in body or "太大了" in body
    assert "<nav" in body or "<header" in body, "the application's own page"
