"""Tables of patrols. A round has one visit per object seen or tried; what was not gone to has none and stays due."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment, vocabulary

vocabulary("visit_result")
vocabulary("proposal_kind", 10)
_OPEN = text("is_accepted is null")


class ObjectType(Base):
    """A kind of object with the one interval of this step, in days, and where that number comes from."""

    __tablename__ = "object_type"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    interval_days: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PatrolObject(Base):
    """Something to be looked at: enterprise, river section, farm … Point in WGS84 degrees where known."""

    __tablename__ = "patrol_object"
    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(ForeignKey("object_type.code"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(80))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    crs: Mapped[str | None] = mapped_column(String(20))  # in which the two were typed, if it was another
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    retired_why: Mapped[str | None] = mapped_column(Text)


class Patrol(Base):
    """One round in one grid. ``content`` is the fingerprint of the entry as first sent: the test of a resend."""

    __tablename__ = "patrol"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(String(64))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    grid_version_id: Mapped[int] = mapped_column(ForeignKey("grid_version.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entry_mode: Mapped[str] = mapped_column(ForeignKey("entry_mode.code"))
    occurred_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str | None] = mapped_column(Text)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]

    __table_args__ = (Index(None, "grid_id", "occurred_at"), Index(None, "entered_by"), Index(None, "person_id"))


class Visit(Base):
    """One object in one round: ``result`` normal, problem or could_not_see (with ``reason``, a ready word)."""

    __tablename__ = "visit"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    patrol_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patrol.id"))
    object_id: Mapped[int] = mapped_column(ForeignKey("patrol_object.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    result: Mapped[str] = mapped_column(ForeignKey("visit_result.code"))
    reason: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("patrol_id", "object_id"), Index(None, "object_id", "at"))


class ObjectProposal(Base):
    """What an officer proposes for the list of his grid: ``kind`` add, something that is not on it, with type, name and
    point (WGS84 degrees, where known); or stop, an object that need not be looked at any more.

    It changes no figure. ``is_accepted`` is None until the office that keeps the list answers; ``object_id`` is what is
    to go, or what came on the list. ``content`` is the fingerprint of what was sent: the test of a resend.
    """

    __tablename__ = "object_proposal"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(ForeignKey("proposal_kind.code"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    object_id: Mapped[int | None] = mapped_column(ForeignKey("patrol_object.id"), index=True)
    type: Mapped[str | None] = mapped_column(ForeignKey("object_type.code"))
    zh: Mapped[str | None] = mapped_column(String(80))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    why: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    is_accepted: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index(None, "made_by", "made_at"),
        Index("ix_object_proposal_open", "grid_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_object_proposal_stop", "object_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "grid_id", "made_at"),
    )
