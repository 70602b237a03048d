"""Our own static files and Leaflet's out of its wheel, under addresses that change with their content."""

import hashlib
import re
from functools import cache
from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_from_directory, url_for

from .request import may

bp = Blueprint("assets", __name__)

ROOTS = {
    "own": Path(str(files("webapp.web") / "static")),
    "leaflet": Path(str(files("js_lib_leaflet") / "static" / "js_lib_leaflet")),
}
_IMPORTS = re.compile(rb'^import [^"]*"\./([^"]+)";', re.MULTILINE)
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


@cache
def _address(_script_root: str, path: str) -> str:
    root, _, rest = path.partition("/")
    root, rest = (root, rest) if root in ROOTS else ("own", path)
    return url_for("assets.asset", mark=stamp(root, rest), root=root, path=rest)


@bp.get("/assets/<mark>/<root>/<path:path>")
@may("asset.read")
def asset(mark: str, root: str, path: str) -> Response:
    """A static file; kept for ever by the browser because another content has another address."""
    if root not in ROOTS:
        return Response(status=404)
    response = send_from_directory(ROOTS[root], path)
    response.headers["Cache-Control"] = FOREVER
    return response


def init(app: Flask) -> None:
    """Serve them, and let templates name them."""
    app.register_blueprint(bp)
    app.jinja_env.globals["static"] = static
