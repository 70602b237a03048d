"""Taking words out of a report for good: a name or number that somebody wrote down of a person who is not ours.

The report stays as it is but for these words, in its texts, its history and the round it came from. What was sent is
no longer known word by word, so the fingerprint of what is changed goes too: nobody can try out what it was made of.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..core import audit
from ..core.errors import N_, NotFound, Refused
from ..core.files import plain_name
from ..core.models import Attachment
from ..core.retention import ERASING, history_open
from ..patrol.models import Patrol
from . import pairs
from .models import Assignment, Report, ReportAttachment, ReportEvent, SiteLook

GONE = "〔…〕"
SHORTEST = 2  # a single character stands in too many words


def redact(session: Session, number: str, words: Iterable[str]) -> int:
    """Put 〔…〕 in the place of each of the words wherever the report ``number`` says them; in how many rows that was.

    Refused when one of them is too short or the report says none of them; NotFound when there is no such report.
    """
    wanted = sorted(set(words), key=len, reverse=True)
    if not wanted or min(map(len, wanted)) < SHORTEST:
        raise Refused(N_("Name the words to take out, each of two characters or more."))
    report = session.scalar(select(Report).where(Report.number == number).with_for_update())
    if report is None:
        raise NotFound
    clean = _cleaner(wanted)
    changed = sum(_redacted(session, model, of, columns, clean) for model, of, columns in _texts(report))
    if not changed:
        raise Refused(N_("The report says none of these words."))
    session.expire_all()
    pairs.write_anew(session, session.get_one(Report, report.id))
    audit.note(session, None, "report.redact", f"report:{number}", rows=changed)
    return changed


def _texts(report: Report) -> tuple[tuple[Any, Any, tuple[str, ...]], ...]:
    """Each table that holds typed text of a report, which rows of it are this report's, and the columns."""
    sent = select(ReportAttachment.attachment_id).where(ReportAttachment.report_id == report.id)
    return (
        (Report, Report.id == report.id, ("place", "note")),
        (ReportEvent, ReportEvent.report_id == report.id, ("given",)),
        (SiteLook, SiteLook.report_id == report.id, ("question", "note")),
        (Assignment, Assignment.report_id == report.id, ("ground_text",)),
        (Attachment, Attachment.id.in_(sent), ("name",)),
        (Patrol, Patrol.id == report.patrol_id, ("note",)),
    )


def _redacted(session: Session, model: Any, of: Any, columns: Sequence[str], clean: Callable[[Any], Any]) -> int:
    """The rows that said one of the words; their texts are without it now, and their fingerprints are empty."""
    asked = select(model.id, *(getattr(model, column) for column in columns)).where(of)
    changes: dict[uuid.UUID | int, dict[str, Any]] = {}
    for id_, *texts in session.execute(asked):
        new = {column: clean(text) for column, text in zip(columns, texts, strict=True) if clean(text) != text}
        if "name" in new:
            new["name"] = plain_name(new["name"])  # a mark may be longer than the word, and the column is full
        if new:
            changes[id_] = new | ({"content": ""} if hasattr(model, "content") else {})
    with history_open(session, "erasure"):
        for id_, values in changes.items():
            session.execute(update(model).where(model.id == id_).values(values), execution_options=ERASING)
    return len(changes)


def _cleaner(words: Sequence[str]) -> Callable[[Any], Any]:
    """A text, or what JSON holds, without these words."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            for word in words:
                value = value.replace(word, GONE)
            return value
        if isinstance(value, dict):
            return {key: clean(each) for key, each in value.items()}
        return [clean(each) for each in value] if isinstance(value, list) else value

    return clean
