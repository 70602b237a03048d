"""Which fields are a county's own, and what they are called: a seeding leaves them alone."""

from typing import Any

from ..core.load import Values, ended

OWN = "own_"


def own_code(type_: str, number: int) -> str:
    """The code of a county's field of a type."""
    return f"{type_}.{OWN}{number}"


def is_own(field: Any) -> bool:
    """Whether a field is one of the county's own."""
    return bool(field.code.rpartition(".")[2].startswith(OWN))


def gone(field: Any) -> Values:
    """What becomes of a field that the seeds do not have."""
    return {} if is_own(field) else ended(field)


def word_gone(word: Any) -> Values:
    """What becomes of a word of a field that the seeds do not have."""
    return {} if word.asked.rpartition(".")[2].startswith(OWN) else ended(word)
