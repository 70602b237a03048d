"""Pages of the duty lists: documents, duties, figures, departments, and what the county says about them."""

from io import BytesIO
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import clock
from ..core.errors import NotFound, Refused
from ..web import lists
from ..web.errors import say
from ..web.request import actor, may, read, write
from . import county_views, dispatching, queries, scope, search, service, who, workbook
from .blueprint import bp
from .forms import BodiesForm, DutiesForm, FiguresForm, NameForm, WhoForm
from .words import HELPERS, parts

__all__ = ["bp", "county_views"]  # their pages stand on the same blueprint
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.context_processor
def helpers() -> dict[str, Any]:
    """The sentences about rows, for the templates of these pages."""
    return HELPERS


# --- documents ---


@bp.get("/documents")
@may("duty.read")
def documents() -> str:
    """What each document is and what is unsure about it; parts without duties that do not apply stand folded away."""
    counted = scope.counted(read(), parts())
    listed = [part for part in parts() if part.applies or (part.document, part.code) in counted]
    return render_template(
        "duty/documents.html",
        documents=queries.documents(read()),
        tally=queries.tally(read()),
        counted=counted,
        listed=listed,
        bare=[part for part in parts() if part not in listed],
    )


@bp.get("/documents/<code>")
@may("duty.read")
def document(code: str) -> str:
    """One document: its sections with the printed names, and the lines that were read and left out."""
    found = queries.document(read(), code)
    if found is None:
        raise NotFound
    return render_template(
        "duty/document.html",
        document=found,
        sections=queries.sections(read(), code),
        tally=queries.tally(read()).get(code, 0),
        figures=len(search.figures(read(), search.Wanted(document=code, scope=queries.ALL), parts()).keys),
    )


# --- duties ---


@bp.get("/duties")
@may("duty.read")
def index() -> Any:
    """Duties by department, tier, topic, document; searched by words; ``?all=1`` on one page, to print."""
    form = DutiesForm(request.args)
    form.offer(queries.documents(read()), queries.departments(read(), parts()))
    return _list(form, search.duties, search.duty_rows, "duty/duties.html", "duty.index")


@bp.get("/duties.xlsx")
@may("duty.read")
def index_sheet() -> Response:
    """The same duties as a sheet."""
    form = DutiesForm(request.args)
    form.offer(queries.documents(read()), queries.departments(read(), parts()))
    form.validate()
    return _send(
        workbook.duties(search.duty_rows(read(), search.duties(read(), form.wanted(), parts()).keys)), "duties"
    )


@bp.get("/duties/<code>")
@may("duty.read")
def show(code: str) -> str:
    """One duty with its source, how its body is called now, and what the county said."""
    return _duty_page(code, NameForm())


def _duty_page(code: str, form: NameForm) -> str:
    line = queries.duty(read(), code)
    if line is None:
        raise NotFound
    form.offer(queries.choosable(read()))
    may_name = (
        actor().may("duty.confirm")
        and line.duty.valid_to is None
        and (line.duty.status != "ok" or line.duty.canonical == queries.UNKNOWN)
    )
    return render_template(
        "duty/duty.html",
        line=line,
        duty=line.duty,
        document=queries.document(read(), line.duty.document),
        neighbours=queries.same_lines(read(), line.duty),
        acts=queries.acts(read(), f"duty:{line.duty.id}"),
        beside=len(queries.silent_beside(read(), line.duty)) if may_name else 0,
        past=queries.past_of(read(), line.succession),
        form=form,
        may_name=may_name,
        names={each.code: each for each in queries.choosable(read())},
    )


@bp.post("/duties/<code>/department")
@may("duty.confirm")
def name_department(code: str) -> Any:
    """The county names the department of a duty."""
    form = NameForm(request.form)
    form.offer(queries.choosable(read()))
    if not form.validate():
        return _duty_page(code, form), 422
    try:
        with write() as session:
            number = service.name_department(session, actor(), code, form.department.data, beside=form.beside.data)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        form.refuse(refusal.field, say(refusal))
        return _duty_page(code, form), refusal.status
    flash(ngettext("Named for %(num)d duty.", "Named for %(num)d duties.", number), "good")
    return redirect(url_for("duty.show", code=code), 303)


@bp.post("/duties/<code>/forget")
@may("duty.confirm")
def forget_department(code: str) -> Response:
    """The county takes the name back."""
    with write() as session:
        service.forget_department(session, actor(), code)
    flash(_("Withdrawn; the text itself applies again."), "good")
    return redirect(url_for("duty.show", code=code), 303)  # type: ignore[return-value]


# --- who is responsible for … ---


@bp.get("/who")
@may("duty.read")
def who_for() -> Any:
    """Who is responsible for a problem, said in everyday words or picked; or that the documents name nobody."""
    form = WhoForm(request.args)
    good, picked = form.validate(), request.args.get("problem", "")
    typed = form.q.data if good else ""
    answers = who.answers(read(), typed) if typed else [each for each in [who.of_problem(read(), picked)] if each]
    return render_template(
        "duty/who.html",
        form=form,
        problems=dispatching.problems(read()),
        picked="" if typed else picked,
        answers=answers or who.unknown(read()) if typed else answers,
        lost=bool(typed) and not answers,
    ), 200 if good else 422


# --- figures ---


@bp.get("/figures")
@may("duty.read")
def figures() -> Any:
    """The documents' own figures, frequencies, steps, sanctions and supervisors' roles."""
    form = FiguresForm(request.args)
    form.offer(queries.documents(read()))
    return _list(form, search.figures, search.figure_rows, "duty/figures.html", "duty.figures")


@bp.get("/figures.xlsx")
@may("duty.read")
def figures_sheet() -> Response:
    """The same figures as a sheet."""
    form = FiguresForm(request.args)
    form.offer(queries.documents(read()))
    form.validate()
    return _send(
        workbook.figures(search.figure_rows(read(), search.figures(read(), form.wanted(), parts()).keys)), "figures"
    )


# --- departments ---


@bp.get("/departments")
@may("duty.read")
def departments() -> Any:
    """Each department of today, its printed names and how they became it; searched by any of these names."""
    form = BodiesForm(request.args)
    good, past = form.validate(), queries.past(read())
    bodies = queries.narrowed(queries.departments(read(), parts()), past, form.q.data or "" if good else "")
    return render_template(
        "duty/departments.html", form=form, bodies=bodies, past=past, may_confirm=actor().may("duty.confirm")
    ), 200 if good else 422


@bp.get("/departments/numbered")
@may("duty.read")
def numbered() -> str:
    """The departments that document 004 numbers, in its order."""
    return render_template(
        "duty/numbered.html",
        rows=queries.numbered(read()),
        document=queries.NUMBERED[0],
        may_confirm=actor().may("duty.confirm"),
    )


@bp.post("/succession/<int:succession_id>")
@may("duty.confirm")
def confirm_succession(succession_id: int) -> Response:
    """The county confirms a printed name, or takes that back (``yes`` = no)."""
    with write() as session:
        row = service.confirm_succession(session, actor(), succession_id, yes=request.form.get("yes") != "no")
        department = row.canonical
    flash(_("Recorded, with your name and the date."), "good")
    return redirect(url_for("duty.departments", _anchor=department), 303)  # type: ignore[return-value]


# --- what lists have in common ---


def _list(form: Any, keys: Any, rows: Any, template: str, endpoint: str) -> Any:
    """A page of a list, or with ``?all=1`` all of it; a mistake in the address is said beside its field."""
    good = form.validate()
    wanted, everything = form.wanted(), bool(request.args.get("all"))
    found, elsewhere = keys(read(), wanted, parts())
    part = lists.Part(size=len(found)) if everything else lists.part(len(found))
    chosen: dict[str, Any] = {field.name: request.args[field.name] for field in form if request.args.get(field.name)}

    def link(**more: Any) -> str:
        return url_for(endpoint, **(chosen | more))

    return render_template(
        template,
        form=form,
        rows=rows(read(), found[part.first : part.first + part.size]),
        total=len(found),
        part=part,
        link=link,
        everything=everything,
        asked=wanted.words,
        elsewhere=elsewhere,
        chosen=chosen,
        now=clock.now(),
        sheet=url_for(f"{endpoint}_sheet", **chosen),
    ), 200 if good else 422


def _send(book: BytesIO, name: str) -> Response:
    return send_file(book, mimetype=XLSX, as_attachment=True, download_name=f"{name}-{clock.today().isoformat()}.xlsx")
