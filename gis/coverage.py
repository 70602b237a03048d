"""How much of what was due in each cell has been seen. Counts in, shares out; no shapes, no database."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Share(NamedTuple):
    """What was due in one cell and what came of it.

    `due`, `seen` and `could_not_see` are numbers of due visits; what is in neither of the last two
    was not gone to. `share` is seen / due between 0 and 1, or None where too little was due to speak of a share
    (`too_few`, which includes nothing due).
    """

    due: int
    seen: int
    could_not_see: int
    share: float | None
    too_few: bool


def by_cell(
    cells: Iterable[int],
    due: Mapping[int, int],
    seen: Mapping[int, int],
    could_not_see: Mapping[int, int],
    few: int = 5,
) -> dict[int, Share]:
    """One Share for every id in `cells`, in that order; a cell missing in a mapping counts as 0 there.

    With fewer than `few` visits due there is no share: 0 of 0 is not 0 %, and 1 of 1 is not a village
    fully patrolled. The counts are always given. Raises ValueError where more was seen than was due,
    or a count is negative: such figures were counted wrongly and must not be drawn.
    """
    return {
        id_: _share(id_, due.get(id_, 0), seen.get(id_, 0), could_not_see.get(id_, 0), max(few, 1)) for id_ in cells
    }


def _share(id_: int, due: int, seen: int, could_not_see: int, few: int) -> Share:
    if min(due, seen, could_not_see) < 0 or seen + could_not_see > due:
        raise ValueError(f"cell {id_}: {seen} seen and {could_not_see} not seen of {due} due")
    too_few = due < few
    return Share(due, seen, could_not_see, None if too_few else seen / due, too_few)
