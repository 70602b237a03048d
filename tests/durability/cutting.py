"""A bad line between phone and server: it breaks off uploads, and some answers, at a byte of its own choice."""

import random
import socket
import threading
from contextlib import suppress

from tests.durability.serving import SECONDS

SLICE = 1 << 14


class BadLine:
    """Listens on ``address`` and passes on to the server what comes, but breaks ``share`` of the connections off: most
    while something goes up, the others while the answer comes down. A connection is for one request."""

    def __init__(self, server: tuple[str, int], share: float, longest: int, seed: int):
        self.server, self.share, self.longest, self.chance = server, share, longest, random.Random(seed)
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address: tuple[str, int] = self.socket.getsockname()
        self.cut = 0

    def __enter__(self) -> "BadLine":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                phone, _ = self.socket.accept()
                threading.Thread(target=self._carry, args=[phone, *self._fate()], daemon=True).start()

    def _fate(self) -> tuple[int, int]:
        """How many bytes go up and come down before it breaks off."""
        never = 1 << 40
        if self.chance.random() >= self.share:
            return never, never
        self.cut += 1
        if self.chance.random() < 0.8:
            return self.chance.randrange(self.longest), never
        return never, self.chance.randrange(300)

    def _carry(self, phone: socket.socket, up: int, down: int) -> None:
        with phone, socket.create_connection(self.server, SECONDS) as server:
            phone.settimeout(SECONDS)
            back = threading.Thread(target=_pass_on, args=[server, phone, down], daemon=True)
            back.start()
            _pass_on(phone, server, up)
            back.join(SECONDS)


def _pass_on(source: socket.socket, target: socket.socket, limit: int) -> None:
    """Bytes of one direction until its end or its limit; then both sockets are shut."""
    with suppress(OSError):
        while limit > 0 and (some := source.recv(min(SLICE, limit))):
            target.sendall(some)
            limit -= len(some)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
