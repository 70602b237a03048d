"""The page on which the county brings in a workbook of its own, whose named cells a ledger fills."""

from io import BytesIO
from pathlib import PurePath
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from ..core import named_cells
from ..core.errors import NotFound, Refused
from ..core.sheet_file import MAX_BYTES
from ..core.workbook import MEDIA_TYPE
from ..web.bounds import whole
from ..web.errors import say
from ..web.forms import clean
from ..web.language import tongue
from ..web.request import actor, close_reads, may, read, turn, write
from . import filling, queries, records, service
from .blueprint import bp
from .forms import TemplateForm

LONGEST_NAME = 100


@bp.get("/ledger/template")
@may("setting.edit")
def template_page() -> str:
    """The workbook that holds, the sample, the names."""
    return _page(TemplateForm())


def _page(form: TemplateForm) -> str:
    now = queries.template(read())
    used = now.facts["used"] if now else []
    return render_template(
        "ledger/template.html",
        form=form,
        template=now,
        used=used,
        unknown=now.facts["unknown"] if now else [],
        unknown_count=now.facts["unknown_count"] if now else 0,
        is_drawn=now is not None and now.facts["is_drawn"],
        empty=filling.empty(used, records.shown(read())),
        names=filling.meanings(),
    )


@bp.get("/ledger/template/sample")
@may("setting.edit")
def template_sample() -> Response:
    """A workbook with all names."""
    out = BytesIO()
    filling.sample(records.shown(read()), tongue(), out)
    return _file(out.getvalue(), f"{_('Ledger')}.xlsx")


def _file(data: bytes, name: str) -> Response:
    return send_file(BytesIO(data), mimetype=MEDIA_TYPE, as_attachment=True, download_name=name)


@bp.get("/ledger/template/file")
@may("setting.edit")
def template_file() -> Response:
    """The workbook that holds, as it came in."""
    now = queries.template(read())
    if now is None:
        raise NotFound
    return _file(now.body, now.file_name)


@bp.post("/ledger/template")
@may("setting.edit")
def add_template() -> Any:
    """Look at a workbook, and let it hold if it can be filled."""
    form, file, who = TemplateForm(request.form), request.files.get("sheet"), actor()
    data = file.read(MAX_BYTES + 1) if file else b""
    close_reads()
    try:
        with turn("sheet", field="sheet"):
            seen = named_cells.look(data, filling.known())
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _page(form), refusal.status
    with write() as session:
        is_new = service.add_template(session, who, _file_name(file), data, seen)
    flash(_("In effect from now on.") if is_new else _("Nothing was changed."), "good" if is_new else "info")
    return redirect(url_for("ledger.template_page"), 303)


def _file_name(file: Any) -> str:
    """What it is called, without the folders that some browsers send along, and with an ending that opens it."""
    stem = PurePath(str(file.filename).replace("\\", "/")).stem
    return f"{(clean(stem) or '')[: LONGEST_NAME - 5] or 'ledger'}.xlsx"


@bp.post("/ledger/template/end")
@may("setting.edit")
def end_template() -> Any:
    """Let the one that the page showed hold no longer."""
    try:
        template_id = whole(request.form.get("template"))
    except ValueError:
        template_id = 0
    with write() as session:
        is_ended = service.end_template(session, actor(), template_id)
    flash(_("The form is no longer used.") if is_ended else _("Nothing was changed."), "info")
    return redirect(url_for("ledger.template_page"), 303)
