"""For machines that watch: is the process alive, and can it do its work."""

import os
import time
from pathlib import Path
from threading import Lock
from uuid import uuid4

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..core import clock_mark, numbers, settings
from ..core.db import Store
from ..core.trouble import trouble
from .request import may, store

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@may("health.read")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@may("health.read")
def ready() -> tuple[Response, int]:
    """The database answers, has the schema and the settings this program needs, its photos are in the data folder, and
    both take a write. A clock that may be wrong is a word beside that: work goes on, and a proxy that took the only
    server out for it would do the greater harm; so is a witness of the chain that got no head."""
    try:
        with store().read() as session:
            revision = session.scalar(text("select version_num from alembic_version"))
            if revision != current_app.extensions["newest_revision"]():
                return jsonify(status="migrate first", revision=revision), 503
            if settings.missing(session):
                return jsonify(status="seed first", revision=revision), 503
            wrong = clock_mark.fault(session)
            late = {"witness": "late"} if current_app.extensions["witness_late"](session) else {}
        if current_app.extensions["strange_folder"](store(), current_app.config["WANGGE"].data_dir):
            return jsonify(status="not the folder of this database", revision=revision), 503
    except SQLAlchemyError:
        return jsonify(status="no database"), 503
    why = current_app.extensions["writing"].why(store(), current_app.config["WANGGE"].data_dir)
    if why:
        return jsonify(status="cannot write", why=why, revision=revision), 503
    return jsonify(status="ok", revision=revision, clock=wrong.kind if wrong else "ok", **late), 200


class Writing:
    """Whether database and data folder take a write, asked of them at most every other second, whoever asks."""

    EVERY = 2.0
    PATIENCE_MS = 2000

    def __init__(self) -> None:
        self._lock, self._asked, self._why = Lock(), float("-inf"), ""

    def why(self, store: Store, data_dir: Path) -> str:
        """Empty, or why not."""
        with self._lock:
            if time.monotonic() - self._asked > self.EVERY:
                self._why = _tried(store, data_dir, self.PATIENCE_MS)
                self._asked = time.monotonic()
            return self._why


def _tried(store: Store, data_dir: Path, patience_ms: int) -> str:
    try:
        with store.write_at_once(patience_ms) as session:
            numbers.keep(session, "ready", int(time.time()) % 2**31)
            clock_mark.go_on(session)
        _write_a_file(data_dir / "tmp")
    except (SQLAlchemyError, OSError) as error:
        return trouble(error) or type(error).__name__
    return ""


def _write_a_file(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"ready-{uuid4().hex}"
    try:
        with file.open("xb") as opened:
            opened.write(b"ready")
            opened.flush()
            os.fsync(opened.fileno())
    finally:
        file.unlink(missing_ok=True)


def init(app: Flask) -> None:
    """Register both."""
    app.extensions["writing"] = Writing()
    app.register_blueprint(bp)
