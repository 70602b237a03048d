"""The first page of everybody: the officer's village, or the desk with its tabs; and the log."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from ..core import clock, words
from ..core.tabs import Tab
from ..core.workbook import MEDIA_TYPE as XLSX
from ..grid import queries as grid_queries
from ..login import queries as login_queries
from ..patrol import proposed
from ..patrol import queries as patrol_queries
from ..report import details as report_details
from ..report import queries as report_queries
from ..report.forms import look_form
from ..report.rows import Listing, rows
from ..web import lists
from ..web.language import moment, named
from ..web.request import actor, may, read, read_connection, signed_in, write
from . import admin, calendar_views, days, first_day, first_day_views, offline_views, settings_views, tabs, workbook
from . import words as log_words
from .blueprint import bp

#: Their pages stand on the same blueprint.
__all__ = ["bp", "calendar_views", "first_day_views", "offline_views", "settings_views"]
PAGE = 25  # rows of one list
OPENING, FEW = 15, 3  # rows of all lists with which a desk opens, and of each of these, though they be many
SHOWN, SHOWN_ROUNDS = 20, 5  # of the officer's own reports, and rounds of each village, on his first page
LAST_PAGE = 10**6  # more is no page of any list, and no number for a database
RESULTS = ("normal", "problem", "could_not_see")
UNWRITTEN_DAYS = timedelta(days=14)
PROPOSED_DAYS = timedelta(days=60)  # for which his own proposals stand on an officer's first page


@bp.get("/")
@signed_in
def start() -> str | Response:
    """Send everybody to the page their work begins on."""
    who = actor()
    is_begun = not who.may("system.edit") or all(first_day.progress(read(), who))
    for action, endpoint in (
        ("patrol.walk", "desk.home"),
        ("system.edit", "accounts.index" if is_begun else "desk.first_day_steps"),
        ("log.read", "desk.log"),
        ("desk.read", "desk.desk"),
    ):
        if who.may(action):
            return redirect(url_for(endpoint))  # type: ignore[return-value]
    return render_template("desk/nothing.html")


@bp.get("/home")
@may("report.submit")
def home() -> str:
    """The officer's page: what waits for him, what is due, what became of his reports."""
    who = actor()
    mine_here = who.grids_for("patrol.walk")
    villages = [_village(grid_id) for grid_id in mine_here]
    returned, border = report_queries.to_supplement(read(), who), report_queries.led_next_door(read(), who)
    mine, is_mine_cut = _cut(report_queries.found_by(read(), who, most=SHOWN + 1), SHOWN)
    listing = Listing(read(), [*returned, *border, *mine])
    rounds_ = {
        grid_id: _cut(patrol_queries.recent(read(), who, grid_id, 0, SHOWN_ROUNDS + 1), SHOWN_ROUNDS)
        for grid_id in mine_here
    }
    moves = report_queries.moves(read(), who, [report.id for report in returned])
    looks = report_queries.open_looks(read(), who)
    return render_template(
        "desk/home.html",
        villages=villages,
        returned=listing.rows(returned, moves),
        looks=looks,
        answers={look.id: look_form(look) for look, _report in looks},
        undoing=report_queries.just_answered(read(), who),
        unwritten=report_queries.unwritten(read(), who, clock.now() - UNWRITTEN_DAYS),
        border=listing.rows(border),
        mine=listing.rows(mine),
        proposals=proposed.mine(read(), who, clock.now() - PROPOSED_DAYS),
        is_mine_cut=is_mine_cut,
        today=clock.today(),
        now=clock.now(),
        contacts=words.contacts(read()),
        rounds=[patrol for found, _is_cut in rounds_.values() for patrol in found],
        are_rounds_cut={grid_id: is_cut for grid_id, (_found, is_cut) in rounds_.items()},
    )


def _cut(found: Sequence[Any], most: int) -> tuple[Sequence[Any], bool]:
    """What is shown of a list, and whether there is more: one row too many tells it, and nothing has to be counted."""
    return found[:most], len(found) > most


def _village(grid_id: int) -> dict[str, Any]:
    cell, lines = patrol_queries.village(read_connection(), actor(), "patrol.write", grid_id)
    today, due = clock.today(), patrol_queries.due(lines)
    return {
        "cell": cell,
        "due": due,
        "all": len(lines),
        "keepers": None if lines else patrol_queries.keepers(read(), cell),
        "this_week": sum(line.is_due(today + timedelta(days=7)) for line in lines) - len(due),
    }


@bp.get("/grids/<int:grid_id>/rounds")
@may("patrol.read")
def rounds(grid_id: int) -> str:
    """Every round of a grid, newest first, with what was found."""
    cell = grid_queries.cell(read(), actor(), "patrol.read", grid_id)
    total = patrol_queries.count_rounds(read(), actor(), grid_id)
    part = lists.part(total)
    found = patrol_queries.recent(read(), actor(), grid_id, part.first, part.size)
    results = patrol_queries.results(read(), [patrol.id for patrol in found])
    return lists.page(
        _("Patrols of %(village)s", village=named(cell)),
        (_("When"), _("Normal"), _("Problem"), _("Could not check")),
        [(_round_link(patrol), *(results[patrol.id][result] for result in RESULTS)) for patrol in found],
        aside=ngettext("%(num)d patrol in all", "%(num)d patrols in all", total),
        nothing=_("No patrol yet."),
        back_to=(url_for("desk.card", grid_id=grid_id), named(cell)),
        numeric=range(1, 4),
        part=part,
    )


def _round_link(patrol: Any) -> Markup:
    address = url_for("desk.round_receipt", patrol_id=patrol.id)
    return Markup('<a href="{}">{}</a>').format(address, moment(patrol.occurred_at))


@bp.get("/mine")
@may("report.submit")
def mine() -> str:
    """All that the officer reported, a page at a time."""
    part = lists.part(report_queries.count_found(read(), actor()), PAGE)
    found = report_queries.found_by(read(), actor(), part.first, part.size)
    return _listed(_("My reports"), part, found, (url_for("desk.home"), None))


def _listed(title: str, part: lists.Part, found: Sequence[Any], back: tuple[str, str | None]) -> str:
    """A part of a list of reports as a page of its own."""
    in_all = ngettext("%(num)d report in all", "%(num)d reports in all", part.total)
    return lists.page(title, items=rows(read(), found), aside=in_all, back_to=back, part=part)


@bp.get("/patrols/<uuid:patrol_id>")
@may("patrol.read")
def round_receipt(patrol_id: uuid.UUID) -> str:
    """What arrived of a round, and for each problem the way to its report."""
    found = patrol_queries.one(read(), actor(), patrol_id)
    cell = grid_queries.cell(read(), actor(), "patrol.read", found.patrol.grid_id)
    return render_template(
        "desk/round_receipt.html",
        found=found,
        cell=cell,
        is_above=cell.tier < grid_queries.working_tier(read()),
        may_report=actor().may("report.submit"),
        may_write=grid_queries.cells_reached(read(), actor(), "patrol.write", cell.id),
        may_propose=cell.id in actor().grids_for("object.propose"),
        asked=proposed.open_stops(read(), [thing.id for visit, thing in found.visits if visit.reason]),
        reasons=words.named(read_connection(), "could_not_see"),
        written=report_details.written_for(read(), patrol_id),
    )


@bp.get("/desk")
@may("desk.read")
def desk() -> str:
    """The desk: the first rows of what is overdue, due today, and rests with it; or one tab whole, page by page."""
    mine, first = tabs.Desk(read(), actor(), clock.now()), _page() * PAGE
    chosen = next((tab for tab in mine.tabs if tab.key == request.args.get("tab")), None)
    if chosen is None and "tab" in request.args:
        abort(404)
    counts = mine.counts()
    steps = first_day.progress(read(), actor()) if actor().may("setup.read") else []
    listed = [chosen] if chosen else [tab for tab in tabs.opening(mine.tabs) if counts[tab.key]]
    most = PAGE if chosen else max(OPENING // max(len(listed), 1), FEW)
    lists_ = [(tab, mine.rows(tab.key, first, most), counts[tab.key] > first + most) for tab in listed]
    return render_template(
        "desk/desk.html",
        tabs=mine.tabs,
        counts=counts,
        chosen=chosen,
        lists=lists_,
        together=_by_template(lists_),
        places=_places(),
        page=_page(),
        now=clock.now(),
        steps=steps,
        codes=login_queries.unseen_codes(read(), actor()) if actor().may("code.read") else 0,
        guesses=days.to_confirm(read(), actor()),
    )


def _by_template(shown: Sequence[tuple[Tab, Sequence[Any], bool]]) -> dict[str, list[Any]]:
    """The rows of all lists that are drawn alike, so that what they show can be asked for together."""
    found: dict[str, list[Any]] = {}
    for tab, rows_, _more in shown:
        found.setdefault(tab.template, []).extend(rows_)
    return found


def _page() -> int:
    return min(max(request.args.get("page", 0, type=int), 0), LAST_PAGE)


def _places() -> list[Any]:
    """Where the desk sits: its grids' names, and its bodies'."""
    return list(admin.places(read(), actor()))


@bp.get("/grids/<int:grid_id>")
@may("grid.read")
def card(grid_id: int) -> str:
    """A grid's card as a page: who is responsible, what is due, what is open."""
    facts = admin.card(read(), actor(), grid_id)
    path = facts["cell"].path
    shown = report_queries.open_in(read(), actor(), path, most=PAGE)
    count = len(shown) if len(shown) < PAGE else report_queries.count_open_in(read(), actor(), path)
    return render_template(
        "desk/card_page.html",
        **facts,
        open=rows(read(), shown),
        open_count=count,
        may_change=facts["lineage"].heir is None and actor().may("border.edit"),
    )


@bp.get("/cards.xlsx")
@may("card.list")
def six_classes() -> Response:
    """The six classes of data of the platform, for all grids within reach."""
    name = f"grids-{clock.today().isoformat()}.xlsx"
    book = workbook.six(read(), actor())
    return send_file(book, mimetype=XLSX, as_attachment=True, download_name=name)


@bp.get("/grids/<int:grid_id>/open")
@may("grid.read")
def open_reports(grid_id: int) -> str:
    """All open reports of a grid, the first due first, a page at a time."""
    cell = grid_queries.cell(read(), actor(), "grid.read", grid_id)
    part = lists.part(report_queries.count_open_in(read(), actor(), cell.path), PAGE)
    shown = report_queries.open_in(read(), actor(), cell.path, part.first, part.size)
    return _listed(_("Open reports"), part, shown, (url_for("desk.card", grid_id=grid_id), named(cell)))


@bp.get("/enter-for")
@may("report.submit_for")
def enter_for() -> str:
    """The villages for which the township types in rounds and problems."""
    lowest = grid_queries.working_tier(read())
    return render_template(
        "desk/enter_for.html", cells=grid_queries.cells(read(), actor(), "patrol.write", tier=lowest)
    )


@bp.get("/log")
@may("log.read")
def log() -> str:
    """The log of acts, newest first; reading it is an act too."""
    before = request.args.get("before", type=int)
    with write() as session:
        admin.note_reading(session, actor())
    entries, older = admin.log(read(), before)
    known = admin.known(read(), entries)
    lines = [
        (
            moment(entry.at),
            person.login if person else _("the system"),
            log_words.act(entry.action),
            log_words.thing(entry.thing, known),
            log_words.facts(entry.detail),
        )
        for entry, person in entries
    ]
    return lists.page(
        _("Log"),
        [_("When"), _("Who"), _("What"), _("Item"), _("Detail")],
        lines,
        lead=Markup('{} <a href="{}">{}</a><br>{}').format(
            _("Who did what, and when. Nothing here can be changed; reading the log is recorded too."),
            url_for("login.codes"),
            _("Log-in codes of the county"),
            _(
                "Copied to another place now and then, this line shows later whether history was rewritten: %(head)s",
                head=admin.newest_head(read()),
            ),
        ),
        part=lists.Part(older=url_for("desk.log", before=older) if older else None),
    )
