"""Taking a photo or document out of a report for good: a face, a plate or a paper of somebody who is not ours.

A crossed picture of ours stands in its place in every report that shows it, so that nothing says there never was one;
what it says nowhere is what was there. The entry sent again is known by its fingerprint as before.
"""

import io
import time
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import audit, files, pools
from ..core.attachments import EXCHANGE, FOLDERS, IMAGE, named
from ..core.db import Store
from ..core.errors import N_, NotFound, Refused
from ..core.models import Attachment
from ..core.retention import ERASING
from .models import Report, ReportAttachment

SIDE, SHADE, LINE = 480, 216, 150  # pixels and greys of the picture
EVER = time.gmtime(0)  # so that it is the same file each time
NAME = "〔…〕.pdf"  # of a document, of which the name may say too much
STANDS_IN = N_("This file was taken out already.")


def take_out(store: Store, data_dir: Path, number: str, attachment_id: uuid.UUID) -> int:
    """Put our picture in the place of a file of the report ``number``; in how many places it stood.

    NotFound when the report has no such file, Refused when it was taken out before, Busy while a backup is made.
    Nobody is shown it from then on; on disk it goes at once, or with a sweep when it came within the last day or two.
    """
    with store.read() as session:
        kind = _one(session, number, attachment_id).kind
    ours = _crossed(data_dir, kind)
    with pools.lock(data_dir, EXCHANGE, alone=True):
        with store.write() as session:
            old = _one(session, number, attachment_id)
            if old.sha256 == ours["sha256"]:
                raise Refused(STANDS_IN)
            gone = [
                (folder, mark)
                for folder, column in FOLDERS.items()
                for mark in session.scalars(select(column).where(_same(old), column.is_not(None)).distinct())
            ]
            rows: Any = session.execute(update(Attachment).where(_same(old)).values(ours), execution_options=ERASING)
            audit.note(session, None, "report.take_out", f"report:{number}", attachment=str(attachment_id))
        for folder, mark in gone:
            _drop(store, data_dir, folder, mark)
    return int(rows.rowcount)


def _of(number: str) -> Select[uuid.UUID]:
    report = select(Report.id).where(Report.number == number).scalar_subquery()
    return select(ReportAttachment.attachment_id).where(ReportAttachment.report_id == report)


def _one(session: Session, number: str, attachment_id: uuid.UUID) -> Attachment:
    found = session.scalar(
        select(Attachment).where(Attachment.id == attachment_id, Attachment.id.in_(_of(number))).with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def _same(old: Attachment) -> Condition:
    """It again, wherever it stands: of a photo what is seen, as the file as sent may say less by now."""
    return Attachment.sha256 == old.sha256 if old.copy is None else Attachment.copy == old.copy


def _crossed(data_dir: Path, kind: str) -> dict[str, Any]:
    """Our picture as a file of a kind, on disk: the columns that name it."""
    from PIL import Image, ImageDraw

    drawn = Image.new("L", (SIDE, SIDE), SHADE)
    pen = ImageDraw.Draw(drawn)
    for ends in ((0, 0, SIDE, SIDE), (0, SIDE, SIDE, 0)):
        pen.line(ends, fill=LINE, width=SIDE // 40)
    made = io.BytesIO()
    drawn.save(made, "JPEG" if kind == IMAGE else "PDF", **{"creationDate": EVER, "modDate": EVER})
    made.seek(0)
    if kind == IMAGE:
        return vars(files.keep(data_dir, made))
    return vars(files.keep_document(data_dir, made, NAME))


def _drop(store: Store, data_dir: Path, folder: str, mark: str) -> None:
    """A file, if no row names it any more, and the small size that was made of it."""
    file = files.path(data_dir, folder, mark)
    if mark not in named(store, folder, [mark]) and file.exists():
        files.leave(data_dir, mark, folder)
        files.drop(data_dir, file)
        files.forget_small(data_dir, mark)
