"""Pages for setting up the bodies that matters are handed to."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from .. import domains
from ..core.errors import NotFound
from ..people import departments, rules
from ..web.language import named
from ..web.request import actor, may, read, write
from ..web.saving import refused
from . import bodies as acts
from . import queries
from .blueprint import bp
from .forms import BodyForm


@bp.get("/bodies")
@may("posting.grant")
def bodies() -> str:
    """Departments, stations and committees within my reach, by their grid's code; the closed ones last."""
    kinds = rules.kinds_offered(actor().roles())
    return render_template(
        "accounts/bodies.html",
        kinds=kinds,
        names=rules.BODY_NAMES,
        lines=queries.bodies(read(), actor(), kinds, closed=True),
        speakers=queries.single_holders(read()),
        single_kinds={kind for role in rules.POSTINGS if rules.is_single(role) for kind in rules.places(role)},
    )


def said_of_holders(role: str) -> dict[int, str]:
    """By body, who holds a role there that one person at a time holds; empty for every other role."""
    if not rules.is_single(role):
        return {}
    found = queries.single_holders(read())
    return {id_: _(" · now: %(names)s", names=_(", ").join(map(named, people))) for id_, people in found.items()}


@bp.get("/bodies/new")
@may("posting.grant")
def new_body() -> str:
    """The form for a new one of a kind."""
    return _page(BodyForm(), _kind(request.args.get("kind")))


def _kind(asked: str | None) -> str:
    if asked not in rules.kinds_offered(actor().roles()):
        raise NotFound
    return asked


def _page(form: BodyForm, kind: str, body: Any = None) -> str:
    form.canonical.choices = [("", _("none"))] + [(code, named(row)) for code, row in departments.known().items()]
    cells = queries.cells(read(), actor(), [rules.BODIES[kind]["place"]], rules.makers(kind))
    form.grid_id.choices = [(cell.id, f"{cell.code} {named(cell)}") for cell in cells]
    return render_template(
        "accounts/body.html",
        form=form,
        kind=kind,
        body=body,
        kind_name=_(rules.BODY_NAMES[kind]),
        **(what_is_left([queries.leaving_body(read(), body)]) if body else {}),
    )


def what_is_left(leaving: Sequence[Any], ended: Collection[int] = ()) -> dict[str, Any]:
    """What is in hand in the seats that these leave, for the page that asks before it happens."""
    return {
        "leaving": leaving,
        "in_hand": domains.in_hand(read(), actor(), [part.seat for part in leaving], ended),
    }


@bp.post("/bodies/new")
@may("posting.grant")
def create_body() -> Any:
    """Set it up."""
    kind, form = _kind(request.form.get("kind")), BodyForm(request.form)
    if not form.validate():
        return _page(form, kind), 422
    return _saved(
        form, kind, None, lambda session: acts.create_body(session, actor(), kind, form.grid_id.data, form.entry())
    )


@bp.get("/bodies/<int:body_id>")
@may("posting.grant")
def body(body_id: int) -> str:
    """One body, its form and the button that closes it."""
    found = _mine(body_id)
    return _page(BodyForm(obj=found), found.kind, found)


def _mine(body_id: int) -> Any:
    return queries.body(read(), actor(), body_id)


@bp.post("/bodies/<int:body_id>")
@may("posting.grant")
def save_body(body_id: int) -> Any:
    """Rename it, or correct the rest."""
    found, form = _mine(body_id), BodyForm(request.form)
    if not form.validate():
        return _page(form, found.kind, found), 422
    return _saved(form, found.kind, body_id, lambda session: acts.edit_body(session, actor(), body_id, form.entry()))


def _saved(form: BodyForm, kind: str, body_id: int | None, act: Any) -> Any:
    if status := refused(form, act):
        return _page(form, kind, _mine(body_id) if body_id else None), status
    flash(_("Saved."), "good")
    return redirect(url_for("accounts.bodies"))


@bp.post("/bodies/<int:body_id>/close")
@may("posting.grant")
def close_body(body_id: int) -> Any:
    """Nothing new goes there from now on."""
    with write() as session:
        acts.close_body(session, actor(), body_id)
    flash(_("Out of use. Nothing new will be sent there."), "good")
    return redirect(url_for("accounts.bodies"))


@bp.post("/bodies/<int:body_id>/reopen")
@may("posting.grant")
def reopen_body(body_id: int) -> Any:
    """Undo a closing."""
    with write() as session:
        acts.reopen_body(session, actor(), body_id)
    flash(_("In use again."), "good")
    return redirect(url_for("accounts.bodies"))
