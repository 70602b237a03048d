"""What of the log and the settings is about one person, for the file that he gets of it.

A line of the log may be about somebody else: then it says what was done, and not to whom.
"""

from typing import Any

from sqlalchemy import String, and_, case, cast, func, literal
from sqlalchemy.orm import outerjoin

from ..core.errors import N_, Names
from ..core.models import AuditEntry, CalendarDay, Setting, TimeLimit
from ..core.own import ME, OwnColumn, OwnSheet, acts, name, shown
from ..core.tongue import Tongue
from ..patrol.models import PatrolTopic
from ..people.models import Person
from . import log_line
from .log_line import NAMED

PERSON = "person"


def thing(tongue: Tongue, kept: str, login: str | None, *names: str | None) -> str:
    """To what it was done: another person without his name."""
    if kept.partition(":")[0] == PERSON:
        return log_line.thing(tongue, PERSON, login or "")
    zh, en = (next(filter(None, names[at::2]), None) for at in (0, 1))
    return log_line.thing(tongue, kept, Names(zh, en) if zh and en else None)


def _with_names() -> tuple[Any, tuple[Any, ...]]:
    """Lines of the log with his own account, where they are about it, and the rows that they call by their names."""
    mine = and_(Person.id == ME, AuditEntry.thing == literal(f"{PERSON}:") + cast(Person.id, String))
    source: Any = outerjoin(AuditEntry, Person, mine)
    names: tuple[Any, ...] = ()
    for kind, key in NAMED.items():
        is_it = and_(AuditEntry.thing.startswith(f"{kind}:"), key == func.substr(AuditEntry.thing, len(kind) + 2))
        source, names = outerjoin(source, key.class_, is_it), (*names, key.class_.zh, key.class_.en)
    return source, names


SOURCE, NAMES = _with_names()
ACTS = OwnSheet(
    120,
    N_("What I did, by the log"),
    SOURCE,
    AuditEntry.person_id == ME,
    (
        shown(N_("When"), AuditEntry.at),
        shown(N_("What"), AuditEntry.action, say=log_line.act),
        shown(N_("Item"), AuditEntry.thing, Person.login, *NAMES, say=thing),
        shown(N_("Detail"), case((Person.id.is_not(None), AuditEntry.detail)), say=log_line.facts),
    ),
    (AuditEntry.id,),
)


def _changed(place: int, title: str, model: Any, more: OwnColumn) -> OwnSheet:
    """The rules of a kind that he was the last to change."""
    return acts(place, title, model.changed_by, model.changed_at, shown(N_("Item"), model.zh, model.en, say=name), more)


OWN = (
    ACTS,
    _changed(130, N_("Settings that I changed"), Setting, shown(N_("Value"), Setting.value)),
    _changed(131, N_("Time limits that I changed"), TimeLimit, shown(N_("Number"), TimeLimit.number)),
    _changed(134, N_("Topics that I changed"), PatrolTopic, shown(N_("Source"), PatrolTopic.source)),
    _changed(133, N_("Calendar days that I changed"), CalendarDay, shown(N_("Day"), CalendarDay.on)),
)
