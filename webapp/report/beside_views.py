"""The page of one report, and what its readers do there beside its state."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for

from ..core import clock, ids
from ..core.errors import N_, Refused
from ..web import photos
from ..web.errors import say
from ..web.request import actor, may, read, write_once
from . import choices, joint, pages, queries, side_acts
from .blueprint import bp
from .forms import (
    LeadForm,
    LookForm,
    PartForm,
    ProblemsForm,
    ReasonForm,
    ResultForm,
    SampleForm,
    UndoForm,
    look_form,
)

#: The form of an act beside the state → the act, as the history has it.
BESIDE = {
    "look": "ask_look",
    "result": "coop_result",
    "sample": "sample",
    "problems": "correct",
    "withdraw": "withdraw_look",
    "part": "release_part",
    "lead": "choose_lead",
}


@bp.get("/reports/<uuid:report_id>")
@may("report.read")
def show(report_id: uuid.UUID) -> str:
    """The report's page: state and clock, why here, what I can do, the matter, ground, clocks, history."""
    return shown(report_id)


def shown(report_id: uuid.UUID, status: int = 200, kept: Sequence[tuple[str, str]] = (), **forms: Any) -> Any:
    """The report's page, with what was typed where an act was refused."""
    page = pages.page(read(), actor(), report_id)
    ready = {
        "look": LookForm(data={"id": ids.new()}),
        "result": ResultForm(data={"id": ids.new()}),
        "sample": SampleForm(data={"id": ids.new()}),
        "problems": ProblemsForm(data={"id": ids.new(), "problem": page.problem_codes}),
        "withdraw": ReasonForm(prefix="look-"),
        "part": PartForm(prefix="part-"),
        "lead": LeadForm(data={"id": ids.new()}),
    } | forms
    choices.fill_beside(page, ready)
    ready["problems"].problem.choices = choices.problem_choices(read())
    answer = look_form(page.look) if page.look else None
    undoing = [event.id for event, report in queries.just_answered(read(), actor()) if report.id == report_id]
    return make_response(
        render_template(
            "report/show.html",
            page=page,
            forms=ready,
            answer=answer,
            undo_id=ids.new(),
            undoing=undoing,
            kept=kept,
            share=pages.share(page),
            now=clock.now(),
        ),
        status,
    )


@bp.post("/reports/<uuid:report_id>/beside/look")
@may("look.ask")
def ask_look(report_id: uuid.UUID) -> Any:
    """Ask the village's officer to go and look."""
    form, who = LookForm(request.form), actor()
    return _beside(
        report_id,
        "look",
        form,
        lambda session: side_acts.ask_look(
            session, who, report_id, form.id.data, form.question.data, form.grid.data or None
        ),
    )


@bp.post("/reports/<uuid:report_id>/beside/looks/<uuid:look_id>/withdraw")
@may("look.ask")
def withdraw_look(report_id: uuid.UUID, look_id: uuid.UUID) -> Any:
    """Take back a look of a village where nobody is posted any more."""
    form, who = ReasonForm(request.form, prefix="look-"), actor()
    return _beside(
        report_id,
        "withdraw",
        form,
        lambda session: side_acts.withdraw_look(session, who, report_id, look_id, form.reason.data),
    )


@bp.post("/reports/<uuid:report_id>/beside/part")
@may("report.move")
def release_part(report_id: uuid.UUID) -> Any:
    """Take back the part of a cooperating body for which nobody speaks any more."""
    form, who = PartForm(request.form, prefix="part-"), actor()
    return _beside(
        report_id,
        "part",
        form,
        lambda session: side_acts.release_part(session, who, report_id, form.part.data, form.reason.data),
    )


@bp.post("/reports/<uuid:report_id>/beside/lead")
@may("report.move")
def choose_lead(report_id: uuid.UUID) -> Any:
    """Say which village of a matter on a border leads it."""
    form, who = LeadForm(request.form), actor()
    return _beside(
        report_id,
        "lead",
        form,
        lambda session: joint.choose_lead(session, who, report_id, form.id.data, form.lead.data),
    )


@bp.post("/reports/<uuid:report_id>/beside/result")
@may("report.result")
def add_result(report_id: uuid.UUID) -> Any:
    """What a cooperating department did."""
    form, who = ResultForm(request.form), actor()
    return _beside(
        report_id,
        "result",
        form,
        lambda session: side_acts.add_result(session, who, report_id, form.id.data, form.done.data),
    )


@bp.post("/reports/<uuid:report_id>/beside/sample")
@may("report.sample")
def sample(report_id: uuid.UUID) -> Any:
    """A second look at what was settled on the spot."""
    form, who = SampleForm(request.form), actor()
    sent = photos.received(form.id.data, who.person_id)
    return _beside(
        report_id,
        "sample",
        form,
        lambda session: side_acts.sample(
            session, who, report_id, form.note.data, photos=sent.files(), event_id=form.id.data
        ),
        sent,
    )


@bp.post("/reports/<uuid:report_id>/beside/undo")
@may("report.move")
def undo(report_id: uuid.UUID) -> Any:
    """Take back what one tap has just said beside the state."""
    form, who = UndoForm(request.form), actor()
    queries.one(read(), who, report_id)
    if not form.validate():
        raise Refused(N_("This form is damaged. Open it again."))
    write_once(lambda session: side_acts.undo(session, who, report_id, form.event.data))
    flash(pages.beside_words(pages.page(read(), who, report_id), "undo"), "good")
    return redirect("/" if who.may("look.answer") else url_for("report.show", report_id=report_id), 303)


@bp.post("/reports/<uuid:report_id>/beside/problems")
@may("report.sample")
def correct(report_id: uuid.UUID) -> Any:
    """Correct what the problem is."""
    form, who = ProblemsForm(request.form), actor()
    form.problem.choices = choices.problem_choices(read())
    return _beside(
        report_id,
        "problems",
        form,
        lambda session: side_acts.correct_problems(session, who, report_id, form.id.data, form.problem.data),
    )


def _beside(report_id: uuid.UUID, name: str, form: Any, act: Any, sent: photos.Photos | None = None) -> Any:
    """Validate, act once, and come back to the page with what was typed, and sent, when it was refused.

    An act that can be taken back tells whether it counts: it does not when it comes again after that.
    """
    kept = sent.carried(form.id.data, actor().person_id) if sent else ()
    try:
        if not form.validate():
            return shown(report_id, 422, kept, **{name: form})
        counts = write_once(act)
        if sent is not None and form.id.data is not None:
            photos.are_recorded(form.id.data, actor().person_id)
    except Refused as refusal:
        if refusal.status in (404, 409):
            raise
        form.refuse(refusal.field, say(refusal))
        return shown(report_id, 422, kept, **{name: form})
    page = pages.page(read(), actor(), report_id)
    flash(pages.beside_words(page, "undo" if counts is False else BESIDE[name]), "good")
    return redirect(url_for("report.show", report_id=report_id), 303)
