"""What looking after accounts announces: its main page and the words of its log lines."""

from ..core.announce import About, MenuEntry
from ..core.errors import N_

STANDS_ON = ("login",)
ABOUT = About(
    menu=(MenuEntry(50, "person.read", N_("People"), "accounts.index"),),
    acts={
        "body.close": N_("Body closed"),
        "body.create": N_("Body set up"),
        "body.edit": N_("Body changed"),
        "body.reopen": N_("Body back in use"),
        "code.give": N_("Log-in code given"),
        "person.create": N_("Person added"),
        "person.hand_over": N_("Postings handed over"),
        "person.edit": N_("Person changed"),
        "person.export": N_("Copy of what is kept about a person made"),
        "person.resume": N_("Account reactivated"),
        "person.suspend": N_("Account suspended"),
        "phone.end": N_("Remembered phone removed"),
        "posting.act_for": N_("Posted to act for somebody"),
        "posting.end": N_("Posting ended"),
        "posting.grant": N_("Posting given"),
        "second.reset": N_("Second factor reset"),
    },
    things={
        "body": N_("body"),
        "person": N_("person"),
    },
    facts={
        "body": N_("body"),
        "ends": N_("ends"),
        "first": N_("first day"),
        "grid": N_("grid"),
        "kind": N_("kind"),
        "last": N_("last day"),
        "log_in": N_("log-in no."),
        "login": N_("log-in name"),
        "posting": N_("posting no."),
        "role": N_("role"),
        "slip": N_("on paper"),
        "changed": N_("changed"),
    },
)
