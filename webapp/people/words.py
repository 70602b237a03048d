"""Words of people for every template: roles, devices, days."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask.sansio.app import App
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from ..access import ADMIN_ROLES
from ..web.language import day, named
from . import queries, rules


def role_name(role: str) -> str:
    """What a role is called in the page's language."""
    return _(rules.ROLE_NAMES[role])


def above_words(role: str) -> str:
    """Which office can go on with what rests with a role that nobody holds somewhere."""
    above = rules.office_above(role)
    if above in ADMIN_ROLES:
        return _("The system administrator has to post someone.")
    return _("%(office)s can take back what waits there.", office=role_name(above))


def role_places(role: str) -> str:
    """Where a role is posted to."""
    return " / ".join(_(rules.PLACE_NAMES[kind]) for kind in rules.places(role))


def device_name(words: str) -> str:
    """A device in the page's language: each part is a word, or a brand that is no word."""
    return " · ".join(_(part) for part in words.split(", "))


def days_words(days: int) -> str:
    """ "30 days" for the remembered phone."""
    return ngettext("%(num)d day", "%(num)d days", days)


def day_before(on: date) -> date:
    """The last day of a posting, which the tables keep as the first that no longer counts."""
    return on - timedelta(days=1)


def officer_choices(session: Session, grid_id: int) -> tuple[list[tuple[int, str]], bool]:
    """For whom a paper of a village can be typed in: those posted there now, then who was, with his last day;
    and whether anybody is posted there now."""
    found = queries.officers_so_far(session, grid_id)
    return [
        (person.id, _("%(name)s, until %(day)s", name=named(person), day=day(last)) if last else named(person))
        for person, last in found.items()
    ], None in found.values()


def groupby_place(lines: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
    """Lines under the place they stand at, in their order; the place is None for people posted to nowhere."""
    groups = [list(group) for _key, group in groupby(lines, lambda line: line.grid.grid_id if line.grid else None)]
    return [(group[0].grid, group) for group in groups]


def init(app: App) -> None:
    """Let the templates use them."""
    app.jinja_env.globals.update(
        role_name=role_name,
        above_words=above_words,
        role_places=role_places,
        device_name=device_name,
        days_words=days_words,
    )
    app.jinja_env.filters.update(day_before=day_before, groupby_place=groupby_place)
