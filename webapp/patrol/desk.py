"""The tabs of a desk that list objects: due before today, and nobody has gone; proposed, and not answered yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import clock
from ..core.errors import N_
from ..core.tabs import DomainTabs, Tab
from ..grid import queries as grid_queries
from ..grid.queries import Cell
from . import proposed, queries
from .queries import ObjectRow

NOT_GONE = Tab("not_gone", N_("Due, not visited"), "patrol/_tab.html")
PROPOSED = Tab("proposed", N_("Proposed objects"), "patrol/_proposed_tab.html", opens=5)


class NotGone:
    """The objects that the actor may read and that were due before today, longest due first.

    The day on which an object is due is worked out in Python (frequency.py), so they are read once, at first
    use, and both counted and cut into pages there.
    """

    def __init__(self, session: Session, actor: Actor, at: datetime):
        self._session, self._actor, self._today = session, actor, clock.day(at)

    @cached_property
    def _found(self) -> list[ObjectRow]:
        listed = queries.lines(self._session, self._actor, "patrol.read")
        return [line for line in listed if line.is_due(self._today - timedelta(days=1))]

    def counts(self, keys: Sequence[str]) -> dict[str, int]:
        """How many there are."""
        return dict.fromkeys(keys, len(self._found))

    def rows(self, _key: str, first: int, most: int) -> list[tuple[ObjectRow, Cell]]:
        """One page of them, each with its village."""
        page = self._found[first : first + most]
        cells = grid_queries.named(self._session, {line.object.grid_id for line in page})
        return [(line, cells[line.object.grid_id]) for line in page]


class Lists:
    """What both tabs hold for the actor."""

    def __init__(self, session: Session, actor: Actor, at: datetime):
        self._session, self._actor = session, actor
        self._not_gone = NotGone(session, actor, at)

    def counts(self, keys: Sequence[str]) -> dict[str, int]:
        """The numbers of these tabs."""
        found = {PROPOSED.key: proposed.count(self._session, self._actor)} if PROPOSED.key in keys else {}
        return found | (self._not_gone.counts([NOT_GONE.key]) if NOT_GONE.key in keys else {})

    def rows(self, key: str, first: int, most: int) -> list[Any]:
        """One page of a tab's list."""
        if key == PROPOSED.key:
            return list(proposed.waiting(self._session, self._actor, first, most))
        return list(self._not_gone.rows(key, first, most))


TABS = DomainTabs({NOT_GONE.key: NOT_GONE, PROPOSED.key: PROPOSED}, Lists)
