"""Pages of the first day: the steps with their numbers, and the list behind each number."""

from flask import render_template, url_for
from flask_babel import gettext as _

from ..people import rules
from ..web import lists
from ..web.request import actor, may, read
from . import first_day
from .blueprint import bp
from .first_day import Line, Step


@bp.get("/first-day")
@may("setup.read")
def first_day_steps() -> str:
    """Each step, its number, and what to do for it."""
    found = list(first_day.found(read(), actor()))
    return render_template(
        "desk/first_day.html",
        found=found,
        over=first_day.is_over(found),
        done=sum(each.is_done for each in found),
        acts={each.step.key: _acts(each.step) for each in found},
        onward=url_for("desk.desk") if actor().may("desk.read") else url_for("accounts.index"),
    )


def _acts(step: Step) -> list[tuple[str, str]]:
    """What the reader can do for a step: label and address."""
    who = actor()
    if step.key == "objects":
        return [(_("Objects from a spreadsheet"), url_for("patrol.import_objects"))] if who.may("object.edit") else []
    if step.key == "limits":
        pages = (_("Settings"), url_for("desk.settings_page")), (_("Work calendar"), url_for("desk.work_calendar"))
        return [*pages] if who.may("setting.edit") else []
    made = [(_("New person"), url_for("accounts.new_person", role=role)) for role in step.roles if _gives(role)]
    return [*made, *([(_("From a spreadsheet"), url_for("accounts.import_page"))] if made else [])]


def _gives(role: str) -> bool:
    return role in rules.offered(actor().roles())


@bp.get("/first-day/<step>")
@may("setup.read")
def first_day_list(step: str) -> str:
    """What stands behind the number of a step, a page at a time."""
    found = first_day.one(read(), actor(), step)
    part = lists.part(len(found.lines))
    return render_template(
        "desk/first_day_list.html",
        step=found.step,
        lines=[(line, _address(line)) for line in found.lines[part.first : part.first + part.size]],
        acts=_acts(found.step),
        part=part,
    )


#: Kind of line → the view it is worked on in, the name of its key there, the anchor on that page, the right it takes.
ADDRESSES = {
    "grid": ("desk.card", "grid_id", "", "grid.read"),
    "village": ("patrol.things", "grid_id", "", "object.edit"),
    "person": ("accounts.person", "person_id", "", "person.read"),
    "body": ("accounts.body", "body_id", "", "posting.grant"),
    "limit": ("desk.settings_page", "", "limit", "setting.edit"),
    "frequency": ("patrol.frequency_page", "", "type", "setting.edit"),
}


def _address(line: Line) -> str | None:
    """Where a line is worked on, by who may."""
    endpoint, keyed, anchor, right = ADDRESSES[line.kind]
    if not actor().may(right):
        return None
    return url_for(endpoint, **({keyed: line.key} if keyed else {})) + (anchor and f"#{anchor}-{line.key}")
