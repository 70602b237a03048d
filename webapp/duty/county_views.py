"""Pages on which the county decides: which parts of the documents apply here, and whose duty a problem is."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core import clock
from ..core.errors import N_, NotFound, Refused
from ..web.errors import say
from ..web.forms import BaseForm
from ..web.request import actor, may, read, write
from . import dispatching, scope, service
from .blueprint import bp
from .forms import DecisionForm, LinkForm
from .words import parts

# --- which texts apply here ---


@bp.get("/documents/<document>/parts/<part>")
@may("duty.read")
def part(document: str, part: str) -> str:
    """One part: whose plan it is and by which lines, what it is here, and all that was decided about it."""
    return _part_page(document, part, DecisionForm(data={"from_on": clock.today()}))


@bp.post("/documents/<document>/parts/<part>")
@may("duty.confirm")
def decide(document: str, part: str) -> Any:
    """The county decides whether it applies here."""
    form = DecisionForm(request.form)
    form.offer()
    refused = _kept(form, lambda session: service.decide(session, actor(), document, part, form.entry()))
    if refused:
        return _part_page(document, part, form), refused
    flash(_("Recorded, with your name and the date."), "good")
    return redirect(url_for("duty.part", document=document, part=part), 303)


def _part_page(document: str, code: str, form: DecisionForm) -> str:
    found = next((each for each in parts() if (each.document, each.code) == (document, code)), None)
    if found is None:
        raise NotFound
    form.offer()
    return render_template(
        "duty/part.html",
        part=found,
        duties=scope.counted(read(), [found]).get((document, code), 0),
        decisions=scope.decisions(read(), document, code),
        form=form,
        may_decide=actor().may("duty.confirm"),
    )


# --- whose duty a problem is ---


@bp.get("/problems")
@may("duty.read")
def problems() -> str:
    """Every problem with its rows."""
    kinds = dispatching.problems(read())
    rows = dispatching.linked(read(), [kind.code for kind in kinds])
    return render_template(
        "duty/problems.html",
        kinds=kinds,
        rows={kind.code: [row for row in rows if row.problem.code == kind.code] for kind in kinds},
        may_edit=actor().may("duty.confirm"),
    )


@bp.get("/problems/<problem>")
@may("duty.confirm")
def problem(problem: str) -> str:
    """The rows of one problem, to be changed."""
    return _problem_page(problem)


@bp.post("/problems/<problem>/add")
@may("duty.confirm")
def add_link(problem: str) -> Any:
    """A further duty of a problem, or that nobody is named."""
    form = LinkForm(request.form)
    form.offer()
    refused = _kept(
        form, lambda session: service.add_link(session, actor(), problem, (form.duty.data or "").strip(), form.entry())
    )
    return (_problem_page(problem, added=form), refused) if refused else _back_to(problem)


@bp.post("/problems/<problem>/<int:link_id>")
@may("duty.confirm")
def change_link(problem: str, link_id: int) -> Any:
    """Another place, role or words of a row."""
    form = LinkForm(request.form, prefix=f"r{link_id}-")
    form.offer()
    refused = _kept(form, lambda session: service.change_link(session, actor(), link_id, form.entry()))
    return (_problem_page(problem, changed=(link_id, form)), refused) if refused else _back_to(problem)


@bp.post("/problems/<problem>/<int:link_id>/confirm")
@may("duty.confirm")
def confirm_link(problem: str, link_id: int) -> Response:
    """The county confirms our reading, or takes that back (``yes`` = no)."""
    with write() as session:
        service.confirm_link(session, actor(), link_id, yes=request.form.get("yes") != "no")
    return _back_to(problem)


@bp.post("/problems/<problem>/<int:link_id>/remove")
@may("duty.confirm")
def remove_link(problem: str, link_id: int) -> Response:
    """Take a row away."""
    with write() as session:
        service.remove_link(session, actor(), link_id)
    return _back_to(problem)


def _back_to(problem: str) -> Response:
    flash(_("Recorded, with your name and the date."), "good")
    return redirect(url_for("duty.problem", problem=problem), 303)  # type: ignore[return-value]


def _problem_page(problem: str, added: LinkForm | None = None, changed: tuple[int, LinkForm] | None = None) -> str:
    """The rows with a form for each; the one with a mistake keeps what was typed."""
    kind = next((each for each in dispatching.problems(read()) if each.code == problem), None)
    if kind is None:
        raise NotFound
    rows = dispatching.linked(read(), [problem])
    forms = {row.link.id: LinkForm(obj=row.link, prefix=f"r{row.link.id}-") for row in rows}
    forms |= dict([changed]) if changed else {}
    added = added or LinkForm(data={"rank": 1 + max((row.link.rank for row in rows), default=0)})
    for form in (*forms.values(), added):
        form.offer()
    return render_template("duty/problem.html", kind=kind, rows=rows, forms=forms, added=added)


def _kept(form: BaseForm, act: Callable[[Any], object]) -> int:
    """Do what the form says; the answer's status where it cannot be done, with the reason beside its field, else 0."""
    try:
        if not form.validate():
            raise Refused(N_("Please check what you wrote."))
        with write() as session:
            act(session)
    except NotFound:
        raise
    except Refused as refusal:
        if not form.errors:
            form.refuse(refusal.field, say(refusal))
        return refusal.status
    return 0
