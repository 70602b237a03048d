"""Taking records out: the file is written first, then the log says who took what, and only then it is handed over."""

from dataclasses import dataclass, replace
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import domains
from ..access import SYSTEM, Actor
from ..core import audit, clock
from ..core.errors import N_, NotFound, Refused
from ..core.exports import Export
from ..core.models import Word
from ..core.tongue import Tongue
from . import queries
from .formats import DATUM, EMPTY, ENCODINGS, FORMATS, Format, Table
from .queries import Period

MOST = 500_000  # rows of a file; a spreadsheet has room for a million
ALWAYS = Period()
TOO_MANY = N_("There are more than %(max)d rows. Choose a shorter period.")


@dataclass(frozen=True)
class Wish:
    """What somebody wants to take out: a kind, a format, days from and to where the kind has them, the encoding of a
    shapefile's texts."""

    kind: str
    format: str
    period: Period = ALWAYS
    encoding: str = ENCODINGS[0]

    def name(self) -> str:
        """What its file is called."""
        return f"{self.kind}-{clock.today().isoformat()}{FORMATS[self.format].suffix}"


def chosen(actor: Actor, wish: Wish) -> tuple[Export, Format]:
    """The kind and the format; NotFound for what is none, or not to be read by who asks."""
    kind, way = domains.exports().get(wish.kind), FORMATS.get(wish.format)
    if kind not in queries.kinds(actor) or way is None or kind is None or wish.encoding not in ENCODINGS:
        raise NotFound
    return kind, way


def make(session: Session, actor: Actor, wish: Wish, tongue: Tongue, out: IO[bytes]) -> int:
    """Write what the asker may read of it into ``out``; how many rows that are. Refused for too many, Busy when the
    server did not come to it. Only reads."""
    kind, way = chosen(actor, wish)
    number = queries.count(session, actor, kind, wish.period, MOST)
    if number > MOST:
        raise Refused(TOO_MANY, field="first" if kind.when is not None else "kind", max=MOST)
    words = {(row.kind, row.code): row for row in session.execute(select(Word.__table__))}
    told = replace(tongue, ready=words)
    above = [f"{told.word(kind.title)} {clock.minute(clock.now())}", *map(told.word, (DATUM, EMPTY))]
    rows = queries.rows(session, actor, kind, wish.period, told)
    way.write(Table(kind, told, above, rows), out, wish.encoding)
    return number


def note(session: Session, actor: Actor, wish: Wish, number: int) -> None:
    """The line of the log: who took out what, in which format, how many rows, of which days."""
    way = f"{wish.format} {wish.encoding}" if wish.format == "shp" else wish.format
    days = _days(wish.period) if domains.exports()[wish.kind].when is not None else None
    person = None if actor is SYSTEM else actor.person_id
    audit.note(session, person, "export.make", f"export:{wish.kind}", format=way, days=days, rows=number)


def _days(period: Period) -> str:
    """ "2026-09-01 – 2026-09-30"; a side that is open is empty."""
    return " – ".join(on.isoformat() if on else "" for on in period).strip()
