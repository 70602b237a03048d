"""Pick lists of the report forms, in the reader's language."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import calendar, clock, words
from ..core.errors import N_, Refused
from ..core.process import Move
from ..duty import dispatching
from ..duty import queries as duty_queries
from ..duty import words as duty_words
from ..grid import locate, names
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


def _words(session: Session, kind: str) -> Options:
    return [(word.code, named(word)) for word in words.of(session.connection(), kind)]


def problem_choices(session: Session) -> Options:
    """Everyday words for problems."""
    return [(kind.code, named(kind)) for kind in dispatching.problems(session)]


def fill(session: Session, form: ReportForm) -> None:
    """The lists of the report form that do not depend on the village."""
    form.problem.choices = problem_choices(session)
    form.severity.choices = _words(session, "severity")
    form.first_measure.choices = _words(session, "first_measure")


def for_report(session: Session, cell: Cell, form: ReportForm) -> dict[str, Any]:
    """Fill the form for a village and say what its page needs besides."""
    fill(session, form)
    form.person_id.choices, somebody = people_words.officer_choices(session, cell.id)
    form.joint.choices = _other_villages(session, cell, form)
    officers = {person.id for person in people_queries.officers(session, cell.id)}
    return {
        "cell": cell,
        "officers": officers,
        "nobody": not somebody,
        "settles": settles(session),
        "contacts": words.contacts(session),
    }


def fill_beside(page: Any, forms: Mapping[str, Any]) -> None:
    """The pick lists of the acts beside the state: whom one can ask to look, whose part nobody can finish."""
    forms["look"].grid.choices = [(cell.id, named(cell)) for cell in page.can_look]
    forms["lead"].lead.choices = [(cell.id, named(cell)) for cell in page.joint]
    forms["part"].part.choices = [(place.assignment.id, named(place.body)) for place in page.left_parts]


def settles(session: Session) -> dict[str, Any]:
    """What may be settled on the spot, for the button to go by; service.submit has the say."""
    return {
        "severity": "minor",
        "enforced": [kind.code for kind in dispatching.problems(session) if kind.needs_enforcement],
    }


def _other_villages(session: Session, cell: Cell, form: ReportForm) -> dict[str, Options]:
    """Who may be the other one of a matter on a border: those that share one, and the township's. Any other is found
    by its name; one that was found so, was chosen before, or in which the form's position lies is there too."""
    beside = grid_queries.named(session, set(locate.beside(session, cell.id)))
    groups: dict[str, Collection[Any]] = {
        _("At this position"): _at_position(session, form),
        _("On our border"): beside.values(),
        _("In our township"): grid_queries.siblings(session, cell),
        _("Farther away"): _farther(session, cell, form),
    }
    made: dict[str, Options] = {"": [("", _("Choose"))]}
    known = {cell.id}
    for words_, cells in groups.items():
        new = sorted((other for other in cells if other.id not in known), key=_order)
        known |= {other.id for other in new}
        made |= {words_: [(other.id, _far(other)) for other in new]} if new else {}
    return made


@dataclass(frozen=True)
class Near:
    """A village at which a position may lie, and how far its border is from there, in metres; 0: it lies inside."""

    id: int
    code: str
    zh: str
    en: str
    metres: int


def _order(village: Any) -> tuple[int, str]:
    return getattr(village, "metres", 0), village.code


def _at_position(session: Session, form: ReportForm) -> list[Near]:
    """The villages that hold the form's position or come within its circle."""
    if form.lon.data is None or form.lat.data is None:
        return []
    try:
        lon, lat = locate.entered(form.lon.data, form.lat.data, form.crs.data)
    except Refused:
        return []
    found = locate.candidates(session, lon, lat, form.accuracy_m.data or 0)
    cells = grid_queries.named(session, {candidate.id for candidate in found})
    known = ((cells[candidate.id], round(candidate.distance_m)) for candidate in found)
    return [Near(cell.id, cell.code, cell.zh, cell.en, metres) for cell, metres in known]


def _far(village: Any) -> str:
    """Its name, and how far it is, where that is known."""
    metres = getattr(village, "metres", None)
    if metres is None:
        return named(village)
    if metres == 0:
        return _("%(name)s (here)", name=named(village))
    return _("%(name)s (%(m)d m)", name=named(village), m=metres)


MOST_CALLED = 20  # villages of one name that a form lists
UNKNOWN_VILLAGE = N_("No village has this name. Write it as the map does, or its code.")
SEVERAL_VILLAGES = N_('Several villages are called that. Choose one under "The other village".')


def _farther(session: Session, cell: Cell, form: ReportForm) -> list[Cell]:
    ids = {form.joint.data} if form.joint.data else set()
    called = names.called(session, form.joint_name.data or "", cell.tier, MOST_CALLED)
    return [*(found for found in grid_queries.named(session, ids).values() if found.tier == cell.tier), *called]


def find_joint(session: Session, form: ReportForm) -> None:
    """Choose the other village by its name, where it was written and none was chosen; Refused (field ``joint_name``)
    when none is called so, or more than one is."""
    if form.joint.data or not form.joint_name.data:
        return
    found = names.called(session, form.joint_name.data, grid_queries.working_tier(session), MOST_CALLED)
    if len(found) != 1:
        raise Refused(SEVERAL_VILLAGES if found else UNKNOWN_VILLAGE, field="joint_name")
    form.joint.data = found[0].id


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


def asked(session: Session, found: Found, move: Move) -> list[tuple[str, bool]]:
    """The fields of a supplement in the order in which they stand, and whether each was asked for and must be filled
    in: first those, then the rest. Nothing for another move."""
    if move.action != "supplement":
        return []
    first = effects.asked_of(session, found.report)
    return [(field, field in first) for field in dict.fromkeys((*first, *effects.LACKING))]


def presets(session: Session, found: Found, move: Move, duty: str | None = None) -> dict[str, Any]:
    """The day a hand-over proposes: the limit of the state in which the work is done. What goes back to the township
    because of a ``duty`` of its own begins with that reason.
    """
    if move.action == "give_back" and duty and (line := duty_queries.duty(session, duty)):
        return {"reason": theirs(line)}
    if "due" not in move.needs:
        return {}
    code = "handle" if move.action == "dispatch" else "station_handle"
    return {"due": clock.day(calendar.limit_after(session, code, clock.now())), "ground": "duty"}


def theirs(line: duty_queries.DutyRow) -> str:
    """Why a matter goes back: whose it is, by which line."""
    return _(
        "It is the duty of %(body)s: %(duty)s (%(lines)s).",
        body=named(line.department),
        duty=named(line.duty),
        lines=duty_words.source(line.duty),
    )


@dataclass(frozen=True)
class Proposal:
    """A row "problem, duty" and the department of this county that would get it; None where none would: nobody is
    named, it is a township's or a village's, or no such department is set up here.
    """

    row: dispatching.Linked
    body: Body | None
    was_last: bool

    @property
    def is_theirs(self) -> bool:
        """Whether the township or village leads here, so that the matter can go back to it."""
        return self.row.is_local and self.row.applies and self.row.link.role == "lead"

    @property
    def value(self) -> str:
        """What the choice sends."""
        return f"{self.body.id}:{self.row.line.duty.id}" if self.body and self.row.line else ""


def dispatch_panel(
    session: Session, report_id: uuid.UUID, problems: Sequence[str], *, everywhere: bool = False
) -> dict[str, Any]:
    """Whose the problems are by the rows that apply here, and below every department with its duties.

    Who said "not ours" before is not proposed again; whom the last one named comes first. ``everywhere`` shows the rows
    and duties of all texts and tiers.
    """
    refused = history.bounces(session, report_id)
    named_last = next(iter(refused.values()), None)
    departments = sorted(people_queries.departments(session), key=lambda body: body.id != named_last)
    last = details.last_lead(session, problems, report_id)
    rows = dispatching.linked(session, problems)
    proposals = [
        Proposal(row, body, last is not None and body is not None and last.body_id == body.id)
        for row in rows
        if everywhere or row.applies
        for body in _whom(row, departments, refused)
    ]
    proposals.sort(key=lambda each: each.body is None or each.body.id != named_last)
    duties = dispatching.duties_of(session, {body.canonical or "" for body in departments}, everywhere=everywhere)
    return {
        "departments": departments,
        "duties": {body.id: duties.get(body.canonical or "", []) for body in departments},
        "proposals": proposals,
        "elsewhere": sum(not row.applies for row in rows),
        "everywhere": everywhere,
        "refused": refused,
    }


def _whom(row: dispatching.Linked, departments: Sequence[Body], refused: Collection[int]) -> Sequence[Body | None]:
    """The departments that a row can be dispatched to; one None where there is none to name, and nothing where all
    that there are have said "not ours".
    """
    if row.line is None or not row.is_countys:
        return [None]
    found = [body for body in departments if body.canonical == row.line.department.code]
    return [body for body in found if body.id not in refused] if found else [None]
