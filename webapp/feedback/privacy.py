"""What is kept about people: every column, what for, for how long, and who sees it. The privacy page is made of this.

Pure data. ``who`` names actions of the permission table, so the page says what the program does; a test compares the
columns with the models, so that a new column about people without a line here is red.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from ..access import MATRIX, ROLES
from ..core.errors import N_

#: Cybersecurity Law, article 21(3): network logs are kept for no less than six months. A county may only set more.
LEAST_LOG_MONTHS = 6
#: So long an ended log-in or code still stands, for who helps by phone: "your code was used at ten".
ENDED = timedelta(days=7)

ONESELF = "oneself"  # beside actions in ``who``: the person the line is about
WIDTH = (".", "own", "lead", "dept", "tree", "all")  # reaches of the permission table, narrow to wide


@dataclass(frozen=True)
class DataUse:
    """Columns that are kept for one purpose. ``period`` is a key of ``PERIODS``; nobody sees it when ``who`` is empty."""

    columns: str
    what: str
    why: str
    period: str
    who: str = ""
    note: str = ""

    def names(self) -> tuple[str, ...]:
        """``table.column`` of each."""
        tables = (part.split(":") for part in self.columns.split(";"))
        return tuple(f"{table.strip()}.{column}" for table, columns in tables for column in columns.split())


#: Sentences of how long; %(time)s is filled by the page from a setting, or from ENDED.
PERIODS = {
    "record": N_("As long as the county keeps its records. The program deletes none of them."),
    "account": N_("As long as records carry it. An account can be suspended, not deleted."),
    "replaced": N_("Until the next change replaces it."),
    "feedback": N_("%(time)s after the answer, then deleted."),
    "log": N_("%(time)s, then deleted."),
    "place": N_("%(time)s, then deleted. The village stays."),
    "ended": N_("%(time)s after it ended, then deleted."),
    "brake": N_("Until you log in, or %(time)s."),
}

INVENTORY: dict[str, tuple[DataUse, ...]] = {
    N_("Your account"): (
        DataUse(
            "person: id login zh en",
            N_("Log-in name and name"),
            N_("So that a record says who made it."),
            "account",
            "oneself person.read grid.read patrol.read log.read",
        ),
        DataUse(
            "person: phone",
            N_("Telephone number, if one was entered"),
            N_("So that the office above can call."),
            "replaced",
            "oneself person.read grid.read",
        ),
        DataUse(
            "person: password_hash must_change",
            N_("Password, only as a hash that cannot be turned back"),
            N_("So that nobody else comes in under your name."),
            "replaced",
        ),
        DataUse(
            "person: language",
            N_("Language of your pages"),
            N_("So that you need not choose it again."),
            "replaced",
            "oneself",
        ),
        DataUse(
            "person: suspended_at is_demo created_at created_by",
            N_("When and by whom the account was made, and whether it is suspended"),
            N_("So that the office above can look after accounts."),
            "account",
            "person.read",
        ),
        DataUse(
            "posting: id person_id role grid_id body_id valid_from valid_to granted_by granted_at",
            N_("Your roles: where, from when to when, and who gave them"),
            N_("They decide what you see and what you may do."),
            "account",
            "oneself person.read grid.read",
        ),
    ),
    N_("Logging in"): (
        DataUse(
            "login_session: id token_hash person_id device is_remembered created_at seen_at expires_at revoked_at",
            N_("Each log-in: kind of device, when it began, was last used and ends"),
            N_("So that you can end the log-in of a lost phone."),
            "ended",
            "oneself person.help",
        ),
        DataUse(
            "login_code: id person_id code_hash given_by given_at expires_at used_at",
            N_("One-time codes: who gave one, when, and whether it was used. The code only as a hash"),
            N_("So that you come in again after forgetting the password."),
            "ended",
            "person.help",
        ),
        DataUse(
            "throttle: key since count",
            N_("Failed tries: log-in name and network address"),
            N_("To stop the guessing of passwords."),
            "brake",
        ),
    ),
    N_("Patrols"): (
        DataUse(
            "patrol: id content grid_id grid_version_id person_id entered_by entry_mode occurred_at received_at note;"
            "visit: id patrol_id object_id at result reason",
            N_("A round: who walked it, who entered it, day and time, what was found, your note"),
            N_("To know what was looked at and what is due."),
            "record",
            "patrol.read grid.read",
        ),
        DataUse(
            "patrol: lon lat accuracy_m",
            N_("One position with a round, only if you pressed the button for it"),
            N_("To find the place again. Leaving it out changes nothing."),
            "place",
            "patrol.read",
        ),
        DataUse(
            "patrol_object: zh en lon lat retired_why",
            N_("The list of objects: name and place. A farm may bear its owner's name"),
            N_("To know what there is to look at."),
            "record",
            "grid.read",
        ),
    ),
    N_("Reports"): (
        DataUse(
            "report: id content found_by entered_by entry_mode occurred_at received_at place note first_measure",
            N_("A report: who found it, who entered it, when, where, what was written"),
            N_("So that it is handled and the finder learns what became of it."),
            "record",
            "report.read",
            N_("Departments and stations see the grid, not the person."),
        ),
        DataUse(
            "report: lon lat accuracy_m",
            N_("The point of a report, only if you pressed the button for it"),
            N_("It is the place of the problem. Leaving it out changes nothing."),
            "record",
            "report.read",
        ),
        DataUse(
            "photo: id report_id event_id sha256 copy width height position",
            N_("Photos. What is shown is a copy without the data the phone wrote into it"),
            N_("To show what was found. The file as sent, with those data, is kept as proof and never shown."),
            "record",
            "report.read",
            N_("Photos that came with a report which was never finished are deleted within two days."),
        ),
        DataUse(
            "report_event: id report_id seq content at person_id role body_id action from_state to_state due_before "
            "due_after given",
            N_("Each step of a report: who took it, in which role, when, what was written"),
            N_("So that nothing is changed unseen."),
            "record",
            "report.read",
            N_("The history shows the office, not the person."),
        ),
        DataUse(
            "site_look: id report_id grid_id asked_by asked_at due_at question answer answered_by answered_at note",
            N_("Site looks: who asked, who answered, what was written"),
            N_("To see whether it was put right."),
            "record",
            "report.read",
        ),
    ),
    N_("Feedback"): (
        DataUse(
            "feedback: id person_id at page text answer answered_by answered_at",
            N_("Your message, the page it is about, and the answer"),
            N_("So that this system gets better."),
            "feedback",
            "oneself feedback.answer",
            N_("You see the answer, not who wrote it."),
        ),
    ),
    N_("Settings and log"): (
        DataUse(
            "setting: changed_at changed_by; time_limit: changed_at changed_by; object_type: changed_at changed_by",
            N_("Who last changed a setting, and when"),
            N_("So that a rule can be traced."),
            "replaced",
            "setting.edit",
        ),
        DataUse(
            "duty: confirmed_at confirmed_by; succession: confirmed_at confirmed_by",
            N_("Who confirmed whose duty something is, and when"),
            N_("So that a rule can be traced."),
            "replaced",
            "duty.read",
        ),
        DataUse(
            "audit_log: id at person_id action thing detail",
            N_(
                "The log: log-ins with kind of device, failed ones with network address, changes of accounts, roles and "
                "settings, with who and when"
            ),
            N_("The law asks for it, for at least 6 months. So that misuse can be found."),
            "log",
            "log.read",
            N_("Changes of a duty also stand on the page of that duty."),
        ),
    ),
}


def lines() -> list[DataUse]:
    """All lines, in the order of the page."""
    return [line for group in INVENTORY.values() for line in group]


def reaches(actions: Iterable[str]) -> dict[str, str]:
    """How far each role sees by any of these actions: role → the widest reach; roles that see nothing are left out."""
    wanted = [action for action in actions if action != ONESELF]
    found = {role: max((MATRIX[action][role] for action in wanted), key=WIDTH.index, default=".") for role in ROLES}
    return {role: reach for role, reach in found.items() if reach != "."}
