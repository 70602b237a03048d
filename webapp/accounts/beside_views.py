"""Pages that put somebody in another's place: a handover in one act, and acting for who is away."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from .. import domains
from ..core.errors import NotFound
from ..people import queries as people_queries
from ..web.language import named
from ..web.request import actor, may, read
from ..web.saving import refused
from . import queries, side_acts
from .blueprint import bp
from .forms import HandoverForm, StandInForm


@bp.get("/people/<int:person_id>/handover")
@may("person.help")
def handover(person_id: int) -> str:
    """Before it is done: his postings, and what is in hand there."""
    return _page(person_id, HandoverForm())


def _page(person_id: int, form: HandoverForm) -> str:
    found = queries.person(read(), actor(), person_id, to_help=True)
    may_end = queries.endable(read(), actor(), person_id)
    lines = [line for line in people_queries.postings_of(read(), person_id) if line.posting.id in may_end]
    form.successor.choices = _others(person_id)
    seats = [part.seat for part in queries.leaving(read(), lines, may_end)]
    in_hand = domains.in_hand(read(), actor(), seats, ())  # nothing of it will be nobody's
    return render_template("accounts/handover.html", person=found, postings=lines, form=form, in_hand=in_hand)


@bp.post("/people/<int:person_id>/handover")
@may("person.help")
def hand_over(person_id: int) -> Any:
    """All postings at once, from today on."""
    form = HandoverForm(request.form)
    if not form.validate():
        return _page(person_id, form), 422
    if status := refused(form, lambda session: side_acts.hand_over(session, actor(), person_id, form.successor.data)):
        return _page(person_id, form), status
    flash(_("Handed over. It counts from the next page that either of them opens."), "good")
    return redirect(url_for("accounts.person", person_id=form.successor.data), 303)


def _others(person_id: int) -> list[tuple[Any, str]]:
    found = queries.successors(read(), actor(), person_id)
    return [("", _("Please choose")), *((each.id, f"{each.login} {named(each)}") for each in found)]


@bp.get("/people/<int:person_id>/postings/<int:posting_id>/acting")
@may("posting.grant")
def acting(person_id: int, posting_id: int) -> str:
    """The form for who acts for somebody, from when to when."""
    return _acting_page(person_id, posting_id, StandInForm())


def _acting_page(person_id: int, posting_id: int, form: StandInForm) -> str:
    found = queries.person(read(), actor(), person_id)
    queries.posting_below(read(), actor(), posting_id)
    line = next((each for each in people_queries.postings_of(read(), person_id) if each.posting.id == posting_id), None)
    if line is None:
        raise NotFound
    form.stand_in.choices = _others(person_id)
    return render_template("accounts/acting.html", person=found, line=line, form=form)


@bp.post("/people/<int:person_id>/postings/<int:posting_id>/acting")
@may("posting.grant")
def stand_in(person_id: int, posting_id: int) -> Any:
    """Post him for these days."""
    form = StandInForm(request.form)
    if not form.validate():
        return _acting_page(person_id, posting_id, form), 422
    said = form.stand_in.data, form.first.data, form.last.data
    if status := refused(form, lambda session: side_acts.stand_in(session, actor(), posting_id, *said)):
        return _acting_page(person_id, posting_id, form), status
    flash(_("Posted for these days. Nothing of it remains after the last one."), "good")
    return redirect(url_for("accounts.person", person_id=form.stand_in.data), 303)
