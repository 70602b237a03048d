"""Pages of ledgers: of a grid and a period, as handed in, on paper, as a file; and their columns."""

import uuid
from collections.abc import Callable, Sequence
from typing import IO, Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core import clock, ids
from ..core.errors import N_, NotFound, Refused
from ..core.workbook import MEDIA_TYPE
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..web.downloads import handed_over
from ..web.errors import say
from ..web.language import day, tongue
from ..web.request import actor, may, read, turn, write_once
from . import column_views, filling, making, queries, sentences, service, template_views, workbook
from .blueprint import bp
from .forms import KeepForm, PeriodForm
from .making import MOST, Ledger
from .periods import Period, around

__all__ = ["bp", "column_views", "template_views"]
LISTED = 12  # handed-in ledgers that a page lists
NO_TEMPLATE = N_("The county has no form of its own for ledgers any more. Take the spreadsheet.")


@bp.get("/ledger")
@may("ledger.read")
def start() -> Any:
    """The ledger of this week, of the reader's own grid. NotFound for who has none."""
    own = actor().grids_for("ledger.read")
    if not own:
        raise NotFound
    return _page(_cell(grid_queries.standing(read(), own[0])), PeriodForm.of(request.args))


@bp.get("/grids/<int:grid_id>/ledger")
@may("ledger.read")
def index(grid_id: int) -> Any:
    """The ledger of a period as it is now: figures, problems, what was handed in before."""
    return _page(_cell(grid_id), PeriodForm.of(request.args))


def _cell(grid_id: int) -> Cell:
    return grid_queries.cell(read(), actor(), "ledger.read", grid_id)


def _page(cell: Cell, form: PeriodForm, refusal: Refused | None = None) -> Any:
    """The page of what the form asks for; of this week where that cannot be. ``refusal``: why it was not handed in."""
    is_good = form.validate()
    if refusal is not None and is_good:
        form.refuse(refusal.field, say(refusal))
    period = form.period() if is_good else around("week", clock.today())
    status = refusal.status if refusal is not None else 200 if is_good else 422
    ledger = making.at_a_glance(read(), actor(), cell, period, tongue())
    return (
        render_template(
            "ledger/index.html",
            form=form,
            entry=ids.new(),
            below=_below(cell),
            handed_in=queries.handed_in(read(), actor(), cell.id, LISTED),
            may_keep=cell.id in actor().grids_for("ledger.keep"),
            **_shown(ledger),
        ),
        status,
    )


def _below(cell: Cell) -> Sequence[Cell]:
    """The grids below that have a ledger of some length: all but those where the work is done."""
    if cell.tier + 1 >= grid_queries.working_tier(read()):
        return ()
    return grid_queries.cells(read(), actor(), "ledger.read", parent_id=cell.id)


def _shown(ledger: Ledger) -> dict[str, Any]:
    """What all pages of a ledger show of it."""
    told = tongue()
    return {
        "ledger": ledger,
        "figures": sentences.FIGURES,
        "title": sentences.title(ledger, told, day),
        "until": sentences.until(ledger, told),
        "sentences": sentences.lines(ledger, told),
        "summary": sentences.summary(ledger, told),
        "cell_text": workbook.minute,
        "counts": workbook.counts,
        "has_template": queries.has_template(read()),
    }


@bp.get("/grids/<int:grid_id>/ledger/print")
@may("ledger.read")
def printed(grid_id: int) -> Any:
    """All of it on paper; without most of its rows where there are too many, which is said then."""
    trouble, cell, period = "", _cell(grid_id), _period()
    try:
        ledger = making.now(read(), actor(), cell, period, tongue(), MOST)
    except Refused as refusal:
        ledger, trouble = making.at_a_glance(read(), actor(), cell, period, tongue()), say(refusal)
    return render_template("ledger/print.html", back=_where(ledger), trouble=trouble, **_shown(ledger))


def _asked(grid_id: int) -> Ledger:
    """The ledger of the period in the address or the form. Refused for what is no period, or too much."""
    return making.now(read(), actor(), _cell(grid_id), _period(), tongue(), MOST)


def _period() -> Period:
    form = PeriodForm.of(request.values)
    if not form.validate():
        raise Refused(form.first_error())
    return form.period()


def _where(ledger: Ledger) -> str:
    period = ledger.period
    return url_for("ledger.index", grid_id=ledger.cell.id, span=period.span, first=period.first, last=period.last)


@bp.post("/grids/<int:grid_id>/ledger/file")
@may("ledger.read")
def as_file(grid_id: int) -> Response:
    """All of it as a workbook, once the log has its line; in the county's own where that is asked for."""
    return _file(lambda: _asked(grid_id))


def _file(made: Callable[[], Ledger]) -> Response:
    who, told, template = actor(), tongue(), _template() if request.form.get("own") else None

    def make(out: IO[bytes]) -> Ledger:
        ledger = made()
        if template is None:
            workbook.write(ledger, told, out)
        else:
            filling.write(ledger, template, told, out)
        return ledger

    return handed_over(
        make,
        lambda session, ledger: service.note(session, who, "ledger.take", ledger),
        workbook.name,
        MEDIA_TYPE,
    )


def _template() -> bytes:
    found = queries.template(read())
    if found is None:
        raise Refused(NO_TEMPLATE)
    return found.body


@bp.post("/grids/<int:grid_id>/ledger")
@may("ledger.keep")
def keep(grid_id: int) -> Any:
    """Hand it in: what it says now is kept."""
    form, who = KeepForm(request.form), actor()
    cell = grid_queries.cell(read(), who, "ledger.keep", grid_id)
    try:
        if not form.validate():
            raise Refused(form.first_error())
        id_, period = form.id.data, form.period()
        with turn("export"):
            ledger = making.now(read(), who, cell, period, tongue(), MOST)
        kept_id = write_once(lambda session: service.keep(session, who, id_, ledger))
    except Refused as refusal:
        if refusal.status == 404:
            raise
        return _page(cell, PeriodForm.of(request.form), refusal)
    flash(_("Handed in. It stays as it is now; what comes later stands in the next one."), "good")
    return redirect(url_for("ledger.kept", ledger_id=kept_id), 303)


@bp.get("/ledgers/<uuid:ledger_id>")
@may("ledger.read")
def kept(ledger_id: uuid.UUID) -> str:
    """One as it was handed in."""
    return render_template("ledger/kept.html", **_shown(_kept(ledger_id)))


def _kept(ledger_id: uuid.UUID) -> Ledger:
    found, cell = queries.one(read(), actor(), ledger_id)
    return making.kept(read(), actor(), found, cell, tongue())


@bp.get("/ledgers/<uuid:ledger_id>/print")
@may("ledger.read")
def kept_printed(ledger_id: uuid.UUID) -> str:
    """The same on paper."""
    ledger = _kept(ledger_id)
    return render_template("ledger/print.html", back=url_for("ledger.kept", ledger_id=ledger_id), **_shown(ledger))


@bp.post("/ledgers/<uuid:ledger_id>/file")
@may("ledger.read")
def kept_as_file(ledger_id: uuid.UUID) -> Response:
    """The same as a workbook."""
    return _file(lambda: _kept(ledger_id))
