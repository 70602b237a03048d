"""Phones that send rounds and reports, and send again until they are answered."""

import http.client
import io
import json
import random
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.conftest import PASSWORD, World
from tests.durability.serving import SECONDS, Server
from webapp.core import clock, ids

VILLAGES = ("a1", "a2", "b1")  # of the small county, those with objects
OFFICERS = tuple(f"officer_{village}" for village in VILLAGES)
PAUSE = 0.02
NOT_ANSWERED = (OSError, http.client.HTTPException)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Post:
    """Something to send: ``kind`` patrols or reports, its id, whose it is, the form, the photos as bytes."""

    kind: str
    id: uuid.UUID
    officer: str
    fields: dict[str, str]
    photos: tuple[bytes, ...] = ()
    twice: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back: status and the receipt's JSON (empty when it was none)."""

    status: int
    receipt: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the phone may forget the entry."""
        return 200 <= self.status < 300


def photo(seed: int) -> bytes:
    """A small JPEG unlike any other."""
    noise = random.Random(seed).randbytes(24 * 16 * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (24, 16), noise).save(file, "JPEG")
    return file.getvalue()


def patrol(world: World, village: str, **more: Any) -> Post:
    """A round that saw both objects of a village."""
    id_ = ids.new()
    seen = {f"v{world.things[f'{thing}_{village}']}-outcome": "normal" for thing in ("farm", "kiln")}
    return Post("patrols", id_, f"officer_{village}", _fields(world, village, id_) | seen, **more)


def report(world: World, village: str, **more: Any) -> Post:
    """Smoke at the kiln."""
    id_ = ids.new()
    told = {"place": "砖窑旧址", "problem": "smoke", "severity": "minor", "first_measure": "not_heeded", "note": "冒烟"}
    return Post("reports", id_, f"officer_{village}", _fields(world, village, id_) | told, **more)


def _fields(world: World, village: str, id_: uuid.UUID) -> dict[str, str]:
    return {"id": str(id_), "grid": str(world.grids[village.upper()]), "made_at": clock.now().isoformat()}


def mixed(world: World, number: int) -> Iterator[Post]:
    """Rounds and reports by turns, one report in five with a photo or two, one post in ten sent again."""
    for turn in range(number):
        village, twice = VILLAGES[turn % 3], turn % 10 == 7
        photos = tuple(photo(3 * turn + each) for each in range(turn % 20 // 10 + 1)) if turn % 10 == 1 else ()
        yield report(world, village, photos=photos, twice=twice) if turn % 2 else patrol(world, village, twice=twice)


class Phone:
    """One person's logged-in connection. Not shared between threads."""

    def __init__(self, address: tuple[str, int], cookie: str = "", token: str = ""):
        self.address, self.cookie, self.token = address, cookie, token
        self.connection = http.client.HTTPConnection(*address, timeout=SECONDS)

    def __enter__(self) -> "Phone":
        return self

    def __exit__(self, *_error: Any) -> None:
        self.connection.close()

    @classmethod
    def of(cls, server: Server, login: str) -> "Phone":
        """Log in."""
        phone = cls(server.address)
        phone.token = phone._token()
        form = urlencode({"csrf_token": phone.token, "login": login, "secret": PASSWORD})
        status, page = phone.ask("POST", "/login", form.encode(), FORM)
        assert status == 302, (page[:2000], server.said())
        phone.token = phone._token()
        return phone

    def copy(self) -> "Phone":
        """A further connection of the same log-in."""
        return Phone(self.address, self.cookie, self.token)

    def _token(self) -> str:
        return re.search(rb'name="csrf_token" value="([^"]+)"', self.ask("GET", "/login")[1])[1].decode()  # type: ignore[index]

    def ask(
        self, method: str, place: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request on this connection, cookies kept; status and body."""
        self.connection.request(method, place, body, {"Cookie": self.cookie, **(headers or {})})
        response = self.connection.getresponse()
        for kept in response.headers.get_all("Set-Cookie") or ():
            self.cookie = kept.split(";")[0]
        return response.status, response.read()

    def send(self, post: Post) -> Answer:
        """Send once. A broken connection is one of NOT_ANSWERED, and the next sending takes a new one."""
        body, kind = self._body(post)
        try:
            status, text = self.ask("POST", f"/{post.kind}", body, {"Content-Type": kind, "Accept": "application/json"})
        except NOT_ANSWERED:
            self.connection.close()
            raise
        return Answer(status, json.loads(text))

    def _body(self, post: Post) -> tuple[bytes, str]:
        fields = {**post.fields, "csrf_token": self.token}
        if not post.photos:
            return urlencode(fields).encode(), FORM["Content-Type"]
        pictures = [FileStorage(io.BytesIO(picture), f"{at}.jpg") for at, picture in enumerate(post.photos)]
        boundary, body = encode_multipart({**fields, "photos": pictures})
        return body, f"multipart/form-data; boundary={boundary}"

    def send_until_answered(self, post: Post) -> Answer:
        """Send again after a broken connection or a server's error, as a phone does."""
        until = time.monotonic() + SECONDS
        while True:
            try:
                answer = self.send(post)
                if answer.status < 500:
                    return answer
            except NOT_ANSWERED:
                pass
            assert time.monotonic() < until, f"no answer to {post.kind} {post.id}"
            time.sleep(PAUSE)


class Crowd:
    """Connections that work off one list of posts at the same time and keep what was answered."""

    def __init__(self, server: Server, posts: Iterator[Post], writers: int = 8):
        self.server, self.posts, self.writers = server, posts, writers
        self.answered: list[tuple[Post, Answer]] = []
        self.faults: list[BaseException] = []
        self.lock = threading.Lock()

    def run(self, kill_at: frozenset[int] = frozenset()) -> list[tuple[Post, Answer]]:
        """Send everything. The server dies at the very moment of these answers, counted over posts that go once."""
        with ExitStack() as stack:
            officers = {login: stack.enter_context(Phone.of(self.server, login)) for login in OFFICERS}
            threads = [threading.Thread(target=self._write, args=[officers, kill_at]) for _ in range(self.writers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert not self.faults, (self.faults, self.server.said())
        return self.answered

    def _write(self, officers: dict[str, Phone], kill_at: frozenset[int]) -> None:
        try:
            with ExitStack() as stack:
                mine = {login: stack.enter_context(phone.copy()) for login, phone in officers.items()}
                while post := self._next():
                    self._send(mine[post.officer], post, kill_at)
        except BaseException as fault:
            self.faults.append(fault)

    def _next(self) -> Post | None:
        with self.lock:
            return next(self.posts, None)

    def _send(self, phone: Phone, post: Post, kill_at: frozenset[int]) -> None:
        for _ in range(1 + post.twice):
            answer = phone.send_until_answered(post)
            with self.lock:
                self.answered.append((post, answer))
                once = sum(not sent.twice for sent, _ in self.answered)
            if once in kill_at and not post.twice:
                self.server.kill_and_restart()
