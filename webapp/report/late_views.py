"""What is overdue by who holds it now, and the list behind each number."""

from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from ..core import clock
from ..web import lists
from ..web.language import day, left
from ..web.request import actor, may, read
from . import late
from .blueprint import bp
from .rows import desk_rows
from .words import late_word


@bp.get("/late")
@may("late.read")
def late_by_holder() -> str:
    """Each who holds something overdue: how many, and since when the oldest is."""
    found = late.Overdue(read(), actor(), clock.now()).rows()
    names = late.names(read(), [(row.role, row.place) for row in found])
    return lists.page(
        _("Overdue, by who has it"),
        (_("Who has it now"), _("Overdue"), _("The oldest since")),
        [_line(row, names) for row in found],
        aside=ngettext("%(num)d report in all", "%(num)d reports in all", sum(row.number for row in found)),
        lead=_(
            "Each open report whose time has run out counts once, where it rests now; on a border, where it is led. "
            "Site visits and the parts of cooperating bodies have days of their own and are not counted."
        ),
        nothing=_("Nothing is overdue."),
        back_to=(url_for("desk.start"), None),
        numeric=(1,),
    )


def _line(row: late.Row, names: late.Names) -> tuple[Any, ...]:
    address = url_for("report.late_of_holder", role=row.role, place=row.place)
    name = late_word(row.role, row.place, names)
    who = Markup('<a href="{}">{}</a>').format(address, name[:1].upper() + name[1:])
    return who, row.number, _("%(day)s, %(left)s", day=day(row.since), left=left(row.since))


@bp.get("/late/<role>/<int:place>")
@may("late.read")
def late_of_holder(role: str, place: int) -> str:
    """What is overdue with one of them, a page at a time. Who has nothing that the reader may see has no name here."""
    if role not in late.ROLES:
        abort(404)
    overdue = late.Overdue(read(), actor(), clock.now())
    part = lists.part(overdue.count(role, place))
    who = late_word(role, place, late.names(read(), [(role, place)])) if part.total else ""
    return lists.page(
        _("%(name)s: %(value)s", name=_("Overdue"), value=who) if who else _("Overdue"),
        items=desk_rows(overdue.reports(role, place, part.first, part.size)),
        aside=ngettext("%(num)d report in all", "%(num)d reports in all", part.total),
        nothing=_("Nothing is overdue here now."),
        back_to=(url_for("report.late_by_holder"), _("Overdue, by who has it")),
        part=part,
    )
