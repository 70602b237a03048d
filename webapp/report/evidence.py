"""What was seen of a matter, as it stands beside a decision: the answers of looks in words, with their photos."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..grid import queries as grid_queries
from ..web.language import day
from . import details, facts
from .models import SiteLook
from .words import answer_word, holder_word


@dataclass(frozen=True)
class Seen:
    """One look that counts: a sentence with who by role, day, answer and word; its tone; the photos that came along."""

    words: str
    tone: str
    photos: Sequence[uuid.UUID]


def seen(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Seen]]:
    """For each of these reports that have any, the looks that say how it stands now (``facts.looks_that_count``)."""
    looks = facts.looks_that_count(session, ids)
    cells = grid_queries.named(session, {look.grid_id for look in looks})
    photos = details.look_photos(session, [look for look in looks if look.answer])
    found: dict[uuid.UUID, list[Seen]] = {}
    for look in looks:
        sentence = _sentence(look, holder_word("grid_officer", cells[look.grid_id], None))
        tone = {"right": "good", "not_yet": "late"}.get(look.answer or "", "wait")
        found.setdefault(look.report_id, []).append(Seen(sentence, tone, photos.get(look.id, ())))
    return found


def others(photos: Sequence[uuid.UUID], looks: Sequence[Seen]) -> list[uuid.UUID]:
    """These photos without those that stand with a look already."""
    return [photo for photo in photos if not any(photo in look.photos for look in looks)]


def _sentence(look: SiteLook, who: Any) -> str:
    if look.answer is None:
        return _("Asked on %(day)s to go and look, no answer yet: %(who)s", day=day(look.asked_at), who=who)
    said = _(
        "Looked at on %(day)s by the %(who)s: %(answer)s",
        day=day(look.answered_at),
        who=who,
        answer=answer_word(look.answer),
    )
    return said + _("; ") + look.note if look.note else said
