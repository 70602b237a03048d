"""Log-in names for those whose list has none: the name in pinyin, with a number where somebody has it already.

The telephone comes second: log-in names stand in the log, where telephone numbers have no place
(docs/decisions/0029).
"""

from collections.abc import Collection
from itertools import count

from ..core.cells import half_width


def proposed(zh: str, phone: str | None, taken: Collection[str]) -> str | None:
    """A free log-in name for somebody; None when neither name nor telephone gives one."""
    base = _pinyin(zh) or "".join(c for c in phone or "" if c.isdecimal())
    if len(base) < 2:
        return None
    tried = (f"{base}{number if number > 1 else ''}" for number in count(1))
    return next(login for login in tried if login not in taken)


def _pinyin(zh: str) -> str:
    """The letters of a name as it is read, surnames as surnames; empty when a character has no reading."""
    from pypinyin import Style, lazy_pinyin  # only here: its tables take memory that no page needs

    read = "".join(lazy_pinyin(half_width(zh), style=Style.NORMAL, v_to_u=False, errors=lambda text: text))
    letters = "".join(c for c in read.lower().replace("ü", "v") if not c.isspace() and c not in "·.-'")
    return letters[:50] if letters.isascii() and letters.isalnum() else ""
