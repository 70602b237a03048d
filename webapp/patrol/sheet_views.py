"""Pages for bringing in objects by a sheet, and for taking them out as the same sheet."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import clock
from ..core.errors import Refused
from ..core.sheet import Given, pack
from ..grid import locate
from ..web import sheets
from ..web.errors import say
from ..web.language import named
from ..web.request import actor, may, read, write_once
from . import queries, sheet_acts
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
    findings = sheets.findings(OBJECTS, outcome.findings if outcome else ())
    return render_template(
        "patrol/import.html",
        form=form,
        columns=sheets.columns(OBJECTS),
        kinds=[(named(kind), kind.zh, kind.interval_days) for kind in queries.types(read())],
        findings=findings,
        notes=sheets.notes([*given.notes, *outcome.remarks]) if given else [],
        outcome=outcome,
        packed=pack(given.rows) if given and not findings else "",
    )


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
    form = _form(request.form)
    try:
        lines, system = OBJECTS.unpack(request.form.get("rows")), form.system()
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _page(form), 422
    outcome = write_once(lambda session: sheet_acts.apply(session, actor(), lines, system))
    if outcome.findings:
        return _page(form, outcome), 422
    flash(_told(outcome), "good")
    return redirect(url_for("patrol.import_objects"), 303)


def _told(outcome: sheet_acts.Outcome) -> str:
    if not outcome.changes():
        return _("Everything in this spreadsheet is already there. Nothing was changed.")
    added = ngettext("%(num)d object put on the list", "%(num)d objects put on the lists", len(outcome.added))
    placed = ngettext("%(num)d object given its position", "%(num)d objects given their positions", outcome.placed)
    return _(", ").join([added, placed] if outcome.placed else [added])
