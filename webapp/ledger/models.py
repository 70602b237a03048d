"""Tables of ledgers: which columns they have, and those that were handed in."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..core import clock
from ..core.db import Base, Moment, vocabulary
from .periods import DAY, Period

vocabulary("ledger_span")


class LedgerColumn(Base):
    """A field of the records that may be a column of a part of all ledgers (``parts.py``): its place from the left, 0
    where it is none, and the county's own heading where it wants another than ours."""

    __tablename__ = "ledger_column"
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    heading: Mapped[str | None] = mapped_column(String(40))
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class LedgerTemplate(Base):
    """A workbook of the county's own, whose named cells a ledger fills (``filling.py``). ``facts`` are what was found
    when it was looked at (``core.named_cells.Seen``). The one that holds has no ``ended_at``; earlier ones stay."""

    __tablename__ = "ledger_template"
    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(100))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class KeptLedger(Base):
    """A ledger as it was handed in: of which grid and days (``begins`` at the start of the first, ``ends`` at that of
    the day after the last), as of when, and all that it said (``said``: JSON as ``keeping.py`` writes it). It names no
    person, and what somebody wrote in his own words is read of its record."""

    __tablename__ = "kept_ledger"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    span: Mapped[str] = mapped_column(ForeignKey("ledger_span.code"))
    begins: Mapped[datetime] = mapped_column(Moment)
    ends: Mapped[datetime] = mapped_column(Moment)
    as_of: Mapped[datetime] = mapped_column(Moment)
    kept_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    said: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index(None, "grid_id", "ends"),)

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.span, clock.day(self.begins), clock.day(self.ends) - DAY)


class KeptEntry(Base):
    """A record that a ledger lists that was handed in, by its part and id."""

    __tablename__ = "kept_entry"
    ledger_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("kept_ledger.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    ref: Mapped[uuid.UUID] = mapped_column(primary_key=True)

    __table_args__ = (Index(None, "ref"),)
