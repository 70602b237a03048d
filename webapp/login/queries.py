"""Reads about log-ins. ``by_token`` is the one SELECT behind every request: person, session and postings together."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Row, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from ..access import Actor
from ..access import Posting as Right
from ..core import clock, settings
from ..core.db import Moment
from ..core.models import Setting
from ..grid.models import Grid
from ..people.models import Person, Posting
from ..people.queries import in_force
from .models import LoginSession


class LoggedIn(NamedTuple):
    """The actor, and when the session was last seen (so that it is noted at most once a minute)."""

    actor: Actor
    seen_at: datetime
    is_remembered: bool


def token_hash(token: str) -> str:
    """What of a session token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


# Built once: putting the SELECT together again for every request cost more than running it.
_BY_TOKEN = (
    select(
        Person.id,
        Person.zh,
        Person.en,
        Person.language,
        Person.must_change,
        LoginSession.id.label("session_id"),
        LoginSession.seen_at,
        LoginSession.is_remembered,
        Posting.id.label("posting_id"),
        Posting.role,
        Posting.grid_id,
        Posting.body_id,
        Posting.valid_to,
        Grid.path,
        select(Setting.value).where(Setting.key == "idle_minutes").scalar_subquery().label("idle_minutes"),
    )
    .join(LoginSession, LoginSession.person_id == Person.id)
    .outerjoin(Posting, and_(Posting.person_id == Person.id, in_force(bindparam("today", type_=Date))))
    .outerjoin(Grid, Grid.id == Posting.grid_id)
    .where(
        LoginSession.token_hash == bindparam("token"),
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > bindparam("now", type_=Moment),
        Person.suspended_at.is_(None),
    )
)


def by_token(db: Connection, token: str) -> LoggedIn | None:
    """Who a session token belongs to, with the postings in force today; None when it no longer counts.

    A desk's session ends when it was not seen for ``idle_minutes`` (a setting); a remembered phone has no idle limit.
    """
    now = clock.now()
    rows = db.execute(_BY_TOKEN, {"today": clock.day(now), "token": token_hash(token), "now": now}).all()
    if not rows:
        return None
    idle = now - rows[0].seen_at > timedelta(minutes=int(rows[0].idle_minutes))
    return _logged_in(rows) if rows[0].is_remembered or not idle else None


def _logged_in(rows: Sequence[Row[*tuple[Any, ...]]]) -> LoggedIn:
    first = rows[0]
    rights = tuple(
        Right(r.posting_id, r.role, r.grid_id, r.path, r.body_id, r.valid_to) for r in rows if r.posting_id is not None
    )
    actor = Actor(first.id, first.zh, rights, first.language, first.session_id, first.must_change, first.en)
    return LoggedIn(actor, first.seen_at, first.is_remembered)


def whose(db: Connection, token: str) -> int | None:
    """The person of a log-in, also of one that has ended, as long as it is known (``login/retention.py``)."""
    return db.scalar(select(LoginSession.person_id).where(LoginSession.token_hash == token_hash(token)))


def phones(session: Session, person_id: int) -> list[LoginSession]:
    """The person's log-ins that still count, as ``by_token`` has it, the last used first."""
    now = clock.now()
    not_idle = LoginSession.seen_at >= now - timedelta(minutes=settings.get(session, "idle_minutes"))
    return list(
        session.scalars(
            select(LoginSession)
            .where(
                LoginSession.person_id == person_id,
                LoginSession.revoked_at.is_(None),
                LoginSession.expires_at > now,
                or_(LoginSession.is_remembered, not_idle),
            )
            .order_by(LoginSession.seen_at.desc())
        )
    )
