"""The box of every page and its answers; what is kept about people; a page of help for each role."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core import ids
from ..core.errors import Conflict, Refused
from ..web import entries, kept
from ..web.errors import say, wants_json
from ..web.language import day, safe_next
from ..web.request import actor, may, person, read, write, write_once
from . import pages, queries, service
from .forms import LONGEST_PAGE, AnswerForm, MessageForm

bp = Blueprint("feedback", __name__, template_folder="templates")


# --- the box ---


@bp.get("/feedback")
@may("feedback.write")
def write_page() -> str:
    """The box; it knows the page it was opened from."""
    about = safe_next(request.args.get("page"))[:LONGEST_PAGE]
    return _box(MessageForm(data={"id": entries.of_address(_receipt), "page": about}))


def _receipt(message_id: uuid.UUID) -> str | None:
    """Where a message is that this person sent already."""
    is_mine = queries.sent_by(read(), message_id) == actor().person_id
    return url_for("feedback.mine") if is_mine else None


def _box(form: MessageForm) -> str:
    return render_template(
        "feedback/write.html",
        form=form,
        here=url_for("feedback.write_page", page=form.page.data or None, id=form.id.data),
        limit=pages.limits(read())[queries.LIMIT],
        mine=len(queries.mine(read(), actor())),
    )


@bp.post("/feedback")
@may("feedback.write")
@kept.tells(lambda fields: kept.in_words(MessageForm(fields)))
def send() -> Any:
    """Keep the message; sent twice it is there once, and both times the answer is the same."""
    form, who = MessageForm(request.form), actor()
    if not form.validate():
        if wants_json():
            raise Refused(form.first_error())
        return _box(form), 422
    entry = form.entry()
    try:
        at = write_once(lambda session: service.send(session, who, entry))
    except Conflict as refusal:
        if wants_json():
            raise
        return _as_new(form, refusal), refusal.status
    flash(_("Received. The county office answers by %(day)s.", day=day(queries.due_after(read(), {at})[at])), "good")
    return entries.received(url_for("feedback.mine"), entry.id)


def _as_new(form: MessageForm, refusal: Refused) -> str:
    """The id stands for another message already: the text is kept and can be sent as a new one."""
    form.id.data = ids.new()
    form.refuse(None, say(refusal))
    return _box(form)


@bp.get("/feedback/mine")
@may("feedback.write")
def mine() -> str:
    """My messages and what was answered."""
    number = _page()
    found = queries.mine(read(), actor(), number)
    due = queries.due_after(read(), {message.at for message in found})
    return render_template(
        "feedback/mine.html", messages=found[: queries.PAGE], due=due, number=number, more=len(found) > queries.PAGE
    )


def _page() -> int:
    return min(max(request.args.get("page", 0, type=int), 0), 10_000)


# --- the county office ---


@bp.get("/feedback/inbox")
@may("feedback.answer")
def inbox() -> str:
    """What waits for an answer, oldest first; with ?show=answered what has one."""
    return _inbox({})


def _inbox(forms: dict[uuid.UUID, AnswerForm]) -> str:
    answered, number = request.values.get("show") == "answered", _page()
    found = queries.inbox(read(), actor(), answered=answered, page=number)
    waiting, done = queries.counts(read(), actor())
    shown = found[: queries.PAGE]
    blank = {line.message.id: _answer_form(line.message.id) for line in shown}
    return render_template(
        "feedback/inbox.html",
        lines=shown,
        forms=blank | forms,
        answered=answered,
        number=number,
        waiting=waiting,
        done=done,
        more=len(found) > queries.PAGE,
        limit=pages.limits(read())[queries.LIMIT],
        place_words=pages.place_words,
    )


def _answer_form(message_id: uuid.UUID, sent: Any = None) -> AnswerForm:
    return AnswerForm(sent, prefix=f"m{message_id.hex}")


@bp.post("/feedback/<uuid:message_id>/answer")
@may("feedback.answer")
def answer(message_id: uuid.UUID) -> Any:
    """Answer one message; refused, what was typed stands below it again."""
    form, who = _answer_form(message_id, request.form), actor()
    try:
        if not form.validate():
            return _refused(message_id, form), 422
        with write() as session:
            service.answer(session, who, message_id, form.answer.data)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        form.refuse(refusal.field, say(refusal))
        return _refused(message_id, form), refusal.status
    flash(_('Answered. The writer sees it under "My messages".'), "good")
    return redirect(url_for("feedback.inbox"), 303)


def _refused(message_id: uuid.UUID, form: AnswerForm) -> str:
    """The message with its form, whichever list it stands in now."""
    line = queries.one(read(), actor(), message_id)
    return render_template("feedback/answer.html", line=line, form=form, place_words=pages.place_words)


# --- privacy and help, open to everybody ---


@bp.get("/privacy")
@may("privacy.read")
def privacy() -> str:
    """What is kept, why, for how long, who sees it."""
    session = read()
    return render_template("feedback/privacy.html", groups=pages.kept(session), backup_time=pages.backup_time(session))


@bp.get("/help/asked")
@may("help.read")
def asked() -> str:
    """What has to be filled in, form by form, and why."""
    return render_template("feedback/asked.html", groups=pages.asked())


@bp.get("/help")
@bp.get("/help/<role>")
@may("help.read")
def help_page(role: str | None = None) -> str:
    """The index with the telephone numbers, or the page of one role."""
    if role is None:
        own, others = pages.index(person())
        return render_template(
            "feedback/help.html",
            own=own,
            others=others,
            intros=pages.INTROS,
            role_word=pages.role_word,
            **pages.facts(read()),
        )
    if role not in pages.INTROS:
        abort(404)
    return render_template(
        f"feedback/help/{role}.html", title=pages.role_word(role), intro=_(pages.INTROS[role]), **pages.facts(read())
    )
