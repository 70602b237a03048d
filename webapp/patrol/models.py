"""Tables of patrols. A round has one visit per object seen or tried; what was not gone to has none and stays due."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Moment, vocabulary

vocabulary("visit_result")
vocabulary("proposal_kind", 10)
vocabulary("patrol_kind")
vocabulary("topic_rhythm")
vocabulary("frequency_unit")
_OPEN = text("is_accepted is null")


class ObjectType(Base):
    """A kind of object. How often one is visited, the rules say (FrequencyRule).

    ``is_source``: a pollution source, which needs a responsible leader and person (004:211). ``is_withheld``: a
    matter of complaint, which stands on no village's list, map or phone.
    """

    __tablename__ = "object_type"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    is_source: Mapped[bool]
    is_withheld: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    position: Mapped[int]


class FrequencyRule(Base):
    """How often objects of a type are visited: once in every ``every`` of a ``unit``; None where nothing is due.

    ``for_key``: it is for key objects alone. Season "MM-DD" to "MM-DD", both included, across New Year where the second
    is earlier; None all year. It holds from ``valid_from`` (None: since ever) until the day before ``valid_to``; what
    held stays. ``code`` names one that was delivered, until the county has set or confirmed it.
    """

    __tablename__ = "frequency_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(ForeignKey("object_type.code"), index=True)
    for_key: Mapped[bool]
    season_from: Mapped[str | None] = mapped_column(String(5))
    season_until: Mapped[str | None] = mapped_column(String(5))
    every: Mapped[int | None]
    unit: Mapped[str] = mapped_column(ForeignKey("frequency_unit.code"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PatrolObject(Base):
    """Something to be looked at: enterprise, river section, farm … Point in WGS84 degrees where known.

    ``is_key``: what the county watches more closely. ``is_withheld`` is that of its type, here for the lists' sake.
    """

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
    is_key: Mapped[bool] = mapped_column(default=False)
    is_withheld: Mapped[bool] = mapped_column(default=False)


class ObjectStay(Base):
    """A list on which an object stood, from a day on and ``until`` the day from which it stands on another, because
    borders changed. On whose it stands now, its own row says."""

    __tablename__ = "object_stay"
    object_id: Mapped[int] = mapped_column(ForeignKey("patrol_object.id"), primary_key=True)
    until: Mapped[date] = mapped_column(primary_key=True, index=True)
    since: Mapped[date]
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))


class Patrol(Base):
    """One round in one grid, of any level. ``content`` is the fingerprint of the entry as first sent: the test of a
    resend. ``kind`` is regular or irregular; None where nobody said it, as of all rounds before there was the question.
    """

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
    kind: Mapped[str | None] = mapped_column(ForeignKey("patrol_kind.code"))

    __table_args__ = (Index(None, "grid_id", "occurred_at"), Index(None, "entered_by"), Index(None, "person_id"))


class Visit(Base):
    """One object in one round: ``result`` normal, problem or could_not_see (with ``reason``, a ready word).

    ``above`` is the tier of the grid above whose staff went round; None on a round of the village's own. The figures
    of a village are made of the latter alone.
    """

    __tablename__ = "visit"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    patrol_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patrol.id"))
    object_id: Mapped[int] = mapped_column(ForeignKey("patrol_object.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    result: Mapped[str] = mapped_column(ForeignKey("visit_result.code"))
    reason: Mapped[str | None] = mapped_column(String(40))
    above: Mapped[int | None]

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


class PatrolTopic(Base):
    """Something that the texts want patrolled. ``county``, ``township`` and ``village`` say how a grid of that level
    goes round for it; None where it is not one of that level's. ``source`` are documents and lines."""

    __tablename__ = "patrol_topic"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    zh: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    county: Mapped[str | None] = mapped_column(ForeignKey("topic_rhythm.code"))
    township: Mapped[str | None] = mapped_column(ForeignKey("topic_rhythm.code"))
    village: Mapped[str | None] = mapped_column(ForeignKey("topic_rhythm.code"))
    source: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class TypeTopic(Base):
    """The topic that objects of a type belong to."""

    __tablename__ = "type_topic"
    type: Mapped[str] = mapped_column(ForeignKey("object_type.code"), primary_key=True)
    topic: Mapped[str] = mapped_column(ForeignKey("patrol_topic.code"))
    source: Mapped[str] = mapped_column(Text)


class TopicVisit(Base):
    """A topic that was looked at on a round, without an object: ``result`` and ``reason`` as of a visit, and where
    wanted the place in words and a sentence."""

    __tablename__ = "topic_visit"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    patrol_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("patrol.id"))
    topic: Mapped[str] = mapped_column(ForeignKey("patrol_topic.code"))
    result: Mapped[str] = mapped_column(ForeignKey("visit_result.code"))
    reason: Mapped[str | None] = mapped_column(String(40))
    place: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("patrol_id", "topic"),)
