"""Open reports of villages that a set of changes splits: to which part each goes, by its position or by choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_
from sqlalchemy.orm import Session

from gis.locate import Cells

from ..access import Actor
from ..grid import changed
from ..grid import queries as grid_queries
from ..grid.models import Grid, GridChange, GridChangeSet
from ..report import queries as report_queries
from ..report.models import Report


@dataclass(frozen=True)
class Split:
    """An open report, the village that has it, and the parts of that, the first of which keeps it unless its position
    (``held``) or somebody (``chosen``) says otherwise; both are positions in the set."""

    report: Any
    cell: grid_queries.Cell
    parts: tuple[GridChange, ...]
    held: int | None
    chosen: int | None

    @property
    def key(self) -> str:
        """How the form and the set name it."""
        return str(self.report.id.hex)

    @property
    def goes_to(self) -> int:
        """The part that it goes to."""
        return next(at for at in (self.chosen, self.held, self.parts[0].position) if at is not None)


def reports(session: Session, actor: Actor, found: GridChangeSet) -> list[Split]:
    """The open reports that the actor may see of villages that a set splits, in the order of their numbers."""
    lines = {line.position: line for line in changed.lines(session, found.id)}
    parts = {grid_id: [lines[at] for at in ats] for grid_id, ats in changed.splits(list(lines.values())).items()}
    if not parts:
        return []
    drawn = Cells(list(lines), [line.boundary for line in lines.values()])
    rows = _open(session, actor, parts)
    cells = grid_queries.named(session, {row.standing for row in rows})
    chosen = found.facts.get("chosen", {})
    return [
        Split(row, cells[row.standing], tuple(mine), _held(drawn, row, mine), chosen.get(row.id.hex))
        for row in rows
        if row.standing in parts  # else it has ended since, and the set is stale
        for mine in (parts[row.standing],)
    ]


def _open(session: Session, actor: Actor, parts: Mapping[int, Any]) -> Sequence[Any]:
    columns = Report.id, Report.number, Report.place, Report.lon, Report.lat, grid_queries.today().label("standing")
    mine = or_(Grid.id.in_(list(parts)), Grid.heir_id.in_(list(parts)))
    found = report_queries.readable(actor).where(Report.is_open, mine).with_only_columns(*columns)
    return session.execute(found.order_by(Report.number), actor.reach()).all()


def _held(drawn: Cells, row: Any, parts: Sequence[GridChange]) -> int | None:
    """The part that alone holds the position of a report."""
    if row.lon is None or row.lat is None:
        return None
    inside = {each.id for each in drawn.candidates(row.lon, row.lat) if each.inside}
    held = inside & {line.position for line in parts}
    return held.pop() if len(held) == 1 else None
