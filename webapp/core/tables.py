"""Rules as text tables: the form a reviewer can read at a glance, checked for shape when imported."""

from collections.abc import Collection


def table(text: str) -> list[dict[str, str]]:
    """Rows of a text table: first line the columns, cells split by white space, ``#`` starts a comment.

    A row with too many or too few cells is a ValueError at import, so a slip never reaches a county.
    """
    lines = [line.split("#")[0].split() for line in text.splitlines()]
    head, *rows = [cells for cells in lines if cells]
    ragged = [row for row in rows if len(row) != len(head)]
    if ragged:
        raise ValueError(f"row does not fit the columns {head}: {ragged[0]}")
    return [dict(zip(head, row, strict=True)) for row in rows]


def must_agree(**tables: Collection[str]) -> None:
    """Tables that speak of the same things, by their names; ValueError that says for each what it lacks."""
    every = frozenset[str]().union(*tables.values())
    lacking = {name: sorted(every - set(words)) for name, words in tables.items() if every - set(words)}
    if lacking:
        raise ValueError("; ".join(f"{name} lacks {', '.join(words)}" for name, words in lacking.items()))
