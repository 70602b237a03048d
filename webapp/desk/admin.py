"""Settings, limits and the log; the card of a grid; where a desk sits."""
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock, settings
from ..core.errors import N_, NotFound, Refused
from ..core.models import AuditEntry, Setting, TimeLimit
from ..feedback.privacy import LEAST_LOG_MONTHS
from ..grid import queries as grid_queries
from ..patrol import queries as patrol_queries
from ..patrol import service as patrol_service
from ..patrol.models import ObjectType
from ..people import queries as people_queries
from ..people.models import Body, Person
from ..report import queries as report_queries

LOG_PAGE = 100
#: Below these nobody could log in to put it right, or (the log) the law would be broken.
LEAST = {"idle_minutes": 5, "session_hours": 1, "code_minutes": 1, "slip_days": 1, "login_failures": 3, "lock_minutes": 1,
         "coverage_days": 1, "log_months": LEAST_LOG_MONTHS}
#: Kinds of things that the log calls by the name of their row.
NAMED: dict[str, Any] = {"setting": Setting.key, "time_limit": TimeLimit.code, "object_type": ObjectType.code}
UNITS = ("hour", "work_day", "calendar_day")


def settings_rows(session: Session) -> dict[str, Any]:
    """All that a county may set, in the order of the seeds."""
    return {"settings": list(session.scalars(select(Setting).order_by(Setting.key))),
            "limits": list(session.scalars(select(TimeLimit).order_by(TimeLimit.code))),
            "kinds": patrol_queries.types(session)}


def change(session: Session, actor: Actor, kind: str, key: str, value: str) -> None:
    """Set one value; what was there before stands in the log."""
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


def note_reading(session: Session, actor: Actor) -> None:
    """Reading the log is noted in it."""
    audit.note(session, actor.person_id, "log.read", "log")


def log(session: Session, before: int | None) -> tuple[list[tuple[AuditEntry, Person | None]], int | None]:
    """One page of the log, newest first, and the id to go on from."""
    query = select(AuditEntry, Person).outerjoin(Person, Person.id == AuditEntry.person_id).order_by(AuditEntry.id.desc())
    rows = session.execute((query.where(AuditEntry.id < before) if before else query).limit(LOG_PAGE + 1)).all()
    shown = [(entry, person) for entry, person in rows[:LOG_PAGE]]
    return shown, shown[-1][0].id if len(rows) > LOG_PAGE else None


def known(session: Session, entries: list[tuple[AuditEntry, Person | None]]) -> dict[str, Any]:
    """What a page of the log is about, for those of its things that have a better name than a key: people by their
    log-in names, settings, limits and types of objects by their row (``zh``, ``en``)."""
    keys: dict[str, set[str]] = {}
    for kind, _, key in (entry.thing.partition(":") for entry, _ in entries):
        keys.setdefault(kind, set()).add(key)
    ids = [int(key) for key in keys.get("person", ()) if key.isdecimal()]
    found: dict[str, Any] = {f"person:{id_}": login for id_, login in
                             session.execute(select(Person.id, Person.login).where(Person.id.in_(ids)))}
    for kind, key in NAMED.items():
        rows = session.scalars(select(key.class_).where(key.in_(keys[kind]))) if kind in keys else ()
        found |= {f"{kind}:{getattr(row, key.key)}": row for row in rows}
    return found


def places(session: Session, actor: Actor) -> list[Any]:
    """The grids and bodies of the actor's postings, for the head of a desk."""
    grids = grid_queries.named(session, {p.grid_id for p in actor.postings if p.grid_id is not None})
    bodies = session.scalars(select(Body).where(Body.id.in_(actor.bodies()))) if actor.bodies() else []
    return [*grids.values(), *bodies]


def card(session: Session, actor: Actor, grid_id: int) -> dict[str, Any]:
    """Who is responsible, what is due, what is open; nothing that is not the actor's to see."""
    cell, lines = patrol_queries.village(session.connection(), actor, "grid.read", grid_id)
    above = grid_queries.parents(session, cell)
    return {"cell": cell, "above": above, "lines": lines, "level": grid_queries.levels(session)[cell.tier],
            "reachable": {up.id for up in above if grid_queries.cells_reached(session, actor, "grid.read", up.id)},
            "due": patrol_queries.due(lines), "officers": people_queries.officers(session, grid_id),
            "below": grid_queries.cells(session, actor, "grid.read", parent_id=grid_id),
            "open": report_queries.open_in(session, actor, cell.path)}
