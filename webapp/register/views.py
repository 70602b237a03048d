"""Pages of the registers: the file of an object and what changes it, and the lists by type."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core.errors import NotFound, Refused, Stale
from ..grid import queries as grids
from ..patrol import queries as patrols
from ..web import lists, photos
from ..web.errors import say
from ..web.forms import BaseForm
from ..web.request import actor, may, read, write_once
from ..web.saving import refused
from . import field_views, labels, pages, queries, service, sheet_views
from .blueprint import bp
from .forms import PaperForm, PersonForm, StepForm

__all__ = ["bp", "field_views", "sheet_views"]


@bp.get("/objects/<int:object_id>")
@may("grid.read")
def thing(object_id: int) -> str:
    """One object's file: what it says, its stages, persons, reports, papers, and every visit, newest first."""
    return pages.file(object_id)


# --- what changes it ---


@bp.get("/objects/<int:object_id>/edit")
@may("object.edit")
def edit(object_id: int) -> str:
    """The form of what the file says."""
    return pages.describing(object_id, pages.file_form(object_id))


@bp.post("/objects/<int:object_id>/edit")
@may("object.edit")
def describe(object_id: int) -> Any:
    """Write it."""
    form = pages.file_form(object_id, request.form)
    if form.leaves_out(request.form):
        raise Stale
    return _kept(
        form,
        lambda session: service.write(session, actor(), object_id, form.entry(), form.seen.data or ""),
        object_id,
        lambda: pages.describing(object_id, form),
    )


@bp.post("/objects/<int:object_id>/persons")
@may("object.edit")
def name_person(object_id: int) -> Any:
    """Name who answers for it."""
    form = PersonForm(request.form)
    return _kept(
        form,
        lambda session: service.name_person(session, actor(), object_id, form.entry()),
        object_id,
        lambda: pages.file(object_id, person=form),
    )


@bp.post("/objects/<int:object_id>/stages")
@may("object.edit")
def enter_stage(object_id: int) -> Any:
    """Enter the stage it came to."""
    form = StepForm(request.form)
    return _kept(
        form,
        lambda session: service.enter_stage(session, actor(), object_id, form.entry()),
        object_id,
        lambda: pages.file(object_id, step=form),
    )


@bp.post("/objects/<int:object_id>/papers")
@may("object.edit")
def add_papers(object_id: int) -> Any:
    """Put papers and photos into it."""
    form = PaperForm(request.form)
    patrols.thing(read(), actor(), "object.edit", object_id)
    sent = photos.received(None, actor().person_id, photos.EVIDENCE)
    if not form.validate():
        return pages.file(object_id, paper=form), 422
    about, who = form.about.data or "", actor()
    try:
        files = sent.files()
        if not files:
            raise Refused(labels.NO_FILE, field="photos")
        number = write_once(lambda session: service.add_papers(session, who, object_id, about, files))
    except NotFound:
        raise
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return pages.file(object_id, paper=form), refusal.status
    added = ngettext("%(num)d file added.", "%(num)d files added.", number)
    flash(added if number else _("This is in the file already."), "good")
    return redirect(url_for("register.thing", object_id=object_id) + "#papers", 303)


def _kept(form: BaseForm, act: Callable[[Any], object], object_id: int, page: Callable[[], str]) -> Any:
    """Do what the form says and lead back to the file; else the page again, with what was typed and why not."""
    if not form.validate():
        return page(), 422
    if status := refused(form, act):
        return page(), status
    flash(_("Recorded, with your name and the date."), "good")
    return redirect(url_for("register.thing", object_id=object_id), 303)


# --- the lists ---


@bp.get("/registers")
@may("register.read")
def index() -> str:
    """The types, how many objects there are of each, and how many lack whom."""
    return render_template(
        "register/index.html",
        counts=queries.counts(read(), actor()),
        lacks=list(labels.LACKS),
        lack_words=[_(word) for word in labels.LACKS.values()],
    )


@bp.get("/registers/<kind>")
@may("register.read")
def register(kind: str) -> str:
    """The objects of a type; those that lack somebody, or are in a stage, where the address says so."""
    found = pages.kind(kind)
    stages = {stage.code: stage for stage in queries.stages(read(), kind)}
    wanted = pages.wanted(kind, stages)
    part = lists.part(queries.count(read(), actor(), wanted))
    lines = queries.lines(read(), actor(), wanted, part.first, part.size)
    return render_template(
        "register/list.html",
        kind=found,
        lines=lines,
        stages=stages,
        by_stage=queries.by_stage(read(), actor(), kind) if stages else {},
        persons=queries.persons_of(read(), [line.id for line in lines]),
        cells=grids.named(read(), {line.grid_id for line in lines}),
        wanted=wanted,
        lacks=labels.LACKS,
        part=part,
        may_edit=actor().may("object.edit"),
        may_ask=actor().may("setting.edit"),
    )
