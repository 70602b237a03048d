"""The words of the log: each act, what it was done to, and the facts that stand beside it."""
from ..core.errors import N_

ACTS = {
    "body.close": N_("Body closed"),
    "body.create": N_("Body set up"),
    "body.edit": N_("Body changed"),
    "body.reopen": N_("Body opened again"),
    "code.give": N_("Log-in code given"),
    "duty.name": N_("Department of a duty named"),
    "feedback.answer": N_("Feedback answered"),
    "grid.plant": N_("Boundaries imported"),
    "interval.change": N_("Interval changed"),
    "limit.change": N_("Time limit changed"),
    "log.read": N_("Log read"),
    "login": N_("Logged in"),
    "login.failed": N_("Log-in failed"),
    "logout": N_("Logged out"),
    "object.add": N_("Object added"),
    "object.retire": N_("Object taken off the list"),
    "password.change": N_("Password changed"),
    "person.create": N_("Person added"),
    "person.edit": N_("Person changed"),
    "person.resume": N_("Account opened again"),
    "person.suspend": N_("Account suspended"),
    "phone.end": N_("Remembered phone ended"),
    "posting.end": N_("Posting ended"),
    "posting.grant": N_("Posting given"),
    "retention.purge": N_("Deleted as past its time"),
    "seed.change": N_("Row of the documents changed"),
    "seed.import": N_("Documents imported"),
    "seed.retire": N_("Row of the documents retired"),
    "setting.change": N_("Setting changed"),
    "succession.confirm": N_("Present name confirmed"),
}

#: The first part of what an act was done to; tables of the documents and the log itself have only this.
THINGS = {
    "body": N_("body"), "calendar_day": N_("calendar"), "contact": N_("telephone numbers"), "department": N_("departments"),
    "document": N_("documents"), "duty": N_("duty"), "feedback": N_("feedback message"), "figure": N_("figures"),
    "grid": N_("grid"), "log": N_("log"), "object": N_("object"),
    "object_type": N_("type of object"), "person": N_("person"), "problem_type": N_("problems"), "retention": N_("retention"),
    "setting": N_("setting"), "succession": N_("succession"), "time_limit": N_("time limit"), "word": N_("ready words"),
}

FACTS = {
    "added": N_("added"), "address": N_("address"), "after": N_("after"), "before": N_("before"), "body": N_("body"),
    "changed": N_("changed"), "codes": N_("codes"), "confirmed": N_("confirmed"), "device": N_("device"), "ends": N_("ends"),
    "feedback": N_("feedback"), "first": N_("first day"), "grid": N_("grid"), "grids": N_("grids"), "kind": N_("kind"),
    "last": N_("last day"), "log": N_("log"), "log_in": N_("log-in no."), "login": N_("log-in name"), "places": N_("positions"),
    "posting": N_("posting no."), "remembered": N_("phone remembered"), "retired": N_("retired"), "role": N_("role"),
    "sessions": N_("log-ins"), "slip": N_("on paper"), "source": N_("source"), "tries": N_("failed tries"),
    "type": N_("type"), "why": N_("reason"), "zh": N_("name"),
}
