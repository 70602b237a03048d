"""Unit grids: a community's compounds, one tier below the working tier (docs/decisions/0056).

No record lies in one and no map shows one, so what is done here publishes no edition of the borders: sets of changes
that wait stay good. Below which grids they may stand, the cards say (``card/units.py``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from ..access import Actor, Condition, below, end, kept
from ..core import clock
from ..core.errors import N_, TOO_LONG, Refused
from . import queries, service
from .models import UNIT_TIER, Grid, GridLevel, GridVersion
from .queries import CELLS, Cell

LEVEL = ("单元网格", "Unit grid")
NAME, CODE = 80, 20  # characters
NO_NAME = N_("Write the name of the unit grid.")
SAME_NAME = N_("%(community)s has a unit grid called %(name)s already.")
SAME_CODE = N_("Another grid has the code %(code)s.")


class Unit(NamedTuple):
    """A unit grid as it will be: the community's id, its own code (or none), its names, and its border as WKB."""

    parent_id: int
    code: str
    zh: str
    en: str = ""
    boundary: bytes | None = None

    @property
    def names(self) -> tuple[str, str]:
        """In Chinese and in English, which is the same where nobody gave one."""
        return self.zh, self.en or self.zh


# --- reads ---


def stand() -> Condition:
    """The condition that a ``Grid`` is a unit grid in force."""
    return Grid.ended_on.is_(None) & (Grid.tier == UNIT_TIER)


def stands_of_any_kind() -> Condition:
    """The condition that a ``Grid`` is in force, unit grids included: for files of all there is."""
    return Grid.ended_on.is_(None)


def of(session: Session, parent_ids: Iterable[int]) -> list[Cell]:
    """The unit grids of some communities, in the order of their codes; those without one as they came."""
    return [Cell(*row) for row in session.execute(_OF, {"ids": list(parent_ids)})]


_STANDING = CELLS.where(stand()).order_by(GridVersion.code, GridVersion.id)
_OF = _STANDING.where(Grid.parent_id.in_(bindparam("ids", expanding=True)))


def reached(session: Session, actor: Actor, action: str) -> list[Cell]:
    """The unit grids that an action reaches, in the same order."""
    return [Cell(*row) for row in session.execute(_reached(actor, action), actor.reach())]


@kept
def _reached(actor: Actor, action: str) -> Select[*tuple[Any, ...]]:
    return _STANDING.where(queries.reached(actor, action))


def are_below(session: Session, path: str) -> bool:
    """Whether there are any in a grid."""
    return session.scalar(_BELOW, {"part": path, "part_end": end(path)}) is not None


_BELOW = select(Grid.id).where(stand(), below(Grid.path, bindparam("part"))).limit(1)


def codes_taken(session: Session, codes: Collection[str]) -> set[str]:
    """Which of some codes a grid in force bears, of whatever tier."""
    return set(session.scalars(_TAKEN, {"codes": [code for code in codes if code]}))


_TAKEN = (
    select(GridVersion.code)
    .join(Grid, Grid.id == GridVersion.grid_id)
    .where(queries.current(), Grid.ended_on.is_(None), GridVersion.code.in_(bindparam("codes", expanding=True)))
)


def versions(session: Session, grid_id: int) -> list[GridVersion]:
    """How a unit grid was called and where it stood, newest first."""
    found = select(GridVersion).where(GridVersion.grid_id == grid_id, queries.ever())
    return list(session.scalars(found.order_by(GridVersion.id.desc())))


def ended_on(session: Session, grid_id: int) -> date | None:
    """The day on which one ended."""
    return session.scalar(select(Grid.ended_on).where(Grid.id == grid_id))


# --- what one may be called ---


def refuse_alike(
    session: Session, given: Sequence[Unit], parents: Mapping[int, Cell], but: Collection[int] = ()
) -> None:
    """Refused where a text is no name or code, or another one of the community, of the county or of those given is
    called so. ``but``: those that are being changed."""
    there = {(each.parent_id, each.zh) for each in of(session, parents) if each.id not in but}
    own = {each.code for each in queries.named(session, set(but)).values()}
    taken = codes_taken(session, [unit.code for unit in given]) - own
    for unit in given:
        check_text(unit)
        if (unit.parent_id, unit.zh) in there:
            raise Refused(SAME_NAME, field="zh", community=parents[unit.parent_id], name=unit.zh)
        if unit.code and unit.code in taken:
            raise Refused(SAME_CODE, field="code", code=unit.code)
        there.add((unit.parent_id, unit.zh))
        taken.add(unit.code)


def check_text(unit: Unit) -> None:
    """Refused, with its field, for what is no name or too long."""
    if not unit.zh:
        raise Refused(NO_NAME, field="zh")
    for field, text, longest in (("zh", unit.zh, NAME), ("en", unit.en, NAME), ("code", unit.code, CODE)):
        if len(text) > longest:
            raise Refused(TOO_LONG, field=field, max=longest)


# --- acts; whoever calls them has found out that they are allowed ---


def name_level(session: Session) -> None:
    """Their tier has a word from the first one on."""
    if session.get(GridLevel, UNIT_TIER) is None:
        session.add(GridLevel(tier=UNIT_TIER, zh=LEVEL[0], en=LEVEL[1]))
        session.flush()


def plant(session: Session, given: Sequence[Unit]) -> list[int]:
    """New unit grids, in force from today, all or none; their ids in the same order."""
    name_level(session)
    made = [service.unplaced(session, UNIT_TIER) for _unit in given]
    versions_ = [
        service.version(grid.id, unit.parent_id, unit.code, unit.names, unit.boundary, clock.today(), [])
        for grid, unit in zip(made, given, strict=True)
    ]
    session.add_all(versions_)
    session.flush()
    service.settle(session, versions_)
    return [grid.id for grid in made]


def renew(session: Session, cell: Cell, unit: Unit) -> None:
    """Call one otherwise from today on, or put it below another community. Its border stays."""
    service.settle(session, [_version(session, cell.version_id, unit, clock.today())])


def _version(session: Session, version_id: int, unit: Unit, on: date) -> GridVersion:
    """The version from a day on; what was written on that day itself is mended, and the log says what it was."""
    was = session.get_one(GridVersion, version_id)
    if was.valid_from >= on:
        was.code, (was.zh, was.en), was.parent_id = unit.code, unit.names, unit.parent_id
        return was
    made = service.version(was.grid_id, unit.parent_id, unit.code, unit.names, was.boundary, on, [])
    session.add(made)
    session.flush()
    return made


def close(session: Session, cell: Cell) -> None:
    """End one today. It stays readable below its community."""
    assert cell.parent_id is not None
    service.end(session, cell.id, cell.parent_id, clock.today())
    session.flush()
    service.settle(session, [])


def follow(session: Session, heirs: Mapping[int, int], on: date, but: Collection[int]) -> list[GridVersion]:
    """The unit grids of communities that end go on below the heirs; their versions, to be put in force with the rest.
    ``but``: those that the same changes place themselves."""
    going = [cell for cell in of(session, heirs) if cell.id not in but]
    return [
        _version(session, cell.version_id, Unit(heirs[cell.parent_id or 0], cell.code, cell.zh, cell.en), on)
        for cell in going
    ]
