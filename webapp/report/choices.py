"""Pick lists of the report forms, in the reader's language."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import calendar, clock, words
from ..core.process import Move
from ..duty import dispatching
from ..duty.models import Duty
from ..grid import locate
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..people import queries as people_queries
from ..people import words as people_words
from ..people.models import Body
from ..web.language import named
from . import details, effects, history
from .forms import ReportForm
from .queries import Found

Options = list[tuple[Any, str]]
SUGGESTED, EACH = 8, 3


def _words(session: Session, kind: str) -> Options:
    return [(word.code, named(word)) for word in words.of(session.connection(), kind)]


def problem_choices(session: Session) -> Options:
    """Everyday words for problems."""
    return [(kind.code, named(kind)) for kind in details.problem_types(session)]


def fill(session: Session, form: ReportForm) -> None:
    """The lists of the report form that do not depend on the village."""
    form.problem.choices = problem_choices(session)
    form.severity.choices = _words(session, "severity")
    form.first_measure.choices = _words(session, "first_measure")


def for_report(session: Session, cell: Cell, form: ReportForm) -> dict[str, Any]:
    """Fill the form for a village and say what its page needs besides."""
    fill(session, form)
    form.person_id.choices, somebody = people_words.officer_choices(session, cell.id)
    form.joint.choices = _other_villages(session, cell)
    officers = {person.id for person in people_queries.officers(session, cell.id)}
    return {
        "cell": cell,
        "officers": officers,
        "nobody": not somebody,
        "settles": settles(session),
        "contacts": words.contacts(session),
    }


def settles(session: Session) -> dict[str, Any]:
    """What may be settled on the spot, for the button to go by; service.submit has the say."""
    return {
        "severity": "minor",
        "enforced": [kind.code for kind in details.problem_types(session) if kind.needs_enforcement],
    }


def _other_villages(session: Session, cell: Cell) -> dict[str, Options]:
    """Who may be the other one of a matter on a border: first those that share one."""
    beside, groups = locate.beside(session, cell.id), {"beside": [], "same": [], "far": []}  # type: ignore[var-annotated]
    for other in grid_queries.others(session, cell.id):
        near = "beside" if other.id in beside else "same" if other.parent_id == cell.parent_id else "far"
        groups[near].append((other.id, named(other)))
    words_ = {"beside": _("On our border"), "same": _("In our township"), "far": _("Farther away")}
    return {"": [("", _("Choose"))], **{words_[name]: options for name, options in groups.items() if options}}


def for_move(session: Session, actor: Actor, found: Found, move: Move) -> dict[str, Options]:
    """Pick lists of a move's form by field name."""
    made: dict[str, Options] = {"missing": _words(session, "return_missing"), "result": _words(session, "result")}
    if move.action == "assign":
        made["body"] = _bodies(_may_decide(session, found, effects.near_bodies(session, actor, found.path)))
    if move.action == "dispatch":
        departments = people_queries.departments(session)
        made |= {"body": _bodies(departments), "coop": _bodies(departments), "ground": _words(session, "ground")}
    if move.action == "bounce":
        made["duty_or_none"] = [
            (effects.NOBODY, _("Nobody's that we can name")),
            *((str(body.id), named(body)) for body in effects.whose_it_may_be(session, actor)),
        ]
    return made


def _may_decide(session: Session, found: Found, bodies: Sequence[Body]) -> Sequence[Body]:
    """No village committee for a matter of enforcement."""
    barred = "committee" if details.needs_enforcement(session, found.report.id) else ""
    return [body for body in bodies if body.kind != barred]


def _bodies(bodies: Sequence[Body]) -> Options:
    return [(body.id, named(body)) for body in bodies]


def presets(session: Session, found: Found, move: Move) -> dict[str, Any]:
    """The day a hand-over proposes: the limit of the state in which the work is done."""
    if "due" not in move.needs:
        return {}
    code = "handle" if move.action == "dispatch" else "station_handle"
    return {"due": clock.day(calendar.limit_after(session, code, clock.now())), "ground": "duty"}


@dataclass(frozen=True)
class Suggestion:
    """A department and one of its duties that fits the problem."""

    body: Body
    duty: Duty


def dispatch_panel(session: Session, report_id: uuid.UUID, problems: Sequence[str]) -> dict[str, Any]:
    """Every department with its duties, and on top the duties that name this kind of problem.

    Who said "not ours" before is not suggested again; whom the last one named comes first.
    """
    refused = history.bounces(session, report_id)
    named_last = next(iter(refused.values()), None)
    departments = people_queries.departments(session)
    duties = {body.id: dispatching.duties_of(session, body.canonical) if body.canonical else [] for body in departments}
    kinds = [kind for kind in details.problem_types(session) if kind.code in problems]
    every = [Suggestion(body, duty) for body in departments for duty in duties[body.id]]
    named_so = [row for row in every if any(kind.zh in row.duty.zh for kind in kinds)]
    by_topic = [row for row in every if row.duty.topic in {kind.category for kind in kinds}]
    fitting = [*named_so, *by_topic, *(row for row in every if row.body.id == named_last)]
    fitting.sort(key=lambda row: row.body.id != named_last)
    suggested = _few_each([row for row in fitting if row.body.id not in refused])[:SUGGESTED]
    return {"departments": departments, "duties": duties, "suggested": suggested, "refused": refused}


def _few_each(rows: Sequence[Suggestion]) -> list[Suggestion]:
    """The first few of each department, so that one long list does not hide the others."""
    shown: dict[str, Suggestion] = {}
    for row in rows:
        if sum(other.body.id == row.body.id for other in shown.values()) < EACH:
            shown.setdefault(row.duty.code, row)
    return list(shown.values())
