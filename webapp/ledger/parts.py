"""The parts of a ledger: which records each lists, and which of their fields may be a column.

Records are taken out by the declaration of their domain (``exports``), so a field says in a ledger what it says in a
file. A ledger is handed in and kept: fields that name a person or his position are none of it, and what somebody wrote
in his own words (``live``) is never copied, so that words taken out of a record are out of its ledgers too.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .. import domains
from ..core.errors import N_
from ..core.exports import Export, Field
from ..patrol.models import Patrol, PatrolObject
from ..report.models import Report


@dataclass(frozen=True)
class Part:
    """``export`` is the key of the records, ``record`` their table with ``occurred_at`` and ``received_at``; ``within``
    sorts the rows of one record; ``listed`` rows stand on the page at most, all of them on paper and in the file."""

    title: str
    export: str
    record: Any
    allowed: frozenset[str]
    live: frozenset[str]
    within: tuple[Any, ...] = ()
    listed: int = 0

    @cached_property
    def kind(self) -> Export:
        """The declaration of the records."""
        return domains.exports()[self.export]

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The fields that may be a column, by their keys."""
        return {field.key: field for field in self.kind.fields if field.key in self.allowed}


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTS = {
    "patrols": Part(
        N_("Patrols"),
        "patrols",
        Patrol,
        _keys("at received entered grid_code grid township kind object_id object type topic result reason note"),
        _keys("note"),
        (PatrolObject.id,),
    ),
    "reports": Part(
        N_("Problems and how they were handled"),
        "reports",
        Report,
        _keys(
            "number state problems severity grid_code grid township place note first object entered at received since "
            "due lead"
        ),
        _keys("place note"),
        listed=200,
    ),
}
