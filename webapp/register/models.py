"""Tables of the registers. What a type of object is asked, and which stages it has, are rows and not columns."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment, vocabulary

vocabulary("field_kind")
vocabulary("object_part")
OPEN = text("to_on is null")


class ObjectField(Base):
    """What the file of an object of a ``type`` says beside its name and place; of every type where that is None.

    ``kind`` says what it holds: text, number (in ``unit``), day, choice, yes_no, department (code of the duty lists),
    object (another one, on which it depends) or uscc (a unified social credit code).
    """

    __tablename__ = "object_field"
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    type: Mapped[str | None] = mapped_column(ForeignKey("object_type.code"), index=True)
    position: Mapped[int]
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(ForeignKey("field_kind.code"))
    unit_zh: Mapped[str] = mapped_column(String(20))
    unit_en: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(Text)
    valid_to: Mapped[date | None]


class FieldChoice(Base):
    """A word that a field of kind choice can hold."""

    __tablename__ = "field_choice"
    asked: Mapped[str] = mapped_column(ForeignKey("object_field.code"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    valid_to: Mapped[date | None]


class ObjectStage(Base):
    """A stage that objects of a type go through, in the order of the text; one may come back to an earlier one."""

    __tablename__ = "object_stage"
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    type: Mapped[str] = mapped_column(ForeignKey("object_type.code"), index=True)
    position: Mapped[int]
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    valid_to: Mapped[date | None]


class ObjectFact(Base):
    """What a field says of an object today, as text in one spelling (facts.py); what it said before is in the log."""

    __tablename__ = "object_fact"
    object_id: Mapped[int] = mapped_column(ForeignKey("patrol_object.id"), primary_key=True)
    field: Mapped[str] = mapped_column(ForeignKey("object_field.code"), primary_key=True)
    value: Mapped[str] = mapped_column(String(300))
    said_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    said_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index(None, "field", "value"),)


class StageStep(Base):
    """That an object came to a stage on a day. Only added to: the newest day counts, and of that the last row."""

    __tablename__ = "stage_step"
    id: Mapped[int] = mapped_column(primary_key=True)
    object_id: Mapped[int] = mapped_column(ForeignKey("patrol_object.id"))
    stage: Mapped[str] = mapped_column(ForeignKey("object_stage.code"), index=True)
    on: Mapped[date]
    note: Mapped[str] = mapped_column(String(300))
    said_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    said_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index(None, "object_id", "on", "id"),)


class ObjectPerson(Base):
    """Who answers for an object from a day to a day (exclusive): ``part`` leader, person (004:211) or dedicated, who
    watches a risk area (004:664). A name and a post, no account. Naming another ends one: there is one at a time.
    """

    __tablename__ = "object_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    object_id: Mapped[int] = mapped_column(ForeignKey("patrol_object.id"), index=True)
    part: Mapped[str] = mapped_column(ForeignKey("object_part.code"))
    name: Mapped[str] = mapped_column(String(80))
    post: Mapped[str] = mapped_column(String(80))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    named_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    named_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        Index("ix_object_person_one", "object_id", "part", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )


class ObjectAttachment(Base):
    """A paper or photo in the file of an object: permit, plan, picture of a sign. ``about`` says what it is."""

    __tablename__ = "object_attachment"
    attachment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    object_id: Mapped[int] = mapped_column(ForeignKey("patrol_object.id"), index=True)
    about: Mapped[str] = mapped_column(String(80))
