"""Logging in and out: acts on sessions, passwords and one-time codes."""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..access import Actor, Condition
from ..core import audit, clock, passwords, settings, throttle
from ..core.clock_mark import SLACK
from ..core.errors import N_, NotFound, Refused
from ..people import rules
from ..people.models import Person
from ..people.queries import by_login, live_roles
from . import brake
from .brake import NOWHERE, Where
from .models import LoginCode, LoginSession
from .queries import has_to_have_one, notices, phones, second_factor, token_hash, unseen_codes

DEMO_PASSWORD = "wangge-demo"  # of the invented people; they come in only where the program runs as a demo
NOT_THIS_ONE = N_("This is not your current password.")
WRONG = N_(
    "Log-in name and password do not match. If you forgot the password, ask the office above you for a log-in code."
)


Turn = Callable[[], AbstractContextManager[None]]  #: is entered for each hash, so that they take turns


def check(
    session: Session, login: str, secret: str, where: Where, *, demo: bool = False, turn: Turn = nullcontext
) -> tuple[Person, LoginCode | None]:
    """The person whose password (or unused one-time code) this is, read only; Refused alike for everything else.

    Slow on purpose, one hash whoever is asked for; call it before any write begins.
    """
    login = rules.login_name(login)
    person, typed = by_login(session, login), passwords.as_code(secret)
    brake.check(session, brake.limits(session, login, where, person.id if person else None, secret))
    code = _newest_code(session, person) if typed else None
    kept = code.code_hash if code else person.password_hash if person and not typed else None
    with turn():
        fits = passwords.fits(kept, typed or secret, light=len(typed or "") == passwords.LONG)
    if not fits or person is None or person.suspended_at is not None or (person.is_demo and not demo):
        raise Refused(WRONG)
    return person, code


def _newest_code(session: Session, person: Person | None) -> LoginCode | None:
    if person is None:
        return None
    return session.scalar(
        select(LoginCode)
        .where(LoginCode.person_id == person.id, LoginCode.used_at.is_(None), *_in_time(clock.now()))
        .order_by(LoginCode.id.desc())
        .limit(1)
    )


def _in_time(now: datetime) -> tuple[Condition, Condition]:
    """Of codes: not run out, and given already. Under a clock that was ahead none was given for longer."""
    return LoginCode.expires_at > now, LoginCode.given_at <= now + SLACK


def failed(session: Session, login: str, where: Where, secret: str = "") -> None:
    """Count a failed try. What was typed as a name is not kept: some type their password there."""
    login = rules.login_name(login)
    person = by_login(session, login)
    counters = brake.limits(session, login, where, person.id if person else None, secret)
    throttle.count(session, counters, brake.window(session))
    thing = f"person:{person.id}" if person else "person:unknown"
    audit.note(session, None, "login.failed", thing, address=where.address)


def lock(session: Session, person_id: int) -> Person:
    """The person as he stands now, held until the transaction ends: what is decided by it cannot change meanwhile."""
    return session.scalars(
        select(Person).where(Person.id == person_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def begin(
    session: Session,
    checked: Person,
    code_id: int | None,
    device: str,
    *,
    remember: bool,
    where: Where = NOWHERE,
    replaces: str | None = None,
) -> str:
    """A fresh session on the server; returns the token for the cookie. A one-time code is used up with it.

    ``checked`` is the person as ``check`` found him: Refused when he was suspended, or his password replaced, since.
    ``replaces`` is the token the browser came with, whose session ends.
    """
    person_id, now = checked.id, clock.now()
    person = lock(session, person_id)
    if person.suspended_at is not None or (code_id is None and person.password_hash != checked.password_hash):
        raise Refused(WRONG)
    if code_id is not None:
        _use(session, code_id, person_id, now)
        end_all(session, person_id)
    if replaces:
        session.execute(
            update(LoginSession)
            .where(LoginSession.token_hash == token_hash(replaces), LoginSession.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )
    brake.release(session, person.login, where)
    days = settings.get(session, "remember_phone_days") if remember and _may_stay(session, person_id) else 0
    is_half = second_factor(session, person_id) is not None or has_to_have_one(session, person_id)
    token = _store(session, person_id, device[:120], days, now, is_half)
    audit.note(session, person_id, "login", f"person:{person_id}", device=device[:120], remembered=bool(days))
    return token


def _may_stay(session: Session, person_id: int) -> bool:
    roles = live_roles(session, person_id)
    return bool(roles) and roles <= rules.REMEMBERED


def _store(session: Session, person_id: int, device: str, days: int, now: datetime, is_half: bool = False) -> str:
    token = secrets.token_urlsafe(32)
    lasts = timedelta(days=days) if days else timedelta(hours=settings.get(session, "session_hours"))
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            person_id=person_id,
            device=device,
            is_remembered=bool(days),
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
            is_half=is_half,
        )
    )
    return token


def _use(session: Session, code_id: int, person_id: int, now: datetime) -> None:
    """Once only, also when two send it at the same moment. The session begins at the moment the code was used."""
    done = session.execute(
        update(LoginCode)
        .where(LoginCode.id == code_id, LoginCode.used_at.is_(None), *_in_time(now))
        .values(used_at=now)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(WRONG)
    session.execute(update(Person).where(Person.id == person_id).values(must_change=True, password_hash=None))


def came_by_code(session: Session, actor: Actor) -> bool:
    """Whether this very session began with a one-time code, and nothing has been chosen in the code's place yet."""
    return (
        actor.must_change
        and session.scalar(
            select(LoginCode.id)
            .join(LoginSession, LoginSession.person_id == LoginCode.person_id)
            .where(LoginSession.id == actor.session_id, LoginCode.used_at == LoginSession.created_at)
            .limit(1)
        )
        is not None
    )


def check_present(session: Session, actor: Actor, secret: str, where: Where, turn: Turn = nullcontext) -> None:
    """Refused (field ``current``) unless this is the actor's password; the same brake as at the log-in page.

    Read only.
    """
    person = session.get_one(Person, actor.person_id)
    brake.check(session, brake.limits(session, person.login, where, person.id, "-"), field="current")
    with turn():
        fits = passwords.fits(person.password_hash, secret)
    if not fits:
        raise Refused(NOT_THIS_ONE, field="current")


def seen(session: Session, session_id: int) -> None:
    """Note that the session is in use; called at most once a minute."""
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(seen_at=clock.now()))


def end(session: Session, actor: Actor, session_id: int) -> None:
    """Revoke one of the actor's own sessions, this one or a phone that was lost; NotFound for any other."""
    done = session.execute(
        update(LoginSession)
        .where(
            LoginSession.id == session_id, LoginSession.person_id == actor.person_id, LoginSession.revoked_at.is_(None)
        )
        .values(revoked_at=clock.now())
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound
    audit.note(session, actor.person_id, "logout", f"person:{actor.person_id}", log_in=session_id)


def end_others(session: Session, actor: Actor) -> int:
    """Revoke all of the actor's log-ins but the one he asks from, a remembered phone too; how many his page listed."""
    listed = [phone for phone in phones(session, actor.person_id) if phone.id != actor.session_id]
    end_all(session, actor.person_id, but=actor.session_id)
    if listed:
        audit.note(session, actor.person_id, "logout.others", f"person:{actor.person_id}", sessions=len(listed))
    return len(listed)


def end_all(session: Session, *people: int, but: int | None = None, only_remembered: bool = False) -> None:
    """Revoke all sessions of these people: suspended, code given out, password changed, posted to a desk."""
    chosen = [LoginSession.person_id.in_(people), LoginSession.revoked_at.is_(None), LoginSession.id != (but or 0)]
    if only_remembered:
        chosen.append(LoginSession.is_remembered.is_(True))
    session.execute(update(LoginSession).where(*chosen).values(revoked_at=clock.now()))


def end_of_later(session: Session, now: datetime) -> int:
    """Revoke log-ins and codes that were made later than now: a clock that was ahead would let them last for so much
    longer. How many log-ins."""
    soon = now + SLACK
    session.execute(update(LoginCode).where(LoginCode.given_at > soon).values(expires_at=now))
    session.execute(update(LoginSession).where(LoginSession.seen_at > soon).values(seen_at=now))
    of_later = (LoginSession.created_at > soon, LoginSession.revoked_at.is_(None))
    done = session.execute(update(LoginSession).where(*of_later).values(revoked_at=now))
    return done.rowcount  # type: ignore[attr-defined]


def change_password(session: Session, actor: Actor, hashed: str, where: Where = NOWHERE) -> str:
    """Set the actor's new password (already hashed). Every other log-in of his ends; returns a new token for this one.

    Refused when this log-in ended since it was asked: a code given at that moment is not overtaken.
    """
    person, token = lock(session, actor.person_id), secrets.token_urlsafe(32)
    done = session.execute(
        update(LoginSession)
        .where(LoginSession.id == actor.session_id, LoginSession.revoked_at.is_(None))
        .values(token_hash=token_hash(token))
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(N_("Please log in."))
    person.password_hash, person.must_change = hashed, False
    end_all(session, actor.person_id, but=actor.session_id)
    brake.release(session, person.login, where)
    audit.note(session, actor.person_id, "password.change", f"person:{actor.person_id}")
    return token


def note_seen(session: Session, actor: Actor) -> None:
    """The list of codes was looked at; noted when it held something new to the actor."""
    if unseen_codes(session, actor):
        audit.note(session, actor.person_id, "codes.seen", "codes")


def choose_language(session: Session, actor: Actor, language: str) -> None:
    """The language his pages have on every device that has not chosen another."""
    session.execute(update(Person).where(Person.id == actor.person_id).values(language=language))


def note_notices(session: Session, actor: Actor) -> None:
    """He has seen what others did to his account."""
    if notices(session, actor.person_id):
        audit.note(session, actor.person_id, "notice.seen", f"person:{actor.person_id}")
