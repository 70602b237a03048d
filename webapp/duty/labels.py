"""The words for the codes of the lists: one row each, in the order in which a page offers them; translated there."""

from ..core.errors import N_

TIERS = {
    "province": N_("province"),
    "city": N_("city"),
    "county": N_("county"),
    "township": N_("township"),
    "village": N_("village"),
    "enterprise": N_("enterprise"),
    "any": N_("any tier"),
}
ROLES = {
    "responsible": N_("responsible"),
    "lead": N_("leads"),
    "cooperate": N_("cooperates"),
    "leader": N_("leader in charge"),
}
#: What a duty is to a problem, as the county's rows say it.
PROBLEM_ROLES = {
    "lead": N_("leads"),
    "cooperate": N_("cooperates"),
    "tell": N_("is told"),
    "nobody": N_("nobody is named"),
}
PROBLEM_TONES = {"lead": "good", "cooperate": "info", "tell": "", "nobody": "wait"}
#: Whether a part of a document applies here.
STANDINGS = {
    "in_force": N_("in force here"),
    "example": N_("example"),
    "draft": N_("draft"),
    "repealed": N_("repealed"),
}
STANDING_TONES = {"in_force": "good", "example": "", "draft": "wait", "repealed": "info"}
TOPICS = {
    "air": N_("air"),
    "water": N_("water"),
    "soil": N_("soil"),
    "noise": N_("noise"),
    "solid_waste": N_("solid waste"),
    "chemicals": N_("chemicals"),
    "ecology": N_("ecology"),
    "rural": N_("villages and farmland"),
    "livestock": N_("livestock"),
    "straw": N_("straw burning"),
    "drinking_water": N_("drinking water"),
    "projects": N_("building projects"),
    "emergency": N_("emergencies"),
    "enforcement": N_("enforcement"),
    "monitoring": N_("monitoring"),
    "grid": N_("grids"),
    "planning": N_("planning"),
    "finance": N_("money"),
    "publicity": N_("publicity"),
    "inspection_rectification": N_("inspection and rectification"),
    "energy": N_("energy"),
    "other": N_("other"),
}
STATUSES = {
    "ok": N_("as the text says"),
    "to_confirm": N_("to confirm"),
    "unknown": N_("unknown"),
    "named": N_("named by the county"),
    "retired": N_("no longer listed"),
}
TONES = {"ok": "", "to_confirm": "wait", "unknown": "wait", "named": "good", "retired": "info"}
DEADLINES = {
    "at_once": N_("at once"),
    "by_date": N_("by a date"),
    "by_date_kept_up": N_("by a date, then kept up"),
    "ongoing": N_("ongoing"),
    "long_term": N_("long-term"),
}
PERIODS = {
    "daily": N_("daily"),
    "weekly": N_("weekly"),
    "monthly": N_("monthly"),
    "quarterly": N_("every quarter"),
    "half_yearly": N_("every half-year"),
    "yearly": N_("every year"),
    "seasonal": N_("by season"),
    "regular": N_("regularly; the text does not say how often"),
    "regular_irregular": N_("at fixed and at other times; the text does not say how often"),
    "continuous": N_("continuously"),
}
FIGURES = {
    "meeting": N_("meetings"),
    "disclosure": N_("disclosure"),
    "closing_step": N_("closing steps"),
    "sanction": N_("sanctions"),
    "patrol_target": N_("patrol targets"),
    "supervisor": N_("responsible persons and supervisors"),
    "evaluation": N_("evaluation"),
    "target": N_("targets"),
    "frequency": N_("frequencies"),
    "other": N_("other"),
}
BODIES = {
    "department": N_("departments"),
    "government": N_("governments"),
    "party": N_("Party bodies"),
    "court": N_("courts and procuratorates"),
    "township": N_("township bodies"),
    "village": N_("village bodies"),
    "enterprise": N_("enterprises and institutions"),
    "group": N_("groups and offices"),
    "unknown": N_("not named in the text"),
}
#: Where the history of a name comes from, when it is no line of a document.
SOURCES = {
    "general knowledge": N_("general knowledge"),
    "general knowledge: NPC decision on institutional reform 2018-03-17": N_(
        "general knowledge: decision of the National People's Congress of 17 March 2018"
    ),
    "general knowledge: NPC decision on institutional reform 2008-03-15": N_(
        "general knowledge: decision of the National People's Congress of 15 March 2008"
    ),
}
#: What happened to a row, by the audit's action.
ACTS = {
    "duty.name": N_("department named by the county"),
    "seed.change": N_("changed by a new reading of the document"),
    "seed.retire": N_("retired by a new reading of the document"),
}
