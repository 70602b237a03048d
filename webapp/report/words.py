"""What a report's state, its last move and each line of its history say, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..core import words
from ..duty import words as duty_words
from ..duty.details import Wordings, wordings
from ..grid.queries import Cell
from ..patrol.models import PatrolObject
from ..people import rules
from ..people.models import Body
from ..web.language import day, named
from . import details, history, labels
from .given import NO_KEY, Given
from .models import ADDED, Report, ReportEvent


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


def answer_word(answer: str) -> str:
    """What a look found."""
    return {"right": _("Put right"), "not_yet": _("Not yet")}.get(answer, "")


def problem_words(problems: Sequence[Any]) -> str:
    """ "Smoke, bad smell"."""
    return _(", ").join(named(problem) for problem in problems)


def place_words(report: Report, thing: PatrolObject | None) -> str:
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


@dataclass(frozen=True)
class NamesInHistory:
    """The names behind the codes and ids that moves carry in ``given``: ready words, problem types, bodies, duties."""

    ready: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, str]
    bodies: Mapping[int, Body]
    duties: Wordings

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


#: The parts of a line of the history, in their order.
PARTS = (
    NamesInHistory._missing,
    NamesInHistory._result,
    NamesInHistory._answer,
    NamesInHistory._undone,
    NamesInHistory._types,
    NamesInHistory._to,
    NamesInHistory._with_others,
    NamesInHistory._ground,
    NamesInHistory._typed,
    NamesInHistory._point,
    NamesInHistory._whose_duty,
    NamesInHistory._due,
)
TYPED = ("place", "done", "document_no", "reason", "note", "against", "question", "ground_text")


def names_in(session: Session, events: Iterable[history.Event]) -> NamesInHistory:
    """The names for these events, each kind asked for once."""
    givens = [Given(event.event.given) for event in events]
    ready = {kind: words.named(session.connection(), kind) for kind in ("return_missing", "result")}
    return NamesInHistory(
        ready,
        {kind.code: named(kind) for kind in details.problem_types(session)},
        details.bodies(session, {id_ for given in givens for id_ in bodies_in(given)}),
        wordings(session, {given.key("duty") for given in givens} - {NO_KEY}),
    )


def bodies_in(given: Given) -> set[int]:
    """Ids of the bodies that a move named: to whom, who cooperates, whose duty it would be."""
    return {given.key("body"), *given.keys("coop"), given.key("duty_or_none")} - {NO_KEY}


def _with(first: str, second: str | None) -> str:
    return first + _(": ") + second if first and second else first or second or ""
