"""The page for taking records out, and the file."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from ..core.errors import Refused
from ..web.downloads import handed_over
from ..web.errors import say
from ..web.language import tongue
from ..web.request import actor, may, read
from . import queries, service
from .formats import FORMATS
from .forms import ExportForm
from .service import Wish

bp = Blueprint("export", __name__, template_folder="templates")


@bp.get("/export")
@may("export.make")
def index() -> str:
    """What can be taken out, and how."""
    return _page(_form())


def _form(sent: Any = None) -> ExportForm:
    form = ExportForm(sent, format="xlsx")
    form.kind.choices = [(kind.key, _(kind.title)) for kind in queries.kinds(actor())]
    form.format.choices = [(key, _(way.word)) for key, way in FORMATS.items()]
    return form


def _page(form: ExportForm) -> str:
    return render_template("export/index.html", form=form, kinds=queries.kinds(actor()))


@bp.post("/export")
@may("export.make")
def make() -> Any:
    """The file, once the log has its line."""
    form = _form(request.form)
    if not form.validate():
        return _page(form), 422
    try:
        return _file(form.wish())
    except Refused as refusal:
        form.refuse(refusal.field, say(refusal))
        return _page(form), refusal.status


def _file(wish: Wish) -> Response:
    who, told = actor(), tongue()
    return handed_over(
        lambda out: service.make(read(), who, wish, told, out),
        lambda session, number: service.note(session, who, wish, number),
        lambda _number: wish.name(),
        FORMATS[wish.format].media_type,
    )
