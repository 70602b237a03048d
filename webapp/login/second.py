"""The second factor: after the password a code of an authenticator app (TOTP, RFC 6238), or a one-time recovery code.

What makes the codes is kept sealed with a key that follows from the server's: who has the records alone cannot make
them. Under another key they cannot be checked any more; recovery codes, which are hashes, still can.
"""

import base64
import hmac
from collections.abc import Sequence
from typing import NamedTuple

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock, passwords, throttle
from ..core.errors import N_, Refused
from ..people import rules
from ..people.models import Person
from . import brake
from .brake import Where
from .models import LoginSession, RecoveryCode, SecondFactor
from .queries import has_to_have_one, second_factor
from .service import end_all, lock

STEP = 30  # seconds, as every app counts
STEPS = (0, -1, 1)  # a clock may be half a minute off, either way
RECOVERY_CODES = 10
ISSUER = "wangge"  # what the app calls us
NOT_RIGHT = N_("This code is not right, or was used already. Wait for the next one in the app and type that.")
NOT_READABLE = N_(
    "This server has a new key, so codes of your app cannot be checked any more. Type a recovery code, or ask the "
    "office above you to reset the second factor."
)
SET_UP_ANEW = N_("There is nothing to confirm. Begin again.")
IS_ON = N_("You have set this up already. Switch it off first to change to another app.")


class NotReadable(Refused):
    """No code of an app can be checked, right or wrong: it is not counted as a guess."""


class Passed(NamedTuple):
    """What a right code was: the half minute of the app's, or the id of a recovery code."""

    step: int | None = None
    recovery_id: int | None = None


def may_have_one(actor: Actor) -> bool:
    """Whether it is offered: to all but those who are nothing but officers."""
    return bool(actor.roles() - rules.REMEMBERED)


def fresh() -> str:
    """A new secret, in the letters that apps take."""
    return pyotp.random_base32()


#: The server's key, and after it those that were replaced and still count.
Keys = Sequence[str]


def seal(keys: Keys, secret: str) -> str:
    """The secret as it is kept."""
    return _box(keys[0]).encrypt(secret.encode()).decode()


def opened(keys: Keys, sealed: str) -> str | None:
    """The secret; None when it was sealed with none of these keys."""
    try:
        return MultiFernet([_box(key) for key in keys]).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"wangge second factor").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def address(secret: str, login: str) -> str:
    """What the app is shown, as a picture or a link (otpauth://)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def seal_anew(session: Session, keys: Keys) -> int:
    """Seal with the first of these keys what only the others open; how many it was."""
    return sum(_renew(factor, keys) for factor in session.scalars(select(SecondFactor)))


def _renew(factor: SecondFactor, keys: Keys) -> bool:
    """Whether a secret was sealed with a key that was replaced since, and now is with the first."""
    secret = opened(keys, factor.sealed)
    if secret is None or opened(keys[:1], factor.sealed) is not None:
        return False
    factor.sealed = seal(keys, secret)
    return True


# --- setting it up ---


def begin(session: Session, actor: Actor, sealed: str) -> None:
    """Keep a new secret that does not count yet; one that was never confirmed goes."""
    lock(session, actor.person_id)
    if second_factor(session, actor.person_id) is not None:
        raise Refused(IS_ON)
    forget(session, actor.person_id)
    session.add(SecondFactor(person_id=actor.person_id, sealed=sealed, made_at=clock.now()))
    session.flush()


def unconfirmed(session: Session, person_id: int) -> str | None:
    """The sealed secret that is waiting for its first code."""
    return session.scalar(
        select(SecondFactor.sealed).where(SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_(None))
    )


def confirm(session: Session, actor: Actor, sealed: str, step: int, hashes: Sequence[str]) -> None:
    """The first code was right: from now on it is asked for. ``hashes`` are those of the recovery codes."""
    done = session.execute(
        update(SecondFactor)
        .where(
            SecondFactor.person_id == actor.person_id,
            SecondFactor.sealed == sealed,
            SecondFactor.confirmed_at.is_(None),
        )
        .values(confirmed_at=clock.now(), last_step=step)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(SET_UP_ANEW)
    session.add_all(RecoveryCode(person_id=actor.person_id, code_hash=hashed) for hashed in hashes)
    end_all(session, actor.person_id, but=actor.session_id)
    _whole(session, actor)
    audit.note(session, actor.person_id, "second.on", f"person:{actor.person_id}")


# --- the code at the log-in ---


def check(session: Session, person: Person, typed: str, where: Where, keys: Keys, sealed: str | None = None) -> Passed:
    """What the code is, read only; Refused when it is none. ``sealed``: a secret that is still to be confirmed.

    Slow for a recovery code; call it before any write begins.
    """
    brake.check(session, _counters(session, person, where, typed), field="code")
    code, factor = passwords.as_code(typed) or "", second_factor(session, person.id)
    if len(code) == passwords.LONG and sealed is None:
        return Passed(recovery_id=_recovery(session, person.id, code))
    kept = sealed or (factor.sealed if factor else "")
    secret = opened(keys, kept)
    if secret is None:
        raise NotReadable(NOT_READABLE, field="code")
    step = _step(secret, code, factor.last_step if factor and sealed is None else None)
    if step is None:
        raise Refused(NOT_RIGHT, field="code")
    return Passed(step)


def _name(person: Person) -> str:
    """Under which name tries are counted; no log-in name has a blank."""
    return f"second {person.login}"


def _counters(session: Session, person: Person, where: Where, typed: str) -> dict[str, int]:
    return brake.limits(session, _name(person), where, person.id, typed)


def _step(secret: str, code: str, last: int | None) -> int | None:
    now, app = int(clock.now().timestamp()) // STEP, pyotp.TOTP(secret)
    fitting = [now + off for off in STEPS if hmac.compare_digest(app.generate_otp(now + off), code)]
    return next((step for step in fitting if last is None or step > last), None)


def _recovery(session: Session, person_id: int, code: str) -> int:
    unused = select(RecoveryCode).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    for each in session.scalars(unused.order_by(RecoveryCode.id)):
        if passwords.fits(each.code_hash, code, light=True):
            return each.id
    raise Refused(NOT_RIGHT, field="code")


def failed(session: Session, person: Person, where: Where, typed: str) -> None:
    """Count a wrong code, as wrong passwords are counted."""
    throttle.count(session, _counters(session, person, where, typed), brake.window(session))
    audit.note(session, None, "second.failed", f"person:{person.id}", address=where.address)


def let_in(session: Session, actor: Actor, passed: Passed, keys: Keys, where: Where) -> bool:
    """The log-in is whole; False where a second factor has still to be set up. A code is used up with it, also when two
    send it at the same moment.

    Who came in by a recovery code while the app's cannot be read sets the app up anew. What was sealed with a key that
    was replaced since is sealed with the new one.
    """
    _use(session, actor, passed, where)
    factor = second_factor(session, actor.person_id)
    if factor is not None and opened(keys, factor.sealed) is None:
        _take_away(session, actor.person_id)
    elif factor is not None:
        _renew(factor, keys)
    is_whole = second_factor(session, actor.person_id) is not None or not has_to_have_one(session, actor.person_id)
    if is_whole:
        _whole(session, actor)
    return is_whole


def _use(session: Session, actor: Actor, passed: Passed, where: Where) -> None:
    mine = SecondFactor.person_id == actor.person_id
    if passed.recovery_id is not None:
        code = (RecoveryCode.id == passed.recovery_id, RecoveryCode.person_id == actor.person_id)
        done = session.execute(
            update(RecoveryCode).where(*code, RecoveryCode.used_at.is_(None)).values(used_at=clock.now())
        )
    else:
        fresh_ = or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < passed.step)
        done = session.execute(
            update(SecondFactor)
            .where(mine, SecondFactor.confirmed_at.is_not(None), fresh_)
            .values(last_step=passed.step)
        )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(NOT_RIGHT, field="code")
    person = session.get_one(Person, actor.person_id)
    brake.release(session, _name(person), where)
    act = "second.recovery" if passed.recovery_id is not None else "second.pass"
    audit.note(session, actor.person_id, act, f"person:{actor.person_id}")


def _whole(session: Session, actor: Actor) -> None:
    done = session.execute(
        update(LoginSession)
        .where(LoginSession.id == actor.session_id, LoginSession.revoked_at.is_(None))
        .values(is_half=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(N_("Please log in."))


# --- without it again ---


def switch_off(session: Session, actor: Actor, passed: Passed, where: Where) -> None:
    """The person takes it away, with a code; who has to have one sets up another before anything else."""
    _use(session, actor, passed, where)
    _take_away(session, actor.person_id)
    is_half = has_to_have_one(session, actor.person_id)
    session.execute(update(LoginSession).where(LoginSession.id == actor.session_id).values(is_half=is_half))


def _take_away(session: Session, person_id: int) -> None:
    forget(session, person_id)
    audit.note(session, person_id, "second.off", f"person:{person_id}")


def forget(session: Session, person_id: int) -> bool:
    """Secret and recovery codes go; whether there was one that counted."""
    was = second_factor(session, person_id) is not None
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    session.expire_all()
    return was


def codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes were not used yet."""
    unused = select(RecoveryCode.id).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return len(session.scalars(unused).all())
