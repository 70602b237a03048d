"""The words for states, moves and reasons: one row each,
translated where a page is made. docs/glossary.md reads them."""

from ..core.errors import N_

STATES = {
    "township": N_("to review"),
    "returned": N_("returned for more"),
    "station": N_("with village or station"),
    "station_done": N_("township to check"),
    "township_done": N_("county to check"),
    "county": N_("to dispatch"),
    "department": N_("to receive"),
    "handling": N_("being handled"),
    "department_done": N_("to check on site"),
    "closed": N_("closed"),
    "void": N_("not accepted"),
}

#: Buttons; a move that is named differently by state has a row "action:target".
ACTIONS = {
    "submit": N_("Report"),
    "settle": N_("Settled on the spot"),
    "give_back": N_("Return"),
    "supplement": N_("Add"),
    "cannot_add": N_("Cannot add"),
    "assign": N_("Hand out"),
    "handle": N_("Report the result"),
    "handle:township_done": N_("Handle ourselves"),
    "confirm": N_("Pass and close"),
    "redo": N_("Redo"),
    "raise": N_("Raise"),
    "dispatch": N_("Dispatch"),
    "dismiss": N_("Not accept"),
    "receive": N_("Receive"),
    "bounce": N_("Not ours"),
    "reopen": N_("Reopen"),
    "unsettle": N_("Take up again"),
    "undo": N_("Undo"),
    "take_back": N_("Take it back"),
    "ask_look": N_("Ask for a look"),
    "look_answer": N_("Site look answered"),
    "coop_result": N_("Cooperating body's result"),
    "sample": N_("Looked at again"),
    "correct": N_("Problem type corrected"),
    "withdraw_look": N_("Site look taken back"),
    "release_part": N_("Cooperating part taken back"),
    "move_limit": N_("Calendar changed: new last day"),
}

#: What a look said, or what became of it, and the colour that repeats the word.
LOOK_ANSWERS = {
    "right": (N_("Put right"), "good"),
    "not_yet": (N_("Not yet"), "late"),
    "withdrawn": (N_("Taken back"), "quiet"),
}

#: Why a report stands where it stands: by the last move and the state it led to. %(who)s acted, %(reason)s was given.
WHY = {
    ("submit", "township"): N_("new from the village"),
    ("supplement", "township"): N_("the village has added what was missing"),
    ("cannot_add", "township"): N_("the village cannot add it: %(reason)s"),
    ("give_back", "returned"): N_("the township asks for more: %(missing)s"),
    ("give_back", "township"): N_("the county returned it: %(reason)s"),
    ("redo", "township"): N_("the county looked, it is not right yet: %(reason)s"),
    ("assign", "station"): N_("handed out by the township"),
    ("redo", "station"): N_("looked at, not right yet: %(reason)s"),
    ("handle", "station_done"): N_("%(who)s reported a result; somebody who did not handle it has to look"),
    ("handle", "township_done"): N_("the township handled it itself; the county has to look"),
    ("raise", "county"): N_("raised by the township: %(reason)s"),
    ("bounce", "county"): N_("%(who)s says not ours: %(reason)s"),
    ("reopen", "county"): N_("reopened: %(reason)s"),
    ("unsettle", "township"): N_("settled on the spot, looked at again, not in order: %(reason)s"),
    ("take_back", "township"): N_("nobody was there to do it; the township took it back: %(reason)s"),
    ("take_back", "county"): N_("nobody was there to do it; taken back for the county: %(reason)s"),
    ("dispatch", "department"): N_("dispatched by the county"),
    ("receive", "handling"): N_("%(who)s has received it"),
    ("redo", "handling"): N_("looked at, not right yet: %(reason)s"),
    ("handle", "department_done"): N_("%(who)s reported a result; somebody who did not handle it has to look"),
    ("confirm", "closed"): N_("looked at and closed"),
    ("settle", "closed"): N_("settled on the spot"),
    ("dismiss", "void"): N_("not accepted: %(reason)s"),
    ("undo", "department"): N_("%(who)s took back that it had received it"),
    ("undo", "township_done"): N_("the county took back that it had closed it; it has to look again"),
}

#: What a move did, as its page says it right after: whose the matter is now (%(who)s) and until when (%(due)s a day,
#: %(at)s a moment).
DONE = {
    ("submit", "township"): N_("Next: %(who)s reviews by %(at)s"),
    ("settle", "closed"): N_("Settled on the spot and closed. The township looks at some of these again."),
    ("supplement", "township"): N_("Added. Back with the %(who)s, due %(due)s."),
    ("cannot_add", "township"): N_("You said that it cannot be added. Back with the %(who)s, due %(due)s."),
    ("give_back", "returned"): N_("Returned to the %(who)s for what is missing, due %(due)s."),
    ("give_back", "township"): N_("Returned to the %(who)s, due %(due)s."),
    ("redo", "township"): N_("Sent back to the %(who)s, due %(due)s."),
    ("assign", "station"): N_("Handed to the %(who)s, due %(due)s."),
    ("redo", "station"): N_("Sent back to the %(who)s, due %(due)s."),
    ("handle", "station_done"): N_("Result sent. Now the %(who)s looks, due %(due)s."),
    ("handle", "township_done"): N_("Result sent. Now the %(who)s looks, due %(due)s."),
    ("raise", "county"): N_("Raised to the %(who)s, due %(due)s."),
    ("bounce", "county"): N_("Said not ours. Back with the %(who)s, due %(due)s."),
    ("reopen", "county"): N_("Reopened. With the %(who)s, due %(due)s."),
    ("unsettle", "township"): N_("Taken up again. With the %(who)s, due %(due)s."),
    ("dispatch", "department"): N_("Dispatched to the %(who)s, to be received by %(due)s."),
    ("receive", "handling"): N_("Received. The %(who)s handles it, due %(due)s."),
    ("redo", "handling"): N_("Sent back to the %(who)s, due %(due)s."),
    ("handle", "department_done"): N_("Result sent. Now the %(who)s looks, due %(due)s."),
    ("confirm", "closed"): N_("Looked at and closed. Nobody has anything left to do."),
    ("dismiss", "void"): N_("Not accepted. It ends here, and its finder sees why."),
    ("take_back", "township"): N_("Taken back: nobody was there. With the %(who)s, due %(due)s."),
    ("take_back", "county"): N_("Taken back: nobody was there. With the %(who)s, due %(due)s."),
    ("undo", "department"): N_("Taken back. The %(who)s has still to receive it, by %(due)s."),
    ("undo", "township_done"): N_("Taken back. The %(who)s has still to look, by %(due)s."),
}

#: The same of acts beside the state; %(who)s is the village that is asked to look.
DONE_BESIDE = {
    "ask_look": N_("The %(who)s is asked to go and look, by %(due)s."),
    "look_answer": N_("Your answer has arrived: %(answer)s. Thank you for looking."),
    "coop_result": N_("Your result stands in the history. The lead goes on with the rest."),
    "sample": N_("Looked at again, in order. It leaves the list."),
    "correct": N_("Corrected. It is now: %(problems)s."),
    "undo": N_("Taken back. It is as it was before."),
    "withdraw_look": N_("The look is taken back. You can ask for another."),
    "release_part": N_("That department's part is taken back. The others go on."),
}

WHO_LOOKS = "grid_officer"  # a village is asked to look through its officer
#: Who holds a state, as a page says it; %(name)s is the grid or the body.
HOLDERS = {
    "grid_officer": N_("grid officer of %(name)s"),
    "township_supervisor": N_("township office of %(name)s"),
    "county_office": N_("county office"),
    "department_liaison": "%(name)s",
    "station_officer": "%(name)s",
    "leader": N_("leader"),
    "inspector": N_("inspector"),
}

#: Why the duty of a dispatch is no plain ground: beside its reason, on the report and in the history.
DOUBTS = {
    "not_linked": N_("duty not linked to this problem"),
    "not_applied": N_("duty of a text that does not apply here"),
    "other_tier": N_("duty of another tier"),
}

MARKS = {
    "overdue": N_("overdue"),
    "due_soon": N_("due today"),
    "redo": N_("redo"),
    "emergency": N_("emergency"),
    "border": N_("on a border"),
    "provisional": N_("last day provisional"),
    "for_someone": N_("entered for someone"),
    "later": N_("entered later"),
}
TONES = {"closed": "good", "void": "quiet", "returned": "wait"}

#: The tabs of a desk that list reports: report/desk.py.
TABS = {
    "emergency": N_("Emergency"),
    "review": N_("To review"),
    "dispatch": N_("To dispatch"),
    "receive": N_("To receive"),
    "handling": N_("Being handled"),
    "station": N_("With village or station"),
    "to_check": N_("To check"),
    "due_today": N_("Due today"),
    "overdue": N_("Overdue"),
    "returned": N_("Returned"),
    "bounced": N_("Not ours"),
    "stuck": N_("No move for days"),
    "settled": N_("Settled on the spot"),
    "redo": N_("Redo"),
    "cooperating": N_("Cooperating"),
    "nobody": N_("With nobody"),
    "vacant": N_("Nobody posted"),
    "all_open": N_("All open"),
    "late_anywhere": N_("Overdue"),
}
