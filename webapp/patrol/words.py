"""Words of rules of frequency, for pages: how often, in which season, for which objects."""

from collections.abc import Callable

from flask.sansio.app import App
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core.errors import N_
from .frequency import Rule
from .models import FrequencyRule

#: What a rule counts in, as a choice.
UNIT_NAMES = {
    "day": N_("days, from the first on"),
    "week": N_("weeks, Monday to Sunday"),
    "ten_days": N_("thirds of a month"),
    "half_month": N_("half months"),
    "month": N_("months"),
    "quarter": N_("quarters"),
    "half_year": N_("half years"),
    "year": N_("years"),
}
_OFTEN: dict[str, Callable[[int], str]] = {
    "day": lambda num: ngettext("every day", "every %(num)d days", num),
    "week": lambda num: ngettext("once a week", "once in %(num)d weeks", num),
    "ten_days": lambda num: ngettext("three times a month", "once in %(num)d thirds of a month", num),
    # Chinese has one form for any number, and would read "1 half month" as one and a half.
    "half_month": lambda num: _("once in half a month") if num == 1 else _("once in %(num)d half months", num=num),
    "month": lambda num: ngettext("once a month", "once in %(num)d months", num),
    "quarter": lambda num: ngettext("once a quarter", "once in %(num)d quarters", num),
    "half_year": lambda num: _("once in half a year") if num == 1 else _("once in %(num)d half years", num=num),
    "year": lambda num: ngettext("once a year", "once in %(num)d years", num),
}


def how_often(rule: Rule | FrequencyRule | None) -> str:
    """How often an object is visited by a rule; without one, or by one that says so, never."""
    if rule is None or rule.every is None:
        return _("no visit due")
    return _OFTEN[rule.unit](rule.every)


def for_what(rule: Rule | FrequencyRule) -> str:
    """For which objects a rule is, and when in the year."""
    objects = _("key objects") if rule.for_key else _("all objects")
    if rule.season_from is None:
        return objects
    season = {"first": rule.season_from, "last": rule.season_until}
    return objects + _(", ") + _("%(first)s to %(last)s of each year", **season)


def init(app: App) -> None:
    """Let the templates use them."""
    app.jinja_env.globals.update(how_often=how_often, for_what=for_what)
