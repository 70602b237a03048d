"""What a person did to borders, for the file that he gets about himself."""

from ..core.errors import N_
from ..core.own import acts, shown
from .models import GridChangeSet

_WHAT = shown(N_("Source"), GridChangeSet.source), shown(N_("Takes effect"), GridChangeSet.since)
OWN = (
    acts(
        160,
        N_("Borders that I drafted"),
        GridChangeSet.made_by,
        GridChangeSet.made_at,
        *_WHAT,
        shown(N_("Reason"), GridChangeSet.reason),
    ),
    acts(161, N_("Borders that I decided on"), GridChangeSet.decided_by, GridChangeSet.decided_at, *_WHAT),
)
