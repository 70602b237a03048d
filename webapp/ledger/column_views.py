"""The page on which the county says which columns its ledgers have, in which order and by which name."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core.canonical import mark
from ..core.errors import NotFound, Refused
from ..web.errors import say
from ..web.request import actor, may, read, write
from . import forms, queries, service
from .blueprint import bp
from .models import LedgerColumn
from .parts import PARTS


@bp.get("/ledger/columns")
@may("setting.edit")
def columns_page() -> str:
    """Every field of each part, the shown ones first."""
    return _page()


def _page(trouble: str = "") -> str:
    listed = queries.columns(read())
    return render_template(
        "ledger/columns.html",
        parts={key: (part, [row for row in listed if _is_of(key, row)]) for key, part in PARTS.items()},
        edition=lambda part: mark(service.standing(read(), part)),
        typed=request.form,
        trouble=trouble,
    )


def _is_of(part: str, row: LedgerColumn) -> bool:
    """Whether it is a field of the part that this program knows."""
    return row.part == part and row.name in PARTS[part].fields


@bp.post("/ledger/columns/<records>")
@may("setting.edit")
def choose_columns(records: str) -> Any:
    """Those of one part: all of them, or nothing."""
    if records not in PARTS:
        raise NotFound
    words = {key: _(field.heading) for key, field in PARTS[records].fields.items()}
    listed = [row for row in queries.columns(read()) if _is_of(records, row)]
    try:
        chosen = forms.chosen(request.form, records, listed, words)
        with write() as session:
            written = service.choose(session, actor(), records, chosen, request.form.get("seen", ""))
    except Refused as refusal:
        return _page(say(refusal)), refusal.status
    flash(_("In effect from now on.") if written else _("Nothing was changed."), "good" if written else "info")
    return redirect(url_for("ledger.columns_page"), 303)
