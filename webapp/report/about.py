"""What reports announce: what they keep about people, their settings and seeds, and their one line of the log. Their
history has words of its own."""

from ..core.announce import About, DataUse, setting_rules
from ..core.errors import N_
from . import exports, own, seats

STANDS_ON = ("duty", "patrol")
ABOUT = About(
    acts={
        "report.redact": N_("Words taken out of a report"),
        "report.take_out": N_("A file taken out of a report"),
    },
    things={"report": N_("report")},
    facts={"attachment": N_("photo or document")},
    own=own.OWN,
    exports=exports.EXPORTS,
    privacy={
        N_("Reports"): (
            DataUse(
                "report: id content found_by entered_by entry_mode occurred_at received_at place note first_measure;"
                "report_pair: pair report_id",
                N_("A report: who found it, who entered it, when, where, what was written"),
                N_("So that it is handled and whoever reported it learns the outcome."),
                "record",
                "report.read",
                N_(
                    "Departments and stations see the grid, not the person. Offices can take out as a file what they "
                    "see here; the log keeps that they did."
                ),
            ),
            DataUse(
                "report: lon lat accuracy_m crs",
                N_("The position of a report, only if you pressed the button for it, or typed it and in what"),
                N_("It is the place of the problem. Leaving it out changes nothing."),
                "record",
                "report.read",
            ),
            DataUse(
                "attachment: id kind sha256 copy size width height media_type name received_at received_by;"
                "report_attachment: attachment_id report_id event_id position",
                N_("Photos. What is shown is a copy without the data the phone wrote into it"),
                N_(
                    "To show what was found. The file as sent, with those data, is kept as proof and never shown. When "
                    "the time for positions is over, all that may say where it was taken is deleted from it too."
                ),
                "record",
                "report.read",
                N_("Photos that came with a report which was never finished are deleted within two days."),
            ),
            DataUse(
                "report_event: id report_id seq content at person_id role body_id action from_state to_state "
                "due_before due_after given",
                N_("Each step of a report: who took it, in which role, when, what was written"),
                N_("So that nothing is changed unnoticed."),
                "record",
                "report.read",
                N_("The history shows the office, not the person."),
            ),
            DataUse(
                "site_look: id report_id grid_id asked_by asked_at due_at question answer answered_by answered_at note",
                N_("Site visits: who asked, who answered, what was written"),
                N_("To know whether it was fixed."),
                "record",
                "report.read",
            ),
        ),
    },
    settings=setting_rules("""
key                   right         least  unit      group
stuck_days            setting.edit  -      work_day  work
sample_days           setting.edit  1      day       work
undo_seconds          setting.edit  -      second    work
"""),
    in_hand=seats.in_hand,
)
