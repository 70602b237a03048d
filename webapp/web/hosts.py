"""Under which name and below which path we are asked: only what is ours gets an answer with links in it."""

import re

from flask import Response, current_app, request
from werkzeug.sansio.utils import host_is_trusted

_ROOT = re.compile(r"(?:/[\w.~-]+)*", re.ASCII)  # "" or "/wangge": two slashes, or a name after them, is another site
#: In both languages, and without a link: which page this is, and below which path, is what is not known.
STRANGE = "请用平时的网址打开。\nPlease open this under its usual address.\n"


def refusal() -> Response | None:
    """The answer to who asks under a strange name (TRUSTED_HOSTS) or below a strange path (SCRIPT_NAME)."""
    trusted = current_app.config["WANGGE"].trusted_hosts
    host = request.environ.get("HTTP_HOST") or request.environ.get("SERVER_NAME", "")
    if _ROOT.fullmatch(request.script_root) and (not trusted or host_is_trusted(host.lower(), trusted)):
        return None
    return Response(STRANGE, 400, mimetype="text/plain")


def place() -> tuple[str, str, str]:
    """What the addresses on a page depend on: path, name and scheme."""
    return request.script_root, request.host, request.scheme
