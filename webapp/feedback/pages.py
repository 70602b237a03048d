"""Privacy and help in the reader's language: numbers out of the county's rows, never out of a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import domains
from ..access import ROLES, Actor
from ..core import settings, words
from ..core.announce import DataUse
from ..core.asked import Asked
from ..core.errors import N_
from ..core.models import TimeLimit
from ..core.retention import log_months
from ..core.tables import must_agree
from ..login.retention import ENDED
from ..people import rules
from ..people.queries import PostingLine
from ..people.retention import months as person_months
from ..web import photos
from ..web.language import named
from . import privacy

COUNTY_SETTING = N_("county setting")  # as the seeds write it

#: What each role finds here, in a sentence; the order is that of the index.
INTROS = {
    "grid_officer": N_("You patrol your village, say what you saw, and report problems."),
    "station_officer": N_("You handle what the township assigns to your village committee or station."),
    "township_supervisor": N_(
        "You review every report first, assign it or raise it to the county, and check what was done."
    ),
    "county_office": N_(
        "You dispatch to departments, check, and set how this county works. Getting started, under Settings, "
        "says what is still missing."
    ),
    "department_liaison": N_("You receive what the county dispatches and report what your department did."),
    "leader": N_("You see everything in your area and change nothing."),
    "inspector": N_("You read everything in your area until your last day here."),
    "system_admin": N_(
        "You look after accounts, and see under Getting started what the county still lacks. You cannot see "
        "reports or patrols."
    ),
    "audit_admin": N_("You read the log. You cannot see reports or patrols."),
}
REACHES = {
    "own": N_("own village"),
    "tree": N_("own area"),
    "dept": N_("what was given to them"),
    "lead": N_("what was given to them"),
    "all": "",
}


def amount(number: int, unit: str) -> str:
    """A time in words: "1 work day", "15 minutes"."""
    return {
        "minute": lambda: ngettext("%(num)d minute", "%(num)d minutes", number),
        "hour": lambda: ngettext("%(num)d h", "%(num)d h", number),
        "work_day": lambda: ngettext("%(num)d work day", "%(num)d work days", number),
        "calendar_day": lambda: ngettext("%(num)d day", "%(num)d days", number),
        "month": lambda: ngettext("%(num)d month", "%(num)d months", number),
    }[unit]()


def limit_words(row: TimeLimit) -> str:
    """A limit with where it comes from: "1 work day, county setting"."""
    source = _(COUNTY_SETTING) if row.source == COUNTY_SETTING else row.source
    return _("%(time)s, %(source)s", time=amount(row.number, row.unit), source=source)


def limits(session: Session) -> dict[str, str]:
    """All limits in words, by code."""
    return {row.code: limit_words(row) for row in session.scalars(select(TimeLimit))}


def role_word(role: str) -> str:
    """What a role is called."""
    return _(rules.ROLE_NAMES[role])


def place_words(places: Sequence[PostingLine]) -> str:
    """Where somebody was posted: "Village A1", or the role where there is no place."""
    return _(", ").join(
        named(line.grid or line.body) if line.grid or line.body else role_word(line.posting.role) for line in places
    )


# --- privacy ---


class Kept(NamedTuple):
    """One line of the privacy page, in the reader's language."""

    what: str
    why: str
    period: str
    who: str


def kept(session: Session) -> list[tuple[str, list[Kept]]]:
    """All that is kept about people, by heading, with the periods as the county has set them."""
    periods = {code: _(sentence, time=time) for code, sentence, time in _periods(session)}
    return [
        (_(heading), [Kept(_(line.what), _(line.why), periods[line.period], seen_by(line)) for line in group])
        for heading, group in privacy.inventory().items()
    ]


def _periods(session: Session) -> list[tuple[str, str, str]]:
    times = {
        "feedback": amount(settings.get(session, "feedback_months"), "month"),
        "log": log_time(session),
        "account": amount(person_months(session), "month"),
        "place": amount(settings.get(session, "place_days"), "calendar_day"),
        "ended": amount(ENDED.days, "calendar_day"),
        "brake": amount(settings.get(session, "lock_minutes"), "minute"),
    }
    periods = privacy.PERIODS if settings.is_adopted(session, "person_months") else privacy.PERIODS | privacy.NOT_SET
    return [(code, sentence, times.get(code, "")) for code, sentence in periods.items()]


def log_time(session: Session) -> str:
    """How long the log is kept: the county's months, never fewer than the law's."""
    return amount(log_months(session), "month")


def backup_time(session: Session) -> str:
    """How long a backup is kept."""
    return amount(settings.get(session, "backup_days"), "calendar_day")


def seen_by(line: DataUse) -> str:
    """Who sees it, as the permission table says: "You, Township office (own area)"."""
    actions = line.who.split()
    people = [_("You")] if privacy.ONESELF in actions else []
    people += [_with_reach(role_word(role), reach) for role, reach in privacy.reaches(actions).items()]
    said = _(", ").join(people) or _("Nobody")
    return _("%(said)s. %(note)s", said=said, note=_(line.note)) if line.note else said


def _with_reach(who: str, reach: str) -> str:
    return _("%(who)s (%(reach)s)", who=who, reach=_(REACHES[reach])) if REACHES[reach] else who


# --- what must be filled in ---


def asked_of() -> Iterator[tuple[Asked, Any]]:
    """What each domain says of what must be filled in, with the form, or the table of fields, of which it says it."""
    forms = {module.__package__: module for module in domains.modules("forms")}
    for said in domains.modules("asked"):
        yield from ((each, getattr(forms[said.__package__], each.form)) for each in said.ASKED)


def asked() -> list[tuple[str, list[tuple[str, str]]]]:
    """By form, the label of each field that must be filled in, and why."""
    return [
        (_(each.title), [(_label(form, field), _(why)) for field, why in each.why.items()]) for each, form in asked_of()
    ]


def _label(form: Any, field: str) -> str:
    """What stands at a field: of a form that is not filled in, or of a table of fields."""
    if isinstance(form, Mapping):
        unbound = next(made for fields in form.values() for name, made in fields if name == field)
    else:
        unbound = getattr(form, field)
    return str((*unbound.args, unbound.kwargs.get("label", ""))[0])


# --- help ---


def contacts(session: Session) -> list[tuple[str, str]]:
    """Names and numbers to tap: the county's own first, where one is set."""
    duty = settings.get(session, "county_duty_phone").strip()
    own = [(_("County office on duty"), duty)] if duty else []
    return own + [(named(row), row.number) for row in words.contacts(session)]


def index(actor: Actor | None) -> tuple[list[str], list[str]]:
    """The reader's own roles, and the others."""
    held = actor.roles() if actor else frozenset()
    return [role for role in INTROS if role in held], [role for role in INTROS if role not in held]


def numbers(session: Session) -> dict[str, str]:
    """The times of log-ins and of the log, in words, for the help pages."""
    units = {
        "code_minutes": "minute",
        "idle_minutes": "minute",
        "session_hours": "hour",
        "remember_phone_days": "calendar_day",
    }
    return {key: amount(settings.get(session, key), unit) for key, unit in units.items()} | {"log": log_time(session)}


def facts(session: Session) -> dict[str, Any]:
    """What every help page may use."""
    return {
        "limits": limits(session),
        "times": numbers(session),
        "contacts": contacts(session),
        "most_photos": photos.MOST,
    }


must_agree(ROLES=ROLES, INTROS=INTROS)
