"""The page of what a type of object is asked, on which a county adds fields of its own and ends them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from ..core.errors import Refused
from ..web.errors import say
from ..web.forms import BaseForm, clean, text
from ..web.request import actor, may, read, write
from ..web.saving import refused
from . import asking, pages, queries
from .asking import LONGEST_NAME, LONGEST_UNIT, FieldEntry
from .blueprint import bp
from .labels import KINDS, OWN_KINDS
from .own_fields import is_own


class FieldForm(BaseForm):
    """A field of the county's own."""

    zh = text(_l("Name (Chinese)"), LONGEST_NAME)
    en = text(_l("Name (English)"), LONGEST_NAME)
    kind = SelectField(
        _l("What it holds"),
        choices=[SelectChoice(code, _l(KINDS[code])) for code in OWN_KINDS],
        default="text",
        validate_choice=False,
    )
    unit = text(_l("Unit of a number"), LONGEST_UNIT)
    words = TextAreaField(_l("Words to choose from, one a line"))

    def entry(self) -> FieldEntry:
        """What is to be asked."""
        lines = (" ".join((clean(line) or "").split()) for line in (self.words.data or "").splitlines())
        return FieldEntry(
            self.zh.data or "",
            self.en.data or "",
            self.kind.data or "",
            self.unit.data or "",
            tuple(line for line in lines if line),
        )


@bp.get("/registers/<kind>/fields")
@may("setting.edit")
def fields_page(kind: str) -> str:
    """What the type is asked, with who speaks of it."""
    return _page(kind, FieldForm())


def _page(kind: str, form: FieldForm) -> str:
    return render_template(
        "register/fields.html",
        kind=pages.kind(kind),
        asked=queries.asked(read(), kind),
        kinds=KINDS,
        is_own=is_own,
        ended=[field for field in queries.own_fields(read(), kind) if field.valid_to],
        form=form,
    )


@bp.post("/registers/<kind>/fields")
@may("setting.edit")
def add_field(kind: str) -> Any:
    """Add one."""
    pages.kind(kind)
    form, who = FieldForm(request.form), actor()
    if not form.validate():
        return _page(kind, form), 422
    if status := refused(form, lambda session: asking.add_field(session, who, kind, form.entry())):
        return _page(kind, form), status
    flash(_("In effect from now on."), "good")
    return redirect(url_for("register.fields_page", kind=kind), 303)


@bp.post("/registers/<kind>/fields/end")
@may("setting.edit")
def end_field(kind: str) -> Any:
    """Ask it no more."""
    with write() as session:
        is_ended = asking.end_field(session, actor(), kind, clean(request.form.get("code")) or "")
    flash(_("It is not asked any more.") if is_ended else _("Nothing was changed."), "info")
    return redirect(url_for("register.fields_page", kind=kind), 303)


@bp.post("/registers/<kind>/fields/again")
@may("setting.edit")
def ask_again(kind: str) -> Any:
    """Ask again what had ended."""
    pages.kind(kind)
    try:
        with write() as session:
            is_new = asking.ask_again(session, actor(), kind, clean(request.form.get("code")) or "")
    except Refused as refusal:
        if refusal.status == 404:
            raise
        flash(say(refusal), "late")
        return redirect(url_for("register.fields_page", kind=kind), 303)
    flash(_("In effect from now on.") if is_new else _("Nothing was changed."), "good" if is_new else "info")
    return redirect(url_for("register.fields_page", kind=kind), 303)
