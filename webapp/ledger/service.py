"""Acts of ledgers: hand one in, choose its columns."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.canonical import canonical
from ..core.errors import N_, Conflict, Refused
from ..core.tongue import Tongue
from ..grid import queries as grid_queries
from . import keeping, making, queries
from .making import MOST, Ledger
from .models import KeptLedger
from .periods import LONGEST, Period

LONGEST_HEADING = 40
NOT_BEGUN = N_("This period has not begun yet.")
TOO_LONG = N_("A ledger has at most %(max)d days.")
NO_COLUMN = N_("At least one column is needed.")
CHANGED = N_(
    "Someone changed the columns after you opened the page. They now stand as shown: save again to change them."
)


@dataclass(frozen=True)
class Wish:
    """What shall be handed in: the id of the act, the grid, the period."""

    id: uuid.UUID
    grid_id: int
    period: Period


def check(period: Period) -> None:
    """Refused for days that are not to come in a ledger."""
    if period.first > clock.today():
        raise Refused(NOT_BEGUN, field="first")
    if period.length > LONGEST:
        raise Refused(TOO_LONG, field="first", max=LONGEST)


def keep(session: Session, actor: Actor, wish: Wish, tongue: Tongue) -> KeptLedger:
    """Hand a ledger in: made now, and kept as it is. The same wish again gives what was kept; another under its id,
    Conflict. NotFound for a grid whose ledger is not his to hand in."""
    cell = grid_queries.cell(session, actor, "ledger.keep", wish.grid_id)
    known = session.get(KeptLedger, wish.id)
    if known is not None:
        if (known.kept_by, known.grid_id, Period(known.span, known.first, known.last)) != (
            *(actor.person_id, cell.id),
            wish.period,
        ):
            raise Conflict
        return known
    check(wish.period)
    ledger = making.now(session, actor, cell, wish.period, tongue, MOST)
    return _store(session, actor, wish, ledger)


def _store(session: Session, actor: Actor, wish: Wish, ledger: Ledger) -> KeptLedger:
    period = wish.period
    made = KeptLedger(
        id=wish.id,
        grid_id=ledger.cell.id,
        span=period.span,
        first=period.first,
        last=period.last,
        as_of=ledger.as_of,
        kept_by=actor.person_id,
        said=keeping.written(ledger.lines, ledger.sheets),
    )
    session.add(made)
    note(session, actor, "ledger.keep", ledger)
    return made


def note(session: Session, actor: Actor, act: str, ledger: Ledger) -> None:
    """The line of the log: whose ledger of which days, and how many rows it has."""
    days = f"{ledger.period.first.isoformat()} – {ledger.period.last.isoformat()}"
    rows = sum(len(sheet.rows) for sheet in ledger.sheets)
    audit.note(session, actor.person_id, act, f"grid:{ledger.cell.id}", days=days, rows=rows)


# --- the columns ---

#: Of each field of a part: its place from the left (0: it is no column) and the county's heading.
Chosen = Mapping[str, tuple[int, str | None]]


def standing(session: Session, part: str) -> dict[str, tuple[int, str | None]]:
    """The columns of a part as they are."""
    return {row.name: (row.position, row.heading) for row in queries.columns(session) if row.part == part}


def edition(columns: Chosen) -> str:
    """A short text that is another one as soon as any column of a part is another."""
    return hashlib.sha256(canonical(dict(columns)).encode()).hexdigest()[:16]


def choose(session: Session, actor: Actor, part: str, chosen: Chosen, seen: str) -> bool:
    """Set the columns of a part; whether anything became different. Refused when they are not those of the edition
    ``seen`` any more, or when none is left."""
    now = standing(session, part)
    if edition(now) != seen:
        raise Refused(CHANGED)
    if not any(position for position, _heading in chosen.values()):
        raise Refused(NO_COLUMN)
    new = {field: (position, heading or None) for field, (position, heading) in chosen.items() if field in now}
    if all(now[field] == value for field, value in new.items()):
        return False
    for row in queries.columns(session):
        if row.part == part:
            row.position, row.heading = new.get(row.name, (row.position, row.heading))
            row.changed_at, row.changed_by = clock.now(), actor.person_id
    shown = sorted((value[0], field) for field, value in new.items() if value[0])
    names = " ".join(field for _position, field in shown)
    audit.note(session, actor.person_id, "ledger.columns", f"ledger:{part}", columns=names)
    return True
