"""Attachments as they are handed out: of an image our own copy, of a document the file as sent, to be saved only."""

import uuid
from pathlib import Path

from flask import Blueprint, Response, current_app, send_file

from ..core import files
from ..core.attachments import IMAGE
from ..core.errors import N_, NotFound, Refused
from ..core.models import Attachment
from ..web.request import actor, may, read
from . import queries

bp = Blueprint("attachment", __name__)
#: A document that a browser opens all the same runs nothing there and reaches nothing of ours.
ALONE = "default-src 'none'; sandbox"
GONE = {
    IMAGE: N_("This photo is missing on the server. Tell the county office."),
    "": N_("This file is missing on the server. Tell the county office."),
}


@bp.get("/photos/<uuid:attachment_id>", endpoint="photo")  # the address of the time when there were only photos
@bp.get("/attachments/<uuid:attachment_id>")
@may("attachment.read")
def show(attachment_id: uuid.UUID) -> Response:
    """One attachment, to whoever may see what it belongs to. The file of a photo as it was sent is never served."""
    found = queries.one(read(), actor(), attachment_id)
    response = _image(found) if found.kind == IMAGE else _document(found)
    response.headers["Cache-Control"] = "private, no-store"  # a browser that is handed on must not keep it
    return response


@bp.get("/attachments/<uuid:attachment_id>/small")
@may("attachment.read")
def small(attachment_id: uuid.UUID) -> Response:
    """A photo as lists show it, to whoever may see the photo; of a document there is none."""
    found = queries.one(read(), actor(), attachment_id)
    if found.kind != IMAGE:
        raise NotFound
    _place(found, "copies", found.copy)
    response = send_file(files.small(current_app.config["WANGGE"].data_dir, found.copy or ""), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _image(found: Attachment) -> Response:
    return send_file(_place(found, "copies", found.copy), mimetype=found.media_type)


def _document(found: Attachment) -> Response:
    place = _place(found, "originals", found.sha256)
    response = send_file(place, mimetype=found.media_type, as_attachment=True, download_name=found.name)
    response.headers["Content-Security-Policy"] = ALONE
    return response


def _place(found: Attachment, folder: str, fingerprint: str | None) -> Path:
    place = files.path(current_app.config["WANGGE"].data_dir, folder, fingerprint or "")
    if not place.is_file():
        raise Refused(GONE.get(found.kind, GONE[""]))
    return place
