"""Pages for bringing in objects by a sheet, and for taking them out as the same sheet."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import clock
from ..core.sheet import Given
from ..grid import locate
from ..web import sheets
from ..web.language import named
from ..web.request import actor, may, read
from . import frequencies, queries, sheet_acts, words
from .blueprint import bp
from .forms import ObjectsSheetForm
from .sheet import OBJECTS


@bp.get("/objects/import")
@may("object.edit")
def import_objects() -> str:
    """The form, what the columns are, and the types there are."""
    return _page(_form())


def _form(sent: Any = None) -> ObjectsSheetForm:
    form = ObjectsSheetForm(sent)
    form.crs.choices = [(code, _system(code)) for code in locate.systems_here(read())]
    return form


def _page(form: ObjectsSheetForm, outcome: Any = None, given: Given | None = None) -> str:
    rules, today = frequencies.rules(read()), clock.today()
    kinds = [
        (named(kind), kind.zh, words.how_often(rules.on(kind.code, False, today))) for kind in queries.types(read())
    ]
    return render_template("patrol/import.html", kinds=kinds, **sheets.facts(OBJECTS, form, outcome, given))


def _system(code: str) -> str:
    words = {
        "EPSG:4490": _("Degrees (CGCS2000, WGS84, GPS)"),
        "gcj02": _("Degrees, Gaode or Tencent (GCJ-02)"),
        "bd09": _("Degrees, Baidu (BD-09)"),
    }
    return words.get(code) or _("Metres, CGCS2000 3-degree zone of this county (%(code)s)", code=code)


@bp.get("/objects/import/sample")
@may("object.edit")
def sample_of_objects() -> Response:
    """An empty sheet with a row that explains each column."""
    return sheets.sample(OBJECTS, "objects.xlsx")


@bp.get("/objects/export")
@may("object.edit")
def export_objects() -> Response:
    """The lists within reach as the same sheet."""
    return sheets.filled(OBJECTS, f"objects-{clock.today().isoformat()}.xlsx", sheet_acts.rows(read(), actor()))


@bp.post("/objects/import")
@may("object.edit")
def look_at_objects() -> Any:
    """Rehearse the sheet. Nothing is kept."""
    form = _form(request.form)
    return sheets.looked_at(
        OBJECTS, form, lambda rows: sheet_acts.rehearse(read(), actor(), rows, form.system()), _page
    )


@bp.post("/objects/import/confirm")
@may("object.edit")
def bring_in_objects() -> Any:
    """The confirmed sheet, checked all over again."""
    form, who = _form(request.form), actor()
    return sheets.carried_out(
        OBJECTS, form, lambda session, rows: sheet_acts.apply(session, who, rows, form.system()), _page, _done
    )


def _done(outcome: sheet_acts.Outcome) -> Any:
    flash(_told(outcome), "good")
    return redirect(url_for("patrol.import_objects"), 303)


def _told(outcome: sheet_acts.Outcome) -> str:
    if not outcome.changes():
        return _(sheets.NOTHING_NEW)
    added = ngettext("%(num)d object put on the list", "%(num)d objects put on the lists", len(outcome.added))
    placed = ngettext("%(num)d object given its position", "%(num)d objects given their positions", outcome.placed)
    return _(", ").join([added, placed] if outcome.placed else [added])
