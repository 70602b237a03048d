"""Pages for changing borders: look at what would change, propose, approve; change one grid by hand."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core import clock
from ..core.errors import N_, NotFound
from ..grid import changed, changes
from ..grid import queries as grid_queries
from ..grid.sheet import GRIDS
from ..web import sheets
from ..web.bounds import whole
from ..web.forms import clean
from ..web.language import named
from ..web.request import actor, may, read
from ..web.saving import refused
from . import borders, split
from .blueprint import bp
from .forms import GridForm, ProposalForm
from .words import said

ENDED = ("in_force", "withdrawn")
SAID = {
    "propose": N_("Proposed. Somebody else of the county office has to approve it now."),
    "approve": N_("Approved. It takes effect on its day."),
    "withdraw": N_("Withdrawn. Nothing was changed."),
}


@bp.get("/borders/<int:set_id>")
@may("border.read")
def change_set(set_id: int) -> str:
    """One set: what would change, what was found, and what the reader may do with it."""
    return _set_page(set_id, ProposalForm(data={"since": clock.today()}))


def _set_page(set_id: int, form: ProposalForm) -> str:
    found = changes.one(read(), actor(), set_id, action="border.read")
    shown = borders.shown(read(), actor(), found)
    may_choose = found.state == "draft" and actor().may("border.edit")
    return render_template(
        "maps/border_set.html",
        shown=shown,
        set=found,
        form=form,
        words=borders.WORDS,
        states=borders.STATES,
        tones=borders.TONES,
        heirs=changed.heirs(read(), set_id) if may_choose else {},
        reports=split.reports(read(), actor(), found) if found.state not in ENDED else (),
        may_choose=may_choose,
        findings=said(found.facts.get("findings", ())),
        layers=found.facts.get("layers", ()),
        is_mine=found.made_by == actor().person_id,
        may_edit=actor().may("border.edit"),
    )


@bp.post("/borders/<int:set_id>/heir")
@may("border.edit")
def choose_heir(set_id: int) -> Any:
    """Say which grid takes over the records of one that goes."""
    try:
        position = whole(request.form.get("position"))
    except ValueError as error:
        raise NotFound from error
    code = clean(request.form.get("heir")) or ""
    return _done(set_id, lambda session: changes.choose_heir(session, actor(), set_id, position, code))


@bp.post("/borders/<int:set_id>/parts")
@may("border.edit")
def choose_parts(set_id: int) -> Any:
    """Say to which part the open reports of villages that are split go, all at once."""
    found = changes.one(read(), actor(), set_id)
    offered = {each.key for each in split.reports(read(), actor(), found)}
    try:
        chosen = {key: whole(request.form[key]) for key in request.form if key in offered}
    except ValueError as error:
        raise NotFound from error
    return _done(set_id, lambda session: changes.choose_parts(session, actor(), set_id, chosen))


@bp.post("/borders/<int:set_id>/propose")
@may("border.edit")
def propose_set(set_id: int) -> Any:
    """Ask for the approval of a draft."""
    form = ProposalForm(request.form)
    if not form.validate() or form.since.data is None:
        return _set_page(set_id, form), 422
    since, reason = form.since.data, form.reason.data or ""
    return _done(set_id, lambda session: changes.propose(session, actor(), set_id, since, reason), "propose", form)


@bp.post("/borders/<int:set_id>/approve")
@may("border.edit")
def approve_set(set_id: int) -> Any:
    """Approve what somebody else proposed."""
    return _done(set_id, lambda session: changes.approve(session, actor(), set_id), "approve")


@bp.post("/borders/<int:set_id>/withdraw")
@may("border.edit")
def withdraw_set(set_id: int) -> Any:
    """Let go of a set before it is in force."""
    return _done(set_id, lambda session: changes.withdraw(session, actor(), set_id), "withdraw")


def _done(set_id: int, act: Any, said: str = "", form: ProposalForm | None = None) -> Any:
    form = form or ProposalForm(data={"since": clock.today()})
    if status := refused(form, act):
        return _set_page(set_id, form), status
    if said:
        flash(_(SAID[said]))
    return redirect(url_for("maps.change_set", set_id=set_id), 303)


# --- one grid by hand -----------------------------------------------------------------------------


@bp.get("/grids/<int:grid_id>/change")
@may("border.edit")
def change_grid(grid_id: int) -> str:
    """The form that renames, recodes or moves a grid, and the one that merges it."""
    cell = grid_queries.cell(read(), actor(), "border.edit", grid_id)
    return _grid_page(cell, GridForm(data={"zh": cell.zh, "en": cell.en, "code": cell.code, "parent": cell.parent_id}))


def _grid_page(cell: Any, form: GridForm) -> str:
    """The page, which gives the form its lists; a list that would be empty is no field."""
    cells = grid_queries.cells(read(), actor(), "border.edit")
    parents = _choices(cells, cell.tier - 1)
    heirs = [(key, word) for key, word in _choices(cells, cell.tier) if key != cell.id]
    for name, choices in (("parent", parents), ("heir", heirs)):
        if name in form and choices:
            form[name].choices = choices
        elif name in form:
            del form[name]
    return render_template("maps/border_grid.html", cell=cell, form=form, lowest=grid_queries.working_tier(read()))


def _choices(cells: Any, tier: int) -> list[tuple[int, str]]:
    return [(each.id, f"{each.code} {named(each)}") for each in cells if each.tier == tier]


@bp.post("/grids/<int:grid_id>/change")
@may("border.edit")
def draft_by_hand(grid_id: int) -> Any:
    """Draft what was typed; the button says which of the two it is."""
    cell = grid_queries.cell(read(), actor(), "border.edit", grid_id)
    form = GridForm(request.form)
    _grid_page(cell, form)
    if not form.validate():
        return _grid_page(cell, form), 422
    made: list[int] = []
    if status := refused(form, lambda session: made.append(_draft(session, cell, form).id)):
        return _grid_page(cell, form), status
    return redirect(url_for("maps.change_set", set_id=made[0]), 303)


def _draft(session: Any, cell: Any, form: GridForm) -> Any:
    if request.form.get("act") == "merge" and "heir" in form:
        return changes.merge(session, actor(), cell.id, form.heir.data)
    parent = form.parent.data if "parent" in form else None
    return changes.by_hand(session, actor(), cell.id, form.zh.data, form.en.data or "", form.code.data, parent)


# --- the list of grids ----------------------------------------------------------------------------


@bp.get("/borders/list.xlsx")
@may("border.edit")
def grid_list() -> Any:
    """All grids by levels, codes and names, as a sheet that can be changed and brought in again."""
    cells = grid_queries.cells(read(), actor(), "border.edit")
    codes = {cell.id: cell.code for cell in cells}
    rows = [(str(cell.tier), cell.code, cell.zh, cell.en, codes.get(cell.parent_id or 0, "")) for cell in cells]
    return sheets.filled(GRIDS, f"grids-{clock.today().isoformat()}.xlsx", rows)
