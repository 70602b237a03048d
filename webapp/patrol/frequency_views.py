"""The page on which the county says how often objects are visited."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import clock
from ..core.errors import NotFound, Refused
from ..web.errors import say
from ..web.language import named
from ..web.request import actor, may, read, write
from . import frequencies, words
from .blueprint import bp
from .forms import ALL, FrequencyForm, TemplateForm


@bp.record_once
def _words(state: BlueprintSetupState) -> None:
    words.init(state.app)


@bp.get("/frequency")
@may("setting.edit")
def frequency_page() -> str:
    """Every type with its rules, the form of a new one (``type`` in the address chooses for which), and templates."""
    return _page(_form({"type": request.args.get("type", "")}))


def _form(given: dict[str, Any] | None = None) -> FrequencyForm:
    form = FrequencyForm(request.form if given is None else None, **({} if given is None else {"data": given}))
    kinds = [(kind.code, named(kind)) for kind in frequencies.walked(read())]
    form.type.choices = [("", _("Choose")), *kinds, (ALL, _("All types"))]
    return form


def _page(form: FrequencyForm, trouble: str = "") -> str:
    session = read()
    return render_template(
        "patrol/frequency.html",
        form=form,
        templates=_templates(),
        types=frequencies.by_type(session),
        can_end=frequencies.can_end,
        edition=frequencies.edition(session),
        today=clock.today(),
        ours=len(frequencies.unconfirmed(session)),
        source=frequencies.OURS,
        trouble=trouble,
    )


def _templates() -> TemplateForm:
    form = TemplateForm(request.form if request.method == "POST" else None)
    form.template.choices = [
        (frequencies.KEEP, _("As it stands: confirm it")),
        (frequencies.DELIVERED, _("Our suggestion, type by type")),
        *((each.code, named(each)) for each in frequencies.templates()),
        (frequencies.NOTHING, _("Empty: no visit due, until you set rules")),
    ]
    return form


@bp.post("/frequency")
@may("setting.edit")
def set_frequency() -> Any:
    """A rule for a type, or for all of them."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    try:
        with write() as session:
            written = frequencies.set_rule(session, actor(), form.wish(), form.seen.data or None)
    except NotFound:
        raise
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _page(form), refusal.status
    return _said(written)


def _said(written: int) -> Any:
    done = ngettext("%(num)d rule is written.", "%(num)d rules are written.", written)
    flash(done if written else _("Nothing was changed."), "good" if written else "info")
    return redirect(url_for("patrol.frequency_page"), 303)


@bp.post("/frequency/template")
@may("setting.edit")
def take_template() -> Any:
    """A frequency for all objects at once, from today on."""
    form = _templates()
    if not form.validate():
        return _page(_form({}), form.first_error()), 422
    try:
        with write() as session:
            written = frequencies.apply(session, actor(), form.template.data, form.seen.data or None)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        return _page(_form({}), say(refusal)), refusal.status
    return _said(written)


@bp.post("/frequency/<int:rule_id>/end")
@may("setting.edit")
def end_frequency(rule_id: int) -> Any:
    """A rule holds no more from today on."""
    try:
        with write() as session:
            frequencies.end_rule(session, actor(), rule_id)
    except NotFound:
        raise
    except Refused as refusal:
        return _page(_form({}), say(refusal)), refusal.status
    flash(_("The rule has ended."), "good")
    return redirect(url_for("patrol.frequency_page"), 303)
