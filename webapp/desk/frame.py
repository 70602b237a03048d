"""The frame of every page: the few main pages of each role, a demo's note, the links that everybody has."""

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import Flask, current_app, request, session

from .. import domains
from ..access import Actor, roles_may
from ..config import command
from ..core import clock, clock_mark
from ..core.errors import N_
from ..web.drawn import placeholder
from ..web.language import day, in_words, moment, named, of_page
from ..web.language import word as _
from ..web.request import address, person, read

LINKS = {
    "home": "desk.start",
    "account": "login.account",
    "login": "login.login",
    "logout": "login.logout",
    "language": "language.switch",
    "feedback": "feedback.write_page",
    "privacy": "feedback.privacy",
    "help": "feedback.help_page",
    "manifest": "installable.manifest",
    "village": "desk.home",
    "kept_pages": "desk.kept_pages",
}


class FrameKey(NamedTuple):
    """What decides how a frame is drawn. ``roles`` is None before the log-in; ``main`` the address, on a main page."""

    lang: str
    is_large: bool
    roles: frozenset[str] | None
    must_change: bool
    main: str | None
    note: str | None

    def nav(self) -> list[tuple[str, str, bool]]:
        """Label, address and whether it is this page, of the main pages that the person holds."""
        if self.roles is None or self.must_change:
            return []
        made = [
            (_(entry.word), address(entry.endpoint)) for entry in domains.menu() if roles_may(self.roles, entry.action)
        ]
        return [(label, url, self.main == url) for label, url in made]

    def keeps(self) -> bool:
        """Whether what the person writes may wait on his phone; a visitor is told what waits there of others."""
        return self.roles is None or roles_may(self.roles, "patrol.write")

    def walks(self) -> bool:
        """Whether his own pages are kept on his phone, for where there is no signal."""
        return self.roles is not None and not self.must_change and roles_may(self.roles, "patrol.walk")

    def links(self) -> dict[str, str]:
        """Addresses that stand on every page."""
        icon = {"icon": address("installable.icon", size="180")}
        return icon | {name: address(endpoint) for name, endpoint in LINKS.items()}


class Frame(NamedTuple):
    """A frame's kind, and its words that differ from page to page: the reader's name, the page's address (quoted)
    without and with its question, and the reader's number."""

    kind: FrameKey
    name: str
    path: str
    here: str
    person: str

    def empty(self) -> "Frame":
        """The same with holes, for a page that is drawn for everybody."""
        return Frame(self.kind, *map(placeholder, self.words()))

    def words(self) -> dict[str, str]:
        """What fills its holes."""
        return {
            "frame.name": self.name,
            "frame.path": self.path,
            "frame.here": self.here,
            "frame.person": self.person,
        }


def frame() -> Frame:
    """The frame of this page."""
    me, path = person(), request.path
    kind = FrameKey(
        of_page() or "zh",
        bool(session.get("large")),
        me.roles() if me else None,
        bool(me and (me.must_change or me.is_half)),
        path if path in _addresses(request.script_root) else None,
        demo_note() or clock_note(me),
    )
    here = "/" if request.method != "GET" else request.full_path if request.query_string else path
    return Frame(kind, named(me) if me else "", quote(path), quote(here), str(me.person_id) if me else "")


def context() -> dict[str, Any]:
    """What every template finds."""
    framed = frame()
    return {**in_words(framed.kind.lang), "frame": framed, "me": person()}


@lru_cache(maxsize=64)
def _addresses(_script_root: str) -> frozenset[str]:
    return frozenset(address(entry.endpoint) for entry in domains.menu())


def demo_note() -> str | None:
    """In a demo: that everything is invented, and how old the day is that it ends on."""
    if not current_app.config["WANGGE"].demo:
        return None
    made = current_app.config["WANGGE"].demo_made
    if made < clock.today():
        return _('Demo with an invented county, made on %(day)s. Run "./run.sh demo --fresh" for today.', day=day(made))
    return _("Demo: county, people and records are invented.")


#: What is wrong with the clock, for who can have it set right; %(at)s is what it was held against.
CLOCK = {
    "behind": N_("The server's clock is behind: work was recorded at %(at)s already. Please have it set right."),
    "ahead": N_(
        "The server's clock is far ahead of the last work (%(at)s), so nothing is deleted. If it is right, run once: "
        "%(command)s"
    ),
    "apart": N_("The clocks of the server and of the database's machine differ. Please have them set right."),
    "later": N_(
        "There are records of a later time (%(at)s): the server's clock was ahead, or is behind now. If it is right "
        "now, run once: %(command)s"
    ),
}


def clock_note(me: Actor | None) -> str | None:
    """For who runs the system, on every page: that the clock may be wrong."""
    if me is None or not me.may("system.edit"):
        return None
    wrong = clock_mark.known_fault(read())
    if wrong is None:
        return None
    return _(CLOCK[wrong.kind], at=moment(wrong.against), command=command("sweep --really"))


def init(app: Flask) -> None:
    """For every template, and for pages drawn once."""
    app.extensions["frame"] = frame
    app.context_processor(context)
