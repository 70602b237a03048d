"""Pages of reports: reporting a problem, one view for all moves, the village's answer to a look, the search."""

import uuid
from typing import Any

from flask import (
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from ..core import ids
from ..core.errors import N_, NotFound, Refused, Stale
from ..core.process import CANNOT, Move
from ..duty.words import HELPERS
from ..grid import queries as grid_queries
from ..web import entries, kept, lists, photos
from ..web.errors import say, wants_json
from ..web.forms import BaseForm, clean
from ..web.language import named
from ..web.request import actor, may, read, write_once
from . import beside_views, choices, details, labels, late_views, pages, queries, rows, service, side_acts, words
from . import search as finding
from .blueprint import bp
from .forms import (
    LookAnswerForm,
    MoveBase,
    ReportForm,
    form_for,
)
from .words import action_word, answer_word
from .workflow import REPORT

__all__ = ["beside_views", "bp", "late_views"]  # their pages stand on the same blueprint

bp.add_app_template_filter(rows.place, "report_place")
bp.add_app_template_filter(rows.desk_rows, "report_rows")  # of report/_tab.html, which desks show
bp.context_processor(lambda: {"duty_words": HELPERS})
bp.add_app_template_filter(rows.plain_rows)  # of report/_plain.html, where somebody leaves
bp.add_app_template_filter(answer_word)
bp.add_app_template_filter(words.answered)
bp.add_app_template_filter(words.answer_tone)
bp.add_app_template_filter(words.vacancy_row)  # of report/_vacant.html
#: Said over the form when its id is taken by other content; the form goes on under a fresh id.
SENT_BEFORE = N_(
    "A report with different content was already sent from this page. What you wrote now is kept below. Send "
    "it only if it is a separate report."
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
    is_mine = actor().person_id in details.senders(read(), report_id)
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
            raise Refused(form.first_error())
        choices.find_joint(read(), form)
        entry = form.entry(sent.files())
        receipt = write_once(lambda session: service.submit(session, who, entry, form.author_id.data))
    except Refused as refusal:
        return _not_submitted(form, sent, refusal)
    photos.are_recorded(entry.id, who.person_id)
    return entries.received(
        url_for("report.receipt", report_id=entry.id),
        receipt.id,
        receipt.photos,
        number=receipt.number,
        state=receipt.state,
        received_at=receipt.received_at.isoformat(),
    )


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


@bp.get("/reports/<uuid:report_id>/<action>")
@may("report.move")
def ask(report_id: uuid.UUID, action: str) -> str | Response:
    """The form of one move; where it cannot be made now, the report itself, which says so (409)."""
    entry = entries.of_address(_made)
    found = queries.one(read(), actor(), report_id)
    move = _move(found, action)
    if move is None:
        flash(_(CANNOT), "late")
        return beside_views.shown(report_id, 409)
    form = form_for(
        move,
        choices.for_move(read(), actor(), found, move),
        data={"id": entry, "seen": found.seen, **choices.presets(read(), found, move, request.args.get("duty"))},
    )
    return _move_page(report_id, move, form)


def _made(event_id: uuid.UUID) -> str | None:
    """The report of a move that this person made already."""
    report_id = details.moved_by(read(), event_id, actor().person_id)
    return url_for("report.show", report_id=report_id) if report_id else None


def _told_move(fields: Any, report_id: uuid.UUID, action: str) -> list[tuple[str, str]]:
    found = queries.one(read(), actor(), report_id)
    made = _meant(found, action, fields)
    form = form_for(made, choices.for_move(read(), actor(), found, made), fields)
    return [(action_word(made.action, made.target), found.report.number), *kept.in_words(form)]


def _meant(found: queries.Found, action: str, fields: Any) -> Move:
    """The move that a form was made for: one of today's, else that of the state in which it was drawn. Of several rows
    the one that asks for most of what the form says: a second sending must be the same form again."""
    seen = str(fields.get("seen", "")).partition(".")[0]
    rows = [row for row in REPORT.leaving(seen) if row.action == action]
    made = _move(found, action) or max(rows, key=lambda row: sum(bool(fields.get(n)) for n in row.needs), default=None)
    if made is None:
        raise Refused(CANNOT)
    return made


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
            else _("What you sent from this page before was received. If this is something else, send it.")
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
        action_word=action_word(move.action, move.target),
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
    made = _meant(found, action, request.form)
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
        if wants_json():
            raise
        if refusal.status == 409:
            return _move_page(report_id, made, form, refusal, sent), 409
        _explain(form, sent, refusal)
        return _move_page(report_id, made, form, sent=sent), 422
    flash(pages.done_words(read(), who, report_id, entry.id), "good")
    where = url_for("report.show", report_id=report_id)
    return entries.received(where, entry.id, [file.sha256 for file in entry.photos])


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
        counts = write_once(
            lambda session: side_acts.answer_look(session, who, look_id, answer, note, photos=files, event_id=event_id)
        )
        if event_id is not None:
            photos.are_recorded(event_id, who.person_id)
    except NotFound:
        raise
    except Refused as refusal:
        if wants_json():
            raise
        form.id.data = ids.new() if refusal.status == 409 else form.id.data or ids.new()
        refusal.field = refusal.field or "note"
        _explain(form, sent, refusal)
        return _look_page(look_id, form, sent), refusal.status
    # One that comes again after it was taken back counts for nothing, and is told so.
    sentence = labels.DONE_BESIDE["look_answer" if counts else "undo"]
    flash(_(sentence, answer=answer_word(answer)), "good")
    return redirect("/", 303)


def _look_page(look_id: uuid.UUID, form: LookAnswerForm, sent: photos.Photos | None = None) -> str:
    """The look with what was typed and the photos that arrived, and what is wrong with it."""
    look = queries.look(read(), actor(), look_id)
    kept = sent.carried(form.id.data, actor().person_id) if sent else []
    page = pages.page(read(), actor(), look.report_id)
    return render_template("report/look.html", look=look, form=form, kept=kept, page=page)


@bp.get("/search")
@may("report.read")
def search() -> str:
    """Reports I may see, by number, village, place, problem or sentence."""
    words = clean(request.args.get("q", "")[:80]) or ""
    found = finding.search(read(), actor(), words) if words else []
    part = lists.part(len(found), finding.PAGE)
    shown = finding.these(read(), found[part.first : part.first + part.size])
    return render_template(
        "report/search.html",
        words=words,
        rows_=rows.rows(read(), shown),
        total=len(found),
        is_cut=len(found) == finding.MOST,
        part=part,
    )
