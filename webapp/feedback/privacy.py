"""What is kept about people: every column, what for, for how long, and who sees it. The privacy page is made of this.

Pure data. ``who`` names actions of the permission table, so the page says what the program does; a test compares the
columns with the models, so that a new column about people without a line here is red.
"""

from collections.abc import Iterable

from .. import domains
from ..access import MATRIX, ROLES
from ..core.announce import DataUse
from ..core.errors import N_

ONESELF = "oneself"  # beside actions in ``who``: the person the line is about
WIDTH = (".", "own", "lead", "dept", "tree", "all")  # reaches of the permission table, narrow to wide


#: Sentences of how long; %(time)s is filled by the page from a setting, or from login.retention.
PERIODS = {
    "record": N_("As long as the county keeps its records. The program deletes none of them."),
    "account": N_("%(time)s after your last posting ended. Then name and log-in name go; the records keep a number."),
    "replaced": N_("Until the next change replaces it."),
    "feedback": N_("%(time)s after the answer, then deleted."),
    "log": N_("%(time)s, then deleted."),
    "place": N_("%(time)s, then deleted. The village stays."),
    "ended": N_("%(time)s after it ended, then deleted."),
    "second": N_("Until you switch it off, or it is reset."),
    "brake": N_("Until you log in, or %(time)s."),
}

#: While the county has not adopted the period.
NOT_SET = {"account": N_("As long as records refer to it: the county has not set for how long yet.")}

#: The order of the page; what a domain says under another heading follows.
HEADINGS = (
    N_("Your account"),
    N_("Logging in"),
    N_("Patrols"),
    N_("Reports"),
    N_("Feedback"),
    N_("Settings and log"),
)


def inventory() -> dict[str, tuple[DataUse, ...]]:
    """All that is kept about people, by heading, in the order of the page."""
    told = domains.privacy()
    return {heading: told[heading] for heading in (*HEADINGS, *(told.keys() - set(HEADINGS))) if heading in told}


def lines() -> list[DataUse]:
    """All lines, in the order of the page."""
    return [line for group in inventory().values() for line in group]


def reaches(actions: Iterable[str]) -> dict[str, str]:
    """How far each role sees by any of these actions: role → the widest reach; roles that see nothing are left out."""
    wanted = [action for action in actions if action != ONESELF]
    found = {role: max((MATRIX[action][role] for action in wanted), key=WIDTH.index, default=".") for role in ROLES}
    return {role: reach for role, reach in found.items() if reach != "."}
