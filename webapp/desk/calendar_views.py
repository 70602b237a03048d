"""Pages of the work calendar: the days of a year, one day, and the limits that a change moved."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from ..core import calendar, clock
from ..core.errors import N_, NotFound, Refused
from ..report import details, history, limits
from ..report.limits import LIMIT, LOOK, Moved
from ..report.words import names_in, state_word
from ..web import bounds, lists
from ..web.errors import say
from ..web.forms import BaseForm
from ..web.language import day, moment, named
from ..web.request import actor, may, read, write
from . import days
from .blueprint import bp
from .forms import ConfirmForm, DayForm, RunForm, of_day

SURE = "sure"  # sent from the page that named the limits: their seal
SEEN = "seen"  # which version of a day the page showed


@bp.get("/calendar")
@may("setting.edit")
def work_calendar() -> str:
    """This year, or the one that is asked for."""
    return _year_page(request.args.get("year", clock.today().year, int))


@bp.post("/calendar/<int:year>/days")
@may("setting.edit")
def add_days(year: int) -> Any:
    """A further day, or a run of days."""
    _refuse_strange(year)
    form = RunForm(request.form)

    def edit(session: Any) -> days.Plan:
        return days.adding(session, form.first.data, form.last.data or form.first.data, form.entry())

    return _done(form, edit, form.first.data.year if form.first.data else year) or _year_page(year, run=form)


@bp.post("/calendar/<int:year>/confirm")
@may("setting.edit")
def confirm_year(year: int) -> Any:
    """The notice of the year is out."""
    _refuse_strange(year)
    form = ConfirmForm(request.form)

    def edit(session: Any) -> days.Plan:
        return days.confirming(session, year, form.source.data)

    return _done(form, edit, year) or _year_page(year, confirm=form)


@bp.get("/calendar/days/<on>")
@may("setting.edit")
def calendar_day(on: str) -> str:
    """One day, to be changed or taken out."""
    row = days.one(read(), _date(on))
    return _day_page(row, of_day(row))


@bp.post("/calendar/days/<on>")
@may("setting.edit")
def change_day(on: str) -> Any:
    """It is something else, or is called otherwise."""
    form, which = DayForm(request.form), _date(on)

    def edit(session: Any) -> days.Plan:
        return days.changing(session, which, form.entry(), request.form.get(SEEN))

    return _done(form, edit, which.year) or _day_again(which, form)


@bp.post("/calendar/days/<on>/out")
@may("setting.edit")
def take_day_out(on: str) -> Any:
    """It is what its weekday says again."""
    form, which = BaseForm(request.form), _date(on)
    if days.is_taken_out(read(), which):  # pressed twice
        return redirect(url_for("desk.work_calendar", year=which.year), 303)
    edit = partial(days.taking_out, on=which, was=request.form.get(SEEN))
    return _done(form, edit, which.year) or _day_again(which, form)


@bp.get("/calendar/limits")
@may("setting.edit")
def moved_limits() -> str:
    """Every limit that a change of the calendar moved, newest first."""
    part = lists.part(limits.count_lines(read(), actor()))
    found = limits.lines(read(), actor(), part.first, part.size)
    names = names_in(read(), [history.Event(line.event, None) for line in found])
    return lists.page(
        _("Limits moved by the calendar"),
        (_("Report number"), _("When"), _("Limit")),
        [(_number(line.report), moment(line.event.at), names.line(line.event)) for line in found],
        nothing=_("No change of the calendar has moved a limit yet."),
        back_to=(url_for("desk.work_calendar"), _("Work calendar")),
        part=part,
    )


def _date(text: str) -> date:
    found = bounds.day(text)
    if found is None:
        raise NotFound
    return found


def _done(form: BaseForm, edit: days.Edit, year: int) -> Any:
    """Do what a form says, and go back to its year; first the limits that would move, if any. None when it is refused,
    with the reason beside its field."""
    try:
        if not form.validate():
            raise Refused(N_("Please check what you wrote."))
        moving = days.rehearse(read(), actor(), edit)
        if limits.seal(moving) != request.form.get(SURE, limits.seal([])):
            return _rehearsal(moving, year)
        with write() as session:
            moved = days.change(session, actor(), edit)
            if limits.seal(moved) != limits.seal(moving):
                raise Refused(N_("Other limits would move now. Look again which."))
            number = len(moved)
    except NotFound:
        raise
    except Refused as refusal:
        if not form.errors:
            form.refuse(refusal.field, say(refusal))
        return None
    limits_ = ngettext("%(num)d open limit has a new last day.", "%(num)d open limits have a new last day.", number)
    flash(" ".join([_("Recorded, with your name and the date."), *([limits_] if number else [])]), "good")
    return redirect(url_for("desk.work_calendar", year=year), 303)


def _rehearsal(moving: Sequence[Moved], year: int) -> str:
    """What a change would move, before it is stored."""
    shown = limits.readable(read(), actor(), moving)
    bodies = details.bodies(read(), {each.row.body_id for each in shown if each.what == limits.PART})

    def what(each: Moved) -> str:
        if each.what == LIMIT:
            return state_word(each.report.state)
        return _("Site visit") if each.what == LOOK else named(bodies[each.row.body_id])

    def was_and_is(each: Moved) -> str:
        return _("due %(now)s, was %(was)s", now=day(each.after), was=day(each.before))

    return render_template(
        "desk/calendar_sure.html",
        number=len(moving),
        year=year,
        lines=[(_number(each.report), what(each), was_and_is(each)) for each in shown],
        fields=[(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", SURE)],
        seal=limits.seal(moving),
    )


def _number(report: Any) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url_for("report.show", report_id=report.id), report.number)


def _refuse_strange(year: int) -> None:
    """No calendar reaches there, and some are no years at all."""
    if not clock.EARLIEST.year <= year <= clock.LATEST.year:
        abort(404)


def _year_page(year: int, run: RunForm | None = None, confirm: ConfirmForm | None = None) -> Any:
    _refuse_strange(year)
    offered = days.years(read())
    found = days.of_year(read(), year)
    page = render_template(
        "desk/calendar.html",
        year=year,
        years=offered,
        days=[(row, format_date(row.on, "EEE")) for row in found],
        is_guess=bool(calendar.provisional(read(), {year})),
        moved=limits.count_lines(read(), actor()),
        run=run or RunForm(),
        confirm=confirm or ConfirmForm(),
    )
    return (page, 422) if run or confirm else page


def _day_again(on: date, form: BaseForm) -> Any:
    """Its page with why it was refused: with what was typed, or with what another has made of the day meanwhile."""
    row = days.one(read(), on)
    shown = form if isinstance(form, DayForm) and request.form.get(SEEN) in (None, days.seen(row)) else of_day(row)
    if shown is not form:
        shown.form_errors.extend(form.form_errors)
    return _day_page(row, shown)


def _day_page(row: Any, form: DayForm) -> Any:
    shown = {"row": row, "seen": days.seen(row), "weekday": format_date(row.on, "EEEE")}
    page = render_template("desk/calendar_day.html", form=form, **shown)
    return (page, 422) if form.errors else page
