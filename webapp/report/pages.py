"""One report as its page shows it, and what is said of it after an act, in the reader's language."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import calendar, words
from ..core.models import TimeLimit
from ..core.process import Move
from ..duty.details import wordings
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..patrol import queries as patrol_queries
from ..patrol.models import PatrolObject
from ..people import queries as people_queries
from ..people.models import Body
from ..web.forms import key
from ..web.language import day, moment, named
from ..web.language import said as _
from . import details, evidence, history, joint, labels, queries
from .models import Report, SiteLook
from .rows import SHORT, due_words, guessed, is_late, marks, tone
from .words import (
    NamesInHistory,
    OfficeNames,
    action_word,
    held_word,
    holder_word,
    names_in,
    place_words,
    problem_words,
    state_word,
)
from .workflow import ENDS, HANDLING, REPORT, SENT_TO, STATES


@dataclass(frozen=True)
class Page:
    """Everything one report's page shows, and only what its reader may see."""

    found: queries.Found
    cell: Cell
    parents: list[Cell]
    joint: list[Cell]
    decides: Cell | None  # who decides which of them leads: the nearest grid above them, as long as that is open
    may_lead: bool  # the reader is there
    problems: str
    problem_codes: list[str]
    thing: PatrolObject | None
    opens_thing: bool  # the reader may look it up
    place: str
    position: evidence.Position | None
    finder: str
    standing: dict[str, Any]
    moves: list[tuple[Move, str]]
    places: list[details.Place]
    ground: Any
    photos: list[details.Picture]
    looks: list[SiteLook]
    seen: Sequence[evidence.Seen]  # what looks say of the matter as it stands now; nothing of one that ended
    history: list[dict[str, Any]]
    result: str
    facts: list[tuple[str, str]]
    limit: TimeLimit | None
    earlier: Report | None
    later: list[Report]
    may_recur: bool
    look: SiteLook | None  # waits for the reader's answer
    cooperates: bool  # the reader's department has still to say what it did
    barred: list[str]  # why a button that the reader would have is not there: nobody is where it leads to
    can_look: list[Cell]  # the villages whose officer can be asked to go and look
    left_look: SiteLook | None  # was asked of a village where nobody is; the reader may take it back
    left_parts: list[details.Place]  # parts of cooperating bodies for which nobody speaks; likewise

    @property
    def report(self) -> Report:
        """The matter itself."""
        return self.found.report


class Past(NamedTuple):
    """What happened to a report, newest first, with the names that stand in it."""

    lines: list[history.Event]
    names: NamesInHistory

    @property
    def last(self) -> history.Event | None:
        """The last move."""
        return next((line for line in self.lines if line.event.to_state is not None), None)


def page(session: Session, actor: Actor, report_id: uuid.UUID) -> Page:
    """One report as its page shows it, else NotFound."""
    report = (found := queries.one(session, actor, report_id)).report
    ids = {report.grid_id, *details.joint_grids(session, report.id)}
    cells = grid_queries.named(session, {*ids, *(path := grid_queries.on_path(found.path))})
    cell, above = cells[report.grid_id], [cells[id_] for id_ in path[:-1]]
    whose = OfficeNames(cell, above[-1] if above else cell)
    past = Past(lines := history.lines(session, report.id), names_in(session, lines))
    places, looks = details.assignments(session, report.id), details.looks(session, report.id)
    problems = details.problems(session, [report.id]).get(report.id, [])
    walked = {id_ for _person, id_ in people_queries.posted(session, ids, people_queries.WALKERS)}
    return Page(
        found=found,
        cell=cell,
        parents=above,
        joint=[cells[id_] for id_ in ids if id_ != report.grid_id],
        decides=(above_all := _decides(session, report, [cells[id_] for id_ in ids])),
        may_lead=above_all is not None and bool(joint.may_decide(session, actor, above_all)),
        problems=problem_words(problems),
        problem_codes=[problem.code for problem in problems],
        thing=(thing := details.things(session, {report.object_id}).get(report.object_id)),
        opens_thing=bool(thing and grid_queries.cells_reached(session, actor, "grid.read", thing.grid_id)),
        place=place_words(report, thing),
        position=evidence.position(session, report),
        finder=_finder(session, found, cell),
        standing=_standing(session, found, whose, _lead(places), past, is_joint=len(ids) > 1),
        moves=[(move, action_word(move.action, move.target)) for move in found.moves],
        places=places,
        ground=_ground(session, report, places),
        photos=details.photos(session, report.id),
        looks=looks,
        seen=() if report.state in ENDS else evidence.seen(session, [report.id]).get(report.id, ()),
        history=(events := _history(session, report, whose, past)),
        result=_result(events),
        facts=_facts(session, report),
        limit=_limit(session, report),
        earlier=_earlier(session, actor, report),
        later=queries.recurrences(session, actor, report.id),
        may_recur=report.state in ENDS and cell.id in actor.grids_for("patrol.walk"),
        look=_asked_of_reader(actor, report, looks),
        cooperates=_has_to_say(actor, found, places),
        barred=_barred(found),
        can_look=[cells[id_] for id_ in sorted(walked)],
        left_look=_left_look(found, looks, walked),
        left_parts=_left_parts(session, found, places),
    )


def _decides(session: Session, report: Report, cells: Sequence[Cell]) -> Cell | None:
    return joint.nearest_above(session, cells) if len(cells) > 1 and report.state in joint.UNDECIDED else None


def _asked_of_reader(actor: Actor, report: Report, looks: Sequence[SiteLook]) -> SiteLook | None:
    mine = actor.grids_for("look.answer") if report.state not in ENDS else ()
    return next((look for look in looks if not look.answer and look.grid_id in mine), None)


def _has_to_say(actor: Actor, found: queries.Found, places: Sequence[details.Place]) -> bool:
    return "report.result" in found.allowed and any(
        place.body.id in actor.bodies() and place.assignment.role == "coop" and not place.assignment.to_at
        for place in places
    )


def _barred(found: queries.Found) -> list[str]:
    """The sentences of the rows that are closed only because nobody is where they would send it."""
    facts = {**found.facts, **dict.fromkeys(SENT_TO, True)}
    rows_ = [row for row in REPORT.leaving(found.report.state) if row.by & found.roles and not row.barred_by(facts)]
    guards = dict.fromkeys(guard for row in rows_ if (guard := row.barred_by(found.facts)))
    return [_(REPORT.guards[guard]) for guard in guards]


def _left_look(found: queries.Found, looks: Sequence[SiteLook], walked: Collection[int]) -> SiteLook | None:
    """The look that waits for its answer, at a village that is none of those with an officer."""
    if "look.ask" not in found.allowed or found.report.state in ENDS:
        return None
    return next((look for look in looks if look.answer is None and look.grid_id not in walked), None)


def _left_parts(session: Session, found: queries.Found, places: Sequence[details.Place]) -> list[details.Place]:
    parts = [place for place in places if place.assignment.role == "coop" and place.assignment.to_at is None]
    if not parts or not found.roles & REPORT.movers("dispatch"):
        return []
    staffed = people_queries.spoken_for(session, [place.body.id for place in parts])
    return [place for place in parts if place.body.id not in staffed]


def _finder(session: Session, found: queries.Found, cell: Cell) -> str:
    """A department sees the grid that found it, not the person; the line above sees who."""
    return (
        named(people_queries.by_id(session, found.report.found_by))
        if found.via_grid
        else _("grid of %(name)s", name=named(cell))
    )


def _lead(places: Sequence[details.Place]) -> Body | None:
    return next(
        (place.body for place in places if place.assignment.role == "lead" and place.assignment.to_at is None), None
    )


def _standing(
    session: Session, found: queries.Found, whose: OfficeNames, lead: Body | None, past: Past, *, is_joint: bool
) -> dict[str, Any]:
    """The block under the head: state, marks, holder, clock, why here."""
    report, reason = found.report, past.names.why(past.last, named(whose.village))
    return {
        "word": state_word(report.state),
        "tone": tone(report),
        "due": due_words(report),
        "due_tone": "late" if is_late(report) else "",
        "marked": marks(report, past.last, is_joint, bool(guessed(session, [report]))),
        "holder": held_word(session, found, whose, lead) if STATES[report.state].holder else "",
        "why": _("Why here: %(why)s", why=reason) if reason else "",
    }


def _ground(session: Session, report: Report, places: Sequence[details.Place]) -> Any:
    """The ground of the dispatch in force, or of the last one of a closed matter: the duty with its lines, as it was
    worded then, or the words that stand for it. A dispatch that came back is history."""
    place = next((p for p in reversed(places) if p.assignment.role == "lead" and p.assignment.ground), None)
    if place is None or (place.assignment.to_at and report.state not in ENDS):
        return None
    lead = place.assignment
    return {
        "kind": lead.ground,
        "text": lead.ground_text,
        "body": named(place.body),
        "duty": wordings(session, {lead.duty_id}).at(lead.duty_id, lead.from_at) if lead.duty_id else None,
        "doubt": _(labels.DOUBTS[lead.doubt]) if lead.doubt else "",
    }


def _history(session: Session, report: Report, whose: OfficeNames, past: Past) -> list[dict[str, Any]]:
    doubts = details.doubts(session, report.id)

    def mark(event: history.Event) -> str:
        """Each dispatch, newest first, takes the last that is left."""
        doubt = doubts.pop() if event.event.action == "dispatch" and doubts else None
        return _(labels.DOUBTS[doubt]) if doubt else ""

    return [
        {
            "at": moment(event.event.at),
            "who": _who(event, whose),
            "is_move": event.event.to_state is not None,
            "action": event.event.action,
            "what": action_word(event.event.action, event.event.to_state),
            "note": past.names.line(event.event),
            "mark": mark(event),
        }
        for event in past.lines
    ]


def _result(events: list[dict[str, Any]]) -> str:
    """What the handler reported last; empty before the first result."""
    return next((event["note"] for event in events if event["action"] in HANDLING), "")


def _who(event: history.Event, whose: OfficeNames) -> str:
    return whose.word(event.event.role, event.body) if event.event.role in labels.HOLDERS else _("the system")


def _facts(session: Session, report: Report) -> list[tuple[str, str]]:
    """Severity and first measure in the reader's words."""
    pairs = (("severity", report.severity), ("first_measure", report.first_measure))
    ready = {kind: words.named(session.connection(), kind) for kind, _code in pairs}
    return [(kind, named(ready[kind][code])) for kind, code in pairs if code in ready[kind]]


def _limit(session: Session, report: Report) -> TimeLimit | None:
    clocks = STATES[report.state].clocks
    return calendar.limit(session, clocks[0]) if clocks else None


def _earlier(session: Session, actor: Actor, report: Report) -> Report | None:
    if report.recurs_id is None:
        return None
    return session.scalar(queries.readable(actor).where(Report.id == report.recurs_id))


def prefilled(session: Session, actor: Actor, asked: Mapping[str, str]) -> dict[str, Any]:
    """What a new report starts with: the object and round it comes from, or the report that is back."""
    given: dict[str, Any] = {}
    if object_id := _key(asked.get("object")):
        thing = patrol_queries.thing(session, actor, "grid.read", object_id)
        given |= {"object_id": thing.id, "place": named(thing)}
    for name, field in (("patrol", "patrol_id"), ("recurs", "recurs_id")):
        if asked.get(name):
            given[field] = _uuid(asked[name])
    if given.get("recurs_id"):
        old = queries.one(session, actor, given["recurs_id"]).report
        given |= {
            "place": old.place,
            "object_id": old.object_id,
            "problem": [problem.code for problem in details.problems(session, [old.id]).get(old.id, [])],
        }
    return given


def _key(text: str | None) -> int | None:
    """Of an address that somebody may have typed: what is no number of a row is nothing."""
    try:
        return key(text)
    except ValueError:
        return None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def stale_words(page_: Page) -> str:
    """Which office acted meanwhile, when, and what it is now; no person is named, as in the history."""
    last = next(event for event in page_.history if event["is_move"])
    return _(
        '%(who)s acted at %(at)s; it is now "%(state)s". Your text is kept below.',
        who=last["who"],
        at=last["at"],
        state=page_.standing["word"],
    )


def share(page_: Page) -> str:
    """One line to pass on in a chat: number, matter, place, state, link; no names of people."""
    return _(
        "[%(number)s] %(problems)s, %(village)s, %(place)s. Now %(state)s. Log in to see it: %(link)s",
        number=page_.report.number[-SHORT:],
        problems=page_.problems,
        village=named(page_.cell),
        place=page_.place,
        state=page_.standing["word"],
        link=url_for("report.show", report_id=page_.report.id, _external=True),
    )


def done_words(session: Session, actor: Actor, report_id: uuid.UUID, event_id: uuid.UUID | None) -> str:
    """What the move that was just made did, whose the matter is now and until when; of one that came again after
    others had moved on, how it stands."""
    found = queries.one(session, actor, report_id)
    report, last = found.report, history.last_moves(session, [report_id])[report_id]
    sentence = labels.DONE[last.event.action, report.state]
    if event_id is not None and last.event.id != event_id:
        return _('This had arrived before. It is now "%(state)s".', state=state_word(report.state))
    cell = grid_queries.named(session, {report.grid_id})[report.grid_id]
    above, holder = grid_queries.parents(session, cell), STATES[report.state].holder
    whose = OfficeNames(cell, above[-1] if above else cell)
    lead = _lead(details.assignments(session, report_id, now=True))
    if holder and found.facts["nobody"]:
        return held_word(session, found, whose, lead)
    who = whose.word(holder, lead) if holder else ""
    return _(sentence, who=who, due=day(report.due_at), at=moment(report.due_at))


def beside_words(page_: Page, action: str) -> str:
    """The same of an act beside the state."""
    asked = next((look for look in page_.looks if look.answer is None), None)
    cells = {cell.id: cell for cell in (page_.cell, *page_.joint)}
    return _(
        labels.DONE_BESIDE[action],
        who=holder_word(labels.WHO_LOOKS, cells[asked.grid_id], None) if asked else "",
        due=day(asked.due_at) if asked else "",
        problems=page_.problems,
    )
