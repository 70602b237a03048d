"""Rows of files that are on disk already (core/files.py). Whose they are says the owner's link table
(webapp/attachment)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from . import numbers
from .clock_mark import minutes
from .db import Store
from .files import DocumentFile, PhotoFile
from .models import Attachment

IMAGE, DOCUMENT = "image", "document"
#: Which column names the files that lie in a folder (``files.path``); backup, retention and verify go by it.
FOLDERS: Mapping[str, Any] = {"originals": Attachment.sha256, "copies": Attachment.copy}
#: Minutes since 1970: in the originals of images that were received before, nothing says where they were taken
#: (ops/photo_places.py).
PLACELESS = "photos-placeless"
TAKEN_OUT = "〔…〕"  #: the name of a file that was taken out of a report for good
EXCHANGE = "originals"  #: the lock of who puts other originals in the place of old ones; a backup holds it with others
AT_ONCE = 500


def attach(
    session: Session, sent: Mapping[uuid.UUID, PhotoFile | DocumentFile], at: datetime, person_id: int | None
) -> None:
    """A row for each file, under the id that its owner's link table is to name."""
    if sent:
        known = {"received_at": at, "received_by": person_id}
        session.execute(insert(Attachment), [{"id": id_, **_row(file), **known} for id_, file in sent.items()])
        numbers.lower(session, PLACELESS, minutes(at))  # where our clock went back


def _row(file: PhotoFile | DocumentFile) -> dict[str, Any]:
    fields = {"copy": None, "width": None, "height": None, "media_type": "image/jpeg", "name": None}
    return fields | vars(file) | {"kind": IMAGE if isinstance(file, PhotoFile) else DOCUMENT}


def named(store: Store, kind: str, fingerprints: Sequence[str]) -> set[str]:
    """Those of the files in a folder that a row names."""
    column, found = FOLDERS[kind], set()
    for start in range(0, len(fingerprints), AT_ONCE):
        with store.read() as session:
            found |= set(session.scalars(select(column).where(column.in_(fingerprints[start : start + AT_ONCE]))))
    return found
