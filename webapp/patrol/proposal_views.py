"""Pages on which an officer proposes what to put on a list or take off it, and what the office answers."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core import ids
from ..core.errors import Refused
from ..grid import queries as grid_queries
from ..web import entries, kept
from ..web.errors import say, wants_json
from ..web.language import named
from ..web.request import actor, may, read, write_once
from ..web.saving import refused
from . import proposed, proposing, queries
from .blueprint import bp
from .forms import DeclineForm, ProposeForm, StopForm


def _receipt(proposal_id: uuid.UUID) -> str | None:
    """Where a proposal stands that this person sent already."""
    is_mine = proposed.made_by(read(), proposal_id) == actor().person_id
    return url_for("desk.start") if is_mine else None


@bp.get("/grids/<int:grid_id>/objects/propose")
@may("object.propose")
def propose_page(grid_id: int) -> str:
    """What is not on the list and should be."""
    return _new(grid_id, ProposeForm(data={"id": entries.of_address(_receipt)}))


def _new(grid_id: int, form: ProposeForm) -> str:
    cell = grid_queries.cell(read(), actor(), "object.propose", grid_id)
    form.type.choices = [("", _("Choose one."))] + [
        (kind.code, named(kind)) for kind in queries.types(read()) if not kind.is_withheld
    ]
    here = url_for("patrol.propose_page", grid_id=grid_id, id=form.id.data or None)
    return render_template("patrol/propose.html", cell=cell, form=form, here=here, person=actor().person_id)


@bp.post("/grids/<int:grid_id>/objects/propose")
@may("object.propose")
@kept.tells(lambda fields, grid_id: kept.in_words(ProposeForm(fields)))
def propose(grid_id: int) -> Any:
    """Keep the proposal; sent twice it is there once."""
    form = ProposeForm(request.form)
    return _sent(form, lambda: form.entry(grid_id), lambda: _new(grid_id, form))


@bp.get("/objects/<int:object_id>/stop")
@may("object.propose")
def stop_page(object_id: int) -> str:
    """Why an object need not be visited any more."""
    thing = queries.thing(read(), actor(), "object.propose", object_id)
    return _stop(object_id, StopForm(data={"id": entries.of_address(_receipt), "grid": thing.grid_id}))


def _stop(object_id: int, form: StopForm) -> str:
    thing = queries.thing(read(), actor(), "object.propose", object_id)
    here = url_for("patrol.stop_page", object_id=thing.id, id=form.id.data or None)
    return render_template("patrol/propose_stop.html", thing=thing, form=form, here=here, person=actor().person_id)


@bp.post("/objects/<int:object_id>/stop")
@may("object.propose")
@kept.tells(lambda fields, object_id: kept.in_words(StopForm(fields)))
def stop(object_id: int) -> Any:
    """Keep the proposal; sent twice it is there once."""
    form = StopForm(request.form)
    return _sent(form, lambda: form.entry(object_id), lambda: _stop(object_id, form))


def _sent(form: Any, entry: Callable[[], proposing.ProposalEntry], page: Callable[[], str]) -> Any:
    """Keep what the form proposes and lead to where its sender's proposals stand; or the page again, with what was
    typed and why not."""
    if not form.validate():
        if wants_json():
            raise Refused(form.first_error())
        return page(), 422
    who, sent = actor(), entry()
    try:
        write_once(lambda session: proposing.propose(session, who, sent))
    except Refused as refusal:
        if refusal.status == 404 or wants_json():
            raise
        form.refuse(refusal.field, say(refusal))
        if refusal.status == 409:  # the id stands for another proposal, so that this one needs its own
            form.id.data = ids.new()
        return page(), refusal.status
    flash(_("Proposed. Until it is answered the list stays as it is."), "good")
    return entries.received(url_for("desk.home"), sent.id)


@bp.get("/proposals/<uuid:proposal_id>")
@may("object.edit")
def proposal(proposal_id: uuid.UUID) -> str:
    """A proposal, and the two answers to it."""
    return _answering(proposal_id, DeclineForm())


def _answering(proposal_id: uuid.UUID, form: DeclineForm) -> str:
    found = proposed.shown(read(), actor(), proposal_id)
    cell = grid_queries.named(read(), {found.proposal.grid_id})[found.proposal.grid_id]
    lon, lat = found.proposal.lon, found.proposal.lat
    point = url_for("maps.show", at=cell.id, place=f"{lon},{lat}") if lon is not None else None
    return render_template("patrol/proposal.html", found=found, cell=cell, form=form, point=point)


@bp.post("/proposals/<uuid:proposal_id>/accept")
@may("object.edit")
def accept_proposal(proposal_id: uuid.UUID) -> Any:
    """Change the list as proposed, from today on."""
    who = actor()
    return _answered(
        proposal_id,
        DeclineForm(),
        lambda session: proposing.accept(session, who, proposal_id),
        _("The list is changed from today."),
    )


@bp.post("/proposals/<uuid:proposal_id>/decline")
@may("object.edit")
def decline_proposal(proposal_id: uuid.UUID) -> Any:
    """Leave the list as it is, with the reason."""
    form, who = DeclineForm(request.form), actor()
    if not form.validate():
        return _answering(proposal_id, form), 422
    return _answered(
        proposal_id,
        form,
        lambda session: proposing.decline(session, who, proposal_id, form.why.data),
        _("The list stays as it is. Who proposed it reads why."),
    )


def _answered(proposal_id: uuid.UUID, form: DeclineForm, act: Callable[[Any], Any], words: str) -> Any:
    """Do what was answered and lead to what waits still; or the proposal again, with why not."""
    if status := refused(form, act):
        return _answering(proposal_id, form), status
    flash(words, "good")
    return redirect(url_for("desk.desk", tab="proposed"), 303)
