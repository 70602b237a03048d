"""The page for taking records out, and the file."""

from tempfile import TemporaryFile
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file
from flask_babel import gettext as _

from ..core.errors import Refused
from ..web.errors import say
from ..web.language import tongue
from ..web.request import actor, close_reads, may, read, turn, write
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
    close_reads()
    file = TemporaryFile()  # noqa: SIM115  (open until the answer is sent; it has no name that could stay)
    try:
        with turn("export"):
            number = service.make(read(), who, wish, told, file)
        with write() as session:
            service.note(session, who, wish, number)
        file.seek(0)
        way = FORMATS[wish.format]
        answer = send_file(file, mimetype=way.media_type, as_attachment=True, download_name=wish.name())
    except BaseException:
        file.close()
        raise
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
