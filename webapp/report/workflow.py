"""THE process of a report: its states, who holds each, which clock runs, and every move there is.

Tables alone; ``core/process.py`` reads and asks them. A clock names a row of the time limits, so no number of days is in
code. Acts beside the state (a site look and its answer, a cooperating body's result, sampling, a correction of the
problem type) are no moves and stand in ``side_acts.py``. Words and buttons: docs/glossary.md.
"""

from ..core.errors import N_
from ..core.process import CANNOT, UNDO, read
from ..core.tables import table

TOO_LATE = N_("Only the person who did it can undo it, right afterwards and only while nobody else has acted.")

REPORT = read(
    "report",
    # Named as the roles are, and so kept in the history; ``of`` says of what: its grid, the body that leads it.
    holders="""
holder               role                 of
grid_officer         grid_officer         grid
township_supervisor  township_supervisor  grid
county_office        county_office        grid
station_officer      station_officer      lead
department_liaison   department_liaison   lead
""",
    states="""
state            holder                  clocks
township         township_supervisor     review
returned         grid_officer            supplement
station          station_officer         station_handle   # village committee or the township's own station
station_done     township_supervisor     check
township_done    county_office           check
county           county_office           dispatch
department       department_liaison      receive
handling         department_liaison      handle
department_done  township_supervisor     check
closed           -                       -
void             -                       -
""",
    moves="""
action      from             to               by                                if                  unless              needs
submit      -                township         grid_officer,township_supervisor  -                   -                   place,problem,first_measure,note   # township: typed for a named officer
settle      -                closed           grid_officer,township_supervisor  -                   -                   place,problem,first_measure,note   # minor, no enforcement type; in a list to sample
assign      township         station          township_supervisor               -                   -                   body,due
raise       township         county           township_supervisor               -                   -                   reason
give_back   township         returned         township_supervisor               officer             -                   missing
handle      township         township_done    township_supervisor               -                   -                   result
dismiss     township         void             township_supervisor               -                   -                   reason
supplement  returned         township         grid_officer                      -                   -                   added   # what was asked for (ASKED), and the rest if he has it
cannot_add  returned         township         grid_officer                      -                   -                   reason
handle      station          station_done     station_officer                   -                   -                   result
confirm     station_done     closed           township_supervisor               -                   handled,not_right   note
redo        station_done     station          township_supervisor               lead                -                   reason
confirm     station_done     closed           township_supervisor               not_right           handled             note,against   # below redo, so that sending it back comes first
confirm     township_done    closed           county_office                     -                   handled,not_right   -
redo        township_done    township         county_office                     township            -                   reason
confirm     township_done    closed           county_office                     not_right           handled             against
dispatch    county           department       county_office                     -                   -                   body,ground,due   # body = lead + cooperating; ground = duty, none_listed, minutes, instruction
give_back   county           township         county_office                     township            -                   reason
dismiss     county           void             county_office                     -                   -                   reason
receive     department       handling         department_liaison                -                   -                   -
bounce      department       county           department_liaison                -                   -                   duty_or_none,reason
handle      handling         department_done  department_liaison                -                   -                   result
confirm     department_done  closed           township_supervisor               -                   handled,not_right   note
redo        department_done  handling         township_supervisor               lead                -                   reason
confirm     department_done  closed           township_supervisor               not_right           handled             note,against
reopen      closed           county           county_office                     -                   -                   reason
reopen      void             county           county_office                     -                   -                   reason
unsettle    closed           township         township_supervisor               waits_for_sample    -                   reason   # settled on the spot, looked at again, not in order
undo        handling         department       department_liaison                just_done           -                   -   # what one tap did: its own author, at once, nobody else having acted
undo        closed           township_done    county_office                     just_done           -                   -
take_back   returned         township         township_supervisor               nobody              -                   reason   # from here on: who stands above where nobody is
take_back   returned         county           county_office                     nobody,no_township  -                   reason
take_back   station          township         township_supervisor               nobody              -                   reason
take_back   station          county           county_office                     nobody,no_township  -                   reason
take_back   township         county           county_office                     nobody              -                   reason
take_back   department       county           county_office                     nobody              -                   reason
take_back   handling         county           county_office                     nobody              -                   reason
confirm     station_done     closed           county_office                     nobody              handled,not_right   note
redo        station_done     station          county_office                     nobody,lead         -                   reason
confirm     station_done     closed           county_office                     nobody,not_right    handled             note,against
take_back   station_done     township         township_supervisor               no_lead             -                   reason   # cannot be sent back to who did it
take_back   station_done     county           county_office                     nobody,no_lead      -                   reason
confirm     department_done  closed           county_office                     nobody              handled,not_right   note
redo        department_done  handling         county_office                     nobody,lead         -                   reason
confirm     department_done  closed           county_office                     nobody,not_right    handled             note,against
take_back   department_done  county           county_office,township_supervisor no_lead             -                   reason
take_back   township_done    county           county_office                     no_township         -                   reason
""",
    guards={
        "handled": N_("You handled this yourself; someone else has to check and close it."),
        "waits_for_sample": CANNOT,  # settled on the spot, and nobody has looked at it again yet
        "just_done": TOO_LATE,
        "not_right": CANNOT,  # a look since the last result says "not put right": two rows of confirm share this fact
        # Where it rests: nobody who could do what it waits for, be it that all who sit there handled it themselves.
        "nobody": N_("Someone is posted there now and can carry on with this."),
        "no_township": N_("Someone is posted to the township office and can carry on with this."),
        "no_lead": N_("Someone is posted to the body that handled this; send it back there."),
        # To whom something is sent back: somebody is there.
        "officer": N_("Nobody is posted to this village, so nobody there can be asked. Post someone first."),
        "township": N_("Nobody is posted to the township office, so nothing can be sent there. Post someone first."),
        "lead": N_("Nobody is posted to the body that handled this any more. Take it back, or post someone there."),
    },
)

#: Rows by which who stands above goes on with what rests with nobody.
VACANT = frozenset({"nobody", "no_township", "no_lead"})
#: Guards of rows by which something is sent: somebody is where it leads to.
SENT_TO = frozenset({"officer", "township", "lead"})
STATES, ENDS = REPORT.states, REPORT.ends
HANDLING = frozenset({"handle"})  # who did one of these on a report has handled it
RECEIVING = frozenset({"receive"})  # clocks before the work has begun: a day that the desk set only shortens the limit
#: What an officer is asked for when a report is returned, by the ready words "return_missing", and the field of the form
#: that answers it. Words that a county adds are answered in words.
ASKED = {
    row["missing"]: row["field"]
    for row in table("""
missing            field
place              place   # or a position
photo              photos
facts              note
duplicate          note
not_environmental  note
other              note
""")
}
IN_WORDS = "note"

#: The moves that can be taken back at once: from and to; those that one tap makes, for which nothing has to be said.
TAKEN_BACK = tuple((row.target, row.source) for row in REPORT.moves if row.action == UNDO)
