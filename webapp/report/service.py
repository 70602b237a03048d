"""Acts of reports: submit once however often it is sent, and make the moves of workflow.py."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import calendar, clock, clock_mark, moving, numbers, settings
from ..core.attachments import attach
from ..core.clocks import Clock, after, first_due
from ..core.entry import fingerprint_of, is_resend, mode_of, written_for
from ..core.errors import N_, Refused
from ..core.files import PhotoFile
from ..core.history import Author
from ..core.models import Word
from ..core.moving import Sent, Standing
from ..core.process import START, Move
from ..duty.models import ProblemType
from ..grid import locate
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..patrol import queries as patrol_queries
from ..people import queries as people_queries
from . import effects, pairs, queries
from .history import HISTORY
from .models import Report, ReportAttachment, ReportEvent, ReportJoint, ReportProblem
from .workflow import RECEIVING, REPORT, STATES

OUTSIDE = N_(
    "This position is in no village of the county. Take it anew or remove it. If it is right, tick here and send it "
    "again."
)
IN_BOTH = N_(
    "This position also lies in %(village)s. If the problem concerns that village too, choose it as the other one. If "
    "not, tick here and send it again."
)
ACROSS = N_(
    "This position lies in %(village)s, and %(own)s is %(metres)s m away. If the problem concerns both, choose the "
    "other one. If not, tick here and send it again."
)
NEAR = N_(
    "%(village)s is only %(metres)s m from this position, within its accuracy. If the problem concerns that village "
    "too, choose it as the other one. If not, tick here and send it again."
)
NEW = dict.fromkeys(REPORT.guards, False)  # of what is not there yet nothing is so


@dataclass(frozen=True)
class ReportEntry:
    """A problem as it was sent. Place in WGS84 degrees; ``person_id`` is the officer it is typed for."""

    id: uuid.UUID
    grid_id: int
    place: str
    problems: tuple[str, ...]
    severity: str
    first_measure: str
    note: str
    occurred_at: datetime | None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    joint: tuple[int, ...] = ()
    object_id: int | None = None
    patrol_id: uuid.UUID | None = None
    person_id: int | None = None
    recurs_id: uuid.UUID | None = None
    settle: bool = False
    photos: tuple[PhotoFile, ...] = ()
    crs: str | None = None  # the system in which the point was typed: gcj02, bd09; None for WGS84
    is_sure: bool = False  # asked back about the position, he sends it all the same

    V1_FIELDS: ClassVar = (  # what the first recipe of fingerprints knew; never changed
        "id grid_id place problems severity first_measure note occurred_at lon lat accuracy_m joint object_id "
        "patrol_id person_id recurs_id settle photos"
    )

    @property
    def at(self) -> datetime:
        """The moment it is about; of an entry that names none, now."""
        return self.occurred_at or clock.now()


@dataclass(frozen=True)
class Receipt:
    """What the server says it took: number, time received, the hash of every photo as it arrived."""

    id: uuid.UUID
    number: str
    received_at: datetime
    state: str
    photos: tuple[str, ...]


def submit(session: Session, actor: Actor, entry: ReportEntry, author: int | None = None) -> Receipt:
    """Store a report once and give it its number.

    The same entry again gives the first receipt; other content, Conflict. ``author``: on whose phone it waited, where a
    desk hands it in; his phone may send the same entry later.
    """
    if author is not None:
        grid_queries.cell(session, actor, "report.submit_for", entry.grid_id)
    known = session.get(Report, entry.id)
    senders = (known.content, known.entered_by, known.found_by) if known is not None else None
    if known is not None and is_resend(senders, entry, author or actor.person_id):
        return _receipt(session, known, entry)
    calendar.hold(session)
    content, whose = fingerprint_of(entry), written_for(entry.person_id, author)
    entry = _in_ours(replace(entry, occurred_at=entry.at, person_id=whose))
    cell = grid_queries.cell(session, actor, "report.submit", entry.grid_id)
    finder, roles = _check(session, actor, cell, entry), _roles_at(session, actor, cell)
    made = REPORT.step(START, "settle" if entry.settle else "submit", roles, NEW, _said(entry))
    is_today = clock.day(entry.at) == clock.today()
    mode = mode_of(finder, actor.person_id, is_handed_in=author is not None, is_on_the_day=is_today)
    report = _store(session, actor, cell, entry, content, (finder, mode), made)
    sent = Sent(uuid.uuid5(report.id, "submit"), made.action, START, {})
    keep_photos(session, actor, report.id, entry.photos, None)
    moving.begin(session, HISTORY, report, made, sent, _author(actor, made.made_as(roles)))
    return _receipt(session, report, entry)


def _in_ours(entry: ReportEntry) -> ReportEntry:
    """The entry with its point in WGS84, whatever it was typed in."""
    if entry.lon is None or entry.lat is None:
        return entry
    lon, lat = locate.entered(entry.lon, entry.lat, entry.crs)
    return replace(entry, lon=lon, lat=lat)


def _author(actor: Actor, role: str) -> Author:
    return Author(actor.person_id, role, effects.body_for(actor, role))


def _said(entry: ReportEntry) -> dict[str, Any]:
    return {"place": entry.place, "problem": entry.problems, "first_measure": entry.first_measure, "note": entry.note}


def _roles_at(session: Session, actor: Actor, cell: Cell) -> frozenset[str]:
    """The roles that reach this grid for submitting."""
    return frozenset(
        role
        for role in actor.roles()
        if grid_queries.cells_reached(session, actor.only(role), "report.submit", cell.id)
    )


def _store(
    session: Session, actor: Actor, cell: Cell, entry: ReportEntry, content: str, found: tuple[int, str], made: Move
) -> Report:
    """``found``: by whom, and how it came in."""
    (finder, mode), now = found, clock.now()
    report = Report(
        id=entry.id,
        number=_number(session),
        content=content,
        due_at=None,
        grid_id=cell.id,
        grid_version_id=grid_queries.version_on(session, cell.id, clock.day(entry.at)) or cell.version_id,
        object_id=entry.object_id,
        patrol_id=entry.patrol_id,
        found_by=finder,
        entered_by=actor.person_id,
        entry_mode=mode,
        occurred_at=entry.at,
        received_at=now,
        place=entry.place,
        lon=entry.lon,
        lat=entry.lat,
        accuracy_m=entry.accuracy_m,
        crs=None if entry.lon is None else locate.source(entry.crs),
        severity=entry.severity,
        first_measure=entry.first_measure,
        note=entry.note,
        settled=entry.settle,
        recurs_id=entry.recurs_id,
    )
    HISTORY.place(report, made.target, now)
    run_clocks(session, report, made, now)
    session.add(report)
    session.flush()
    pairs.add(session, report)
    for model, rows in (
        (ReportProblem, [{"report_id": report.id, "problem": code} for code in entry.problems]),
        (ReportJoint, [{"report_id": report.id, "grid_id": id_} for id_ in entry.joint]),
    ):
        if rows:
            session.execute(insert(model), rows)
    return report


def _number(session: Session) -> str:
    year = clock.today().year
    return f"{year}-{numbers.take(session, f'report-{year}'):05d}"


def _receipt(session: Session, report: Report, entry: ReportEntry) -> Receipt:
    """The photos are those of the entry: what is kept of them may say less by now (ops/photo_places.py)."""
    photos = tuple(photo.sha256 for photo in entry.photos)
    first = session.scalar(select(ReportEvent.to_state).where(ReportEvent.report_id == report.id, ReportEvent.seq == 1))
    return Receipt(report.id, report.number, report.received_at, first or report.state, photos)


def _check(session: Session, actor: Actor, cell: Cell, entry: ReportEntry) -> int:
    """What no form can know; returns who found it."""
    clock_mark.refuse_to_come(session, entry.at)
    types = list(session.scalars(select(ProblemType).where(ProblemType.code.in_(entry.problems))))
    if len(types) != len(set(entry.problems)) or not types:
        raise Refused(N_("Choose what the problem is."), field="problem")
    for kind, code in (("severity", entry.severity), ("first_measure", entry.first_measure)):
        if session.get(Word, (kind, code)) is None:
            raise Refused(N_("Choose one."), field=kind)
    if entry.settle and (entry.severity != "minor" or any(kind.needs_enforcement for kind in types)):
        raise Refused(
            N_("Only minor problems that need no enforcement can be settled on the spot. Report this one instead.")
        )
    _check_place(session, cell, entry)
    _check_links(session, actor, entry)
    return _finder(session, actor, entry)


def _check_place(session: Session, cell: Cell, entry: ReportEntry) -> None:
    """The point must lie in the village, or the village it lies in must be named as the other one."""
    others = grid_queries.named(session, set(entry.joint))
    if (
        cell.id in entry.joint
        or len(others) != len(entry.joint)
        or any(other.tier != cell.tier for other in others.values())
    ):
        raise Refused(N_("Choose the other village."), field="joint")
    if entry.lon is None or entry.lat is None:
        return
    found = locate.candidates(session, entry.lon, entry.lat, entry.accuracy_m or 0)
    if away := locate.elsewhere(session, found, (cell, *others.values())):
        other = grid_queries.named(session, {away[0].id})[away[0].id]
        raise Refused(
            N_('This position is in %(village)s. Tick "Between two villages" and choose it, or remove the position.'),
            field="joint",
            village=other,
        )
    if not entry.is_sure:
        _ask_back(session, cell, tuple(others.values()), found)


def _ask_back(session: Session, cell: Cell, others: Sequence[Cell], found: Sequence[locate.Candidate]) -> None:
    """A position in no village, and one at which another village may lie as well, is asked back once: who is sure sends
    it again as it is."""
    if not found and locate.are_drawn(session, (cell, *others)):
        raise Refused(OUTSIDE, field="is_sure")
    mine = grid_queries.on_path(cell.path)
    nearest = next((candidate for candidate in found if candidate.id not in mine), None)
    if nearest is None or others:
        return
    own = next((candidate for candidate in found if candidate.id in mine), nearest)  # none where it has no border
    sentence = NEAR if not nearest.inside else IN_BOTH if own.inside else ACROSS
    metres = round(own.distance_m if sentence is ACROSS else nearest.distance_m)
    village = grid_queries.named(session, {nearest.id})[nearest.id]
    raise Refused(sentence, field="is_sure", village=village, own=cell, metres=metres)


def _check_links(session: Session, actor: Actor, entry: ReportEntry) -> None:
    """Object, round and earlier report must be the sender's to see."""
    if entry.object_id is not None:
        thing = patrol_queries.thing(session, actor, "grid.read", entry.object_id)
        villages = {grid_queries.standing(session, id_) for id_ in (entry.grid_id, *entry.joint)}
        if thing.grid_id not in villages:
            raise Refused(N_("This object is in another village."), field="place")
    if entry.patrol_id is not None:
        patrol_queries.one(session, actor, entry.patrol_id)
    if entry.recurs_id is not None:
        queries.one(session, actor, entry.recurs_id)


def _finder(session: Session, actor: Actor, entry: ReportEntry) -> int:
    """Who found it: the sender, or whoever was the village's officer on that day."""
    finder = entry.person_id or actor.person_id
    for_another = finder != actor.person_id
    on = clock.day(entry.at) if for_another else clock.today()
    may = not for_another or grid_queries.cells_reached(session, actor, "report.submit_for", entry.grid_id)
    if not may or finder not in {person.id for person in people_queries.officers(session, entry.grid_id, on)}:
        raise Refused(N_("Choose the officer of this village who found it."), field="person_id")
    return finder


def clocks_of(report: Report) -> tuple[Clock, ...]:
    """The clocks that run: that of the state, kept in the two columns beside it. A new report has none yet."""
    names = STATES[report.state].clocks if report.due_at else ()
    return tuple(Clock(name, report.state_since, report.due_at) for name in names)


def set_clocks(report: Report, running: Iterable[Clock]) -> None:
    """Keep the clocks that run: of a report there is one at a time."""
    report.due_at = first_due(running)


def run_clocks(session: Session, report: Report, made: Move, now: datetime, on: date | None = None) -> None:
    """Stop and start the clocks as a move asks; ``on`` is the day that a desk set as limit."""

    def limit(name: str, since: datetime) -> datetime:
        return _limit(session, name, since, report.severity, on)

    set_clocks(report, after(REPORT, made, clocks_of(report), now, limit))


def limit_code(clock_name: str, severity: str) -> str:
    """The row of the time limits that a clock runs by."""
    return "emergency_review" if (clock_name, severity) == ("review", "emergency") else clock_name


def _limit(session: Session, name: str, since: datetime, severity: str, on: date | None) -> datetime:
    """When a clock runs out: its limit's row, or the day that the desk set.

    That day takes the limit's place where the work is done; where a department has only to receive, it counts when it
    comes sooner.
    """
    limit = calendar.limit_after(session, limit_code(name, severity), since)
    if on is None:
        return limit
    day = clock.at_hour(on, settings.get(session, "work_to"))
    return min(day, limit) if name in RECEIVING else day


@dataclass(frozen=True)
class MoveEntry:
    """A move as it was sent: its own id, what is done, what the page showed (``Found.seen``; from a program, or a page
    of before there was that, the state alone), what the form said, evidence."""

    id: uuid.UUID
    action: str
    seen_state: str
    given: Mapping[str, Any]
    photos: tuple[PhotoFile, ...] = ()

    V1_FIELDS: ClassVar = "id action seen_state given photos"


def move(session: Session, actor: Actor, report_id: uuid.UUID, entry: MoveEntry) -> Report:
    """Make one move. Sent twice it happens once; from a page that is out of date it is Stale and loses nothing."""
    found = queries.one(session, actor, report_id, lock=True)
    report, given = found.report, entry.given
    if entry.action == "supplement":
        given = effects.supplemented(session, report, given, bool(entry.photos))
    moving.move(
        session,
        HISTORY,
        report,
        Sent(entry.id, entry.action, entry.seen_state, given, entry),
        Standing(actor.person_id, found.roles, found.facts, found.seen, partial(effects.body_for, actor)),
        lambda made: effects.apply(session, actor, found, made, given),
        lambda made, now, on: run_clocks(session, report, made, now, on),
        lambda line: keep_photos(session, actor, report.id, entry.photos, line.id),
    )
    return report


def keep_photos(
    session: Session, actor: Actor, report_id: uuid.UUID, photos: tuple[PhotoFile, ...], event_id: uuid.UUID | None
) -> None:
    """Rows for files that are on disk already."""
    sent = {uuid.uuid5(event_id or report_id, f"photo:{position}"): photo for position, photo in enumerate(photos)}
    attach(session, sent, clock.now(), actor.person_id)
    links = [
        {"attachment_id": id_, "report_id": report_id, "event_id": event_id, "position": position}
        for position, id_ in enumerate(sent)
    ]
    if links:
        session.execute(insert(ReportAttachment), links)
