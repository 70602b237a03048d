"""Pages of patrols: the round and its receipt, an object's file, the list of objects, intervals."""
from functools import partial
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from ..core import ids, words
from ..core.errors import Refused
from ..grid import queries as grid_queries
from ..people import queries as people_queries
from ..web import drawn
from ..web.errors import say, wants_json
from ..web.language import in_words, named, of_page
from ..web.places import stamp
from ..web.request import actor, looking, may, read, write, write_once
from . import queries, service
from .forms import ObjectForm, PatrolForm, RetireForm
from .queries import NOT_SEEN

bp = Blueprint("patrol", __name__, template_folder="templates")


@bp.get("/grids/<int:grid_id>/patrol")
@may("patrol.write")
def start(grid_id: int) -> str:
    """The round of a village: what is due today; with ?all=1 the whole list."""
    return _round_page(grid_id, {"id": ids.new(), "grid": grid_id, "made_at": stamp()})


def _round_page(grid_id: int, kept: dict[str, Any], sent: PatrolForm | None = None) -> str:
    """``kept`` goes along unseen; ``sent`` is what came and has to be put right."""
    cell, lines = queries.village(looking(), actor(), "patrol.write", grid_id)
    everything = bool((sent.sent if sent else request.args).get("all"))
    shown = lines if sent or everything else queries.due(lines)
    walker = _walker(grid_id, sent or PatrolForm()) if grid_id not in actor().grids("grid_officer") else None
    fill = {**kept, "village": named(cell), "rows": _rows(shown, sent),
            "later": len(lines) - len(shown), "whole": partial(url_for, "patrol.start", grid_id=grid_id, all=1)}
    facts = {"blank": PatrolForm, "any": bool(shown), "more_later": len(lines) > len(shown), "everything": everything}
    if sent or walker:
        return drawn.alone("patrol/round.html", fill, sent=sent, walker=walker, **facts)
    return drawn.page("patrol/round.html", fill, sent=None, walker=None, **facts)


def _walker(grid_id: int, form: PatrolForm) -> SelectField:
    form.person_id.choices = [(person.id, named(person)) for person in people_queries.officers(read(), grid_id)]
    return form.person_id


def _rows(lines: list[queries.Line], sent: PatrolForm | None) -> Markup:
    """The objects to be seen: untouched, or with what was said of each."""
    reasons = tuple(words.of(looking(), "could_not_see"))
    name = in_words(of_page())["named"]
    untouched = drawn.piece("patrol/_row.html", ("key", "label", "kind"), outcome="normal", reason="", error="", reasons=reasons)

    def row(line: queries.Line) -> str:
        key = f"v{line.object.id}"
        names = {"key": key, "label": name(line.object), "kind": name(line.type)}
        if sent is None:
            return untouched.filled(names)
        outcome, reason = (sent.sent.get(f"{key}-{part}") for part in ("outcome", "reason"))
        missing = outcome == NOT_SEEN and not reason
        return render_template("patrol/_row.html", **names, outcome=outcome or "normal", reason=reason, reasons=reasons,
                               error=_(service.SAY_WHY) if missing else "")

    return Markup("".join(map(row, lines)))


@bp.post("/patrols")
@may("patrol.write")
def receive() -> Any:
    """Store a round; from a page (303 to the receipt) or from the phone's own code (JSON, 201 each time)."""
    form = PatrolForm(_json_form() if request.is_json else request.form)
    try:
        if not form.validate():
            raise Refused(_first_error(form))
        who, entry = actor(), form.entry()
        receipt = write_once(lambda session: service.record(session, who, entry))
    except Refused as refusal:
        return _refused(form, refusal)
    if wants_json():
        return make_response(jsonify(id=receipt.id, received_at=receipt.received_at.isoformat(),
                                     normal=receipt.normal, problem=receipt.problem,
                                     could_not_see=receipt.could_not_see), 201)
    return redirect(url_for("desk.round_receipt", patrol_id=entry.id), 303)


def _json_form() -> MultiDict[str, str]:
    """The phone's JSON in the form's own field names."""
    sent = request.get_json()
    if not isinstance(sent, dict):
        raise Refused(_("This form is damaged. Open it again."))
    fields = {key: str(value) for key, value in sent.items() if key != "visits" and value is not None}
    for visit in sent.get("visits") or ():
        fields[f"v{visit.get('object')}-outcome"] = str(visit.get("result"))
        fields[f"v{visit.get('object')}-reason"] = str(visit.get("reason") or "")
    return MultiDict(fields)


def _first_error(form: PatrolForm) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), _("Please check what you wrote."))


def _refused(form: PatrolForm, refusal: Refused) -> Any:
    if wants_json() or form.grid.data is None or refusal.status in (404, 409):
        raise refusal
    form.refuse(refusal.field, say(refusal))
    kept = {field.name: field.data or "" for field in (form.id, form.grid, form.made_at)}
    return _round_page(form.grid.data, kept, form), refusal.status


@bp.get("/objects/<int:object_id>")
@may("grid.read")
def thing(object_id: int) -> str:
    """One object's file: every visit, newest first."""
    found = queries.thing(read(), actor(), "grid.read", object_id)
    cell = grid_queries.cell(read(), actor(), "grid.read", found.grid_id)
    kinds = {kind.code: kind for kind in queries.types(read())}
    return render_template("patrol/object.html", thing=found, cell=cell, kind=kinds[found.type],
                           visits=queries.history(read(), object_id), reasons=words.named(looking(), "could_not_see"),
                           retire=RetireForm(), may_edit=actor().may("object.edit"))


@bp.get("/grids/<int:grid_id>/objects")
@may("grid.read")
def things(grid_id: int) -> str:
    """The list of a village with when each was last seen."""
    return _list_page(grid_id, ObjectForm())


def _list_page(grid_id: int, form: ObjectForm) -> str:
    cell, lines = queries.village(looking(), actor(), "grid.read", grid_id)
    form.type.choices = [(kind.code, named(kind)) for kind in queries.types(read())]
    return render_template("patrol/objects.html", cell=cell, form=form, may_edit=actor().may("object.edit"), lines=lines)


@bp.post("/grids/<int:grid_id>/objects")
@may("object.edit")
def add(grid_id: int) -> Any:
    """Put something on the list."""
    form = ObjectForm(request.form)
    form.type.choices = [(kind.code, named(kind)) for kind in queries.types(read())]
    if not form.validate():
        return _list_page(grid_id, form), 422
    with write() as session:
        added = service.add_object(session, actor(), grid_id, form.type.data, form.zh.data, form.en.data or "",
                                   form.lon.data, form.lat.data)
        object_id = added.id
    flash(_("It is on the list from today."), "good")
    return redirect(url_for("patrol.thing", object_id=object_id), 303)


@bp.post("/objects/<int:object_id>/retire")
@may("object.edit")
def retire(object_id: int) -> Response:
    """Take something off the list, with the reason."""
    form = RetireForm(request.form)
    if not form.validate():
        flash(_("Say why it leaves the list."), "late")
    else:
        with write() as session:
            service.retire_object(session, actor(), object_id, form.why.data)
        flash(_("It is off the list from today; its history stays."), "good")
    return redirect(url_for("patrol.thing", object_id=object_id), 303)  # type: ignore[return-value]
