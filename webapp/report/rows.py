"""Reports as rows of lists: state, clock, marks, why here, and the buttons that stand with them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from ..core import calendar, clock
from ..core.process import Move
from ..web.language import left, moment, named
from ..web.language import said as _
from ..web.request import actor, address_of, read
from . import details, evidence, history, labels, queries
from .listed import shown
from .words import action_word, names_in, place_words, problem_words, state_word

SHORT = 5  # the digits of a number that people say


def guessed(session: Session, reports: Sequence[Any]) -> frozenset[uuid.UUID]:
    """Which open reports are due in a year that no notice has confirmed yet."""
    years = {report.id: clock.day(report.due_at).year for report in reports if report.due_at}
    unsure = calendar.provisional(session, set(years.values()))
    return frozenset(id_ for id_, year in years.items() if year in unsure)


def marks(report: Any, last: history.Event | None, joint: bool, is_guess: bool = False) -> list[tuple[str, str]]:
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
    if report.entry_mode in ("for_someone", "handed_in", "later"):
        found.append((report.entry_mode, ""))
    return [(_(labels.MARKS[mark]), tone) for mark, tone in found]


def is_late(report: Any) -> bool:
    """Whether the clock of an open state has run out."""
    return report.due_at is not None and report.due_at < clock.now() and report.is_open


def due_words(report: Any) -> str:
    """ "until 4 Sep, 18:00, 2 h 18 min left"."""
    return _("due %(at)s – %(left)s", at=moment(report.due_at), left=left(report.due_at)) if report.due_at else ""


class Listing:
    """Reports as rows of lists. What rows show is asked for once, for all lists of a page: each kind is one SELECT."""

    def __init__(self, session: Session, reports: Iterable[Any]):
        every = {report.id: report for report in reports}
        ids = list(every)
        self._shown, self._problems = shown(session, ids), details.problems(session, ids)
        self._names = names_in(session, [each.last for each in self._shown.values() if each.last])
        self._thumbs, self._unsure = details.thumbs(session, ids), guessed(session, list(every.values()))
        self._seen = evidence.seen(session, [id_ for id_ in ids if every[id_].is_open])

    def holds(self, reports: Iterable[Any]) -> bool:
        """Whether all of these are among them."""
        return self._shown.keys() >= {report.id for report in reports}

    def rows(
        self, reports: Iterable[Any], actions: Mapping[uuid.UUID, tuple[Move, ...]] | None = None
    ) -> list[dict[str, Any]]:
        """Some of them as the rows of a list; at most two of ``actions`` show as buttons."""
        return [self._row(report, (actions or {}).get(report.id, ())) for report in reports]

    def _row(self, report: Any, open_to_me: Sequence[Move]) -> dict[str, Any]:
        beside, looks = self._shown[report.id], self._seen.get(report.id, ())
        url, village = address_of("report.show", "report_id", report.id), named(beside.village)
        reason = self._names.why(beside.last, village)
        return {
            "number": report.number[-SHORT:],
            "url": url,
            "state": (state_word(report.state), tone(report)),
            "words": problem_words(self._problems.get(report.id, [])),
            "place": f"{village} · {place_words(report, beside.thing)}",
            "why": _("Why here: %(why)s", why=reason) if reason and report.is_open else reason,
            "seen": looks,
            "thumbs": evidence.others(self._thumbs.get(report.id, ()), looks),
            "due": due_words(report),
            "due_tone": "late" if is_late(report) else "",
            "marks": marks(report, beside.last, beside.is_on_border, report.id in self._unsure),
            "pick": str(report.id),
            "actions": [
                (
                    action_word(move.action, move.target),
                    address_of("report.ask", "report_id", report.id, action=move.action),
                )
                for move in open_to_me[:2]
            ],
            "more_url": url if len(open_to_me) > 2 else None,
        }


def rows(session: Session, reports: Sequence[Any]) -> list[dict[str, Any]]:
    """Reports as the rows of the only list of a page, without buttons."""
    return Listing(session, reports).rows(reports) if reports else []


def desk_rows(reports: Sequence[Any], together: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Reports as a tab of the reader's desk shows them, with the buttons that he has on each. ``together`` are those of
    all lists of the page: what the first of them asks for serves the others."""
    known: tuple[Listing, Mapping[uuid.UUID, tuple[Move, ...]]] | None = g.get("listed_reports")
    if known is None or not known[0].holds(reports):
        every = [*together, *reports]
        ids = list({report.id for report in every})
        known = g.listed_reports = Listing(read(), every), queries.moves(read(), actor(), ids)
    return known[0].rows(reports, known[1])


def place(report: Any) -> str:
    """Where a report is that stands by itself in a list of something else."""
    return place_words(report, details.things(read(), {report.object_id}).get(report.object_id))


def plain_rows(reports: Sequence[Any]) -> list[dict[str, Any]]:
    """Reports as rows without buttons."""
    return rows(read(), reports)


def tone(report: Any) -> str:
    """The colour that repeats the state's word."""
    return "late" if is_late(report) else labels.TONES.get(report.state, "")
