"""Carrying out a list of unit grids: worked out first, so that rehearsing writes nothing and one wrong row leaves
nothing. What is there already is not doubled."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ..access import Actor
from ..core.errors import N_, Refused
from ..core.sheet import Finding, SheetRow
from ..grid import queries as grids
from ..grid import service as grid_service
from ..grid import units as grid_units
from ..grid.names import Names
from ..grid.queries import Cell
from ..grid.units import Unit
from . import queries, units
from .sheet import UNITS

TWICE = N_("%(name)s stands twice in this spreadsheet. Leave one row.")
CODE_TWICE = N_("The code %(code)s stands twice in this spreadsheet.")


@dataclass
class Outcome:
    """What a list did, or would do."""

    findings: list[Finding] = field(default_factory=list)
    added: list[tuple[Cell, Unit]] = field(default_factory=list)  # the community, and what comes below it
    unchanged: int = 0

    def changes(self) -> bool:
        """Whether anything is new."""
        return bool(self.added)


def rehearse(session: Session, actor: Actor, lines: Sequence[SheetRow]) -> Outcome:
    """What the list would do, and every row that is wrong. Only reads."""
    return _Run(session, actor, lines).outcome


def apply(session: Session, actor: Actor, lines: Sequence[SheetRow]) -> Outcome:
    """Carry out the rows, or none of them when one is wrong. Who sends the same twice at once waits for himself."""
    grid_service.one_at_a_time(session)
    outcome = rehearse(session, actor, lines)
    if outcome.added and not outcome.findings:
        units.add(session, actor, [unit for _community, unit in outcome.added])
    return outcome


class _Run:
    """One pass over a list."""

    def __init__(self, session: Session, actor: Actor, lines: Sequence[SheetRow]):
        self.outcome = Outcome()
        reached = grids.cells(session, actor, "card.edit")
        self._names = Names(reached)
        self._fit = {cell.id for cell in queries.communities(session, actor)}
        self._session = session
        self._there = {(each.parent_id, each.zh): each.code for each in grid_units.of(session, self._fit)}
        values = [self._values(line) for line in lines]
        codes = {found.get("code", "") for found in values if not isinstance(found, Refused)}
        self._taken = grid_units.codes_taken(session, codes)
        self._seen: set[tuple[int, str]] = set()
        self._codes: set[str] = set()
        for line, found in zip(lines, values, strict=True):
            self._try(line, found)

    def _values(self, line: SheetRow) -> dict[str, str] | Refused:
        try:
            return UNITS.values(line)
        except Refused as refusal:
            return refusal

    def _try(self, line: SheetRow, values: dict[str, str] | Refused) -> None:
        try:
            if isinstance(values, Refused):
                raise values
            self._row(values)
        except Refused as refusal:
            column = "grid" if refusal.field == "parent" else refusal.field
            self.outcome.findings.append(Finding(line, column if column in UNITS.columns else None, refusal))

    def _row(self, values: dict[str, str]) -> None:
        cell = self._names.find(f"{values['town']}/{values['grid']}" if values.get("town") else values["grid"])
        if cell.id not in self._fit:
            units.refuse_elsewhere(self._session, [cell])
        unit = Unit(cell.id, values.get("code", ""), values["zh"], values.get("en", ""))
        grid_units.check_text(unit)
        if (cell.id, unit.zh) in self._seen:
            raise Refused(TWICE, field="zh", name=unit.zh)
        self._seen.add((cell.id, unit.zh))
        if self._there.get((cell.id, unit.zh)) == unit.code:
            self.outcome.unchanged += 1
            return
        if (cell.id, unit.zh) in self._there:
            raise Refused(grid_units.SAME_NAME, field="zh", community=cell, name=unit.zh)
        self._check_code(unit.code)
        self.outcome.added.append((cell, unit))

    def _check_code(self, code: str) -> None:
        if code and code in self._taken:
            raise Refused(grid_units.SAME_CODE, field="code", code=code)
        if code and code in self._codes:
            raise Refused(CODE_TWICE, field="code", code=code)
        self._codes.add(code)
