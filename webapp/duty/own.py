"""What of the duty lists is about one person, for the file that he gets of it: what he confirmed or decided."""

from ..core.errors import N_
from ..core.own import ME, OwnSheet, name, shown
from .models import DocumentDecision, Duty, ProblemDuty, Succession

DUTIES = OwnSheet(
    140,
    N_("Duties that I confirmed"),
    Duty,
    Duty.confirmed_by == ME,
    (
        shown(N_("When"), Duty.confirmed_at),
        shown(N_("Code"), Duty.code),
        shown(N_("Duty"), Duty.zh, Duty.en, say=name),
    ),
    (Duty.confirmed_at, Duty.id),
)
CONFIRMED = OwnSheet(
    141,
    N_("Duties of problems, confirmed"),
    ProblemDuty,
    ProblemDuty.confirmed_by == ME,
    (
        shown(N_("When"), ProblemDuty.confirmed_at),
        shown(N_("Code of the duty"), ProblemDuty.duty),
        shown(N_("When it applies"), ProblemDuty.zh, ProblemDuty.en, say=name),
    ),
    (ProblemDuty.confirmed_at, ProblemDuty.id),
)
CHANGED = OwnSheet(
    142,
    N_("Duties of problems, changed"),
    ProblemDuty,
    ProblemDuty.changed_by == ME,
    (shown(N_("When"), ProblemDuty.changed_at), *CONFIRMED.columns[1:]),
    (ProblemDuty.changed_at, ProblemDuty.id),
)
NAMES = OwnSheet(
    143,
    N_("Present names I confirmed"),
    Succession,
    Succession.confirmed_by == ME,
    (shown(N_("When"), Succession.confirmed_at), shown(N_("Name as printed"), Succession.body)),
    (Succession.confirmed_at, Succession.id),
)
DECISIONS = OwnSheet(
    144,
    N_("My decisions on documents"),
    DocumentDecision,
    DocumentDecision.decided_by == ME,
    (
        shown(N_("When"), DocumentDecision.decided_at),
        shown(N_("Document"), DocumentDecision.document),
        shown(N_("Part of the document"), DocumentDecision.part),
        shown(N_("Reason"), DocumentDecision.reason),
    ),
    (DocumentDecision.decided_at, DocumentDecision.id),
)
OWN = (DUTIES, CONFIRMED, CHANGED, NAMES, DECISIONS)
