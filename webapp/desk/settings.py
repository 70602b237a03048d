"""Settings, limits and intervals: whose each is, and the act that changes one."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import domains
from ..access import Actor
from ..core import audit, clock, settings
from ..core.errors import N_, NotFound, Refused
from ..core.models import Setting, TimeLimit
from ..patrol import queries as patrol_queries
from ..patrol import service as patrol_service


def rows(session: Session, actor: Actor) -> dict[str, Any]:
    """What is the actor's to set, by key; limits and intervals are all the county office's."""
    mine = [key for key, rule in domains.settings().items() if actor.may(rule.right)]
    found: dict[str, Any] = {
        "settings": list(session.scalars(select(Setting).where(Setting.key.in_(mine)).order_by(Setting.key))),
        "limits": [],
        "kinds": [],
    }
    if actor.may("setting.edit"):
        found |= {
            "limits": list(session.scalars(select(TimeLimit).order_by(TimeLimit.code))),
            "kinds": patrol_queries.types(session),
        }
    return found


def change(session: Session, actor: Actor, kind: str, key: str, value: str) -> None:
    """Set one value; what was there before stands in the log. What is not the actor's to set is not there for him."""
    if not _may_set(actor, kind, key):
        raise NotFound
    if kind == "limit":
        _change_limit(session, actor, key, value)
        return
    if kind == "interval":
        patrol_service.set_interval(session, actor, key, int(value) if value.strip().isdecimal() else 0)
        return
    row = session.get(Setting, key, with_for_update=True) if kind == "setting" else None
    if row is None:
        raise NotFound
    audit.note(session, actor.person_id, "setting.change", f"setting:{key}", before=row.value, after=value)
    row.value, row.changed_at, row.changed_by = _valid(row, value.strip()), clock.now(), actor.person_id


def _may_set(actor: Actor, kind: str, key: str) -> bool:
    """Limits and intervals are the county office's; whose a setting is, its domain says.

    What nobody announced is nobody's.
    """
    rule = domains.settings().get(key)
    right = "setting.edit" if kind != "setting" else rule.right if rule else None
    return right is not None and actor.may(right)


def _valid(row: Setting, value: str) -> str:
    rule = domains.settings()[row.key]
    try:
        settings.KINDS[row.kind](value)
        if rule.check:
            rule.check(value)
    except ValueError as error:
        raise Refused(N_("This value does not fit: %(value)s"), value=str(error) if rule.check else value) from None
    if row.kind == "int" and int(value) < rule.least:
        raise Refused(N_("At least %(least)d."), least=rule.least)
    if row.kind == "int" and int(value) > 100_000:
        raise Refused(N_("This value does not fit: %(value)s"), value=value)
    return value


def _change_limit(session: Session, actor: Actor, code: str, value: str) -> None:
    row = session.get(TimeLimit, code, with_for_update=True)
    if row is None:
        raise NotFound
    if not value.strip().isdecimal() or not 1 <= int(value) <= 366:
        raise Refused(N_("Between 1 and 366."))
    audit.note(session, actor.person_id, "limit.change", f"time_limit:{code}", before=row.number, after=int(value))
    row.number, row.changed_at, row.changed_by = int(value), clock.now(), actor.person_id
