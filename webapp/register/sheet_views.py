"""Pages for taking the register of a type out as a sheet, filling it in, and bringing it back."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import clock
from ..core.sheet import Given, Sheet
from ..web import sheets
from ..web.language import named
from ..web.request import actor, may, read
from ..web.sheets import SheetForm
from . import pages, queries, sheet_acts
from .blueprint import bp


def _sheet(kind: str) -> tuple[Any, list[queries.Asked], Sheet]:
    """The type, what it is asked, and the sheet of it in the reader's language."""
    found, asked = pages.kind(kind), queries.asked(read(), kind)
    names = {each.field.code: named(each.field) for each in asked}
    abouts = {each.field.code: pages.about(each) for each in asked}
    return found, asked, sheet_acts.sheet(named(found), asked, names, abouts)


def _page(kind: str, form: SheetForm, outcome: Any = None, given: Given | None = None) -> str:
    found, _asked, made = _sheet(kind)
    return render_template("register/import.html", kind=found, **sheets.facts(made, form, outcome, given))


@bp.get("/registers/<kind>/import")
@may("object.edit")
def import_register(kind: str) -> str:
    """The form, and what the columns are."""
    return _page(kind, SheetForm())


@bp.get("/registers/<kind>/export")
@may("object.edit")
def export(kind: str) -> Response:
    """The objects of the type within reach, with what is known of each."""
    _found, asked, made = _sheet(kind)
    rows = sheet_acts.rows(read(), actor(), kind, asked, pages.in_zh)
    return sheets.filled(made, f"register-{kind}-{clock.today().isoformat()}.xlsx", rows)


@bp.post("/registers/<kind>/import")
@may("object.edit")
def look_at_register(kind: str) -> Any:
    """Rehearse the sheet. Nothing is kept."""
    made = _sheet(kind)[2]
    return sheets.looked_at(
        made,
        SheetForm(request.form),
        lambda rows: sheet_acts.rehearse(read(), actor(), kind, made, rows),
        lambda *given: _page(kind, *given),
    )


@bp.post("/registers/<kind>/import/confirm")
@may("object.edit")
def bring_in_register(kind: str) -> Any:
    """The confirmed sheet, checked all over again."""
    made, who = _sheet(kind)[2], actor()

    def done(outcome: sheet_acts.Outcome) -> Any:
        written = ngettext("%(num)d file written", "%(num)d files written", outcome.changed)
        flash(written if outcome.changes() else _(sheets.NOTHING_NEW), "good")
        return redirect(url_for("register.register", kind=kind), 303)

    return sheets.carried_out(
        made,
        SheetForm(),
        lambda session, rows: sheet_acts.apply(session, who, kind, made, rows),
        lambda *given: _page(kind, *given),
        done,
    )
