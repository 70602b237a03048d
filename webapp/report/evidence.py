"""What was seen of a matter, as it stands beside a decision: the answers of looks in words, with their photos."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from gis.sketch import Sketch

from ..grid import locate
from ..grid import queries as grid_queries
from ..web.language import day, named
from ..web.language import said as _
from . import details, facts, labels
from .models import Report, SiteLook
from .words import answer_tone, answer_word, holder_word


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
        sentence = _sentence(look, holder_word(labels.WHO_LOOKS, cells[look.grid_id], None))
        tone = answer_tone(look.answer) if look.answer else "wait"
        found.setdefault(look.report_id, []).append(Seen(sentence, tone, photos.get(look.id, ())))
    return found


def others(photos: Sequence[uuid.UUID], looks: Sequence[Seen]) -> list[uuid.UUID]:
    """These photos without those that stand with a look already."""
    return [photo for photo in photos if not any(photo in look.photos for look in looks)]


SHORT = {"gcj02": "GCJ-02", "bd09": "BD-09"}


@dataclass(frozen=True)
class Position:
    """The point that somebody gave, as pages show it: the drawing with the names of its villages, and where the map
    shows it."""

    lon: float
    lat: float
    accuracy_m: float | None
    crs: str | None
    drawing: Sketch
    names: Mapping[int, str]

    @property
    def words(self) -> str:
        """ "115.78767, 37.69650, good to about 20 m"; without the last where the phone did not say. What was typed in
        another system says so."""
        at = f"{self.lon:.5f}, {self.lat:.5f}"
        if self.crs is not None:
            at = _("%(at)s (typed as %(system)s)", at=at, system=SHORT.get(self.crs, self.crs))
        if self.accuracy_m is None:
            return at
        return _("%(at)s, accurate to about %(m)d m", at=at, m=round(self.accuracy_m))

    @property
    def map_url(self) -> str:
        """The map at that place."""
        return url_for("maps.show", place=f"{self.lon:.6f},{self.lat:.6f}")


def position(session: Session, report: Report) -> Position | None:
    """Where a report says that it is, if somebody gave a point."""
    if report.lon is None or report.lat is None:
        return None
    drawing = locate.sketch(session, report.grid_id, report.lon, report.lat, report.accuracy_m or 0)
    cells = grid_queries.named(session, {outline.id for outline in drawing.outlines})
    names = {id_: named(cell) for id_, cell in cells.items()}
    return Position(report.lon, report.lat, report.accuracy_m, report.crs, drawing, names)


def _sentence(look: SiteLook, who: Any) -> str:
    if look.answer is None:
        return _("Asked on %(day)s to go and look, no answer yet: %(who)s", day=day(look.asked_at), who=who)
    said = _(
        "Visited on %(day)s by the %(who)s: %(answer)s",
        day=day(look.answered_at),
        who=who,
        answer=answer_word(look.answer),
    )
    return said + _("; ") + look.note if look.note else said
