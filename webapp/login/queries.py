"""Reads about log-ins. ``by_token`` is the one SELECT behind every request: person, session and postings together."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Row, Select, and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from ..access import ROLES, Actor, Condition, holders, kept, where
from ..access import Posting as Right
from ..core import audit, clock, settings
from ..core.columns import one_of
from ..core.db import Moment
from ..core.models import AuditEntry, Setting
from ..grid.models import Grid
from ..people import rules
from ..people.models import Person, Posting
from ..people.queries import in_force, live_roles
from .models import LoginCode, LoginSession, SecondFactor


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
        LoginSession.is_half,
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
    actor = Actor(
        first.id,
        first.zh,
        rights,
        first.language,
        first.session_id,
        first.must_change,
        first.en,
        is_half=first.is_half,
    )
    return LoggedIn(actor, first.seen_at, first.is_remembered)


def whose(db: Connection, token: str) -> int | None:
    """The person of a log-in, also of one that has ended, as long as it is known (``login/retention.py``)."""
    return db.scalar(select(LoginSession.person_id).where(LoginSession.token_hash == token_hash(token)))


# --- codes of the county office and the administrators ---

#: Whose codes are listed: who runs the system, and who reads the list. The tiers below have an office that helps them.
WATCHED = tuple(role for role in ROLES if role in holders("system.edit") + holders("code.read"))
FRESH = timedelta(days=7)  # so long a code that was not looked at is told on the desk
Giver = aliased(Person)


class CodeLine(NamedTuple):
    """A code given: to whom, in which of the roles, by whom. Who has given one to himself has the command line."""

    code: LoginCode
    person: Person
    giver: Person
    roles: Sequence[str]

    @property
    def is_from_command(self) -> bool:
        """Whether the command line gave it: nobody gives himself one on a page."""
        return self.code.given_by == self.code.person_id


def watched() -> Condition:
    """Of ``LoginCode``: its person holds one of these roles or ever did, so that no posting that is ended for a moment
    hides a code."""
    return LoginCode.person_id.in_(select(Posting.person_id).where(one_of(Posting.role, WATCHED)))


def _codes(actor: Actor) -> Condition:
    return and_(watched(), where(actor, "code.read", grid_path=literal("")))


def count_codes(session: Session, actor: Actor) -> int:
    """How many codes the actor's list has."""
    return session.scalar(select(func.count()).select_from(LoginCode).where(_codes(actor))) or 0


def codes(session: Session, actor: Actor, first: int, most: int) -> list[CodeLine]:
    """Codes given to the county office and the administrators, newest first; the codes themselves are kept nowhere."""
    rows = session.execute(
        select(LoginCode, Person, Giver)
        .join(Person, Person.id == LoginCode.person_id)
        .join(Giver, Giver.id == LoginCode.given_by)
        .where(_codes(actor))
        .order_by(LoginCode.given_at.desc(), LoginCode.id.desc())
        .offset(first)
        .limit(most)
    ).all()
    people = {person.id for _code, person, _giver in rows}
    held: dict[int, list[str]] = {id_: [] for id_ in people}
    ever = select(Posting.person_id, Posting.role).where(Posting.person_id.in_(people), one_of(Posting.role, WATCHED))
    for person_id, role in session.execute(ever.distinct().order_by(Posting.role)):
        held[person_id].append(role)
    return [CodeLine(code, person, giver, held[person.id]) for code, person, giver in rows]


def unseen_codes(session: Session, actor: Actor) -> int:
    """How many of these were given in the last days and after the actor last looked at the list."""
    since = clock.now() - FRESH
    after = session.scalar(_LOOKED, {"person_id": actor.person_id, "since": since}) or since
    return session.scalar(_fresh(actor), {"after": after, **actor.reach()}) or 0


_LOOKED = select(func.max(AuditEntry.at)).where(
    AuditEntry.person_id == bindparam("person_id"),
    AuditEntry.action == "codes.seen",
    AuditEntry.at >= bindparam("since"),
)


@kept
def _fresh(actor: Actor) -> Select[int]:
    return select(func.count()).select_from(LoginCode).where(_codes(actor), LoginCode.given_at > bindparam("after"))


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
            .order_by(LoginSession.seen_at.desc(), LoginSession.id)
        )
    )


# --- the second factor ---


def second_factor(session: Session, person_id: int) -> SecondFactor | None:
    """The person's second factor that counts."""
    found = session.get(SecondFactor, person_id, populate_existing=True)
    return found if found is not None and found.confirmed_at is not None else None


def has_to_have_one(session: Session, person_id: int) -> bool:
    """Whether the setting asks this person for a second factor; nobody is asked where it is not seeded yet."""
    value = session.scalar(select(Setting.value).where(Setting.key == "second_factor"))
    wanted = rules.SECOND_FACTOR.get(value or "off", frozenset())
    return bool(wanted & live_roles(session, person_id))


# --- what others did to one's account ---


class Notice(NamedTuple):
    """What somebody did to an account: the word of the act, when, and who; None for the command line."""

    action: str
    at: datetime
    person: Person | None


TOLD = ("code.give", "second.reset")  # of the log: it opens an account to who is not its owner
MOST_NOTICES = 20


def notices(session: Session, person_id: int) -> list[Notice]:
    """What others did to the log-in of a person and he has not said that he saw; the newest first. A first slip, with
    which nobody could take anything over, is none of it."""
    thing = f"person:{person_id}"
    seen = select(func.max(AuditEntry.id)).where(AuditEntry.thing == thing, AuditEntry.action == "notice.seen")
    rows = session.execute(
        select(AuditEntry, Person)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(
            AuditEntry.thing == thing,
            AuditEntry.action.in_(TOLD),
            AuditEntry.id > func.coalesce(seen.scalar_subquery(), 0),
        )
        .order_by(AuditEntry.id.desc())
        .limit(MOST_NOTICES)
    )
    return [
        Notice(entry.action, entry.at, who) for entry, who in rows if audit.said(entry.detail).get("slip") is not True
    ]
