"""Whether the day leaves nothing out that can be posted."""

from collections.abc import Callable
from typing import Any

from tests.landed.browser import Diary
from webapp.app import App
from webapp.models import metadata
from webapp.report.workflow import REPORT

#: What is posted and is no entry: why sending it twice is no question of a fingerprint.
NO_ENTRY = {
    "card.": "a form says which card it began with, and the same once more writes nothing",
    "login.": "logging in and out, and one's own account: an act on a session, not a record",
    "accounts.": "people, postings and bodies: the log-in name is taken, the posting stands already",
    "desk.save_settings": "a setting has one value: sent again it is that value already",
    "patrol.choose_topics": "a topic has one rhythm at a level: sent again it is that rhythm already",
    **dict.fromkeys(
        ("patrol.set_frequency", "patrol.end_frequency", "patrol.take_template"),
        "a rule of frequency: sent again it stands already, or has ended",
    ),
    **dict.fromkeys(
        ("desk.add_days", "desk.change_day", "desk.take_day_out", "desk.confirm_year"),
        "a day of the calendar is one row: sent again it is so already, and is refused or changes nothing",
    ),
    "duty.": "a department named, a duty forgotten: sent again it is so already",
    "export.": "records taken out: a file, and a line of the log for each",
    "ledger.": "handed in once under its id, which the same wish finds again; a form says which columns it began with",
    "maps.": "changes of borders: a draft is looked at, and each later step is done once, as the state says",
    "patrol.look_at_objects": "a rehearsal, which keeps nothing",
    "patrol.bring_in_objects": "objects of a sheet: what stands on a list already is not doubled",
    **dict.fromkeys(
        ("patrol.accept_proposal", "patrol.decline_proposal"),
        "the answer to a proposal: given once, and refused when it was answered",
    ),
    "register.": "what a file says, whom it names, a stage of a day, a paper: sent again it is so already",
    "patrol.retire": "an object leaves the list once; sent again it is off the list already",
}


def left_out(app: App, diary: Diary) -> list[str]:
    """What can be posted and was not: moves of the table, addresses, and tables that keep a fingerprint."""
    return [*_moves(diary), *_addresses(app, diary), *_tables(diary)]


def _moves(diary: Diary) -> list[str]:
    made = {entry.sent.path.rsplit("/", 1)[-1] for entry in diary.entries}
    return [
        f"move {action}"
        for action in sorted({move.action for move in REPORT.moves})
        if action not in made | {"submit", "settle"}
    ]


def _addresses(app: App, diary: Diary) -> list[str]:
    find: Callable[..., Any] = app.url_map.bind("localhost").match
    reached = {find(entry.sent.path, method="POST")[0] for entry in diary.entries}
    return [
        f"address {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and rule.endpoint not in reached
        and not rule.endpoint.startswith(tuple(NO_ENTRY))
    ]


def _tables(diary: Diary) -> list[str]:
    named = {entry.stored.table for entry in diary.entries if entry.stored}
    return [
        f"table {table.name}" for table in metadata.sorted_tables if "content" in table.c and table.name not in named
    ]
