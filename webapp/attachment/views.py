"""Attachments as they are handed out: of an image our own copy, of a document the file as sent, to be saved only.
And photos as they come in before their entry, one by one (docs/decisions/0025)."""

import uuid
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, make_response, request, send_file

from ..core import files
from ..core.attachments import IMAGE
from ..core.errors import N_, NotFound, Refused
from ..core.models import Attachment
from ..core.waiting import Waiting
from ..web import photos
from ..web.gate import csrf_token
from ..web.language import named
from ..web.request import actor, close_reads, may, read, signed_in
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


@bp.get("/entries/<uuid:entry_id>")
@signed_in
def entry(entry_id: uuid.UUID) -> Response:
    """What the page's script asks before it goes on sending: who is logged in, the token, which photos are here."""
    waiting, who = photos.all_arrived(entry_id, actor().person_id), actor()
    return jsonify(
        token=csrf_token(), person=who.person_id, name=named(who), photos=[each.file.sha256 for each in waiting]
    )


@bp.get("/entries/<uuid:entry_id>/photos/<mark>")
@may("attachment.send")
def arrived(entry_id: uuid.UUID, mark: str) -> Response:
    """Whether the photo with this sha256 waits for the entry; to its sender only."""
    found = photos.arrived(entry_id, actor().person_id, mark)
    if found is None:
        raise NotFound
    return _told(found, 200)


@bp.put("/entries/<uuid:entry_id>/photos/<mark>")
@may("attachment.send")
def take(entry_id: uuid.UUID, mark: str) -> Response:
    """Take a photo, the body of the request, before its entry: 201 when it came now, 200 when it is here already."""
    person_id = actor().person_id
    close_reads()  # a slow line must not hold a connection
    found = photos.arrived(entry_id, person_id, mark)
    if found is not None:
        return _told(found, 200)
    request.max_content_length = files.LARGEST
    return _told(photos.arriving(entry_id, person_id, mark, request.stream, request.args.get("name")), 201)


def _told(found: Waiting, status: int) -> Response:
    return make_response(jsonify(sha256=found.file.sha256, bytes=found.file.size, name=found.name), status)
