"""Tables without domain: the store, counters, settings, limits, calendar, ready words, attachments, audit, throttle."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base, Moment, vocabulary

vocabulary("entry_mode")
vocabulary("language", 5)
vocabulary("setting_type")
vocabulary("time_unit")
vocabulary("word_kind", 40)
vocabulary("attachment_kind")


#: Of a table whose rows are deleted in time: SQLite does not give the ids of the newest ones again either.
NEVER_AGAIN = {"sqlite_autoincrement": True}


class StoreIdentity(Base):
    """The one row that says which store this is: ``id`` stands in the data folder too (ops/identity.py)."""

    __tablename__ = "store_identity"
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[uuid.UUID]
    made_at: Mapped[datetime] = mapped_column(Moment)


class Counter(Base):
    """The last number given or kept under a name, e.g. ``report-2026``; only ``core.numbers`` touches it."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int]


class Setting(Base):
    """One setting; its default came from seeds and is marked as our proposal until its owner edits it."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(ForeignKey("setting_type.code"))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class TimeLimit(Base):
    """How long a state may rest: number and unit (hour, work_day, calendar_day), with its source."""

    __tablename__ = "time_limit"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int]
    unit: Mapped[str] = mapped_column(ForeignKey("time_unit.code"))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CalendarDay(Base):
    """A day that is not what its weekday says, or a provisional guess for a year without a notice.

    ``is_out`` marks one that was taken out: it is again what its weekday says, and no seeding brings it back.
    """

    __tablename__ = "calendar_day"
    on: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    is_confirmed: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    is_out: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Word(Base):
    """A ready word of a form (severity, first measure, could not see, …), in both languages."""

    __tablename__ = "word"
    kind: Mapped[str] = mapped_column(ForeignKey("word_kind.code"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class Contact(Base):
    """A telephone number that stands on every officer's page: 12369, 110, 119, 120."""

    __tablename__ = "contact"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)


class Attachment(Base):
    """A file that was sent as evidence; whose it is stands in a link table of its owner (webapp/attachment).

    ``kind`` is image or document. The file as sent is kept under ``sha256``, of an image after the days for positions
    without what says where it was taken (ops/photo_places.py), and ``size`` is its bytes; None where it came before
    sizes were noted. Of an image a re-encoded ``copy`` is what anybody sees, ``width`` and ``height`` are the copy's,
    in pixels, and no ``name`` is kept but that it was taken out (``attachments.TAKEN_OUT``).
    ``media_type`` is of what is served.
    ``received_by`` is None where nobody was logged in.
    """

    __tablename__ = "attachment"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(ForeignKey("attachment_kind.code"))
    sha256: Mapped[str] = mapped_column(String(64))
    copy: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str | None] = mapped_column(String(120))
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class AuditEntry(Base):
    """Who did what to which thing, when. Appended in the transaction of the act; never changed."""

    __tablename__ = "audit_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    action: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (Index(None, "thing"), NEVER_AGAIN)


class Throttle(Base):
    """Failed tries under a key within a window; shared by all workers because it is a row."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)
    count: Mapped[int]
