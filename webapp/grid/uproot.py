"""Taking out a tree that was brought in wrongly, as long as nothing was done with it."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit
from ..core.db import Base
from ..core.errors import N_, Refused
from .models import Grid, GridChange, GridChangeSet, GridCurrent, GridVersion

#: The tree itself, what refers before what is referred to.
TREE = (GridChange, GridChangeSet, GridCurrent, GridVersion, Grid)
OURS = frozenset(model.__tablename__ for model in TREE)


def refuse_used(session: Session) -> None:
    """Refused when anything refers to a grid: a posting, a body, an object, a round, a report, in whichever domain."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name in OURS and table.name not in OURS:
                used = select(key.parent).where(key.parent.is_not(None)).limit(1)
                if session.execute(used).first() is not None:
                    raise Refused(
                        N_(
                            "People, objects or records belong to these grids already (%(table)s). Bring changes in on "
                            "the page “Borders” of the map."
                        ),
                        table=table.name,
                    )


def uproot(session: Session, actor: Actor) -> int:
    """Delete all grids with their versions and drafts of changes; how many grids. Refused as ``refuse_used`` says."""
    refuse_used(session)
    number = len(list(session.scalars(select(Grid.id))))
    for model in TREE:
        session.execute(delete(model))
    audit.note(session, actor.person_id or None, "grid.uproot", "grid:1", grids=number)
    return number
