"""What a report's state, its last move and each line of its history say, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import ngettext
from sqlalchemy.orm import Session

from ..core import words
from ..duty import dispatching
from ..duty import words as duty_words
from ..duty.details import Wordings, wordings
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..people import queries as people_queries
from ..people import rules
from ..people.models import Body
from ..people.queries import Seat
from ..web.language import day, named
from ..web.language import said as _
from ..web.request import actor
from . import details, history, labels, late
from .given import NO_KEY, TYPED, Given
from .limits import LOOK
from .models import ADDED, ReportEvent
from .queries import Found
from .seats import Vacancy
from .workflow import REPORT, STATES


def state_word(state: str) -> str:
    """A state in the reader's language."""
    return _(labels.STATES[state])


def action_word(action: str, target: str | None = None) -> str:
    """A button or a line of the history."""
    return _(labels.ACTIONS.get(f"{action}:{target}") or labels.ACTIONS[action])


def holder_word(role: str, cell: Cell, body: Body | None) -> str:
    """Who holds it: "county office", "grid officer of Liulin"."""
    name = named(body) if body is not None and rules.sits_in_body(role) else named(cell)
    return _(labels.HOLDERS[role], name=name)


def late_word(role: str, place: int, names: late.Names) -> str:
    """Who holds what is overdue: as ``holder_word``, or that it rests with nobody."""
    cell, body = names.cells.get(place, names.root), names.bodies.get(place)
    return _(labels.TABS[role]) if role == late.NOBODY or cell is None else holder_word(role, cell, body)


def answer_word(answer: str) -> str:
    """What a look said, or that it was taken back; empty for what is none of these."""
    return _(labels.LOOK_ANSWERS[answer][0]) if answer in labels.LOOK_ANSWERS else ""


def answered(event: ReportEvent) -> str:
    """The answer that stands in the history, as a word."""
    return answer_word(Given(event.given).text("answer"))


def answer_tone(answer: str) -> str:
    """The colour that repeats the word."""
    return labels.LOOK_ANSWERS[answer][1]


def problem_words(problems: Sequence[Any]) -> str:
    """ "Smoke, bad smell"."""
    return _(", ").join(named(problem) for problem in problems)


def place_words(report: Any, thing: Any) -> str:
    """The place as it was typed. Where it was left as the object has it, the object's own name, which has two
    languages: the report keeps which object it is, and the text alone says whether it was changed."""
    first, added, more = report.place.partition(ADDED)
    return named(thing) + added + more if thing is not None and first in (thing.zh, thing.en) else report.place


@dataclass(frozen=True)
class OfficeNames:
    """The village of a report and its township: the names that those who hold or act carry."""

    village: Cell
    township: Cell

    def word(self, role: str, body: Body | None) -> str:
        """Who acts in a role: the township's office, the village's officer, a body by its own name."""
        return holder_word(role, self.township if rules.places(role) == ("township",) else self.village, body)


def held_word(session: Session, found: Found, whose: OfficeNames, lead: Body | None) -> str:
    """Whose it is now; where nobody is, since when, and which office can go on with it."""
    who = whose.word(str(STATES[found.report.state].holder), lead)
    return _unheld(session, found, whose, lead, who) if found.facts["nobody"] else _("With: %(who)s", who=who)


def _unheld(session: Session, found: Found, whose: OfficeNames, lead: Body | None, who: str) -> str:
    seat = _seat(str(STATES[found.report.state].holder), found, whose, lead)
    since = people_queries.vacant_since(session, [seat])[seat]
    if people_queries.sitting(session, seat):
        first = _("With: %(who)s, where everyone handled it themselves and may not check it", who=who)
    elif since is None:
        first = _("With: %(who)s, but nobody was ever posted there", who=who)
    else:
        first = _("With: %(who)s, but nobody has been posted there since %(day)s", who=who, day=day(since))
    return first + _("; ") + _way_on(session, found, whose)


def _way_on(session: Session, found: Found, whose: OfficeNames) -> str:
    """The office above that can go on with what rests with nobody, if somebody is there."""
    facts = {**found.facts, "handled": False}
    for row in REPORT.leaving(found.report.state):
        above = min(row.by)
        if "nobody" not in row.only_if or row.barred_by(facts):
            continue
        if people_queries.sitting(session, _seat(above, found, whose, None)):
            sentence = _("%(above)s can take it back") if row.action == "take_back" else _("%(above)s can check it")
            return sentence % {"above": whose.word(above, None)}
    return _("someone has to be posted first")


def _seat(role: str, found: Found, whose: OfficeNames, lead: Body | None) -> Seat:
    """Where the people sit who hold this report in a role."""
    if rules.sits_in_body(role):
        return Seat(role, body_id=lead.id if lead else 0)
    root = grid_queries.on_path(found.path)[0]
    grids = {"village": whose.village.id, "township": whose.township.id, "county": root}
    return Seat(role, grid_id=grids[rules.places(role)[0]])


def vacancy_row(vacancy: Vacancy) -> dict[str, Any]:
    """A seat in which nobody sits, as a row of the desk's list."""
    seat, waiting = vacancy.seat, vacancy.waiting
    may_post = seat.role in rules.offered(actor().roles())
    return {
        "words": named(vacancy.place),
        "url": url_for("desk.card", grid_id=seat.grid_id or vacancy.place.grid_id),
        "state": (_(rules.ROLE_NAMES[seat.role]), "late" if waiting else ""),
        "why": _("nobody since %(day)s", day=day(vacancy.since)) if vacancy.since else _("nobody was ever posted here"),
        "due": ngettext("%(num)d report waits here", "%(num)d reports wait here", waiting) if waiting else "",
        "due_tone": "late",
        "actions": [(_("Post someone"), url_for("accounts.new_person", role=seat.role))] if may_post else [],
    }


@dataclass(frozen=True)
class NamesInHistory:
    """The names behind the codes and ids that moves carry in ``given``: ready words, problem types, bodies, duties."""

    ready: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, str]
    bodies: Mapping[int, Body]
    duties: Wordings
    grids: Mapping[int, Cell]

    def why(self, event: history.Event | None, place: str) -> str:
        """Why a report stands where it stands, from its last move."""
        sentence = event and labels.WHY.get((event.event.action, event.event.to_state or ""))
        if not event or not sentence:
            return ""
        given = Given(event.event.given)
        reason = _("; ").join(filter(None, (given.text("reason"), self._whose_duty(given))))
        return _(
            sentence,
            who=named(event.body) if event.body else place,
            reason=reason,
            missing=_with(self._missing(given), given.text("note")),
        )

    def line(self, event: ReportEvent) -> str:
        """What a move said, as one line for the history."""
        given = Given(event.given, event.at)
        return _(", ").join(filter(None, (part(self, given) for part in PARTS)))

    def _missing(self, given: Given) -> str:
        known = self.ready["return_missing"]
        return _(", ").join(named(known[code]) for code in given.texts("missing") if code in known)

    def _result(self, given: Given) -> str:
        found = self.ready["result"].get(given.text("result"))
        return named(found) if found else ""

    def _answer(self, given: Given) -> str:
        return answer_word(given.text("answer"))

    def _undone(self, given: Given) -> str:
        undone = given.text("undone")
        return action_word(undone) if undone in labels.ACTIONS else ""

    def _types(self, given: Given) -> str:
        return _(", ").join(self.types[code] for code in given.texts("after") if code in self.types)

    def _to(self, given: Given) -> str:
        body = self.bodies.get(given.key("body"))
        return _("to %(body)s", body=named(body)) if body else ""

    def _leads(self, given: Given) -> str:
        was, now = (self.grids.get(given.key(name)) for name in ("grid_before", "grid_after"))
        if not was or not now:
            return ""
        if given.has("set"):
            return _("from %(was)s to %(now)s", now=named(now), was=named(was))
        return _("%(now)s leads, it was %(was)s", now=named(now), was=named(was))

    def _with_others(self, given: Given) -> str:
        others = [named(self.bodies[id_]) for id_ in given.keys("coop") if id_ in self.bodies]
        return _("cooperating: %(bodies)s", bodies=_(", ").join(others)) if others else ""

    def _ground(self, given: Given) -> str:
        duty = self.duties.at(given.key("duty"), given.at) if given.at else None
        return _("%(name)s: %(value)s", name=named(duty), value=duty_words.plan(duty)) if duty else ""

    def _whose_duty(self, given: Given) -> str:
        body = self.bodies.get(given.key("duty_or_none"))
        return _("it would be the duty of %(body)s", body=named(body)) if body else ""

    def _typed(self, given: Given) -> str:
        return _(", ").join(filter(None, map(given.text, TYPED)))

    def _point(self, given: Given) -> str:
        return _("position added") if "place" in given.texts("added") and given.has("lon") else ""

    def _due(self, given: Given) -> str:
        on = given.day("due")
        return _("due %(day)s", day=day(on)) if on else ""

    def _moved(self, given: Given) -> str:
        was, now = given.day("due_before"), given.day("due_after")
        if not was or not now:
            return ""
        body, sentence = self.bodies.get(given.key("part")), _("due %(now)s, was %(was)s", was=day(was), now=day(now))
        whose = named(body) if body else _("Site visit") if given.text("limit") == LOOK else ""
        return _("%(name)s: %(value)s", name=whose, value=sentence) if whose else sentence


#: The parts of a line of the history, in their order.
PARTS = (
    NamesInHistory._missing,
    NamesInHistory._result,
    NamesInHistory._answer,
    NamesInHistory._undone,
    NamesInHistory._types,
    NamesInHistory._leads,
    NamesInHistory._to,
    NamesInHistory._with_others,
    NamesInHistory._ground,
    NamesInHistory._typed,
    NamesInHistory._point,
    NamesInHistory._whose_duty,
    NamesInHistory._due,
    NamesInHistory._moved,
)


def names_in(session: Session, events: Iterable[history.Event]) -> NamesInHistory:
    """The names for these events, each kind asked for once."""
    givens = [Given(event.event.given) for event in events]
    ready = {kind: words.named(session.connection(), kind) for kind in ("return_missing", "result")}
    is_retyped = any(given.texts("after") for given in givens)
    return NamesInHistory(
        ready,
        {kind.code: named(kind) for kind in dispatching.problems(session)} if is_retyped else {},
        details.bodies(session, {id_ for given in givens for id_ in bodies_in(given)}),
        wordings(session, {given.key("duty") for given in givens} - {NO_KEY}),
        grid_queries.named(
            session, {given.key(name) for given in givens for name in ("grid_before", "grid_after")} - {NO_KEY}
        ),
    )


def bodies_in(given: Given) -> set[int]:
    """Ids of the bodies that a line names: to whom, who cooperates, whose duty it would be, whose part it is."""
    return {given.key("body"), given.key("part"), *given.keys("coop"), given.key("duty_or_none")} - {NO_KEY}


def _with(first: str, second: str | None) -> str:
    return first + _(": ") + second if first and second else first or second or ""
