"""What a report's state, its last move and each line of its history say, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..core import words
from ..duty import words as duty_words
from ..duty.models import Duty
from ..grid.queries import Cell
from ..people import rules
from ..people.models import Body
from ..web.language import day, named
from . import details, history, labels


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


def problem_words(problems: Sequence[Any]) -> str:
    """ "Smoke, bad smell"."""
    return _(", ").join(named(problem) for problem in problems)


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
    duties: Mapping[int, Duty]

    def why(self, event: history.Event | None, place: str) -> str:
        """Why a report stands where it stands, from its last move."""
        sentence = event and labels.WHY.get((event.event.action, event.event.to_state or ""))
        if not event or not sentence:
            return ""
        given = event.event.given
        reason = _("; ").join(filter(None, (given.get("reason"), self._whose_duty(given))))
        return _(
            sentence,
            who=named(event.body) if event.body else place,
            reason=reason,
            missing=_with(self._missing(given), given.get("note")),
        )

    def line(self, given: Mapping[str, Any]) -> str:
        """What a move said, as one line for the history."""
        return _(", ").join(filter(None, (part(self, given) for part in PARTS)))

    def _missing(self, given: Mapping[str, Any]) -> str:
        known = self.ready["return_missing"]
        return _(", ").join(named(known[code]) for code in given.get("missing", ()) if code in known)

    def _result(self, given: Mapping[str, Any]) -> str:
        return named(self.ready["result"][given["result"]]) if given.get("result") in self.ready["result"] else ""

    def _answer(self, given: Mapping[str, Any]) -> str:
        return {"right": _("Put right"), "not_yet": _("Not yet")}.get(given.get("answer", ""), "")

    def _types(self, given: Mapping[str, Any]) -> str:
        return _(", ").join(self.types[code] for code in given.get("after", ()) if code in self.types)

    def _to(self, given: Mapping[str, Any]) -> str:
        body = self.bodies.get(given.get("body", 0))
        return _("to %(body)s", body=named(body)) if body else ""

    def _with_others(self, given: Mapping[str, Any]) -> str:
        others = [named(self.bodies[id_]) for id_ in given.get("coop", ()) if id_ in self.bodies]
        return _("cooperating: %(bodies)s", bodies=_(", ").join(others)) if others else ""

    def _ground(self, given: Mapping[str, Any]) -> str:
        duty = self.duties.get(given.get("duty", 0))
        return _("%(name)s: %(value)s", name=named(duty), value=duty_words.source(duty)) if duty else ""

    def _whose_duty(self, given: Mapping[str, Any]) -> str:
        body = self.bodies.get(_id(given.get("duty_or_none")))
        return _("it would be the duty of %(body)s", body=named(body)) if body else ""

    def _typed(self, given: Mapping[str, Any]) -> str:
        return _(", ").join(str(given[key]) for key in TYPED if given.get(key))

    def _due(self, given: Mapping[str, Any]) -> str:
        return _("due %(day)s", day=day(date.fromisoformat(given["due"]))) if given.get("due") else ""


#: The parts of a line of the history, in their order.
PARTS = (
    NamesInHistory._missing,
    NamesInHistory._result,
    NamesInHistory._answer,
    NamesInHistory._types,
    NamesInHistory._to,
    NamesInHistory._with_others,
    NamesInHistory._ground,
    NamesInHistory._typed,
    NamesInHistory._whose_duty,
    NamesInHistory._due,
)
TYPED = ("place", "done", "document_no", "reason", "note", "question", "ground_text")


def names_in(session: Session, events: Iterable[history.Event]) -> NamesInHistory:
    """The names for these events, each kind asked for once."""
    givens = [event.event.given for event in events]
    ready = {kind: words.named(session.connection(), kind) for kind in ("return_missing", "result")}
    return NamesInHistory(
        ready,
        {kind.code: named(kind) for kind in details.problem_types(session)},
        details.bodies(session, {id_ for given in givens for id_ in bodies_in(given)}),
        details.duties(session, {given["duty"] for given in givens if given.get("duty")}),
    )


def bodies_in(given: Mapping[str, Any]) -> set[int]:
    """Ids of the bodies that a move named: to whom, who cooperates, whose duty it would be."""
    return {id_ for id_ in (given.get("body"), *given.get("coop", ()), _id(given.get("duty_or_none"))) if id_}


def _id(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _with(first: str, second: str | None) -> str:
    return first + _(": ") + second if first and second else first or second or ""
