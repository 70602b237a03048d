"""Pages on which files of borders come in: sent, read step by step as their sender chooses, compared, drafted."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from gis.delivery import Choice
from gis.messages import STAGES

from ..card import queries as cards
from ..core.errors import N_, Refused
from ..grid import changed, changes, incoming, intake
from ..grid import queries as grid_queries
from ..web.errors import say
from ..web.request import actor, close_reads, may, read, write
from ..web.sent_files import kept
from . import borders, queries, reading
from .blueprint import bp
from .forms import COLUMNS, MOST_FILES, BordersForm, ReadingForm, reading_form
from .words import said

PATIENCE = 4.0  # seconds that a request waits for the answer before its page says that it goes on
AGAIN = 2  # seconds between two looks of that page
STALE = N_("Borders have changed since these files were read. Have them read again.")
ERRORS = N_("These borders have errors. Correct the files and bring them in again.")


@bp.get("/borders")
@may("border.read")
def change_sets() -> str:
    """The sets of changes, newest first, and the form for bringing files in."""
    return _page(BordersForm())


def _page(form: BordersForm) -> str:
    return render_template(
        "maps/borders.html",
        form=form,
        sets=changed.sets(read(), actor()),
        states=borders.STATES,
        tones=borders.TONES,
        waiting=incoming.every(_data_dir(), actor().person_id),
        may_edit=actor().may("border.edit"),
    )


@bp.post("/borders")
@may("border.edit")
def bring_borders() -> Any:
    """Keep the files and have them read."""
    form = BordersForm(request.form)
    sent = [file for file in request.files.getlist("files") if file.filename][:MOST_FILES]
    is_whole = form.validate()
    if not sent:
        form.refuse("files", _("Please choose a file."))
    if not (is_whole and sent):
        return _page(form), 422
    found = incoming.new(_data_dir(), actor().person_id)
    kept(found.folder, sent)
    return _read(found, incoming.Said(choice=Choice(is_part=form.is_part.data)))


def _data_dir() -> Path:
    return current_app.config["WANGGE"].data_dir


def _read(found: incoming.Incoming, told: incoming.Said) -> Any:
    """Have the files read as is said, and show what comes of it, or how far it is."""
    below = [cell.code for cell in cards.communities(read(), actor())] if told.choice.fourth else []
    choice = replace(told.choice, below=tuple(below))  # the edition comes first: what is in force is never older
    told = replace(told, choice=choice, edition=grid_queries.edition_id(read()))
    present, tolerance = changed.present(read(), queries.edited(read(), actor())), intake.tolerance(read())
    close_reads()
    incoming.work(_data_dir(), found, told, tolerance, present, PATIENCE)
    return redirect(url_for("maps.incoming_files", incoming_id=found.id), 303)


@bp.get("/borders/incoming/<uuid:incoming_id>")
@may("border.edit")
def incoming_files(incoming_id: UUID) -> Any:
    """How the files were read, and all that can be chosen about it; while they are read, how far that is."""
    found = incoming.one(_data_dir(), actor().person_id, incoming_id)
    return _working(found) if found.is_working else _reading(found)


def _working(found: incoming.Incoming) -> Response:
    stage = STAGES.get(found.stage, "")
    answer = make_response(render_template("maps/border_working.html", found=found, stage=stage, stages=STAGES))
    answer.headers["Refresh"] = str(AGAIN)
    return answer


def _reading(found: incoming.Incoming, form: ReadingForm | None = None, trouble: str = "") -> str:
    known = reading.reading(found)
    form = form or reading_form(known.outcome.seen, found.said)
    if trouble:
        form.refuse(None, trouble)
    elif known.refused:
        form.refuse(None, say(known.refused))
    return render_template(
        "maps/border_reading.html",
        found=found,
        known=known,
        notes=[_(message) % params for message, params in found.notes],
        form=form,
        columns=COLUMNS,
        systems=reading.SYSTEMS,
        findings=said(known.outcome.findings),
    )


@bp.post("/borders/incoming/<uuid:incoming_id>")
@may("border.edit")
def go_on(incoming_id: UUID) -> Any:
    """Read them again as was chosen, draft what they would change, or drop them: the button says which."""
    found = incoming.one(_data_dir(), actor().person_id, incoming_id)
    act = request.form.get("act")
    if act == "drop":
        found.drop()
        return redirect(url_for("maps.change_sets"), 303)
    if found.is_working:
        return redirect(url_for("maps.incoming_files", incoming_id=found.id), 303)
    if act != "compare":
        return _again(found)
    with found.held() as is_ours:  # of two presses the second finds the first at work, or nothing any more
        return _compare(found) if is_ours else redirect(url_for("maps.change_sets"), 303)


def _again(found: incoming.Incoming) -> Any:
    seen = reading.reading(found).outcome.seen
    form = reading_form(seen, found.said, request.form)
    if not form.validate():
        return _reading(found, form), 422
    return _read(found, form.said(seen))


def _compare(found: incoming.Incoming) -> Any:
    """Keep what would change as a draft, if it is what is in force with which they were compared; the files are no
    longer needed."""
    known = reading.reading(found)
    if known.refused or known.outcome.has_errors:
        return _reading(found, trouble="" if known.refused else _(ERRORS)), 422
    if found.said.edition != grid_queries.edition_id(read()):
        return _reading(found, trouble=_(STALE)), 409
    close_reads()
    layers = [vars(fact) for fact in known.outcome.facts]
    facts = {"layers": layers, "findings": list(known.outcome.findings), "is_open": True}
    try:
        lines = found.lines() + changes.unit_lines(read(), queries.edited(read(), actor()), found.units())
        close_reads()
        with write() as session:
            made = changes.draft(session, actor(), found.source, lines, facts).id
    except Refused as refusal:
        return _reading(found, trouble=say(refusal)), refusal.status
    found.drop()
    return redirect(url_for("maps.change_set", set_id=made), 303)
