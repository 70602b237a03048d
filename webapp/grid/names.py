"""Grids as people and sheets call them: by code or by name, and where two are called alike, with the one above."""

from collections.abc import Iterable

from sqlalchemy import and_, func, or_
from sqlalchemy.orm import Session

from ..core.cells import half_width
from ..core.errors import N_, Refused
from .models import Grid, GridVersion
from .queries import Cell, in_order

NO_SUCH_GRID = N_("This place does not exist, or is not yours.")
SEVERAL_GRIDS = N_("Several grids have this name. Write the code, or township/village.")


class Names:
    """Grids as sheets call them: by code or by name in either language, "township/village" where two are alike."""

    def __init__(self, found: Iterable[Cell]):
        self._by_name: dict[str, list[Cell]] = {}
        for cell_ in found:
            codes = {cell_.code, cell_.code.ljust(12, "0")} if cell_.code.isdecimal() else {cell_.code}
            for name in codes | {half_width(cell_.zh).lower(), half_width(cell_.en).lower()}:
                self._by_name.setdefault(name, []).append(cell_)

    def find(self, text: str) -> Cell:
        """The one grid of this name; Refused (field ``grid``) when there is none, or more than one."""
        *above, name = [part.strip().lower() for part in half_width(text).split("/")]
        found = self._by_name.get(name, [])
        if above:
            parents = {cell_.id for cell_ in self._by_name.get(above[-1], [])}
            found = [cell_ for cell_ in found if cell_.parent_id in parents]
        if len(found) > 1:
            raise Refused(SEVERAL_GRIDS, field="grid")
        if not found:
            raise Refused(NO_SUCH_GRID, field="grid")
        return found[0]


LONGEST_NAME = 200


def called(session: Session, text: str, tier: int, most: int) -> list[Cell]:
    """The grids of a tier that are called so, by name in either language or by code, in code order; where none is,
    those whose name holds the words. Whoever asks may know every grid's name, as on the map."""
    if len(text) > LONGEST_NAME:  # of what nobody is called SQLite would not even make a pattern
        return []
    word, of_tier = half_width(text), Grid.tier == tier
    names = (GridVersion.zh, GridVersion.en)
    exactly = or_(GridVersion.code == word, *(func.lower(name) == word.lower() for name in names))
    for says in (exactly, or_(*(name.icontains(word, autoescape=True) for name in names))):
        if word and (found := session.execute(in_order(and_(of_tier, says)).limit(most)).all()):
            return [Cell(*row) for row in found]
    return []
