"""Entries that may arrive twice: the fingerprint of what was sent, and the comparison that answers a resend.

A fingerprint is kept with its record and may be compared by a program that is years younger. So it begins with the
version of its recipe, a recipe is never changed, and a stored fingerprint is compared by the recipe that made it.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from typing import Any

from .canonical import canonical, named, said
from .errors import N_, Conflict, Refused

FIRST, NEWEST = "1", "2"


class Unknown(LookupError):
    """The entry says something that an old recipe did not know, so it is none that was stored by it."""


def fingerprint_of(entry: Any) -> str:
    """What is kept of a frozen dataclass as first sent: the version of the recipe, a colon and 43 letters."""
    return f"{NEWEST}:{RECIPES[NEWEST](entry)}"


def fits(stored: str, entry: Any) -> bool:
    """Whether a stored fingerprint, by whichever recipe it was made, is that of this entry."""
    version, _, digest = stored.rpartition(":")
    recipe = RECIPES.get(version or FIRST)
    try:
        return recipe is not None and recipe(entry) == digest
    except Unknown:
        return False


def same(one: Any, other: Any) -> bool:
    """Whether two entries say the same; of what is kept whole, so that no fingerprint stands beside it."""
    return canonical(one) == canonical(other)


def is_resend(known: tuple[str, *tuple[int, ...]] | None, entry: Any, author: int) -> bool:
    """Whether ``known`` (fingerprint, who entered it, who else may send it again) is this very entry; False when the id
    is new; Conflict for anything else."""
    if known is None:
        return False
    content, *senders = known
    if author not in senders or not fits(content, entry):
        raise Conflict(is_put_right=author in senders and author != senders[0])
    return True


def written_for(person_id: int | None, author: int | None) -> int | None:
    """Whose an entry is: who is named in it, or ``author``, on whose phone it waited and from which it was handed in at
    a desk as a file. Refused where he had entered it for somebody else."""
    if author is None:
        return person_id
    if person_id not in (None, author):
        raise Refused(N_("This was entered for somebody else, and can only be sent by who entered it."))
    return author


def mode_of(of: int, by: int, *, is_handed_in: bool, is_on_the_day: bool) -> str:
    """How an entry of one person came in by the hand of another or his own, as a word of the vocabulary "entry_mode": a
    neutral mark, shown and never punished."""
    if of != by:
        return "handed_in" if is_handed_in else "for_someone"
    return "on_the_day" if is_on_the_day else "later"


def _second(entry: Any) -> str:
    """sha256 of the canonical text, in base64 for addresses:
    with its version it fits the column of the first recipe."""
    digest = hashlib.sha256(canonical(entry).encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


# --- the first recipe, of all that was stored until November 2026: frozen ------------------------------


def _first(entry: Any) -> str:
    """sha256 (hex) of the JSON of all fields that the class had then, whether they said anything or not.

    ``V1_FIELDS`` of a class are those fields. What was added later must not be used: the first recipe did not see it,
    and an entry that differs only there is another one.
    """
    text = json.dumps(_first_form(entry), default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _first_form(value: Any) -> Any:
    if hasattr(value, "as_sent"):
        return value.as_sent()
    if is_dataclass(value):
        return _first_fields(value)
    if isinstance(value, Mapping):  # no form said False then: a box that is not ticked came later
        return {key: _first_form(each) for key, each in value.items() if each is not False}
    return [_first_form(each) for each in value] if isinstance(value, (tuple, list)) else value


def _first_fields(entry: Any) -> dict[str, Any]:
    known = frozenset(getattr(entry, "V1_FIELDS", "").split())
    if not known or not said(entry).keys() <= known:
        raise Unknown
    return {name: _first_form(value) for name, value in named(entry).items() if name in known}


RECIPES: dict[str, Callable[[Any], str]] = {FIRST: _first, NEWEST: _second}
