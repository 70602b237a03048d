"""Rows of files that are on disk already (core/files.py). Whose they are says the owner's link table
(webapp/attachment)."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from .files import DocumentFile, PhotoFile
from .models import Attachment

IMAGE, DOCUMENT = "image", "document"
#: Which column names the files that lie in a folder (``files.path``); backup, retention and verify go by it.
FOLDERS = {"originals": Attachment.sha256, "copies": Attachment.copy}


def attach(
    session: Session, sent: Mapping[uuid.UUID, PhotoFile | DocumentFile], at: datetime, person_id: int | None
) -> None:
    """A row for each file, under the id that its owner's link table is to name."""
    if sent:
        known = {"received_at": at, "received_by": person_id}
        session.execute(insert(Attachment), [{"id": id_, **_row(file), **known} for id_, file in sent.items()])


def _row(file: PhotoFile | DocumentFile) -> dict[str, Any]:
    fields = {"copy": None, "width": None, "height": None, "media_type": "image/jpeg", "name": None}
    return fields | vars(file) | {"kind": IMAGE if isinstance(file, PhotoFile) else DOCUMENT}
