"""Pages of reports: reporting a problem, the report's page, and one view for all moves."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from ..core import clock, ids
from ..core.errors import N_, NotFound, Refused, Stale
from ..core.process import CANNOT, Move
from ..duty.words import HELPERS
from ..grid import queries as grid_queries
from ..web import entries, kept, lists, photos
from ..web.errors import say, wants_json
from ..web.forms import BaseForm, clean
from ..web.language import named
from ..web.request import actor, may, read, write_once
from . import choices, labels, pages, queries, service, side_acts, words
from . import search as finding
from .forms import (
    LookAnswerForm,
    LookForm,
    MoveBase,
    PartForm,
    ProblemsForm,
    ReasonForm,
    ReportForm,
    ResultForm,
    SampleForm,
    UndoForm,
    form_for,
    look_form,
)
from .words import answer_word
from .workflow import REPORT

bp = Blueprint("report", __name__, template_folder="templates")
bp.add_app_template_filter(pages.place, "report_place")
bp.add_app_template_filter(pages.desk_rows, "report_rows")  # of report/_tab.html, which desks show
bp.context_processor(lambda: {"duty_words": HELPERS})
#: The form of an act beside the state → the act, as the history has it.
BESIDE = {"look": "ask_look", "result": "coop_result", "sample": "sample", "problems": "correct"}
bp.add_app_template_filter(pages.plain_rows)  # of report/_plain.html, where somebody leaves
bp.add_app_template_filter(words.vacancy_row)  # of report/_vacant.html
#: Said over the form when its id is taken by other content; the form goes on under a fresh id.
SENT_BEFORE = N_(
    "A report was already sent from this page, with other words. What you wrote now is kept below. "
    "Send it only if it is a further report."
)


@bp.get("/grids/<int:grid_id>/report")
@may("report.submit")
def start(grid_id: int) -> str:
    """The form, prefilled with the object and round it comes from, or with the report that is back."""
    entry = entries.of_address(_receipt)
    cell = grid_queries.cell(read(), actor(), "report.submit", grid_id)
    given = pages.prefilled(read(), actor(), request.args)
    form = ReportForm(data={"id": entry, "grid": grid_id, "severity": "minor", **given})
    kept_ = photos.carried(entry, actor().person_id)
    return render_template(
        "report/new.html", form=form, kept=kept_, here=request.full_path, **choices.for_report(read(), cell, form)
    )


def _receipt(report_id: uuid.UUID) -> str | None:
    """Where a report is that this person sent already."""
    is_mine = queries.entered_by(read(), report_id) == actor().person_id
    return url_for("report.receipt", report_id=report_id) if is_mine else None


def _told(fields: Any) -> list[tuple[str, str]]:
    form = ReportForm(fields)
    cell = grid_queries.cell(read(), actor(), "report.submit", form.grid.data or 0)
    choices.for_report(read(), cell, form)
    return [(_("Village"), named(cell)), *kept.in_words(form)]


@bp.post("/reports")
@may("report.submit")
@kept.tells(_told, opens=True)
def submit() -> Any:
    """Store a report; 303 to the receipt, or JSON 201 each time."""
    form, who = ReportForm(request.form), actor()
    choices.fill(read(), form)
    sent = photos.received(form.id.data, who.person_id)
    if request.form.get("open") and form.grid.data is not None:
        return _new_page(form, sent)
    try:
        if not form.validate():
            raise Refused(N_("Please check what you wrote."))
        entry = form.entry(sent.files())
        receipt = write_once(lambda session: service.submit(session, who, entry))
    except Refused as refusal:
        return _not_submitted(form, sent, refusal)
    photos.are_recorded(entry.id, who.person_id)
    if wants_json():
        return make_response(
            jsonify(
                id=receipt.id,
                number=receipt.number,
                state=receipt.state,
                received_at=receipt.received_at.isoformat(),
                photos=receipt.photos,
            ),
            201,
        )
    return redirect(url_for("report.receipt", report_id=entry.id), 303)


def _not_submitted(form: ReportForm, sent: photos.Photos, refusal: Refused) -> Any:
    """The form again with all that was typed and the photos that arrived."""
    if wants_json() or form.grid.data is None or refusal.status == 404:
        raise refusal
    message = None
    if refusal.status == 409:
        form.id.data, message = ids.new(), _(SENT_BEFORE)
    else:
        _explain(form, sent, refusal)
    return _new_page(form, sent, message), refusal.status


def _new_page(form: ReportForm, sent: photos.Photos, message: str | None = None) -> str:
    """The form with what was typed, the photos that arrived, and its address."""
    cell = grid_queries.cell(read(), actor(), "report.submit", form.grid.data)
    return render_template(
        "report/new.html",
        form=form,
        message=message,
        kept=sent.carried(form.id.data, actor().person_id),
        here=url_for("report.start", grid_id=cell.id, id=form.id.data),
        **choices.for_report(read(), cell, form),
    )


def _explain(form: BaseForm, sent: photos.Photos, refusal: Refused) -> None:
    """Each thing that was wrong, beside its field."""
    for wrong in sent.wrong:
        form.refuse(wrong.field, say(wrong))
    if not form.errors:
        form.refuse(refusal.field, say(refusal))


@bp.get("/reports/<uuid:report_id>/receipt")
@may("report.read")
def receipt(report_id: uuid.UUID) -> str:
    """The number, when it arrived, what arrived, and who looks next by when."""
    page = pages.page(read(), actor(), report_id)
    moved = page.found.moved > 1  # since it was sent: the receipt says what is so of it now, not what it began with
    next_words = "" if moved else pages.done_words(read(), actor(), report_id, None)
    return render_template("report/receipt.html", page=page, next_words=next_words)


@bp.get("/reports/<uuid:report_id>")
@may("report.read")
def show(report_id: uuid.UUID) -> str:
    """The report's page: state and clock, why here, what I can do, the matter, ground, clocks, history."""
    return _page(report_id)


@bp.get("/reports/<uuid:report_id>/<action>")
@may("report.move")
def ask(report_id: uuid.UUID, action: str) -> str | Response:
    """The form of one move."""
    entry = entries.of_address(_made)
    found = queries.one(read(), actor(), report_id)
    move = _move(found, action)
    if move is None:
        flash(_(CANNOT), "late")
        return redirect(url_for("report.show", report_id=report_id))  # type: ignore[return-value]
    form = form_for(
        move,
        choices.for_move(read(), actor(), found, move),
        data={"id": entry, "seen": found.seen, **choices.presets(read(), found, move, request.args.get("duty"))},
    )
    return _move_page(report_id, move, form)


def _made(event_id: uuid.UUID) -> str | None:
    """The report of a move that this person made already."""
    report_id = queries.moved_by(read(), event_id, actor().person_id)
    return url_for("report.show", report_id=report_id) if report_id else None


def _told_move(fields: Any, report_id: uuid.UUID, action: str) -> list[tuple[str, str]]:
    found = queries.one(read(), actor(), report_id)
    made = _move(found, action) or REPORT.row(str(fields.get("seen", "")).partition(".")[0], action)
    if made is None:
        raise Refused(CANNOT)
    form = form_for(made, choices.for_move(read(), actor(), found, made), fields)
    return [(pages.action_word(made.action, made.target), found.report.number), *kept.in_words(form)]


def _move(found: queries.Found, action: str) -> Move | None:
    return next((move for move in found.moves if move.action == action), None)


def _move_page(
    report_id: uuid.UUID, move: Move, form: MoveBase, refusal: Refused | None = None, sent: photos.Photos | None = None
) -> str:
    page = pages.page(read(), actor(), report_id)
    message = None
    if refusal is not None:  # what was typed may go out again, by whoever has read the message
        message = (
            pages.stale_words(page)
            if isinstance(refusal, Stale)
            else _("What you sent before from this page was taken. If this is something more, send it.")
        )
        form.id.data, form.seen.data = ids.new(), page.found.seen
    extra = {}
    if move.action == "dispatch":
        everywhere = bool(request.values.get("all"))
        extra = choices.dispatch_panel(read(), report_id, page.problem_codes, everywhere=everywhere)
    who = actor().person_id
    kept_ = sent.carried(form.id.data, who) if sent else photos.carried(form.id.data, who)
    return render_template(
        "report/move.html",
        page=page,
        move=move,
        form=form,
        message=message,
        kept=kept_,
        here=url_for("report.ask", report_id=report_id, action=move.action, id=form.id.data),
        action_word=pages.action_word(move.action, move.target),
        picked=request.form.get("pick"),
        asked=choices.asked(read(), page.found, move),
        **extra,
    )


@bp.post("/reports/<uuid:report_id>/<action>")
@may("report.move")
@kept.tells(_told_move, opens=True)
def move(report_id: uuid.UUID, action: str) -> Any:
    """Make one move. A page that is out of date is answered clearly and keeps what was typed."""
    found = queries.one(read(), actor(), report_id)
    made = _move(found, action) or REPORT.row(request.form.get("seen", "").partition(".")[0], action)
    if made is None:
        raise Refused(CANNOT)
    form, who = form_for(made, choices.for_move(read(), actor(), found, made), request.form), actor()
    sent = photos.received(form.id.data, who.person_id)
    if request.form.get("open"):
        return _move_page(report_id, made, form, sent=sent)
    try:
        if not form.validate():
            raise Refused(N_("Please check what you wrote."))
        entry = form.entry(action, sent.files())
        write_once(lambda session: service.move(session, who, report_id, entry))
        photos.are_recorded(entry.id, who.person_id)
    except NotFound:
        raise
    except Refused as refusal:
        if refusal.status == 409:
            return _move_page(report_id, made, form, refusal, sent), 409
        _explain(form, sent, refusal)
        return _move_page(report_id, made, form, sent=sent), 422
    flash(pages.done_words(read(), who, report_id, entry.id), "good")
    return _after(report_id)


def _after(report_id: uuid.UUID) -> Response:
    return redirect(url_for("report.show", report_id=report_id), 303)  # type: ignore[return-value]


def _page(report_id: uuid.UUID, status: int = 200, kept: Sequence[tuple[str, str]] = (), **forms: Any) -> Any:
    page = pages.page(read(), actor(), report_id)
    ready = {
        "look": LookForm(data={"id": ids.new()}),
        "result": ResultForm(data={"id": ids.new()}),
        "sample": SampleForm(data={"id": ids.new()}),
        "problems": ProblemsForm(data={"id": ids.new(), "problem": page.problem_codes}),
        "withdraw": ReasonForm(prefix="look-"),
        "part": PartForm(prefix="part-"),
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


@bp.get("/looks/<uuid:look_id>")
@may("look.answer")
def look(look_id: uuid.UUID) -> str:
    """The two lines of an answer as a page: what was chosen before, a word, photos."""
    form = LookAnswerForm(data={"id": ids.new(), "answer": request.args.get("answer")})
    return _look_page(look_id, form)


@bp.post("/looks/<uuid:look_id>")
@may("look.answer")
def answer_look(look_id: uuid.UUID) -> Any:
    """The village's answer, from the home page or the report's."""
    form, who = LookAnswerForm(request.form), actor()
    queries.look(read(), who, look_id)
    sent = photos.received(form.id.data, who.person_id)
    try:
        if not form.validate():
            raise Refused(N_("Please check what you wrote."))
        answer, note, event_id, files = form.answer.data, form.note.data, form.id.data, sent.files()
        write_once(
            lambda session: side_acts.answer_look(session, who, look_id, answer, note, photos=files, event_id=event_id)
        )
    except NotFound:
        raise
    except Refused as refusal:
        if wants_json():
            raise
        form.id.data = ids.new() if refusal.status == 409 else form.id.data or ids.new()
        refusal.field = refusal.field or "note"
        _explain(form, sent, refusal)
        return _look_page(look_id, form, sent), refusal.status
    sentence = labels.DONE_BESIDE["look_answer"]
    flash(_(sentence, answer=answer_word(answer)), "good")
    return redirect("/", 303)


def _look_page(look_id: uuid.UUID, form: LookAnswerForm, sent: photos.Photos | None = None) -> str:
    """The look with what was typed and the photos that arrived, and what is wrong with it."""
    look = queries.look(read(), actor(), look_id)
    kept = sent.carried(form.id.data, actor().person_id) if sent else []
    page = pages.page(read(), actor(), look.report_id)
    return render_template("report/look.html", look=look, form=form, kept=kept, page=page)


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
    """Validate, act once, and come back to the page with what was typed, and sent, when it was refused."""
    kept = sent.carried(form.id.data, actor().person_id) if sent else ()
    try:
        if not form.validate():
            return _page(report_id, 422, kept, **{name: form})
        write_once(act)
    except Refused as refusal:
        if refusal.status in (404, 409):
            raise
        form.refuse(refusal.field, say(refusal))
        return _page(report_id, 422, kept, **{name: form})
    flash(pages.beside_words(pages.page(read(), actor(), report_id), BESIDE[name]), "good")
    return _after(report_id)


@bp.get("/search")
@may("report.read")
def search() -> str:
    """Reports I may see, by number, village, place, problem or sentence."""
    words = clean(request.args.get("q", "")[:80]) or ""
    total = finding.count(read(), actor(), words) if words else 0
    part = lists.part(total)
    found = finding.search(read(), actor(), words, part.first, part.size) if total else []
    return render_template("report/search.html", words=words, rows_=pages.rows(read(), found), total=total, part=part)
