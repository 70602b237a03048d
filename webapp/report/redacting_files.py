"""Taking a photo or document out of a report for good: a face, a plate or a paper of somebody who is not ours.

A crossed picture of ours stands in its place in every report that shows it, and pages say that something was taken
out; what it was, nothing says. The entry sent again is known by its fingerprint as before.
"""

import io
import time
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from ..access import Condition
from ..core import audit, files, pools
from ..core.attachments import EXCHANGE, FOLDERS, IMAGE, TAKEN_OUT, named
from ..core.db import Store
from ..core.errors import N_, NotFound, Refused
from ..core.models import Attachment
from ..core.retention import ERASING
from .models import Report, ReportAttachment

SIDE, SHADE, LINE = 480, 216, 150  # pixels and greys of the picture
EVER = time.gmtime(0)  # so that our document is the same file each time
GONE = N_("This file was taken out already.")


def take_out(store: Store, data_dir: Path, number: str, attachment_id: uuid.UUID) -> int:
    """Put our picture in the place of a file of the report ``number``; in how many places it stood.

    NotFound when the report has no such file, Refused when it was taken out before, BlockingIOError while a backup is
    made. Nobody is shown it from then on; on disk it goes at once, or with a sweep: when it came within the last day or
    two, and when we are stopped before it is done.
    """
    with store.read() as session:
        kind = _one(session, number, attachment_id).kind
    ours = _crossed(data_dir, kind)
    with pools.lock(data_dir, EXCHANGE, alone=True):
        with store.write() as session:
            old = _one(session, number, attachment_id, to_change=True)
            if old.sha256 == ours["sha256"]:
                raise Refused(GONE)
            gone = _files(session, old)
            rows: Any = session.execute(update(Attachment).where(_same(old)).values(ours), execution_options=ERASING)
            audit.note(session, None, "report.take_out", f"report:{number}", attachment=str(attachment_id))
            for folder, mark in gone:
                files.leave(data_dir, mark, folder)
        for folder, mark in gone:
            if mark not in named(store, folder, [mark]):
                files.forget_small(data_dir, mark)
                files.drop(data_dir, files.path(data_dir, folder, mark))
    return int(rows.rowcount)


def _of(number: str) -> Select[uuid.UUID]:
    report = select(Report.id).where(Report.number == number).scalar_subquery()
    return select(ReportAttachment.attachment_id).where(ReportAttachment.report_id == report)


def _one(session: Session, number: str, attachment_id: uuid.UUID, to_change: bool = False) -> Attachment:
    asked = select(Attachment).where(Attachment.id == attachment_id, Attachment.id.in_(_of(number)))
    found = session.scalar(asked.with_for_update() if to_change else asked)
    if found is None:
        raise NotFound
    return found


def _same(old: Attachment) -> Condition:
    """It again, wherever it stands: the file as sent, and of a photo what is seen, as that file may say less by now."""
    return or_(Attachment.sha256 == old.sha256, Attachment.copy == (old.copy or ""))


def _files(session: Session, old: Attachment) -> list[tuple[str, str]]:
    """The folder and the hash of each file that these rows name."""
    return [
        (folder, mark)
        for folder, column in FOLDERS.items()
        for mark in session.scalars(select(column).where(_same(old), column.is_not(None)).distinct())
    ]


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
        return vars(files.keep(data_dir, made)) | {"name": TAKEN_OUT}
    return vars(files.keep_document(data_dir, made, f"{TAKEN_OUT}.pdf"))
