"""Reports as rows of lists: state, clock, marks, why here, and the buttons that stand with them."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..core import calendar, clock
from ..core.process import Move
from ..grid import queries as grid_queries
from ..web.language import left, moment, named
from ..web.request import actor, read
from . import details, evidence, history, labels, queries
from .models import Report
from .words import action_word, names_in, place_words, problem_words, state_word
from .workflow import ENDS

SHORT = 5  # the digits of a number that people say


def guessed(session: Session, reports: Sequence[Report]) -> frozenset[uuid.UUID]:
    """Which open reports are due in a year that no notice has confirmed yet."""
    years = {report.id: clock.day(report.due_at).year for report in reports if report.due_at}
    unsure = calendar.provisional(session, set(years.values()))
    return frozenset(id_ for id_, year in years.items() if year in unsure)


def marks(report: Report, last: history.Event | None, joint: bool, is_guess: bool = False) -> list[tuple[str, str]]:
    """Short words beside the state; a colour only repeats them."""
    found = []
    if report.severity == "emergency":
        found.append(("emergency", "late"))
    if is_late(report):
        found.append(("overdue", "late"))
    elif report.due_at and clock.day(report.due_at) == clock.today():
        found.append(("due_soon", "wait"))
    if is_guess:
        found.append(("provisional", "wait"))
    if last is not None and last.event.action == "redo":
        found.append(("redo", "wait"))
    if joint:
        found.append(("border", ""))
    if report.entry_mode in ("for_someone", "later"):
        found.append((report.entry_mode, ""))
    return [(_(labels.MARKS[mark]), tone) for mark, tone in found]


def is_late(report: Report) -> bool:
    """Whether the clock of an open state has run out."""
    return report.due_at is not None and report.due_at < clock.now() and report.state not in ENDS


def due_words(report: Report) -> str:
    """ "until 4 Sep, 18:00, 2 h 18 min left"."""
    return _("due %(at)s – %(left)s", at=moment(report.due_at), left=left(report.due_at)) if report.due_at else ""


def rows(
    session: Session, reports: Sequence[Report], actions: Mapping[uuid.UUID, tuple[Move, ...]] | None = None
) -> list[dict[str, Any]]:
    """Reports as rows of a list; at most two of ``actions`` show as buttons."""
    if not reports:
        return []
    ids = [report.id for report in reports]
    problems, last = details.problems(session, ids), history.last_moves(session, ids)
    cells = grid_queries.named(session, {report.grid_id for report in reports})
    borders, names = details.on_borders(session, ids), names_in(session, last.values())
    thumbs = details.thumbs(session, ids)
    things = details.things(session, {report.object_id for report in reports})
    unsure = guessed(session, reports)
    seen = evidence.seen(session, [report.id for report in reports if report.state not in ENDS])

    def row(report: Report) -> dict[str, Any]:
        open_to_me = (actions or {}).get(report.id, ())
        url = url_for("report.show", report_id=report.id)
        reason = names.why(last.get(report.id), named(cells[report.grid_id]))
        return {
            "number": report.number[-SHORT:],
            "url": url,
            "state": (state_word(report.state), tone(report)),
            "words": problem_words(problems.get(report.id, [])),
            "place": f"{named(cells[report.grid_id])} · {place_words(report, things.get(report.object_id))}",
            "why": _("Why here: %(why)s", why=reason) if reason and report.state not in ENDS else reason,
            "seen": (looks := seen.get(report.id, ())),
            "thumbs": evidence.others(thumbs.get(report.id, ()), looks),
            "due": due_words(report),
            "due_tone": "late" if is_late(report) else "",
            "marks": marks(report, last.get(report.id), report.id in borders, report.id in unsure),
            "pick": str(report.id),
            "actions": [
                (action_word(move.action, move.target), url_for("report.ask", report_id=report.id, action=move.action))
                for move in open_to_me[:2]
            ],
            "more_url": url if len(open_to_me) > 2 else None,
        }

    return [row(report) for report in reports]


def desk_rows(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Reports as a tab of the reader's desk shows them, with the buttons that he has on each."""
    return rows(read(), reports, queries.moves(read(), actor(), [report.id for report in reports]))


def place(report: Report) -> str:
    """Where a report is that stands by itself in a list of something else."""
    return place_words(report, details.things(read(), {report.object_id}).get(report.object_id))


def plain_rows(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Reports as rows without buttons."""
    return rows(read(), reports)


def tone(report: Report) -> str:
    """The colour that repeats the state's word."""
    return "late" if is_late(report) else labels.TONES.get(report.state, "")
