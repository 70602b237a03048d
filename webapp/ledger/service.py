"""Acts of ledgers: hand one in, choose its columns, add a workbook of the county's own."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import insert
from sqlalchemy.orm import Session

from ..access import Actor
from ..core import audit, clock
from ..core.canonical import mark
from ..core.errors import N_, Conflict, Refused
from ..core.named_cells import Seen
from ..grid import queries as grid_queries
from . import keeping, queries
from .making import Ledger
from .models import KeptEntry, KeptLedger, LedgerTemplate
from .periods import LONGEST, Period, moments

LONGEST_HEADING = 40
NOT_BEGUN = N_("This period has not begun yet.")
TOO_LONG = N_("A ledger has at most %(max)d days.")
FOLLOWED = N_(
    "This ledger was handed in, and one after it too. What came in since stands there, or in the next one: nothing was "
    "handed in again."
)
NO_COLUMN = N_("At least one column is needed.")
CHANGED = N_(
    "Someone changed the columns after you opened the page. They now stand as shown: save again to change them."
)


def check(period: Period) -> None:
    """Refused for days that are not to come in a ledger."""
    if period.first > clock.today():
        raise Refused(NOT_BEGUN, field="first")
    if period.length > LONGEST:
        raise Refused(TOO_LONG, field="first", max=LONGEST)


def keep(session: Session, actor: Actor, id_: uuid.UUID, ledger: Ledger) -> uuid.UUID:
    """Hand in a ledger that was made just before: it is kept as it is. The same id again gives what was kept under it;
    of another grid, period or person, Conflict. NotFound for a grid whose ledger is not his to hand in. Refused where
    a ledger of the period was handed in and a later one too: what came since stands in that one, or in the next."""
    cell, period = grid_queries.cell(session, actor, "ledger.keep", ledger.cell.id), ledger.period
    known = session.get(KeptLedger, id_)
    if known is not None:
        if (known.kept_by, known.grid_id, known.period) != (actor.person_id, cell.id, period):
            raise Conflict
        return id_
    check(period)
    if queries.is_followed(session, cell.id, period):
        raise Refused(FOLLOWED)
    _store(session, actor, id_, ledger)
    note(session, actor, "ledger.keep", ledger)
    return id_


def _store(session: Session, actor: Actor, id_: uuid.UUID, ledger: Ledger) -> None:
    period = ledger.period
    whole = moments(period)
    session.add(
        KeptLedger(
            id=id_,
            grid_id=ledger.cell.id,
            span=period.span,
            begins=whole["since"],
            ends=whole["until"],
            as_of=ledger.as_of,
            kept_by=actor.person_id,
            said=keeping.written(ledger.cell, ledger.lines, ledger.sheets),
        )
    )
    session.flush()
    entries = {(sheet.part, row.ref) for sheet in ledger.sheets for row in sheet.rows}
    rows = [{"ledger_id": id_, "part": part, "ref": ref} for part, ref in sorted(entries)]
    if rows:
        session.execute(insert(KeptEntry), rows)


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


def choose(session: Session, actor: Actor, part: str, chosen: Chosen, seen: str) -> bool:
    """Set the columns of a part; whether anything became different. Refused when they are not those of the
    mark ``seen`` any more, or when none is left."""
    now = standing(session, part)
    if mark(now) != seen:
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


# --- the county's own workbook ---


def add_template(session: Session, actor: Actor, file_name: str, body: bytes, seen: Seen) -> bool:
    """Let a workbook hold from now on, in which ``seen`` was found; False where it does so already."""
    now = queries.template(session)
    if now is not None and now.body == body:
        return False
    _end_all(session, actor)
    made = LedgerTemplate(
        file_name=file_name, body=body, facts=asdict(seen), added_at=clock.now(), added_by=actor.person_id
    )
    session.add(made)
    session.flush()
    audit.note(session, actor.person_id, "ledger.template", f"ledger_template:{made.id}", file=file_name)
    return True


def end_template(session: Session, actor: Actor, template_id: int) -> bool:
    """Let a workbook hold no longer; False where it does not any more."""
    now = queries.template(session)
    if now is None or now.id != template_id:
        return False
    _end_all(session, actor)
    audit.note(session, actor.person_id, "ledger.template_end", f"ledger_template:{now.id}", file=now.file_name)
    return True


def _end_all(session: Session, actor: Actor) -> None:
    """Two that came in the same moment hold both, of which the later is used."""
    for each in queries.templates(session):
        each.ended_at, each.ended_by = clock.now(), actor.person_id
