"""The few main pages of each role, in the head of every page."""
from typing import NamedTuple

from flask import current_app

from ..access import Actor
from ..core import clock
from ..core.errors import N_
from ..web.language import day
from ..web.language import word as _
from ..web.request import address


class Entry(NamedTuple):
    """A main page: who sees it (an action of the permission table), its word and its view."""

    action: str
    word: str
    endpoint: str


ENTRIES = (
    Entry("patrol.write", N_("My village"), "desk.home"),
    Entry("desk.read", N_("Desk"), "desk.desk"),
    Entry("outline.read", N_("Map"), "maps.show"),
    Entry("duty.read", N_("Duties"), "duty.index"),
    Entry("person.read", N_("People"), "accounts.index"),
    Entry("setting.edit", N_("Settings"), "desk.settings_page"),
    Entry("feedback.answer", N_("Answer feedback"), "feedback.inbox"),
    Entry("log.read", N_("Log"), "desk.log"),
)


def entries(me: Actor | None, path: str) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is this page, for those the person holds."""
    if me is None or me.must_change:
        return []
    made = [(_(entry.word), address(entry.endpoint)) for entry in ENTRIES if shown(entry, me)]
    return [(label, url, path == url) for label, url in made]


def shown(entry: Entry, me: Actor) -> bool:
    """A township types in rounds, but its own page is the desk."""
    if entry.endpoint == "desk.home":
        return "grid_officer" in me.roles()
    return me.may(entry.action)


def demo_note() -> str | None:
    """In a demo: that everything is invented, and how old the day is that it ends on."""
    if not current_app.config["WANGGE"].demo:
        return None
    made = current_app.config["WANGGE"].demo_made
    if made < clock.today():
        return _("Demo with an invented county, made on %(day)s. Run \"./run.sh demo --fresh\" for today.", day=day(made))
    return _("Demo: county, people and records are invented.")

