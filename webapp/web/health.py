"""For machines that watch: is the process alive, and can it do its work."""

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ..core import settings
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
    """The database answers and has the schema and the settings this program needs."""
    try:
        with store().read() as session:
            revision = session.scalar(text("select version_num from alembic_version"))
            if revision != current_app.extensions["newest_revision"]():
                return jsonify(status="migrate first", revision=revision), 503
            if settings.missing(session):
                return jsonify(status="seed first", revision=revision), 503
    except SQLAlchemyError:
        return jsonify(status="no database"), 503
    return jsonify(status="ok", revision=revision), 200


def init(app: Flask) -> None:
    """Register both."""
    app.register_blueprint(bp)
