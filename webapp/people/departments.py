"""The departments the duty lists know, to tie a county's own department to its duties."""

from functools import cache

import seeds
from seeds import Department

#: Kinds of the seeds that a county can set up as a body of its own; villages, townships and grids are elsewhere.
KINDS = frozenset({"department", "party", "court", "enterprise", "group"})


@cache
def known() -> dict[str, Department]:
    """Departments by their canonical code, in the order of the list."""
    return {row.code: row for row in seeds.read("departments") if row.kind in KINDS and row.code != "unknown"}


def find(text: str) -> str | None:
    """The code for what a sheet calls a department: its code, Chinese or English name."""
    wanted = text.strip().lower()
    return next((code for code, row in known().items() if wanted in (code, row.zh.lower(), row.en.lower())), None)
