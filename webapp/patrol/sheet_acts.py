"""Carrying out a sheet of objects: worked out in memory first, so that rehearsing writes nothing and a sheet with one
wrong row leaves nothing. What stands on the list already is not doubled; what was taken off is not put back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import Actor
from ..core.cells import half_width
from ..core.errors import N_, TOO_LONG, Refused
from ..core.sheet import Finding, Note, SheetRow
from ..grid import locate
from ..grid import queries as grid_queries
from ..grid.names import Names
from . import queries, service
from .models import ObjectType, PatrolObject
from .sheet import OBJECTS

LONGEST = 80
SAME = 2e-5  # degrees, some two metres: the same place, written down by two programs
HALF = N_("Longitude and latitude belong together: one of them is empty.")
ELSEWHERE = N_(
    "It is already on the list at another place (%(lon)s, %(lat)s). Take it off the list first, or leave the "
    "coordinates empty."
)
TWICE = N_("Already in this spreadsheet, at another place. If there are two, give them different names.")
NO_VILLAGE = N_("Objects belong to villages. Write the village.")
NO_TYPE = N_("There is no object type with this name. The page lists the types.")
OUTSIDE = N_("Row %(row)s: the place of %(name)s is not in %(village)s.")
TAKEN_OFF = N_("Row %(row)s: %(name)s was taken off the list on %(day)s; a spreadsheet does not put it back.")


@dataclass
class Outcome:
    """What a sheet did, or would do."""

    findings: list[Finding] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)  #: village, name
    placed: int = 0
    unchanged: int = 0
    remarks: list[Note] = field(default_factory=list)

    def changes(self) -> bool:
        """Whether anything is new."""
        return bool(self.added or self.placed)


def rehearse(session: Session, actor: Actor, lines: Sequence[SheetRow], system: str) -> Outcome:
    """What the sheet would do, and every row that is wrong. Only reads. ``system``: the coordinate system of rows that
    do not say theirs."""
    return _Run(session, actor, lines, system).outcome


def apply(session: Session, actor: Actor, lines: Sequence[SheetRow], system: str) -> Outcome:
    """Carry out the rows, or none of them when one is wrong. Who sends the same twice at once waits for himself."""
    session.execute(select(ObjectType.code).order_by(ObjectType.code).with_for_update()).all()
    run = _Run(session, actor, lines, system)
    if not run.outcome.findings:
        service.keep_objects(session, actor, run.made)
        service.place_objects(session, actor, run.placed.values())
    return run.outcome


def rows(session: Session, actor: Actor) -> Iterator[list[Any]]:
    """The objects on the lists within reach, as rows of the same sheet, village by village."""
    cells = {cell.id: cell for cell in grid_queries.cells(session, actor, "object.edit")}
    kinds = {kind.code: kind.zh for kind in queries.types(session)}
    order = {id_: at for at, id_ in enumerate(cells)}
    listed = [each for each in queries.of_grids(session, cells) if each.valid_to is None]
    for each in sorted(listed, key=lambda each: order[each.grid_id]):
        cell = cells[each.grid_id]
        above = cells.get(cell.parent_id or 0)
        point = (
            [f"{each.lon:.6f}", f"{each.lat:.6f}"] if each.lon is not None and each.lat is not None else [None, None]
        )
        english = each.en if each.en != each.zh else None
        yield [above.zh if above else None, cell.code, kinds[each.type], each.zh, *point, None, english]


Key = tuple[int, str, str]  # village, type, name


class _Run:
    """One pass over a sheet."""

    def __init__(self, session: Session, actor: Actor, lines: Sequence[SheetRow], system: str):
        self.outcome, self.made = Outcome(), list[PatrolObject]()
        self._system = system
        self.placed: dict[int, service.Placed] = {}  #: by id, what stands on a list without a place
        reached = grid_queries.cells(session, actor, "object.edit")
        self._names, self._lowest = Names(reached), grid_queries.working_tier(session)
        kinds = queries.types(session)
        self._kinds = {name: kind.code for kind in kinds for name in _names(kind)}
        self._withheld = {kind.code for kind in kinds if kind.is_withheld}
        self._known: dict[Key, PatrolObject] = {}
        for each in queries.of_grids(session, {cell.id for cell in reached}):  # what stands there wins over what stood
            key = each.grid_id, each.type, each.zh
            if each.valid_to is None or key not in self._known:
                self._known[key] = each
        self._where: locate.Where | None = None
        values = [self._values(line) for line in lines]
        self._points = self._turned(session, values, system)
        for at, (line, found) in enumerate(zip(lines, values, strict=True)):
            self._try(line, found, at)

    def _values(self, line: SheetRow) -> dict[str, Any] | Refused:
        try:
            return OBJECTS.values(line)
        except Refused as refusal:
            return refusal

    def _turned(
        self, session: Session, values: Sequence[dict[str, Any] | Refused], system: str
    ) -> dict[int, tuple[float, float] | Refused]:
        """The places of the rows that have one, by row, all turned at once."""
        ats = [at for at, found in enumerate(values) if isinstance(found, dict) and {"x", "y"} <= found.keys()]
        if not ats:
            return {}
        self._where = locate.Where(session)
        given = [
            (found["x"], found["y"], found.get("crs") or system) for at in ats if isinstance(found := values[at], dict)
        ]
        return dict(zip(ats, locate.degrees(given), strict=True))

    def _try(self, line: SheetRow, values: dict[str, Any] | Refused, at: int) -> None:
        try:
            if isinstance(values, Refused):
                raise values
            self._row(line, values, at)
        except Refused as refusal:
            column = refusal.field if refusal.field in OBJECTS.columns else None
            self.outcome.findings.append(Finding(line, column, refusal))

    def _row(self, line: SheetRow, values: dict[str, Any], at: int) -> None:
        named = f"{values['town']}/{values['grid']}" if values.get("town") else values["grid"]
        cell = self._names.find(named)
        if cell.tier != self._lowest:
            raise Refused(NO_VILLAGE, field="grid")
        kind = self._kinds.get(half_width(values["type"]).lower())
        if kind is None:
            raise Refused(NO_TYPE, field="type")
        for column in ("zh", "en"):
            if len(values.get(column, "")) > LONGEST:
                raise Refused(TOO_LONG, field=column, max=LONGEST)
        point = self._point(line, values, cell, at)
        crs = values.get("crs") or self._system
        self._keep(line, (cell.id, kind, values["zh"]), values.get("en", ""), point, cell, crs)

    def _point(
        self, line: SheetRow, values: dict[str, Any], cell: grid_queries.Cell, at: int
    ) -> tuple[float, float] | None:
        if ("x" in values) != ("y" in values):
            raise Refused(HALF, field="y" if "x" in values else "x")
        point = self._points.get(at)
        if isinstance(point, Refused):
            raise point
        if point is not None and self._where is not None:
            self._where.check(*point)
            if not self._where.is_in(cell.id, *point):
                about = {"row": line.where, "name": values["zh"], "village": cell}
                self.outcome.remarks.append(Note(OUTSIDE, about))
        return point

    def _keep(
        self,
        line: SheetRow,
        key: Key,
        en: str,
        point: tuple[float, float] | None,
        cell: grid_queries.Cell,
        crs: str,
    ) -> None:
        there = self._known.get(key)
        if there is None:
            lon, lat = point or (None, None)
            made = service.new_object(*key, en, lon, lat, crs, is_withheld=key[1] in self._withheld)
            self.made.append(made)
            self._known[key] = made
            self.outcome.added.append((cell.zh, key[2]))
            return
        if there.valid_to is not None:
            day = there.valid_to.isoformat()
            self.outcome.remarks.append(Note(TAKEN_OFF, {"row": line.where, "name": key[2], "day": day}))
        elif point is not None and self._is_new(there, point):
            self.placed[there.id] = service.Placed(there, *point, crs)
            self.outcome.placed += 1
            return
        self.outcome.unchanged += 1

    def _is_new(self, there: PatrolObject, point: tuple[float, float]) -> bool:
        """Whether what stands has no place yet; Refused when it has another one, on the list or from a row above."""
        if there.id is not None and there.lon is None and there.id not in self.placed:
            return True
        _, lon, lat, _ = self.placed.get(there.id, (there, there.lon, there.lat, None))
        if lon is not None and lat is not None and _is_near((lon, lat), point):
            return False
        if there.id is None or there.id in self.placed:
            raise Refused(TWICE, field="zh")
        raise Refused(ELSEWHERE, field="x", lon=f"{there.lon:.5f}", lat=f"{there.lat:.5f}")


def _names(kind: ObjectType) -> set[str]:
    return {kind.code.lower(), half_width(kind.zh).lower(), half_width(kind.en).lower()}


def _is_near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) <= SAME and abs(one[1] - other[1]) <= SAME
