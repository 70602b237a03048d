"""Reports as they are taken out. Who found one is a person for the line above, and the grid for all others, as on its
page; steps of the history and photos are not among it."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, true
from sqlalchemy.orm import aliased

from ..core import exports
from ..core.errors import N_
from ..core.exports import Export, field
from ..core.own import name, ready_word, word_of
from ..core.tongue import Tongue
from ..duty.models import ProblemType
from ..grid.exports import of_village, with_village
from ..grid.models import Grid, GridVersion
from ..patrol.models import PatrolObject
from ..patrol.own import MODES
from ..people.models import Body, Person
from . import labels, queries
from .models import Assignment, Report, ReportProblem

# by another name: the tests of who reaches a report look into the same table
LEADS = aliased(Assignment, name="leads")
IS_LEAD = and_(LEADS.report_id == Report.id, LEADS.role == "lead", LEADS.to_at.is_(None))


def _rows(actor: Any, is_operator: bool) -> Select[Any]:
    found = (
        select(Report.id)
        .join(Grid, Grid.id == Report.grid_id)
        .join(Person, Person.id == Report.found_by)
        .outerjoin(PatrolObject, PatrolObject.id == Report.object_id)
        .outerjoin(LEADS, IS_LEAD)
        .outerjoin(Body, Body.id == LEADS.body_id)
    )
    reach = true() if is_operator else queries.reach(actor, "report.read")
    return with_village(found, is_operator, reach).order_by(Report.received_at, Report.id)


def _sees_person(actor: Any, is_operator: bool) -> ColumnElement[bool]:
    """Whether the asker reaches a report by a posting to its ground, not only by a body that has or had it."""
    return literal(True) if is_operator else queries.reach(actor.without_bodies(), "report.read")


def finder(tongue: Tongue, is_seen: bool, zh: str, en: str, grid_zh: str, grid_en: str) -> str:
    """Who found it, or only the grid."""
    if is_seen:
        return tongue.name(zh, en)
    return tongue.word(N_("grid of %(name)s")) % {"name": tongue.name(grid_zh, grid_en)}


def _problems(name_: Any, between: str) -> Any:
    listed = func.aggregate_strings(name_, between).aggregate_order_by(ProblemType.position, ProblemType.code)
    found = select(listed).join(ReportProblem, ReportProblem.problem == ProblemType.code)
    return found.where(ReportProblem.report_id == Report.id).correlate(Report).scalar_subquery()


PROBLEMS = (_problems(ProblemType.zh, "、"), _problems(ProblemType.en, ", "))
FINDER = (_sees_person, Person.zh, Person.en, GridVersion.zh, GridVersion.en)

EXPORTS = (
    Export(
        40,
        "reports",
        N_("Reports"),
        "report.read",
        (
            field("number", N_("Report no."), Report.number),
            field("state", N_("State"), Report.state, say=word_of(labels.STATES)),
            field("problems", N_("Problems"), *PROBLEMS, say=name),
            field("severity", N_("How bad"), Report.severity, say=ready_word("severity")),
            *of_village(),
            field("place", N_("Where it is"), Report.place),
            field("lon", exports.LON, Report.lon, kind=exports.NUMBER),
            field("lat", exports.LAT, Report.lat, kind=exports.NUMBER),
            field("accuracy", N_("Accuracy in metres"), Report.accuracy_m, kind=exports.NUMBER),
            field("crs", N_("Coordinates were typed as"), Report.crs),
            field("note", N_("What was found"), Report.note),
            field("first", N_("What was done first"), Report.first_measure, say=ready_word("first_measure")),
            field("object", N_("Object"), PatrolObject.zh, PatrolObject.en, say=name),
            field("finder", N_("Found by"), *FINDER, say=finder),
            field("entered", N_("How it was entered"), Report.entry_mode, say=word_of(MODES)),
            field("at", N_("When"), Report.occurred_at, kind=exports.MOMENT),
            field("received", N_("Received at"), Report.received_at, kind=exports.MOMENT),
            field("since", N_("In this state since"), Report.state_since, kind=exports.MOMENT),
            field("due", N_("Due"), Report.due_at, kind=exports.MOMENT),
            field("lead", N_("Lead"), Body.zh, Body.en, say=name),
        ),
        _rows,
        (Report.lon, Report.lat),
        Report.received_at,
    ),
)
