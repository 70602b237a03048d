"""The brake on guessing: how many wrong tries are allowed, by where they come from.

A device that once logged in to the account has an allowance of its own, which nobody else can use up; so a stranger who
guesses never keeps out the person whose account it is. Codes are counted apart from passwords, and a fresh code clears
what was counted, so who forgot the password gets in while others guess at it.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from ..core import passwords, settings, throttle
from ..core.errors import N_, Later
from ..core.tables import table

TOO_MANY = N_("Too many attempts. Wait %(minutes)d minutes, or ask the office above you for help.")

#: Which counters a try has to pass and, when wrong, adds to; ``times`` the setting ``login_failures``. An address may
#: be that of a whole office: sixty people who mistype once are far from its limit.
COUNTERS = table("""
what      counter                    times
known     known:{account}:{device}   1
password  login:{account}:{address}  1
password  login:{account}            6
password  from:{address}             40
code      code:{account}:{address}   1
code      code:{account}             6
code      from:{address}             40
slip      code:{account}:{address}   1      # its twelve digits are not guessed by any number of addresses
slip      from:{address}             40
""")
OF_ACCOUNT = tuple(sorted({row["counter"].partition("{")[0] for row in COUNTERS if "{account}" in row["counter"]}))


class TooMany(Later):
    """The brake is on; this try was not even looked at, and does not count."""

    status = 429


@dataclass(frozen=True)
class Where:
    """Where a try comes from: the network address, and the device with the people who have logged in on it before."""

    address: str = "-"
    device: str = ""
    people: frozenset[int] = frozenset()


NOWHERE = Where()


def limits(session: Session, login: str, where: Where, person_id: int | None, secret: str) -> dict[str, int]:
    """The counters of a try, each with its limit."""
    few = settings.get(session, "login_failures")
    filled = {"account": _account(login), "address": where.address, "device": where.device}
    what = "known" if person_id in where.people else _kind(secret)
    return {row["counter"].format(**filled)[:120]: few * int(row["times"]) for row in COUNTERS if row["what"] == what}


def _kind(secret: str) -> str:
    digits = passwords.as_code(secret)
    return "password" if digits is None else "slip" if len(digits) == passwords.LONG else "code"


def _account(login: str) -> str:
    """Hashed, because some type their password where the name belongs."""
    return hashlib.sha256(login.encode()).hexdigest()[:32]


def window(session: Session) -> timedelta:
    """How long the brake stays on."""
    return timedelta(minutes=settings.get(session, "lock_minutes"))


def check(session: Session, counters: dict[str, int], field: str | None = None) -> None:
    """TooMany when one of the counters is full."""
    rest = throttle.wait(session, counters, window(session))
    if rest is not None:
        minutes = -(-rest // timedelta(minutes=1))
        raise TooMany(TOO_MANY, again=int(rest.total_seconds()) + 1, field=field, minutes=minutes)


def release(session: Session, login: str, where: Where) -> None:
    """Whoever got in mistyped before: his failures from here are taken back, also where they count with others'."""
    account = _account(login)
    throttle.forget(session, [f"known:{account}:{where.device}"[:120]])
    for kind in ("login", "code"):
        own = f"{kind}:{account}:{where.address}"[:120]
        throttle.take_back(session, own, [f"{kind}:{account}", f"from:{where.address}"[:120]], window(session))


def clear(session: Session, *logins: str) -> None:
    """Forget all that was counted for these accounts: they have a fresh code."""
    throttle.forget_all(session, [f"{kind}{_account(login)}" for login in logins for kind in OF_ACCOUNT])
