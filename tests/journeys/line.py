"""A bad line between browser and server: it loses answers and requests, is slow, or puts its own answer in between."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
CUT = b"HTT"  # nothing at all, and Chromium would quietly send it once more
CLOSE = b"\r\nConnection: close\r\n"


@dataclass
class Fault:
    """What happens to the next requests: ``kind`` lose_answer, lose_request, slow, or the bytes of another's answer."""

    method: str
    path: str  # what the address begins with
    kind: str | bytes
    times: int = 1


@dataclass
class Line:
    """A proxy for one server. ``faults`` are used up in their order; ``seen``: what reached the server."""

    upstream: tuple[str, int]
    faults: list[Fault] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def carry(self, client: socket.socket) -> None:
        """One request there and its answer back."""
        with client:
            head, body = _request(client)
            if not head:
                return
            method, path = head.decode("latin-1").split(" ", 2)[:2]
            fault = self._fault(method, path)
            if fault == "lose_request":
                client.sendall(CUT)
                return
            if isinstance(fault, bytes):
                client.sendall(fault)
                return
            try:
                answer = self._ask(head, body)
            except OSError:  # the server is going down, and the page of a test still asks
                return
            self.seen.append(f"{method} {path}")
            if fault == "slow":
                time.sleep(1.2)
            client.sendall(CUT if fault == "lose_answer" else answer)

    def _fault(self, method: str, path: str) -> str | bytes | None:
        for fault in self.faults:
            if fault.times and fault.method == method and path.startswith(fault.path):
                fault.times -= 1
                return fault.kind
        return None

    def _ask(self, head: bytes, body: bytes) -> bytes:
        first, _, rest = head.partition(b"\r\n")
        rest = re.sub(rb"\r\nConnection:[^\r]*", b"", b"\r\n" + rest, flags=re.I)
        with socket.create_connection(self.upstream, 30) as server:
            server.sendall(first + CLOSE.rstrip(b"\r\n") + rest + b"\r\n\r\n" + body)
            pieces = []
            while piece := server.recv(65536):
                pieces.append(piece)
        return b"".join(pieces)


def _request(client: socket.socket) -> tuple[bytes, bytes]:
    client.settimeout(30)
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            piece = client.recv(65536)
            if not piece:
                return b"", b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        while len(body) < (int(found[1]) if found else 0):
            body += client.recv(65536)
    except OSError:
        return b"", b""
    return head, body


@contextmanager
def bad_line(address: str) -> Iterator[tuple[Line, str]]:
    """The line and its address, for a server at an address."""
    parts = urlsplit(address)
    line = Line((parts.hostname or "", parts.port or 0))
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.2)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    client = door.accept()[0]
                except TimeoutError:
                    continue
                threading.Thread(target=line.carry, args=(client,), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield line, f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            ended.set()
            thread.join(5)
