"""Settings, limits and intervals: whose each is, and the act that changes one."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock, settings
from ..core.errors import N_, NotFound, Refused
from ..core.models import Setting, TimeLimit
from ..core.tables import table
from ..feedback.privacy import LEAST_LOG_MONTHS
from ..patrol import queries as patrol_queries
from ..patrol import service as patrol_service

#: Whose a setting is: the right that changes it. What keeps log-ins safe and where the base map lies is technical; limits,
#: intervals and all that a county decides are the county office's. What has no row here is nobody's.
OWNERS = {
    row["key"]: row["right"]
    for row in table("""
key                  right
idle_minutes         system.edit
session_hours        system.edit
code_minutes         system.edit
slip_days            system.edit
login_failures       system.edit
lock_minutes         system.edit
tile_url             system.edit
tile_crs             system.edit
tile_attribution     system.edit
remember_phone_days  setting.edit   # whether an officer keeps his own phone logged in
stuck_days           setting.edit
few                  setting.edit
coverage_days        setting.edit
feedback_months      setting.edit
log_months           setting.edit
place_days           setting.edit
work_to              setting.edit
county_duty_phone    setting.edit
map_review_number    setting.edit
""")
}
#: Below these nobody could log in to put it right, or (the log) the law would be broken.
LEAST = {
    "idle_minutes": 5,
    "session_hours": 1,
    "code_minutes": 1,
    "slip_days": 1,
    "login_failures": 3,
    "lock_minutes": 1,
    "coverage_days": 1,
    "log_months": LEAST_LOG_MONTHS,
}


def rows(session: Session, actor: Actor) -> dict[str, Any]:
    """What is the actor's to set, by key; limits and intervals are all the county office's."""
    mine = [key for key, right in OWNERS.items() if actor.may(right)]
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
    right = OWNERS.get(key) if kind == "setting" else "setting.edit"
    if right is None or not actor.may(right):
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


def _valid(row: Setting, value: str) -> str:
    try:
        settings.KINDS[row.kind](value)
    except ValueError:
        raise Refused(N_("This value does not fit: %(value)s"), value=value) from None
    least = LEAST.get(row.key, 0)
    if row.kind == "int" and int(value) < least:
        raise Refused(N_("At least %(least)d."), least=least)
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
