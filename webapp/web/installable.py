"""What makes the pages stand alone on a phone: the service worker under the root, the manifest, icons drawn here.

Nobody is asked to install anything, everything works the same without, and nothing tells who did.
"""

import struct
import zlib
from functools import cache

from flask import Blueprint, Flask, Response, jsonify, url_for
from flask_babel import gettext as _

from ..core.errors import NotFound
from . import compress
from .language import is_zh
from .request import may
from .static_files import ROOTS, static

bp = Blueprint("installable", __name__)
SIZES = (180, 192, 512)  # pixels: iOS, Android, and the screen that is shown as it opens
#: The mark of ``img/mark.svg`` on its ground, in 36ths of the side: left, top, right, bottom, and red, green, blue.
SIDE = 36
GROUND = (0x12, 0x38, 0x2C)
MARK = (
    *(((at, 6, at + 1, 30), (0xFF, 0xFF, 0xFF)) for at in (6, 14, 21, 29)),
    *(((6, at, 30, at + 1), (0xFF, 0xFF, 0xFF)) for at in (6, 14, 21, 29)),
    ((15, 15, 21, 21), (0xF2, 0xB6, 0x3C)),
    ((7, 22, 14, 29), (0x8C, 0xC9, 0xA3)),
    ((22, 7, 29, 14), (0x8C, 0xC9, 0xA3)),
)


@bp.get("/sw.js")
@may("asset.read")
def worker() -> Response:
    """The service worker, at the root, for it serves the whole site; asked for anew each time, so a new one comes."""
    encoding = compress.negotiated()
    file = ROOTS["own"] / "js" / "sw.js"
    response = Response(compress.packed(file, encoding), mimetype="text/javascript")
    response.headers.update({"Cache-Control": "no-cache", "Vary": "Accept-Encoding"})
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


@bp.get("/manifest.webmanifest")
@may("asset.read")
def manifest() -> Response:
    """Name, colours and icons for who puts the pages on the phone's first screen."""
    drawn = [
        {"src": url_for("installable.icon", size=size), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in SIZES
    ]
    response = jsonify(
        name=_("Wangge"),
        short_name=_("Wangge"),
        lang="zh-CN" if is_zh() else "en",
        start_url="/",
        scope="/",
        display="standalone",
        background_color="#ffffff",
        theme_color="#12382c",
        icons=[*drawn, {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    )
    response.mimetype = "application/manifest+json"
    return response


@bp.get("/icons/<int:size>.png")
@may("asset.read")
def icon(size: int) -> Response:
    """The mark as a picture of one of the sizes of the manifest."""
    if size not in SIZES:
        raise NotFound
    return Response(_drawn(size), mimetype="image/png", headers={"Cache-Control": "public, max-age=86400"})


@cache
def _drawn(size: int) -> bytes:
    """A PNG (RFC 2083) of whole colours; a library that reads strangers' pictures has no place in a web worker."""
    rows = [bytearray(bytes(GROUND) * size) for _row in range(size)]
    for (left, top, right, bottom), colour in MARK:
        first, last = left * size // SIDE, right * size // SIDE
        for row in rows[top * size // SIDE : bottom * size // SIDE]:
            row[3 * first : 3 * last] = bytes(colour) * (last - first)
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(kind, content) for kind, content in parts)


def _part(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def init(app: Flask) -> None:
    """Serve them."""
    app.register_blueprint(bp)
