"""What lists show of reports beside their own columns, with one SELECT for all lists of a page."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from ..core.errors import Names
from ..grid import queries as grid_queries
from ..grid.models import GridVersion
from ..patrol.models import PatrolObject
from ..people.models import Body
from . import history
from .models import Report, ReportEvent, ReportJoint


class Shown(NamedTuple):
    """The village of a report, the object that it names, whether it lies between two villages, and its last move: the
    answer to "why is it here"."""

    village: Names
    thing: Names | None
    is_on_border: bool
    last: history.Event | None


def shown(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Shown]:
    """This of each of some reports that were already reached."""
    found: dict[uuid.UUID, Shown] = {}
    rows: Iterable[Any] = session.execute(_SHOWN, {"ids": list(ids)}) if ids else ()
    for row in rows:
        id_, zh, en, joint, thing, thing_zh, thing_en, body, body_zh, body_en = row[:10]
        last = history.Event(row, Names(body_zh, body_en) if body else None) if row.action else None
        found[id_] = Shown(Names(zh, en), Names(thing_zh, thing_en) if thing else None, bool(joint), last)
    return found


_SHOWN = (
    select(
        *(Report.id, GridVersion.zh, GridVersion.en, exists().where(ReportJoint.report_id == Report.id)),
        *(PatrolObject.id, PatrolObject.zh, PatrolObject.en, Body.id, Body.zh, Body.en),
        *(ReportEvent.action, ReportEvent.to_state, ReportEvent.given),
    )
    .select_from(Report)
    .join(GridVersion, and_(GridVersion.grid_id == Report.grid_id, grid_queries.current()))
    .outerjoin(PatrolObject, PatrolObject.id == Report.object_id)
    .outerjoin(ReportEvent, history.HISTORY.is_last_move_of(Report.id))
    .outerjoin(Body, Body.id == ReportEvent.body_id)
    .where(Report.id.in_(history.IDS))
)
