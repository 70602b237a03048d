"""Our own static files and Leaflet's out of its wheel, under addresses that change with their content."""

import hashlib
import re
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Flask, Response, request, url_for
from werkzeug.security import safe_join

from ..core.errors import NotFound
from . import compress
from .request import may

bp = Blueprint("assets", __name__)

ROOTS = {
    "own": Path(str(files("webapp.web") / "static")),
    "leaflet": Path(str(files("js_lib_leaflet") / "static" / "js_lib_leaflet")),
}
_IMPORTS = re.compile(rb'(?:^import [^"\n]*|\bimport\()"\./([^"]+)"', re.MULTILINE)  # at once, or when they are needed
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
FOREVER = "public, max-age=31536000, immutable"


@cache
def stamp(root: str, path: str) -> str:
    """The first letters of the sha256 of the file and of the scripts it imports.

    An imported script is fetched under its importer's stamp, so the address has to change with either of them.
    """
    data = (ROOTS[root] / path).read_bytes()
    folder = path.rpartition("/")[0]
    parts = (
        [stamp(root, f"{folder}/{name.decode()}") for name in _IMPORTS.findall(data)] if path.endswith(".js") else []
    )
    return hashlib.sha256(data + "".join(parts).encode()).hexdigest()[:12]


def static(path: str) -> str:
    """The address of a static file: "css/app.css", or "leaflet/leaflet.js" out of the installed wheel."""
    return _address(request.script_root, path)


@lru_cache(maxsize=1024)
def _address(_script_root: str, path: str) -> str:
    root, _, rest = path.partition("/")
    root, rest = (root, rest) if root in ROOTS else ("own", path)
    return url_for("assets.asset", mark=stamp(root, rest), root=root, path=rest)


@bp.get("/assets/<mark>/<root>/<path:path>")
@may("asset.read")
def asset(mark: str, root: str, path: str) -> Response:
    """A static file; kept for ever by the browser because another content has another address.

    A mark that is none of today's is not found: bytes of another version must not stay under it.
    """
    file = _file(root, path)
    if file is None or mark not in _marks(root):
        raise NotFound
    encoding = compress.negotiated()
    response = Response(compress.packed(file, encoding), mimetype=_TYPES[file.suffix])
    response.headers.update({"Cache-Control": FOREVER, "Vary": "Accept-Encoding"})
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.set_etag(f"{mark}-{encoding or 'plain'}")
    response.make_conditional(request)
    return response


@cache
def _marks(root: str) -> frozenset[str]:
    """Every mark of today's files; an imported script comes under its importer's."""
    below = ROOTS[root]
    return frozenset(stamp(root, str(file.relative_to(below))) for file in below.rglob("*") if file.suffix in _TYPES)


def _file(root: str, path: str) -> Path | None:
    """The file under a root, if it is of a kind that pages load."""
    place = safe_join(str(ROOTS[root]), path) if root in ROOTS else None
    file = Path(place) if place else None
    return file if file and file.suffix in _TYPES and file.is_file() else None


def init(app: Flask) -> None:
    """Serve them, and let templates name them."""
    app.register_blueprint(bp)
    app.jinja_env.globals["static"] = static
