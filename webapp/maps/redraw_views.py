"""One grid by hand with a border from a file: the pages that draw it anew, or add one below it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from gis import outcome
from gis.delivery import Finding

from ..core.errors import NotFound, Refused
from ..grid import changed, intake, redraw
from ..grid import queries as grid_queries
from ..web.errors import say
from ..web.request import actor, close_reads, may, read, turn
from ..web.saving import refused
from ..web.sent_files import under_its_name
from .blueprint import bp
from .forms import BorderForm, NewGridForm


@bp.get("/grids/<int:grid_id>/border")
@may("border.edit")
def border_of(grid_id: int) -> str:
    """The form that gives a grid another border."""
    return _page(grid_id, BorderForm())


@bp.get("/grids/<int:grid_id>/below")
@may("border.edit")
def below(grid_id: int) -> str:
    """The form that adds a grid below this one."""
    return _page(grid_id, NewGridForm())


def _page(grid_id: int, form: Any) -> str:
    cell = grid_queries.cell(read(), actor(), "border.edit", grid_id)
    return render_template("maps/border_one.html", cell=cell, form=form, is_new=isinstance(form, NewGridForm))


@bp.post("/grids/<int:grid_id>/border")
@may("border.edit")
def redraw_grid(grid_id: int) -> Any:
    """Draft another border for a grid."""
    form = BorderForm(request.form)
    cell = grid_queries.cell(read(), actor(), "border.edit", grid_id)
    if not _is_whole(form, needs_file=True):
        return _page(grid_id, form), 422
    return _drafted(
        grid_id, form, cell.id, lambda session, border, facts: redraw.redraw(session, actor(), grid_id, border, facts)
    )


@bp.post("/grids/<int:grid_id>/below")
@may("border.edit")
def add_grid(grid_id: int) -> Any:
    """Draft a grid below this one, with the border in the file or without."""
    form = NewGridForm(request.form)
    grid_queries.cell(read(), actor(), "border.edit", grid_id)
    if not _is_whole(form):
        return _page(grid_id, form), 422

    def act(session: Any, border: bytes | None, facts: dict[str, Any]) -> Any:
        names = form.zh.data or "", form.en.data or ""
        return redraw.add(session, actor(), grid_id, names, form.code.data or "", border, facts)

    return _drafted(grid_id, form, 0, act)


def _sent() -> Any:
    file = request.files.get("file")
    return file if file and file.filename else None


def _is_whole(form: Any, needs_file: bool = False) -> bool:
    """Whether all was filled in; a file needs the confirmation."""
    is_valid = form.validate()
    if needs_file and not _sent():
        form.refuse("file", _("Please choose a file."))
    elif is_valid and _sent() and not form.is_open.data:
        form.refuse("is_open", _("Please confirm this. Classified surveying data must not be uploaded here."))
    return not form.errors


def _drafted(grid_id: int, form: Any, own: int, act: Any) -> Any:
    """Read the file, see what is to be said of its border among the others, and draft it."""
    try:
        border, found = _read(grid_id, form, own) if _sent() else (None, ())
    except Refused as refusal:
        form.refuse("file", say(refusal))
        return _page(grid_id, form), refusal.status
    facts = {"findings": outcome.kept(found), "is_open": True}
    made: list[int] = []
    if status := refused(form, lambda session: made.append(act(session, border, facts).id)):
        return _page(grid_id, form), status
    return redirect(url_for("maps.change_set", set_id=made[0]), 303)


def _read(grid_id: int, form: Any, own: int) -> tuple[bytes, tuple[Finding, ...]]:
    cell = grid_queries.cell(read(), actor(), "border.edit", grid_id)
    (there, _names), tolerance = changed.present(read(), cell.path), intake.tolerance(read())
    close_reads()
    with turn("borders"), TemporaryDirectory(prefix="wangge-border-") as folder:
        path = under_its_name(Path(folder), str(_sent().filename), 0)
        _sent().save(path)
        at = next((at for at, grid in enumerate(there) if grid.id == grid_id), None)
        if at is None:  # it ended
            raise NotFound
        below = changed.Present(0, there[at].tier + 1, "", "", at, None)
        made = there[at] if own else below._replace(code=form.code.data, name=form.zh.data)
        return redraw.border([path], form.crs.data or None, there, made, tolerance)
