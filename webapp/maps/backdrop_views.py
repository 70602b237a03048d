"""The page on which a county brings in the roads and waters that are drawn under its borders, or takes them away."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core.errors import Refused
from ..grid import backdrop
from ..web.errors import say
from ..web.request import actor, close_reads, may, read, turn, write
from ..web.sent_files import kept
from . import queries
from .blueprint import bp
from .forms import MOST_FILES, BackdropForm

KINDS = ("roads", "waters")


@bp.get("/map/backdrop")
@may("border.edit")
def show_backdrop() -> str:
    """The form, and whether there are any."""
    return _page(BackdropForm())


def _page(form: BackdropForm) -> str:
    _outlines, there = backdrop.layers(read(), queries.edited(read(), actor()))
    return render_template("maps/backdrop.html", form=form, there=there)


@bp.post("/map/backdrop")
@may("border.edit")
def bring_backdrop() -> Any:
    """Read the files, draw what lies in the county, and keep the drawing."""
    form, path = BackdropForm(request.form), queries.edited(read(), actor())
    sent = {kind: [file for file in request.files.getlist(kind) if file.filename][:MOST_FILES] for kind in KINDS}
    is_whole = form.validate()
    if not any(sent.values()):
        form.refuse("roads", _("Please choose a file."))
    if not (is_whole and any(sent.values())):
        return _page(form), 422
    try:
        around = backdrop.box(read(), path)
        close_reads()
        with turn("borders"), TemporaryDirectory(prefix="wangge-backdrop-") as folder:
            body = backdrop.draw(
                {kind: kept(Path(folder) / kind, files) for kind, files in sent.items()}, form.crs.data or None, around
            )
        source = ", ".join(str(file.filename) for files in sent.values() for file in files)
        with write() as session:
            backdrop.keep(session, actor(), path, body, source)
    except Refused as refusal:
        form.refuse("roads", say(refusal))
        return _page(form), refusal.status
    flash(_("The roads and waters are on the map now."), "good")
    return redirect(url_for("maps.show"), 303)


@bp.post("/map/backdrop/remove")
@may("border.edit")
def remove_backdrop() -> Any:
    """Take them away."""
    path = queries.edited(read(), actor())
    close_reads()
    with write() as session:
        backdrop.keep(session, actor(), path, None, "")
    flash(_("The roads and waters are no longer on the map."))
    return redirect(url_for("maps.show_backdrop"), 303)
