"""The server of ``wangge serve``: waitress, whose own refusals are pages in people's words too.

What is refused before the application sees it (too large, damaged, too many headers, no thread free in time) knows
nothing of the reader's language: both languages stand on the page.
"""

import json
import resource
import signal
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any, cast

from flask import Flask
from waitress import wasyncore
from waitress.server import BaseWSGIServer, MultiSocketServer, create_server
from waitress.task import ErrorTask

from .lanes import CONNECTIONS, PER_ADDRESS, Channel, Lanes
from .web.entries import BY_SCRIPT
from .web.headers import FIXED

LOOK = 0.5  # seconds between two looks whether it is time to stop
FINISH = 15  # seconds for what has come in before that

#: What is said, by status, in Chinese and in English; that of 0 is for every other.
SAID = {
    413: (
        "太大了，没有收到。请回到上一页，去掉几张照片或换小一点的再发。",
        "Too large, and not received. Go back, leave out some photos or choose smaller ones, and send it again.",
    ),
    431: (
        "浏览器发来的信息太多。请清除这个网站的浏览数据后再试。",
        "Your browser sent too much about itself. Clear what it keeps for this site and try again.",
    ),
    503: (
        "现在人多，服务器忙不过来，这次没有处理，也没有存下。请稍等片刻再发一次。",
        "Busy just now: this was not looked at, and nothing of it was kept. Wait a moment and send it again.",
    ),
    0: (
        "这次请求没有完整收到。请回到上一页再发一次。",
        "This request did not arrive whole. Go back and send it again.",
    ),
}
PAGE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{status}</title><h1>{zh}</h1><p lang="en">{en}</p><p><a href="/">首页 <span lang="en">Start page</span></a>'
    "</p><p>{status}</p></html>"
)


class _Refusal(ErrorTask):
    """Waitress's own refusal, told as a page."""

    request: Any  # an error has it; the types of waitress do not say so
    response_headers: Any

    def execute(self) -> None:
        """Send it, and close."""
        error, asked = self.request.error, self.request.headers
        zh, en = SAID.get(error.code, SAID[0])
        if "json" in asked.get("ACCEPT", ""):
            kind, body = "application/json", json.dumps({"error": f"{zh} {en}"}).encode()
        else:
            kind, body = "text/html; charset=utf-8", PAGE.format(status=error.code, zh=zh, en=en).encode()
        self.status = f"{error.code} {error.reason}"
        said = {"Content-Type": kind, "Cache-Control": "no-store", **FIXED}
        if hasattr(error, "again"):
            said["Retry-After"] = str(error.again)
        if BY_SCRIPT.upper().replace("-", "_") in asked:
            said[BY_SCRIPT] = "wangge"
        self.response_headers.extend(said.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(Channel):
    error_task_class = _Refusal


def run(app: Flask, sockets: Sequence[socket.socket], threads: int, *, has_proxy: bool) -> None:
    """Until SIGTERM or SIGINT, which let what has come in be answered. Waitress takes in a whole request before a
    thread is spent on it, so one slow phone holds up nobody."""
    lines: dict[int, Any] = {}  # all that is open: listening sockets, connections, and what wakes the loop
    made = server(app, app.config["MAX_CONTENT_LENGTH"], sockets, threads, has_proxy=has_proxy, lines=lines)
    stopping = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    while not stopping.is_set():
        wasyncore.loop(LOOK, use_poll=True, map=lines, count=1)
    _finish(lines)
    made.task_dispatcher.shutdown()


def _finish(lines: dict[int, Any]) -> None:
    """Take no more connections, and answer what has begun to come in, for as long as people would wait."""
    for listener in [line for line in lines.values() if isinstance(line, BaseWSGIServer)]:
        wasyncore.dispatcher.close(listener)
    until = time.monotonic() + FINISH
    while time.monotonic() < until and any(map(_is_busy, list(lines.values()))):
        wasyncore.loop(LOOK, use_poll=True, map=lines, count=1)


def _is_busy(line: Any) -> bool:
    return isinstance(line, Channel) and bool(line.requests or line.request or line.total_outbufs_len)


def server(
    app: Any,
    largest_body: int,
    sockets: Sequence[socket.socket],
    threads: int,
    *,
    has_proxy: bool,
    lines: dict[int, Any] | None = None,
) -> BaseWSGIServer | MultiSocketServer:
    """The server, still to be run. Who may take how many of its threads and connections: ``lanes.py``."""
    BaseWSGIServer.channel_class = _Channel
    _Channel.per_address = 0 if has_proxy else PER_ADDRESS
    return create_server(
        app,
        map=lines,
        _dispatcher=cast(Any, Lanes(threads)),
        sockets=sockets,
        threads=threads,
        ident=None,
        max_request_body_size=largest_body,
        inbuf_overflow=2**20,
        channel_timeout=120,
        connection_limit=_connections(),
        asyncore_use_poll=True,  # select() knows no file with a number over 1023
        clear_untrusted_proxy_headers=not has_proxy,
    )


def _connections() -> int:
    """As many as there may be; fewer where the system lets a process open fewer files, of which a large body is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * CONNECTIONS
    if soft < wanted:
        soft = min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(CONNECTIONS, soft // 3)
