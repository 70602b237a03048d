"""The sheet of a village's week: printed with its boxes empty, and the same with boxes to type into."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from ..core import clock, ids, words
from ..core.errors import NotFound, Refused
from ..grid import queries as grid_queries
from ..people import queries as people_queries
from ..people import words as people_words
from ..web import entries, kept
from ..web.errors import say
from ..web.language import day, named
from ..web.request import actor, may, read, read_connection, write_once
from . import queries, week
from .blueprint import bp
from .forms import TAKEN, WeekAsked, WeekForm


@bp.get("/grids/<int:grid_id>/week")
@may("patrol.write")
def week_sheet(grid_id: int) -> str:
    """To be printed, with what was seen already; the rest is filled in by hand."""
    first = _first()
    return render_template(
        "patrol/week_sheet.html",
        **_shown(grid_id, first),
        officers=people_queries.officers(read(), grid_id),
        beside=week.beside(first, clock.today()),
    )


@bp.get("/grids/<int:grid_id>/week/enter")
@may("patrol.write")
def week_page(grid_id: int) -> str:
    """The same, to be typed in."""
    first = _first()
    form = WeekForm(data={"id": entries.of_address(lambda id_: _receipt(grid_id, id_, first)), "first": first})
    return _entry_page(grid_id, form, first)


def _receipt(grid_id: int, entry_id: uuid.UUID, first: date) -> str | None:
    """Where a sheet is that this person sent already."""
    is_mine = actor().person_id in week.known(read_connection(), entry_id, first).values()
    return url_for("patrol.week_sheet", grid_id=grid_id, first=first) if is_mine else None


def _first() -> date:
    form = WeekAsked(request.args)
    return week.monday((form.first.data if form.validate() else None) or clock.today())


def _shown(grid_id: int, first: date) -> dict[str, Any]:
    """The boxes of a week, and what the figures in them mean."""
    days, today, reasons = week.days(first), clock.today(), _reasons()
    marks = _marks(reasons)
    last = min(max(today, first), days[-1])
    cell, rows = queries.village(read_connection(), actor(), "patrol.write", grid_id, last, since=first)
    if cell.tier != grid_queries.working_tier(read()):
        raise NotFound
    return {
        "cell": cell,
        "first": first,
        "today": today,
        "days": [(each, format_date(each, "EEE"), day(each)) for each in days],
        "lines": week.lines(rows, first, today),
        "seen": week.seen(read_connection(), [row.object.id for row in rows], first),
        "figures": {said: figure for figure, said in marks.items()},
        "legend": list(zip(marks, _meanings(reasons), strict=True)),
    }


def _reasons() -> Sequence[Any]:
    return words.of(read_connection(), "could_not_see")


def _marks(reasons: Sequence[Any]) -> dict[str, tuple[str, str | None]]:
    return week.marks([word.code for word in reasons])


def _meanings(reasons: Sequence[Any]) -> list[str]:
    """What the figures stand for, in the order of the marks."""
    return [_("Normal"), _("Problem"), *(_("could not check: %(why)s", why=named(word)) for word in reasons)]


def _entry_page(grid_id: int, form: WeekForm, first: date) -> str:
    is_own = grid_id in actor().grids_for("patrol.walk")
    form.person_id.choices = people_words.officer_choices(read(), grid_id)[0]
    return render_template(
        "patrol/week_entry.html", form=form, walker=None if is_own else form.person_id, **_shown(grid_id, first)
    )


@bp.post("/grids/<int:grid_id>/week/enter")
@may("patrol.write")
@kept.tells(lambda fields: kept.in_words(WeekForm(fields)))
def enter_week(grid_id: int) -> Any:
    """A round for each day that was marked: all of them, or none."""
    form, who = WeekForm(request.form), actor()
    first = week.monday(form.first.data or clock.today())
    try:
        if not form.validate():
            raise Refused(form.first_error())
        entry = form.entry(grid_id, week.days(first), _marks(_reasons()))
        receipts = write_once(lambda session: week.record(session, who, entry))
    except Refused as refusal:
        return _refused(grid_id, form, first, refusal)
    flash(ngettext("%(num)d patrol is entered.", "%(num)d patrols are entered.", len(receipts)), "good")
    return redirect(url_for("patrol.week_sheet", grid_id=grid_id, first=first), 303)


def _refused(grid_id: int, form: WeekForm, first: date, refusal: Refused) -> Any:
    """The sheet again with what was typed; under a new id when the old one stands for another sheet."""
    if refusal.status == 404:
        raise refusal
    taken = refusal.status == 409
    if taken:
        form.id.data = ids.new()
    said = _(TAKEN) if taken else say(refusal)
    on: Any = refusal.params.get("on")
    form.refuse(
        refusal.field if refusal.field == "person_id" else None,
        _("%(day)s: %(said)s", day=day(on), said=said) if on else said,
    )
    return _entry_page(grid_id, form, first), refusal.status
