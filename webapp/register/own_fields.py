"""Which fields are a county's own, and what they are called: a seeding leaves them alone."""

from typing import Any

from ..core.load import Values, ended

OWN = "own_"


def own_code(type_: str, number: int) -> str:
    """The code of a county's field of a type."""
    return f"{type_}.{OWN}{number}"


def is_own(code: str) -> bool:
    """Whether a code is that of a county's own field."""
    return code.rpartition(".")[2].startswith(OWN)


def gone(field: Any) -> Values:
    """What becomes of a field that the seeds do not have."""
    return {} if is_own(field.code) else ended(field)


def word_gone(word: Any) -> Values:
    """What becomes of a word of a field that the seeds do not have."""
    return {} if is_own(word.asked) else ended(word)
