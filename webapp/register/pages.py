"""What the pages of the registers show: the file of an object, and the form of what it says."""

from collections.abc import Mapping
from typing import Any, cast

from flask import render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from ..core import clock, words
from ..core.errors import NotFound
from ..grid import queries as grids
from ..patrol import frequencies, proposed
from ..patrol import queries as patrols
from ..patrol.forms import RetireForm
from ..patrol.models import ObjectType, PatrolObject
from ..report import words as report_words
from ..web import lists
from ..web.bounds import day as typed_day
from ..web.bounds import whole
from ..web.language import day, named
from ..web.request import actor, read, read_connection
from . import facts, labels, queries
from .forms import FileForm, PaperForm, PersonForm, StepForm, today
from .queries import Asked, Wanted

_YES_NO = "/".join(facts.IN_ZH.values())


def kind(code: str) -> ObjectType:
    """A type of objects by its code; NotFound where there is none, or its objects are not the asker's to see."""
    found = next((each for each in patrols.types(read()) if each.code == code), None)
    if found is None or (found.is_withheld and not actor().may("object.withheld")):
        raise NotFound
    return found


def wanted(code: str, stages: Mapping[str, Any]) -> Wanted:
    """Which part of a register the address asks for; all of it where it asks for what there is none."""
    lack, stage = request.args.get("lack", ""), request.args.get("stage", "")
    return Wanted(code, lack if lack in labels.LACKS else "", stage if stage in stages or stage == "-" else "")


# --- what the file says ---


def file_form(object_id: int, sent: Any = None) -> FileForm:
    """The form of an object that the asker may describe, with what was sent or what the file says now."""
    found = patrols.thing(read(), actor(), "object.edit", object_id)
    asked = queries.asked(read(), found.type)
    form = FileForm.of(asked, _words)
    if sent is not None:
        return form(sent)
    said = queries.facts(read(), found.id)
    given = {f"f_{each.key}": said.get(each.field.code, "") for each in asked}
    return form(data={"seen": queries.seen(found.is_key, said), "is_key": found.is_key, **given})


def _words(asked: Asked) -> dict[str, str]:
    if asked.field.kind == "yes_no":
        return {code: _(word) for code, word in facts.YES_NO.items()}
    if asked.field.kind == "department":
        return {code: named(body) for code, body in queries.departments(read()).items()}
    return {code: named(choice) for code, choice in asked.choices.items()}


def describing(object_id: int, form: FileForm) -> str:
    """The page of that form."""
    found = patrols.thing(read(), actor(), "object.edit", object_id)
    cell = grids.cell(read(), actor(), "object.edit", found.grid_id)
    return render_template("register/edit.html", thing=found, cell=cell, kind=kind(found.type), form=form)


def about(asked: Asked) -> str:
    """What belongs in a column of the sheet: the words that can be chosen, the unit, and who speaks of it."""
    words = _YES_NO if asked.field.kind == "yes_no" else "/".join(each.zh for each in asked.choices.values())
    unit = named(asked.field, "unit") if asked.field.unit_zh else ""
    source = _("county setting") if asked.field.source == frequencies.OURS else asked.field.source
    return " · ".join(filter(None, (words, unit, source)))


def in_zh(asked: Asked, value: str) -> str:
    """What a sheet has for a value: the Chinese word of a choice, for both languages read it."""
    if asked.field.kind == "yes_no":
        return facts.IN_ZH.get(value, "")
    if asked.field.kind == "department":
        body = queries.departments(read()).get(value)
        return body.zh if body else ""
    return asked.choices[value].zh if value in asked.choices else value


def said(found: PatrolObject, asked: list[Asked]) -> list[tuple[str, str]]:
    """What the file says, in words; what is not known is left out."""
    values = queries.facts(read(), found.id)
    linked = [whole(values[each.field.code]) for each in asked if _is_other(each, values)]
    others = queries.reached(read(), actor(), "grid.read", linked)
    return [
        (named(each.field), _said(each, values[each.field.code], others)) for each in asked if each.field.code in values
    ]


def _is_other(asked: Asked, values: Mapping[str, str]) -> bool:
    return asked.field.kind == "object" and asked.field.code in values


def _said(asked: Asked, value: str, others: Mapping[int, Any]) -> str:
    if asked.field.kind == "object":
        other = others.get(whole(value))
        return _link(other) if other else value
    if asked.field.kind == "day":
        on = typed_day(value)
        return day(on) if on else value
    if asked.field.kind == "number" and asked.field.unit_zh:
        return f"{value} {named(asked.field, 'unit')}"
    return _words(asked).get(value, value) if asked.field.kind in ("choice", "yes_no", "department") else value


def _link(other: Any) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url_for("register.thing", object_id=other.id), named(other))


# --- the file ---


def file(
    object_id: int, person: PersonForm | None = None, step: StepForm | None = None, paper: PaperForm | None = None
) -> str:
    """The page of an object, with a form that was refused where there is one."""
    found = patrols.thing(read(), actor(), "grid.read", object_id)
    type_ = kind(found.type)
    asked = queries.asked(read(), found.type)
    stages = queries.stages(read(), found.type)
    persons = queries.persons(read(), object_id)
    parts = queries.parts(type_.is_source, queries.facts(read(), object_id), persons, found.type)
    total = patrols.count_visits(read(), object_id)
    part = lists.part(total)
    return render_template(
        "register/object.html",
        thing=found,
        cell=grids.cell(read(), actor(), "grid.read", found.grid_id),
        kind=type_,
        rule=frequencies.rules(read()).on(found.type, found.is_key, clock.today()),
        said=said(found, asked),
        unsaid=len(asked),
        steps=queries.steps(read(), object_id),
        stages=stages,
        persons=persons,
        parts=parts,
        labels=labels,
        reports=queries.reported(read(), actor(), object_id),
        state_word=report_words.state_word,
        papers=queries.papers(read(), object_id),
        visits=patrols.history(read(), object_id, part.first, part.size),
        total=total,
        part=part,
        reasons=words.named(read_connection(), "could_not_see"),
        retire=RetireForm(),
        may_edit=grids.cells_reached(read(), actor(), "object.edit", found.grid_id),
        may_propose=found.grid_id in actor().grids_for("object.propose"),
        asked=found.id in proposed.open_stops(read(), [found.id]),
        **_forms(parts, stages, person, step, paper),
    )


def _forms(
    parts: list[str],
    stages: list[Any],
    person: PersonForm | None,
    step: StepForm | None,
    paper: PaperForm | None,
) -> dict[str, Any]:
    person_form = person or cast(PersonForm, today(PersonForm(), "from_on"))
    person_form.offer(parts)
    step_form = step or cast(StepForm, today(StepForm(), "on"))
    step_form.stage.choices = [("", _("Choose one.")), *((stage.code, named(stage)) for stage in stages)]
    return {
        "person_form": person_form,
        "step_form": step_form,
        "paper_form": paper or PaperForm(),
        "is_refused": {"person": bool(person), "step": bool(step), "paper": bool(paper)},
    }
