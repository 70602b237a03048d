"""The server of ``wangge serve``: waitress, whose own refusals are pages in people's words too.

What waitress refuses by itself (too large, damaged, too many headers) never gets to the application, so nothing knows
the reader's language: both languages stand on the page.
"""

import socket
from collections.abc import Sequence
from typing import Any

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask

from .web.headers import FIXED

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
        error = self.request.error
        zh, en = SAID.get(error.code, SAID[0])
        body = PAGE.format(status=error.code, zh=zh, en=en).encode()
        self.status = f"{error.code} {error.reason}"
        said = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", **FIXED}
        self.response_headers.extend(said.items())
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    error_task_class = _Refusal


def run(app: Flask, sockets: Sequence[socket.socket], threads: int, *, has_proxy: bool) -> None:
    """Until the process ends. Waitress takes in a whole request before a thread is spent on it, so one slow phone
    holds up nobody."""
    BaseWSGIServer.channel_class = _Channel
    waitress.serve(
        app,
        sockets=sockets,
        threads=threads,
        ident=None,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
        inbuf_overflow=2**20,
        channel_timeout=120,
        connection_limit=500,
        clear_untrusted_proxy_headers=not has_proxy,
    )
