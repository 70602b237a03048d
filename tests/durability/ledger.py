"""What was answered against what is stored: the one check that the honest server passes and each mutant fails."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.conftest import World
from tests.durability.sending import Answer, Post
from webapp.core import files
from webapp.core.models import Attachment
from webapp.patrol.models import Patrol, Visit
from webapp.report.models import Report, ReportAttachment, ReportEvent

MODELS = {"patrols": Patrol, "reports": Report}
Answered = list[tuple[Post, Answer]]


def faults(world: World, data_dir: Path, answered: Answered) -> list[str]:
    """All that does not add up, in words; empty when everything answered is there once, whole and rightly numbered."""
    return [
        *_answers(answered),
        *_records(world, answered),
        *_parts(world),
        *_numbers(world, answered),
        *_photos(world, data_dir, answered),
    ]


def _answers(answered: Answered) -> Iterator[str]:
    """Each post was taken, and each sending of it got the same receipt."""
    receipts = defaultdict(list)
    for post, answer in answered:
        if not answer.ok:
            yield f"refused: {post.kind} {post.id} {answer}"
        if answer.receipt not in receipts[post.id]:
            receipts[post.id].append(answer.receipt)
    for id_, found in receipts.items():
        if len(found) > 1:
            yield f"several receipts: {id_} {found}"


def _records(world: World, answered: Answered) -> Iterator[str]:
    for kind, model in MODELS.items():
        stored = Counter(_column(world, model.id))
        taken = {post.id for post, answer in answered if answer.ok and post.kind == kind}
        yield from (f"lost: {kind} {id_}" for id_ in taken - stored.keys())
        yield from (f"stored {number} times: {kind} {id_}" for id_, number in stored.items() if number > 1)


def _parts(world: World) -> Iterator[str]:
    """A round has the visits that were sent, a report its first event: a record is whole or not there."""
    for model, part, number in ((Patrol, Visit.patrol_id, 2), (Report, ReportEvent.report_id, 1)):
        parts = Counter(_column(world, part))
        yield from (
            f"{parts[id_]} of {number} parts: {id_}"
            for id_ in set(_column(world, model.id)) | parts.keys()
            if parts[id_] != number
        )


def _numbers(world: World, answered: Answered) -> Iterator[str]:
    stored = sorted(int(number.partition("-")[2]) for number in _column(world, Report.number))
    if stored != list(range(1, len(stored) + 1)):
        yield f"numbers with a gap or a repeat: {stored}"
    with world.store.read() as session:
        numbers = dict(session.execute(select(Report.id, Report.number)).all())  # type: ignore[arg-type]
    yield from (
        f"number {numbers.get(post.id)}, answered {answer.receipt}"
        for post, answer in answered
        if post.kind == "reports" and answer.receipt.get("number") != numbers.get(post.id)
    )


def _photos(world: World, data_dir: Path, answered: Answered) -> Iterator[str]:
    """Each row's two files are there and hold what their names say; each receipt lists what was sent."""
    with world.store.read() as session:
        link = ReportAttachment
        rows = session.execute(
            select(link.report_id, link.position, Attachment.sha256, Attachment.copy).join(
                Attachment, Attachment.id == link.attachment_id
            )
        ).all()
    for row in rows:
        for kind, mark in (("originals", row.sha256), ("copies", row.copy)):
            file = files.path(data_dir, kind, mark)
            if not file.exists() or hashlib.sha256(file.read_bytes()).hexdigest() != mark:
                yield f"photo without its file: {row}"
    stored = {(row.report_id, row.position): row.sha256 for row in rows}
    for post, answer in answered:
        sent = [hashlib.sha256(picture).hexdigest() for picture in post.photos]
        kept = [stored.get((post.id, at)) for at in range(len(sent))]
        if not sent == kept == answer.receipt.get("photos", []):
            yield f"photos sent {sent}, kept {kept}, answered {answer}"


def _column(world: World, column: Any) -> list[Any]:
    with world.store.read() as session:
        return list(session.scalars(select(column)))
