"""What of the duty lists is about one person, for the file that he gets of it: what he confirmed or decided."""

from ..core.errors import N_
from ..core.own import acts, name, shown
from .models import DocumentDecision, Duty, ProblemDuty, Succession

DUTY_OF_PROBLEM = (
    shown(N_("Code of the duty"), ProblemDuty.duty),
    shown(N_("When it applies"), ProblemDuty.zh, ProblemDuty.en, say=name),
)
OWN = (
    acts(
        140,
        N_("Duties that I confirmed"),
        *(Duty.confirmed_by, Duty.confirmed_at),
        shown(N_("Code"), Duty.code),
        shown(N_("Duty"), Duty.zh, Duty.en, say=name),
    ),
    acts(
        141,
        N_("Duties of problems, confirmed"),
        *(ProblemDuty.confirmed_by, ProblemDuty.confirmed_at),
        *DUTY_OF_PROBLEM,
    ),
    acts(142, N_("Duties of problems, changed"), ProblemDuty.changed_by, ProblemDuty.changed_at, *DUTY_OF_PROBLEM),
    acts(
        143,
        N_("Present names I confirmed"),
        *(Succession.confirmed_by, Succession.confirmed_at),
        shown(N_("Name as printed"), Succession.body),
    ),
    acts(
        144,
        N_("My decisions on documents"),
        *(DocumentDecision.decided_by, DocumentDecision.decided_at),
        shown(N_("Document"), DocumentDecision.document),
        shown(N_("Part of the document"), DocumentDecision.part),
        shown(N_("Reason"), DocumentDecision.reason),
    ),
)
