"""The page of a handover: what somebody who leaves has in hand, and his postings to a successor in one act."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from .. import domains
from ..core.errors import NotFound, Refused
from ..people import queries as people_queries
from ..web.errors import say
from ..web.language import named
from ..web.request import actor, may, read, write
from . import queries, side_acts
from .blueprint import bp
from .forms import HandoverForm


@bp.get("/people/<int:person_id>/handover")
@may("person.help")
def handover(person_id: int) -> str:
    """Before it is done: his postings, and what is in hand there."""
    return _page(person_id, HandoverForm())


def _page(person_id: int, form: HandoverForm) -> str:
    found = queries.person(read(), actor(), person_id, to_help=True)
    may_end = queries.endable(read(), actor(), person_id)
    lines = [line for line in people_queries.postings_of(read(), person_id) if line.posting.id in may_end]
    offered = queries.successors(read(), actor(), person_id)
    form.successor.choices = [(each.id, f"{each.login} {named(each)}") for each in offered]
    leaving = queries.leaving(read(), lines, may_end)
    in_hand = domains.in_hand(read(), actor(), [part.seat for part in leaving], may_end)
    return render_template(
        "accounts/handover.html", person=found, postings=lines, form=form, leaving=leaving, in_hand=in_hand
    )


@bp.post("/people/<int:person_id>/handover")
@may("person.help")
def hand_over(person_id: int) -> Any:
    """All postings at once, from today on."""
    form = HandoverForm(request.form)
    if not form.validate():
        return _page(person_id, form), 422
    try:
        with write() as session:
            side_acts.hand_over(session, actor(), person_id, form.successor.data)
    except NotFound:
        raise
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _page(person_id, form), refusal.status
    flash(_("Handed over. It counts from the next page that either of them opens."), "good")
    return redirect(url_for("accounts.person", person_id=form.successor.data), 303)
