"""Answers go out compressed, with no proxy needed: brotli where the browser offers it, else gzip.

What a file of ours becomes is worked out once per worker at the best level; pages are pressed lightly as they go out.
Photos and documents are compressed by their own formats and left alone.
"""

import gzip
import re
import secrets
from functools import cache
from pathlib import Path

import brotli
from flask import Flask, Response, request
from flask_compress import Compress

ENCODINGS = ("br", "gzip")  # in our order of preference, where a browser likes both the same
PAGE_LEVEL = {"gzip": 6, "br": 4}  # each about 0.1 ms for a page of nine kilobytes, and a few bytes from the best
PRESSED = ("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml")
PADDING = 48  # characters
#: Comments of whole lines, but for a licence that asks to be kept.
_COMMENTS = re.compile(rb"^[ \t]*/\*(?!!| @preserve).*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)


def negotiated() -> str:
    """The encoding for this request; empty when the asker takes none of ours."""
    return request.accept_encodings.best_match(ENCODINGS, default="") or ""


@cache
def packed(path: Path, encoding: str) -> bytes:
    """The content of a file that never changes while we run, as small as the encoding makes it; comments of scripts and
    styles stay with who reads the source."""
    data = path.read_bytes()
    if encoding and path.suffix in (".css", ".js"):
        data = _COMMENTS.sub(b"", data)
    if encoding == "br":
        return brotli.compress(data, quality=11)
    return gzip.compress(data, 9, mtime=0) if encoding == "gzip" else data


def init(app: Flask) -> None:
    """Compress every page and JSON answer that is worth it."""
    app.config.update(
        COMPRESS_ALGORITHM=list(ENCODINGS),
        COMPRESS_LEVEL=PAGE_LEVEL["gzip"],
        COMPRESS_BR_LEVEL=PAGE_LEVEL["br"],
        COMPRESS_MIMETYPES=list(PRESSED),
        COMPRESS_MIN_SIZE=1000,
        COMPRESS_STREAMS=False,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,
        COMPRESS_REGISTER=False,
    )
    compressor = Compress(app)

    @app.after_request
    def pack(response: Response) -> Response:
        if negotiated():  # it takes "gzip;q=0", which forbids gzip, for a wish
            return compressor.after_request(response)
        response.vary.add("Accept-Encoding")
        return response

    app.after_request(_pad)


def _pad(response: Response) -> Response:
    """Hide the exact length of a page that may carry both a token and words of the asker's choice (BREACH)."""
    if response.mimetype == "text/html":
        response.headers["X-Padding"] = secrets.token_urlsafe(PADDING)[: secrets.randbelow(PADDING)]
    return response
