"""Pages for bringing in unit grids by a list."""

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core.sheet import Given
from ..web import sheets
from ..web.request import actor, may, read
from ..web.sheets import SheetForm
from . import sheet_acts
from .blueprint import bp
from .sheet import UNITS


@bp.get("/units/import")
@may("card.edit")
def import_units() -> str:
    """The form, and what the columns are."""
    return _page(SheetForm())


def _page(form: SheetForm, outcome: Any = None, given: Given | None = None) -> str:
    return render_template("card/unit_import.html", **sheets.facts(UNITS, form, outcome, given))


@bp.get("/units/import/sample")
@may("card.edit")
def sample_of_units() -> Response:
    """An empty list with a row that explains each column."""
    return sheets.sample(UNITS, "unit-grids.xlsx")


@bp.post("/units/import")
@may("card.edit")
def look_at_units() -> Any:
    """Rehearse the list. Nothing is kept."""
    return sheets.looked_at(UNITS, SheetForm(), lambda rows: sheet_acts.rehearse(read(), actor(), rows), _page)


@bp.post("/units/import/confirm")
@may("card.edit")
def bring_in_units() -> Any:
    """The confirmed list, checked all over again."""
    who = actor()
    return sheets.carried_out(
        UNITS, SheetForm(), lambda session, rows: sheet_acts.apply(session, who, rows), _page, _done
    )


def _done(outcome: sheet_acts.Outcome) -> Any:
    added = ngettext("%(num)d unit grid added", "%(num)d unit grids added", len(outcome.added))
    flash(added if outcome.changes() else _(sheets.NOTHING_NEW), "good")
    return redirect(url_for("card.import_units"), 303)
