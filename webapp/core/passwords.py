"""Passwords and one-time codes: argon2id.

Hash and verify before the write transaction begins: both take 0.1-0.2 s, and every core they find. In a request they
wait for their turn (``core/pools.py``).
"""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import get_native_id

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .errors import N_, TOO_LONG

SHORTEST, LONGEST = 8, 200  # characters of a password; the log-in form takes no longer one
SHORT, LONG = 6, 12  # digits of a code that is read out and lives for minutes; of one on paper that lives for days
_hasher = PasswordHasher()
NICE = 5
#: Hashing has a thread of its own that lets others go first; a thread cannot take such a step back.
_thread = ThreadPoolExecutor(1, "hashing", lambda: os.setpriority(os.PRIO_PROCESS, get_native_id(), NICE))
_light = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)


def fault(password: str) -> str | None:
    """Why this cannot be a password, as a msgid with places for ``min`` and ``max``; None when it can.

    Digits alone are refused: they would be taken for a one-time code.
    """
    if len(password) < SHORTEST:
        return N_("At least %(min)d characters.")
    if len(password) > LONGEST:
        return TOO_LONG
    return N_("Not only digits. Add at least one letter.") if password.isdigit() else None


def make(secret: str) -> str:
    """The argon2id hash to keep."""
    return _thread.submit(_hasher.hash, secret).result()


@cache
def _nobody(*, light: bool) -> str:
    return make_light(code(LONG)) if light else make(secrets.token_urlsafe())


def fits(hashed: str | None, secret: str, *, light: bool = False) -> bool:
    """Whether the secret is the hashed one. Takes as long for somebody who does not exist, who never fits.

    ``light``: the secret looks like a LONG code, so a light hash is what it is compared with.
    """
    if hashed is not None and is_light(hashed) != light:
        hashed = None
    kept = hashed or _nobody(light=light)
    try:
        return _thread.submit(_hasher.verify, kept, secret).result() and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def code(digits: int = SHORT) -> str:
    """A fresh one-time code of SHORT digits, to be read out on the phone, or LONG ones, to be carried on paper."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def spaced(code_: str) -> str:
    """A code in groups that can be read out: 482 109, or 4821 0937 5512."""
    step = 3 if len(code_) == SHORT else 4
    return " ".join(code_[at : at + step] for at in range(0, len(code_), step))


def make_light(code_: str) -> str:
    """The hash of a LONG code: cheap, for hundreds at once; its 40 random bits make up for that."""
    return _light.hash(code_)


def is_light(hashed: str) -> bool:
    """Whether ``make_light`` made it."""
    return f"m={_light.memory_cost}," in hashed


def as_code(typed: str) -> str | None:
    """The digits when what was typed looks like a one-time code, spaces between them allowed; else None."""
    digits = "".join(typed.split())
    return digits if digits.isascii() and digits.isdigit() and len(digits) in (SHORT, LONG) else None
