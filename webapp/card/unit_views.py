"""Pages of unit grids: the card of one, adding, renaming, moving and ending, and who looks after it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core.errors import NotFound, Refused
from ..grid import queries as grids
from ..grid import units as grid_units
from ..grid.models import UNIT_TIER
from ..grid.queries import Cell
from ..web.errors import say
from ..web.forms import BaseForm
from ..web.request import actor, may, read, write
from ..web.saving import refused
from . import labels, queries, units
from .blueprint import bp
from .forms import UnitChangeForm, UnitForm, UnitPersonForm

__all__ = ["bp"]


def _unit(unit_id: int, action: str) -> Cell:
    cell = grids.any_cell(read(), actor(), action, unit_id)
    if cell.tier != UNIT_TIER:
        raise NotFound
    return cell


@bp.get("/units/<int:unit_id>")
@may("grid.read")
def unit(unit_id: int) -> str:
    """The card of one, for whoever reads its community."""
    cell = _unit(unit_id, "grid.read")
    may_fix = actor().may("card.edit") and grids.cells_reached(read(), actor(), "card.edit", unit_id)
    ended = grid_units.ended_on(read(), unit_id)
    above = grids.parents(read(), cell)
    return render_template(
        "card/unit.html",
        cell=cell,
        above=above,
        level=grids.levels(read())[UNIT_TIER],
        body=queries.body_of(read(), above[-1].id),
        ended=ended,
        may_fix=may_fix and ended is None,
        may_name=may_fix and ended is None,
        kind_names=labels.KIND_NAMES,
        part_names=labels.PARTS,
        **queries.shown(read(), cell)._asdict(),
    )


# --- adding ---


@bp.get("/grids/<int:grid_id>/units/new")
@may("card.edit")
def new_unit(grid_id: int) -> Any:
    """The form; where no unit grid may stand, the reason, and what to do."""
    return _new_page(grid_id, UnitForm())


@bp.post("/grids/<int:grid_id>/units/new")
@may("card.edit")
def add_unit(grid_id: int) -> Any:
    """Add it, in force from today."""
    form = UnitForm(request.form)
    if not form.validate():
        return _new_page(grid_id, form, 422)
    if status := refused(form, lambda session: units.add(session, actor(), [form.unit(grid_id)])):
        return _new_page(grid_id, form, status)
    flash(_("%(name)s was added. Its card can be filled in now.", name=form.zh.data), "good")
    return redirect(url_for("desk.card", grid_id=grid_id), 303)


def _new_page(grid_id: int, form: UnitForm, status: int = 200) -> Any:
    cell = grids.cell(read(), actor(), "card.edit", grid_id)
    why = ""
    try:
        units.refuse_elsewhere(read(), [cell])
    except Refused as refusal:
        why = say(refusal)
    there = grid_units.of(read(), [grid_id])
    return render_template("card/unit_new.html", cell=cell, form=form, why=why, there=there), status


# --- changing ---


@bp.get("/units/<int:unit_id>/change")
@may("card.edit")
def change_unit(unit_id: int) -> Any:
    """The form with what counts now, and the button that ends it."""
    cell = _unit(unit_id, "card.edit")
    english = "" if cell.en == cell.zh else cell.en
    now = {"seen": cell.version_id, "zh": cell.zh, "en": english, "code": cell.code, "parent": cell.parent_id}
    return _change_page(cell, _change_form(cell, data=now))


def _change_form(cell: Cell, sent: Any = None, **more: Any) -> UnitChangeForm:
    form = UnitChangeForm(sent, **more)
    communities = queries.communities(read(), actor())
    if cell.parent_id not in {each.id for each in communities}:  # where it stands now it may stay
        communities += grids.named(read(), {cell.parent_id or 0}).values()
    form.offer(communities)
    return form


@bp.post("/units/<int:unit_id>/change")
@may("card.edit")
def save_unit(unit_id: int) -> Any:
    """Call it otherwise, or move it, from today on."""
    cell = _unit(unit_id, "card.edit")
    form = _change_form(cell, request.form)

    def act(session: Any) -> None:
        units.change(session, actor(), unit_id, form.seen.data or 0, form.unit(form.parent.data or 0))

    return _kept(cell, form, act, _change_page)


def _change_page(cell: Cell, form: UnitChangeForm, status: int = 200) -> Any:
    return render_template("card/unit_change.html", cell=cell, form=form), status


def _kept(cell: Cell, form: BaseForm, act: Callable[[Any], object], page: Callable[..., Any]) -> Any:
    """Do what the form says and lead back to the card; else the form again, the reason beside its field."""
    if not form.validate():
        return page(cell, form, 422)
    if status := refused(form, act):
        return page(cell, form, status)
    flash(_("Recorded, with your name and the date."), "good")
    return redirect(url_for("card.unit", unit_id=cell.id), 303)


@bp.post("/units/<int:unit_id>/end")
@may("card.edit")
def end_unit(unit_id: int) -> Any:
    """End it from today on."""
    with write() as session:
        units.close(session, actor(), unit_id)
    flash(_("It has ended today. What stood on its card stays readable."), "good")
    return redirect(url_for("card.unit", unit_id=unit_id), 303)


# --- who looks after it ---


@bp.get("/units/<int:unit_id>/people")
@may("card.edit")
def unit_people(unit_id: int) -> Any:
    """Who is named, and the form for another one."""
    return _people_page(_unit(unit_id, "card.edit"), UnitPersonForm())


@bp.post("/units/<int:unit_id>/people")
@may("card.edit")
def name_unit_person(unit_id: int) -> Any:
    """Name somebody."""
    cell, form = _unit(unit_id, "card.edit"), UnitPersonForm(request.form)
    return _kept(cell, form, lambda session: units.name_person(session, actor(), unit_id, form.entry()), _people_page)


def _people_page(cell: Cell, form: UnitPersonForm, status: int = 200) -> Any:
    people = queries.unit_people(read(), [cell.id]).get(cell.id, [])
    return render_template("card/unit_people.html", cell=cell, form=form, people=people), status


@bp.post("/units/<int:unit_id>/people/<int:row_id>/end")
@may("card.edit")
def end_unit_person(unit_id: int, row_id: int) -> Any:
    """He looks after it no longer."""
    with write() as session:
        units.end_person(session, actor(), unit_id, row_id)
    flash(_("Recorded, with your name and the date."), "good")
    return redirect(url_for("card.unit_people", unit_id=unit_id), 303)
