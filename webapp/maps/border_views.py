"""Pages for changing borders: bring files in or change a grid by hand, look at what would change, propose, approve."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.utils import secure_filename

from gis.messages import WORDS

from ..core import clock
from ..core.errors import N_, NotFound, Refused
from ..grid import changed, changes, intake
from ..grid import queries as grid_queries
from ..grid.labels import ADVICE
from ..web.bounds import whole
from ..web.errors import say
from ..web.forms import clean
from ..web.language import named
from ..web.request import actor, close_reads, may, read, turn, write
from ..web.saving import refused
from . import borders, queries
from .blueprint import bp
from .forms import BordersForm, GridForm, ProposalForm

MOST_FILES = 6
SAID = {
    "propose": N_("Proposed. Somebody else of the county office has to approve it now."),
    "approve": N_("Approved. It takes effect on its day."),
    "withdraw": N_("Withdrawn. Nothing was changed."),
}


@bp.get("/borders")
@may("border.read")
def change_sets() -> str:
    """The sets of changes, newest first, and the form for bringing files in."""
    return _page(BordersForm())


def _page(form: BordersForm, findings: Any = ()) -> str:
    return render_template(
        "maps/borders.html",
        form=form,
        sets=changed.sets(read(), actor()),
        states=borders.STATES,
        tones=borders.TONES,
        findings=_said(findings),
        may_edit=actor().may("border.edit"),
    )


def _said(findings: Any) -> list[dict[str, Any]]:
    """What was found, in the reader's language: level, sentence, what to do, and its number in the drawing."""
    numbers = count(1)
    return [
        {
            "level": each["level"],
            "sentence": _sentence(each["params"], each["message"]),
            "advice": _(ADVICE[each["code"]]) if each["code"] in ADVICE else "",
            "number": next(numbers) if each.get("at") else None,
        }
        for each in findings
    ]


def _sentence(params: dict[str, str], message: str) -> str:
    return _(message, **{name: _(value) if name in WORDS else value for name, value in params.items()})


@bp.post("/borders")
@may("border.edit")
def bring_borders() -> Any:
    """Read the files, compare them with what is in force, and keep what would change as a draft."""
    form = BordersForm(request.form)
    sent = [file for file in request.files.getlist("files") if file.filename][:MOST_FILES]
    is_whole = form.validate()
    if not sent:
        form.refuse("files", _("Please choose a file."))
    if not (is_whole and sent):
        return _page(form), 422
    county = queries.home(read(), actor())
    path = county.path if county else ""
    there, tolerance = changed.present(read(), path)[0], intake.tolerance(read())
    close_reads()
    try:
        with turn("borders"), TemporaryDirectory(prefix="wangge-borders-") as folder:
            examined = intake.examine(_saved(sent, Path(folder)), form.crs.data or None, None, tolerance, there)
        if examined.errors:
            form.refuse("files", _("These borders have errors. Correct the files and bring them in again."))
            return _page(form, changes.findings_kept(examined.findings)), 422
        lines = changes.compared(read(), path, examined.delivery.cells)
        with write() as session:
            made = changes.draft(session, actor(), examined.source, lines, _facts(examined)).id
    except Refused as refusal:
        form.refuse("files", say(refusal))
        return _page(form), refusal.status
    return redirect(url_for("maps.change_set", set_id=made), 303)


def _saved(sent: Any, folder: Path) -> list[Path]:
    """The files under names of their own that keep the ending: what they hold decides, and messages name them."""
    paths = []
    for number, file in enumerate(sent):
        name = clean(Path(file.filename.replace("\\", "/")).name) or ""
        place = folder / str(number)
        place.mkdir()
        path = place / (
            name if len(name.encode()) < 200 and name not in ("", ".", "..") else secure_filename(name) or "file"
        )
        file.save(path)
        paths.append(path)
    return paths


def _facts(examined: Any) -> dict[str, Any]:
    return {
        "layers": [vars(fact) for fact in examined.delivery.facts],
        "findings": changes.findings_kept(examined.findings),
        "is_open": True,
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
        findings=_said(found.facts.get("findings", ())),
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
    return render_template("maps/border_grid.html", cell=cell, form=form)


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
