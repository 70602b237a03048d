"""The page of the settings: a table and one button for each group of them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..core.errors import NotFound, Refused
from ..web.errors import say
from ..web.request import actor, may, read, write
from . import days, settings
from .blueprint import bp
from .forms import SettingsForm, sent_keys, settings_form
from .labels import GROUPS, UNITS


@bp.get("/settings")
@may("setting.read")
def settings_page() -> str:
    """What is the reader's to set, group by group, with where each value comes from."""
    return _page()


def _page(name: str = "", form: SettingsForm | None = None) -> str:
    """``form`` is that of the group ``name``, where it was not taken."""
    found = settings.groups(read(), actor())
    forms = {each: settings_form(items) for each, items in found.items()}
    return render_template(
        "desk/settings.html",
        forms=forms if form is None else forms | {name: form},
        wrong=form,
        titles=GROUPS,
        units=UNITS,
        guesses=days.to_confirm(read(), actor()),
        owner="county" if actor().may("setting.edit") else "admin",
    )


@bp.post("/settings/<group>")
@may("setting.read")
def save_settings(group: str) -> Any:
    """Other values for what is the asker's to set in a group: all that he changed, or nothing."""
    form = _sent(group)
    if not form.validate():
        return _page(group, form), 422
    try:
        with write() as session:
            written = settings.save(session, actor(), group, form.wishes(), form.adopt.data)
    except NotFound:
        raise
    except Refused as refusal:  # somebody was quicker: looked at again, the form says so beside the box
        form = _sent(group)
        if form.validate():
            form.refuse(None, say(refusal))
        return _page(group, form), refusal.status
    flash(_("In effect from now on.") if written else _("Nothing was changed."), "good" if written else "info")
    return redirect(url_for("desk.settings_page") + f"#{group}", 303)


def _sent(group: str) -> SettingsForm:
    """The form that was sent, on what stands in the group now; a box for what is not the asker's is refused."""
    items = settings.group(read(), actor(), group)
    if sent_keys(request.form) - {item.key for item in items}:
        raise NotFound
    return settings_form(items, request.form)
