"""The words for states, moves and reasons: one row each,
translated where a page is made. docs/glossary.md reads them."""

from ..core.errors import N_

STATES = {
    "township": N_("to review"),
    "returned": N_("returned for details"),
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
    "assign": N_("Assign"),
    "handle": N_("Report the result"),
    "handle:township_done": N_("Handle ourselves"),
    "confirm": N_("Pass and close"),
    "redo": N_("Redo"),
    "raise": N_("Raise to county"),
    "dispatch": N_("Dispatch"),
    "dismiss": N_("Do not accept"),
    "receive": N_("Receive"),
    "bounce": N_("Not ours"),
    "reopen": N_("Reopen"),
    "unsettle": N_("Spot check failed"),
    "undo": N_("Undo"),
    "take_back": N_("Take it back"),
    "ask_look": N_("Ask for a site visit"),
    "look_answer": N_("Site visit answered"),
    "coop_result": N_("Cooperating body's result"),
    "sample": N_("Spot-checked"),
    "correct": N_("Problem type corrected"),
    "withdraw_look": N_("Site visit taken back"),
    "release_part": N_("Cooperating part taken back"),
    "choose_lead": N_("Lead village chosen"),
    "follow_border": N_("Moved with the borders"),
    "move_limit": N_("Calendar changed: new last day"),
}

#: What a look said, or what became of it, and the colour that repeats the word.
LOOK_ANSWERS = {
    "right": (N_("Fixed"), "good"),
    "not_yet": (N_("Not fixed yet"), "late"),
    "withdrawn": (N_("Taken back"), "quiet"),
}

#: Why a report stands where it stands: by the last move and the state it led to. %(who)s acted, %(reason)s was given.
WHY = {
    ("submit", "township"): N_("new from the village"),
    ("supplement", "township"): N_("the village has added what was missing"),
    ("cannot_add", "township"): N_("the village cannot add it: %(reason)s"),
    ("give_back", "returned"): N_("the township asks for more: %(missing)s"),
    ("give_back", "township"): N_("the county returned it: %(reason)s"),
    ("redo", "township"): N_("the county checked it, not fixed yet: %(reason)s"),
    ("assign", "station"): N_("assigned by the township"),
    ("redo", "station"): N_("checked, not fixed yet: %(reason)s"),
    ("handle", "station_done"): N_("%(who)s reported a result; someone who did not handle it has to check it"),
    ("handle", "township_done"): N_("the township handled it itself; the county has to check it"),
    ("raise", "county"): N_("raised by the township: %(reason)s"),
    ("bounce", "county"): N_("%(who)s says not ours: %(reason)s"),
    ("reopen", "county"): N_("reopened: %(reason)s"),
    ("unsettle", "township"): N_("settled on the spot, but failed the spot check: %(reason)s"),
    ("take_back", "township"): N_("nobody was posted there to act; the township took it back: %(reason)s"),
    ("take_back", "county"): N_("nobody was posted there to act; taken back for the county: %(reason)s"),
    ("dispatch", "department"): N_("dispatched by the county"),
    ("receive", "handling"): N_("%(who)s has received it"),
    ("redo", "handling"): N_("checked, not fixed yet: %(reason)s"),
    ("handle", "department_done"): N_("%(who)s reported a result; someone who did not handle it has to check it"),
    ("confirm", "closed"): N_("checked and closed"),
    ("settle", "closed"): N_("settled on the spot"),
    ("dismiss", "void"): N_("not accepted: %(reason)s"),
    ("undo", "department"): N_("%(who)s undid its receipt"),
    ("undo", "township_done"): N_("the county undid the closing; it has to check again"),
}

#: What a move did, as its page says it right after: whose the matter is now (%(who)s) and until when (%(due)s a day,
#: %(at)s a moment).
DONE = {
    ("submit", "township"): N_("Next: %(who)s reviews by %(at)s"),
    ("settle", "closed"): N_("Settled on the spot and closed. The township spot-checks some of these."),
    ("supplement", "township"): N_("Added. Now back with the %(who)s, due %(due)s."),
    ("cannot_add", "township"): N_("You said that it cannot be added. Now back with the %(who)s, due %(due)s."),
    ("give_back", "returned"): N_("Returned to the %(who)s for what is missing, due %(due)s."),
    ("give_back", "township"): N_("Returned to the %(who)s, due %(due)s."),
    ("redo", "township"): N_("Sent back to the %(who)s, due %(due)s."),
    ("assign", "station"): N_("Assigned to the %(who)s, due %(due)s."),
    ("redo", "station"): N_("Sent back to the %(who)s, due %(due)s."),
    ("handle", "station_done"): N_("Result sent. The %(who)s now checks it, due %(due)s."),
    ("handle", "township_done"): N_("Result sent. The %(who)s now checks it, due %(due)s."),
    ("raise", "county"): N_("Raised to the %(who)s, due %(due)s."),
    ("bounce", "county"): N_("Sent back as not ours. Now with the %(who)s, due %(due)s."),
    ("reopen", "county"): N_("Reopened. Now with the %(who)s, due %(due)s."),
    ("unsettle", "township"): N_("Spot check failed. Now with the %(who)s, due %(due)s."),
    ("dispatch", "department"): N_("Dispatched to the %(who)s, to be received by %(due)s."),
    ("receive", "handling"): N_("Received. The %(who)s handles it, due %(due)s."),
    ("redo", "handling"): N_("Sent back to the %(who)s, due %(due)s."),
    ("handle", "department_done"): N_("Result sent. The %(who)s now checks it, due %(due)s."),
    ("confirm", "closed"): N_("Checked and closed. Nothing is left to do."),
    ("dismiss", "void"): N_("Not accepted. It ends here, and whoever reported it sees why."),
    ("take_back", "township"): N_("Taken back, as nobody was posted there. Now with the %(who)s, due %(due)s."),
    ("take_back", "county"): N_("Taken back, as nobody was posted there. Now with the %(who)s, due %(due)s."),
    ("undo", "department"): N_("Undone. The %(who)s still has to receive it by %(due)s."),
    ("undo", "township_done"): N_("Undone. The %(who)s still has to check it by %(due)s."),
}

#: The same of acts beside the state; %(who)s is the village that is asked to look.
DONE_BESIDE = {
    "ask_look": N_("The %(who)s has been asked to go and look by %(due)s."),
    "look_answer": N_("Your answer has arrived: %(answer)s. Thank you for going to look."),
    "coop_result": N_("Your result is in the history. The lead carries on with the rest."),
    "sample": N_("Spot-checked, in order. It is off the list."),
    "correct": N_("Corrected. It is now: %(problems)s."),
    "undo": N_("Undone. It is as it was before."),
    "withdraw_look": N_("The request for a site visit is taken back. You can make another."),
    "release_part": N_("That department's part is taken back. The others carry on."),
    "choose_lead": N_("That village leads now, the other one sees it."),
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
    "handed_in": N_("handed in as a file"),
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
    "stuck": N_("No action for days"),
    "settled": N_("To spot-check"),
    "redo": N_("Redo"),
    "cooperating": N_("Cooperating"),
    "nobody": N_("Nobody to act"),
    "vacant": N_("Nobody posted"),
    "all_open": N_("All open reports"),
    "late_anywhere": N_("Overdue"),
}

#: On the list of what waits for a spot check.
NOT_LISTED = N_("Older reports are no longer listed (see Settings); they can still be checked from their own page.")
