"""Why each field that must be filled in is asked for here."""

from ..core.asked import FOUND, HISTORY, WHO, Asked
from ..core.errors import N_

PROBLEM = N_("By it the duty lists say whose it is.")
SEVERITY = N_("By it an emergency goes first and has its own time.")
FIRST = N_("The next one has to know what is already going on there.")
NOTE = N_("A word from a list does not say what is going on; one sentence is enough.")
DUE = N_("Its limit is counted to this day.")
GROUND = N_("A department has to see by which duty or decision it was sent.")
BOUNCE = N_("Else it would wander from office to office.")
TRUE = N_("It is the answer to who reported it, and it is what is checked.")
PART = N_("Several bodies may have a part; the others keep theirs.")
MISSING = N_("The officer has to know what to look for, and is asked once.")
ASKED = (
    Asked(
        N_("Report a problem"),
        "ReportForm",
        {"problem": PROBLEM, "place": FOUND, "severity": SEVERITY, "first_measure": FIRST, "note": NOTE},
    ),
    Asked(
        N_("Steps of a report"),
        "FIELDS",
        {
            "note": TRUE,
            "reason": HISTORY,
            "against": HISTORY,
            "missing": MISSING,
            "body": WHO,
            "due": DUE,
            "ground": GROUND,
            "duty_or_none": BOUNCE,
            "result": TRUE,
            "done": TRUE,
        },
    ),
    Asked(N_("Site visit"), "LookAnswerForm", {"answer": TRUE}),
    Asked(N_("Result of a cooperating department"), "ResultForm", {"done": TRUE}),
    Asked(N_("Take back a site visit"), "ReasonForm", {"reason": HISTORY}),
    Asked(N_("Take back what nobody can answer"), "PartForm", {"part": PART}),
    Asked(N_("Which village leads"), "LeadForm", {"lead": WHO}),
    Asked(N_("Correct the problem"), "ProblemsForm", {"problem": PROBLEM}),
)
