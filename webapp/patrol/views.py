"""Pages of patrols: the round and its receipt, the list of objects."""

import uuid
from collections.abc import Sequence
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
from ..core.errors import Refused
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from ..web import entries, kept
from ..web.errors import say, wants_json
from ..web.language import named
from ..web.request import actor, address_of, may, read, read_connection, write, write_once
from . import (
    coverage_views,
    frequency_views,
    pages,
    proposal_views,
    proposed,
    queries,
    service,
    sheet_views,
    topic_views,
    week_views,
)
from .blueprint import bp
from .forms import TAKEN, ObjectForm, PatrolForm, RetireForm, from_json

# The pages of these files stand on the same blueprint.
__all__ = ["bp", "coverage_views", "frequency_views", "proposal_views", "sheet_views", "topic_views", "week_views"]


@bp.get("/grids/<int:grid_id>/patrol")
@may("patrol.write")
def start(grid_id: int) -> str:
    """The round of a village: what is due today; with ?all=1 the whole list."""
    return pages.untouched(grid_id, {"id": entries.of_address(_receipt), "grid": grid_id})


def _receipt(patrol_id: uuid.UUID) -> str | None:
    """Where a round is that this person sent already."""
    is_mine = actor().person_id in queries.senders(read_connection(), patrol_id)
    return url_for("desk.round_receipt", patrol_id=patrol_id) if is_mine else None


def _told(fields: Any) -> list[tuple[str, str]]:
    return pages.told(PatrolForm(fields))


@bp.post("/patrols")
@may("patrol.write")
@kept.tells(_told, opens=True)
def receive() -> Any:
    """Store a round; from a page (303 to the receipt) or from the phone's own code (JSON, 201 each time)."""
    form = PatrolForm(from_json(request.get_json()) if request.is_json else request.form)
    if request.form.get("open") and not form.grid.errors:
        return pages.sent_back({"id": form.id.data or "", "grid": form.grid.data}, form)
    try:
        if not form.validate():
            raise Refused(form.first_error())
        who, entry = actor(), form.entry()
        receipt = write_once(lambda session: service.record(session, who, entry, form.author_id.data))
    except Refused as refusal:
        return _refused(form, refusal)
    return entries.received(
        address_of("desk.round_receipt", "patrol_id", entry.id),
        receipt.id,
        received_at=receipt.received_at.isoformat(),
        normal=receipt.normal,
        problem=receipt.problem,
        could_not_see=receipt.could_not_see,
    )


def _refused(form: PatrolForm, refusal: Refused) -> Any:
    """The form again with what was typed; under a new id when the old one stands for something else,
    of which nothing is said."""
    if wants_json() or form.grid.errors or refusal.status == 404:
        raise refusal
    taken = refusal.status == 409
    form.refuse(refusal.field, _(TAKEN) if taken else say(refusal))
    id_ = ids.new() if taken else form.id.data or ""
    return pages.sent_back({"id": id_, "grid": form.grid.data}, form), refusal.status


@bp.get("/grids/<int:grid_id>/objects")
@may("grid.read")
def things(grid_id: int) -> str:
    """The list of a village with when each was last seen."""
    return _list_page(grid_id, ObjectForm(type=request.args.get("type")))


def _list_page(grid_id: int, form: ObjectForm) -> str:
    cell, lines = queries.village(read_connection(), actor(), "grid.read", grid_id)
    return render_template(
        "patrol/objects.html",
        cell=cell,
        form=form,
        lines=lines,
        proposals=proposed.of_grid(read(), cell.id),
        may_see_visits=grid_queries.cells_reached(read(), actor(), "patrol.read", cell.id),
        may_propose=cell.id in actor().grids_for("object.propose"),
        may_edit=actor().may("object.edit"),
        **(_for_adding(cell, form, lines) if actor().may("object.edit") else {}),
    )


def _for_adding(cell: Cell, form: ObjectForm, lines: Sequence[Any]) -> dict[str, Any]:
    """What the part of the page needs where something is put on the list."""
    form.type.choices = _types()
    return {
        "adding": form.errors or not lines or "add" in request.args,
        "layer": grid_queries.newest_layer(read(), cell.path),
        "points": [
            (named(each), each.lon, each.lat) for each in queries.of_grids(read(), [cell.id]) if _is_placed(each)
        ],
    }


def _types() -> list[tuple[str, str]]:
    return [(kind.code, named(kind)) for kind in queries.types(read())]


def _is_placed(each: Any) -> bool:
    return each.valid_to is None and each.lon is not None


@bp.post("/grids/<int:grid_id>/objects")
@may("object.edit")
def add(grid_id: int) -> Any:
    """Put something on the list."""
    form = ObjectForm(request.form)
    form.type.choices = _types()
    if not form.validate():
        return _list_page(grid_id, form), 422
    try:
        with write() as session:
            object_id = service.add_object(
                session,
                actor(),
                grid_id,
                form.type.data,
                form.zh.data,
                form.en.data or "",
                form.lon.data,
                form.lat.data,
                form.crs.data,
            ).id
    except Refused as refusal:
        if refusal.status != 422:
            raise
        form.refuse(refusal.field, say(refusal))
        return _list_page(grid_id, form), refusal.status
    flash(_("%(name)s is on the list from today.", name=form.zh.data), "good")
    if "another" in request.form:  # the next is often of the same type
        return redirect(url_for("patrol.things", grid_id=grid_id, add="yes", type=form.type.data) + "#zh", 303)
    return redirect(url_for("register.thing", object_id=object_id), 303)


@bp.post("/objects/<int:object_id>/retire")
@may("object.edit")
def retire(object_id: int) -> Response:
    """Take something off the list, with the reason."""
    form = RetireForm(request.form)
    if not form.validate():
        flash(_("Say why it is taken off the list."), "late")
    else:
        with write() as session:
            service.retire_object(session, actor(), object_id, form.why.data)
        flash(_("It is off the list from today; its history stays."), "good")
    return redirect(url_for("register.thing", object_id=object_id), 303)  # type: ignore[return-value]
